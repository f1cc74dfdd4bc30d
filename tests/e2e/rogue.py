# SPDX-License-Identifier: Apache-2.0
"""A node that a test plays by hand: it joins with a token like any other, and then sends what it likes."""
import base64
import hashlib
import os
import struct
import time

import wire
from wire import message, parse


def key_id(kind, key, org=""):
    """The id that follows from a natural key (proto/README.md, 2); org where the key names an organisation or a person."""
    def part(text):
        return hashlib.blake2b(struct.pack(">I", kind) + text.encode(), digest_size=32).digest()
    return part(org)[:6] + part(key)[:10]


class Rogue:
    @staticmethod
    def raw(token):
        return base64.urlsafe_b64decode(token.partition(".")[2] + "==")

    @staticmethod
    def read(token):
        """Public key of the hub, one-time secret."""
        raw = Rogue.raw(token)
        return raw[:32], raw[32:64]

    @staticmethod
    def sealed(body):
        """A token's text behind its prefix, with a checksum that fits."""
        body += hashlib.blake2b(body, digest_size=16).digest()[:8]
        return base64.urlsafe_b64encode(body).decode().rstrip("=")

    def __init__(self, token):
        raw = self.raw(token)
        self.hub_key, secret = self.read(token)
        at = 72 + 1 + raw[72]
        self.endpoint = raw[at + 1:at + 1 + raw[at]].decode()
        self.keys = wire.key_pair()
        self.boot = int.from_bytes(os.urandom(8), "little")
        self.records = {s: [] for s in range(1, 5)}  # what each service offers upwards
        self.received = {s: [] for s in range(1, 5)}  # records that came down
        self.acked = dict.fromkeys(range(1, 5), 0)
        self.sessions = {}  # service -> session of the hub's pulls
        self.own = {s: [1000 + s, [0], 0] for s in range(1, 5)}  # session, position, held of ours
        door = wire.Dealer(self.endpoint, self.hub_key, wire.key_pair(secret))
        door.send(wire.envelope(wire.JOIN, wire.REGISTRY, wire.GATE, message(f1=self.keys[0], f2="rogue", f3="0"), call=1))
        answer = parse(door.receive(10))
        door.close()
        assert answer[2] == [wire.JOIN_REPLY], answer
        reply = parse(answer[9][0])
        self.path, self.org = reply[1][0], reply[2][0].decode()
        self.door = None

    @property
    def label(self):
        return self.path[-4:].hex()

    def connect(self):
        self.door = wire.Dealer(self.endpoint, self.hub_key, self.keys)
        self.door.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))
        answer = self.door.receive(10)
        assert answer and parse(answer)[2] == [wire.WELCOME], answer
        return self

    def close(self):
        if self.door:
            self.door.close()
        self.door = None

    def new_id(self):
        return os.urandom(16)

    def offer(self, service, **fields):
        """A record at the end of this service's lane; returns its bytes. Defaults: home and version are ours."""
        position = len(self.records[service]) + 1
        fields = {"rid": self.new_id(), "home": self.path, "seq": position, "boot": self.boot, "up": 3, "org": self.org, **fields}
        self.records[service].append(wire.record(**fields))
        return self.records[service][-1]

    def offer_bytes(self, service, data):
        self.records[service].append(data)

    # --- the feed

    def _feed(self, kind, service, body):
        self.door.send(wire.envelope(kind, service, service, body))

    def _witness(self, service):
        head = len(self.records[service])
        return message(f2=head, f3=1, f4=("f8", self.boot)) if head else message(f2=0)

    def push(self, service, session, after):
        records = self.records[service][after:]
        data = wire.entries(records)
        self._feed(wire.PUSH, service, message(f1=("f8", session), f2=after, f3=len(self.records[service]), f4=self._witness(service),
                                               f5=len(records), f6=0, f7=len(data), f8=data))

    def pull(self, service, restart=False):
        session, position, _ = self.own[service]
        self._feed(wire.PULL, service, message(f1=("f8", session), f2=position, f3=700000, f4=1 if restart else None,
                                               f5=message(f2=0) if restart else None))

    def serve(self, until, deadline_s=20):
        """Speaks both halves of every feed until the condition holds."""
        end = time.monotonic() + deadline_s
        for service in self.own:
            self._feed(wire.WAKE, service, b"")
        while not until():
            if time.monotonic() > end:
                raise AssertionError(f"not in time; acknowledged: {self.acked}")
            data = self.door.receive(0.1)
            if data:
                self._take(parse(data))

    def _take(self, envelope):
        kind, service = envelope[2][0], envelope[3][0]
        body = parse(envelope.get(9, [b""])[0])
        if kind == wire.PULL:
            position = body[2][0]
            self.acked[service] = position
            self.sessions[service] = body[1][0]
            if position < len(self.records[service]) or 4 in body:
                self.push(service, body[1][0], position)
        elif kind == wire.WAKE:
            self.own[service][0] += 10
            self.own[service][1] = [0]
            self.pull(service, restart=True)
        elif kind == wire.PUSH and body[1][0] == self.own[service][0]:
            self._take_records(service, body)

    def _take_records(self, service, body):
        data = body.get(8, [b""])[0]
        if body.get(6, [0])[0] == 1:
            data = unzstd(data, body[7][0])
        while data:
            size = struct.unpack(">I", data[:4])[0]
            self.received[service].append(data[4:4 + size])
            data = data[4 + size:]
        self.own[service][1] = body[3]  # one for each stream
        self.pull(service)

    def all_acked(self, service=wire.REGISTRY):
        return self.acked[service] == len(self.records[service])


def unzstd(data, size):
    import ctypes
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(size)
    lib.ZSTD_decompress(out, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
    return out.raw
