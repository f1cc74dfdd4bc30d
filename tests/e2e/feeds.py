# SPDX-License-Identifier: Apache-2.0
"""Both halves of the four feeds with one neighbour, by hand: proto/README.md, 4. Keeps everything that came; what it offers,
hands back and says besides is the test's."""
import ctypes
import os
import struct
import threading
import time

import forge
import wire
from wire import message

SERVICES = (wire.REGISTRY, wire.DIAGNOSTICS, wire.ROUTING, wire.REPORTING)
PING_S = 0.3
CREDIT = 700000
PUSH_BYTES = 192 * 1024 - 8  # no more in one push
PUSH_RECORDS = 2048  # likewise
LATE_S = 10


def pair(numbers):
    """A position as sent, with its zeros."""
    return (list(numbers) + [0, 0])[:2]


def chain(count):
    return message(f2=count, f3=1, f4=("f8", 1))


class Feeds:
    def __init__(self, home, org=None):
        self.path, self.org = home, org  # whose feeds these are, as far as the neighbour knows
        self.boot = int.from_bytes(os.urandom(8), "little")
        self.seal_key = os.urandom(32)
        self.lock = threading.RLock()
        self.records = {s: [] for s in SERVICES}  # what each service offers
        self.received = {s: [] for s in SERVICES}  # all records that came, in order, every version
        self.heard = []  # (message, service) of all that came
        self.handed = {s: [] for s in SERVICES}  # what it hands back when asked
        self.rebased = dict.fromkeys(SERVICES, 0)  # how often the neighbour said that all is given back
        self.acked = dict.fromkeys(SERVICES, 0)  # how many of our records it has
        self.sent = dict.fromkeys(SERVICES, (0, 0))  # up to which record was pushed, and when
        self.sessions = {}  # service -> session of the neighbour's pulls
        self.positions = {s: [0, 0] for s in SERVICES}  # of these pulls
        self.base = dict.fromkeys(SERVICES)  # position of the neighbour before our first record
        self.credit = dict.fromkeys(SERVICES, 65536)
        self.told = {}  # service -> what its pulls say that it holds of us, and that waits in its quarantine
        self.troubles = dict.fromkeys(SERVICES, "")
        self.own = {s: [1000 + s, [0, 0]] for s in SERVICES}  # session and position of our pulls
        self.witness = {}  # service -> the neighbour's, as its last push says

    def send(self, frame):
        raise NotImplementedError

    def feed(self, kind, service, body=b""):
        self.send(wire.envelope(kind, service, service, body))

    def new_id(self):
        return os.urandom(16)

    # --- what it offers

    def offer_bytes(self, service, data):
        with self.lock:
            self.records[service].append(data)
        return data

    def offer(self, service, **fields):
        """A record at the end of this service's lane; returns its bytes. Defaults: home, version and seal are ours."""
        position = len(self.records[service]) + 1
        fields = {"rid": self.new_id(), "home": self.path, "seq": position, "inc": 1, "boot": self.boot, "up": 3, "org": self.org,
                  "author": "rogue", **fields}
        return self.offer_bytes(service, forge.seal(forge.pack(fields), self.seal_key))

    def all_acked(self, service=wire.REGISTRY):
        return self.acked[service] == len(self.records[service])

    def news(self):
        """To the neighbour: there is something to read. One push is under way at a time."""
        for service in SERVICES:
            upto, when = self.sent[service]
            late = upto > self.acked[service] and time.monotonic() > when + LATE_S
            if service in self.sessions and not self.all_acked(service) and (upto <= self.acked[service] or late):
                self.push(service, self.sessions[service], self.acked[service])

    def push(self, service, session, after):
        """Records behind the first `after`, as many as the neighbour's credit takes, at least one."""
        with self.lock:
            size, upto = 0, after
            most = min(len(self.records[service]), after + PUSH_RECORDS)
            while upto < most and (upto == after or size + len(self.records[service][upto]) + 4 <= self.room(service)):
                size += len(self.records[service][upto]) + 4
                upto += 1
            data = wire.entries(self.records[service][after:upto])
            self.sent[service] = (upto, time.monotonic())
            base, loads = self.base[service] or 0, self.positions[service][1]
            head = max(base + len(self.records[service]), loads)
            self.feed(wire.PUSH, service, message(f1=("f8", session), f2=[base + after, loads], f3=[base + upto, loads], f4=chain(head),
                                                  f5=upto - after, f6=0, f7=len(data), f8=data, f9=("f8", self.boot)))

    def room(self, service):
        return min(self.credit[service], PUSH_BYTES)

    # --- what it asks for

    def pull(self, service, restart=False, witness=None):
        session, position = self.own[service]
        self.feed(wire.PULL, service, message(f1=("f8", session), f2=position, f3=CREDIT, f4=1 if restart else None,
                                              f5=(witness or message(f2=0)) if restart else None))

    def begin(self, service, position=(0, 0), witness=None):
        """A new session of our pulls."""
        with self.lock:
            self.own[service] = [self.own[service][0] + 10, pair(position)]
            self.pull(service, True, witness)

    def hand_back(self, service, records):
        """Claims to have read in an epoch that the neighbour lost; when asked, hands these back. What is asked for begins again
        every few seconds, as a real child's does when nobody answers."""
        def again():
            self.begin(service, witness=message(f2=9, f3=3, f4=("f8", int.from_bytes(os.urandom(8), "little"))))
            return time.monotonic() + 10

        with self.lock:
            self.handed[service] = list(records)
            before, due = self.rebased[service], [again()]

        def done():
            with self.lock:
                if self.rebased[service] <= before and time.monotonic() > due[0]:
                    due[0] = again()
                return self.rebased[service] > before
        return done

    def rebase(self, service):
        """As a producer that says all was given back: the neighbour begins again from zero."""
        with self.lock:
            self.base[service] = None
            self.feed(wire.REBASE, service, message(f1=("f8", self.sessions[service]), f2=chain(len(self.records[service]) + 1)))

    def ask_back(self, service):
        self.feed(wire.GIVEBACK_ASK, service, message(f1=("f8", self.sessions[service]), f2=0))

    # --- what comes

    def take(self, envelope):
        kind, service = envelope[2][0], envelope.get(3, [0])[0]
        body = envelope.get(9, [b""])[0]
        if kind in (wire.PING, wire.PONG) or service not in SERVICES:
            return
        with self.lock:
            self.heard.append((kind, service))
            act = {wire.PULL: self._on_pull, wire.PUSH: self._on_push, wire.WAKE: lambda s, b: self.begin(s), wire.REBASE: self._on_rebase,
                   wire.GIVEBACK_ASK: self._on_ask, wire.GIVEBACK: lambda s, b: self._keep(s, b)}
            if kind in act:
                act[kind](service, wire.parse(body))

    def _on_pull(self, service, body):
        position = pair(body.get(2, []))
        self.sessions[service], self.positions[service] = body[1][0], position
        self.credit[service] = body.get(3, [0])[0]
        self.troubles[service] = body.get(9, [b""])[0].decode()
        if 8 in body:
            self.told[service] = (body.get(7, [None])[0], body[8][0])
        base = self.base[service]
        if base is None or not 0 <= position[0] - base <= len(self.records[service]):
            self.base[service] = base = position[0] - self.acked[service]
        self.acked[service] = position[0] - base
        if 4 in body:
            self.sent[service] = (self.acked[service], 0)
        if 4 in body or (not self.all_acked(service) and self.sent[service][0] <= self.acked[service]):
            self.push(service, body[1][0], self.acked[service])

    def _on_push(self, service, body):
        if body[1][0] != self.own[service][0]:
            return
        self._keep(service, body)
        self.witness[service] = body.get(4, [b""])[0]
        upto = pair(body.get(3, []))
        if upto != self.own[service][1]:
            self.own[service][1] = upto
            self.pull(service)

    def _on_rebase(self, service, body):
        self.rebased[service] += 1
        self.begin(service)

    def _on_ask(self, service, body):
        """One page: tests hand back less than a message holds, or call again."""
        data = wire.entries(self.handed[service])
        self.feed(wire.GIVEBACK, service, message(f1=body[1][0:1] and ("f8", body[1][0]), f2=body.get(2, [0])[0], f3=body.get(2, [0])[0] + 1, f4=1,
                                                  f5=len(self.handed[service]), f6=0, f7=len(data), f8=data))

    def _keep(self, service, body):
        data = body.get(8, [b""])[0]
        if body.get(6, [0])[0] == 1:
            data = unzstd(data, body[7][0])
        while data:
            size = struct.unpack(">I", data[:4])[0]
            self.received[service].append(data[4:4 + size])
            data = data[4 + size:]

    def held(self, service=wire.REGISTRY, **where):
        """The latest of what came, by id, as bytes; where: kind=…, home=…."""
        latest = {}
        for data in list(self.received[service]):
            latest[wire.parse(data)[1][0]] = data
        return {rid: data for rid, data in latest.items() if all(forge.read(data).get(k) == v for k, v in where.items())}


class Pump:
    """A thread that lives on a socket: one look after another, and pings, until it is stopped."""

    def __init__(self, look, ping):
        self.running = True
        self.thread = threading.Thread(target=self._run, args=(look, ping), daemon=True)
        self.thread.start()

    def _run(self, look, ping):
        due = 0
        while self.running:
            look(0.02)
            if time.monotonic() > due:
                ping()
                due = time.monotonic() + PING_S

    def stop(self):
        self.running = False
        self.thread.join()


def unzstd(data, size):
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(size)
    lib.ZSTD_decompress(out, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
    return out.raw
