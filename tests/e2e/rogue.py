# SPDX-License-Identifier: Apache-2.0
"""A child that a test plays by hand, with its own implementation of the wire. It joins with a token like any other, or has stolen an
enrolled child's directory; then it sends what it likes."""
import base64
import hashlib
import os
import re
import time

import wire
from feeds import PING_S, SERVICES, Feeds, Pump
from forge import key_id, path  # key_id: for tests
from wire import message
from world import patience

__all__ = ["Rogue", "key_id"]
DEAF_S = 2.5


def keys_of(directory, *names):
    """A key pair of a node's directory: the first of these files that is there, else the node's own."""
    there = [directory / "secret" / name for name in (*names, "node.key")]
    public, secret = next(f for f in there if f.exists()).read_bytes().split(b"\n")[:2]
    return wire.unz85(public), wire.unz85(secret)


def conf_of(directory, name):
    return re.search(rf'^ *{name} = "([^"]*)"', (directory / "node.conf").read_text(), re.M).group(1)


class Rogue(Feeds):
    def __init__(self, token=None, stolen=None):
        self.door = self.pump = None
        self.keys = wire.key_pair() if token else keys_of(stolen)
        self.root_check = os.urandom(16)
        if token:
            self._read_token(token)
            reply = wire.parse(self.join()[9][0])
            home, org = reply[1][0], reply[2][0].decode()
        else:
            conf = (stolen / "node.conf").read_text()
            parent = conf[conf.index("\nparent"):]
            self.endpoint = re.search(r'endpoint = "([^"]*)"', parent).group(1)
            self.hub_key = wire.unz85(re.search(r'key = "([^"]*)"', parent).group(1).encode())
            home, org = path(conf_of(stolen, "path")), conf_of(stolen, "org")
        super().__init__(home, org)

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

    def _read_token(self, token):
        raw = self.raw(token)
        self.hub_key, self.token_secret = self.read(token)
        at = 72 + 1 + raw[72]
        self.endpoint = raw[at + 1:at + 1 + raw[at]].decode()

    def _request(self):
        return message(f1=self.keys[0], f2="rogue", f3="0", f4=self.root_check)

    def join(self, patience_s=None):
        """JOIN with the token's key, also once more; the answer's envelope, {} if there is none."""
        door = wire.Dealer(self.endpoint, self.hub_key, wire.key_pair(self.token_secret))
        door.send(wire.envelope(wire.JOIN, wire.REGISTRY, wire.GATE, self._request(), call=1))
        data = door.receive(patience_s or patience(10))
        door.close()
        answer = wire.parse(data) if data else {}
        if not hasattr(self, "path"):
            assert answer.get(2) == [wire.JOIN_REPLY], answer
        return answer

    @property
    def label(self):
        return self.path[-4:].hex()

    def _greet(self):
        self.door = wire.Dealer(self.endpoint, self.hub_key, self.keys)
        self.door.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))
        self.heard_at = time.monotonic()

    def connect(self):
        self._greet()
        answer = self.door.receive(patience(10))
        assert answer and wire.parse(answer)[2] == [wire.WELCOME], answer
        return self

    def live(self):
        """Connected, and speaking both halves of every feed by itself from now on."""
        self.connect()
        self.pump = Pump(self._look, self._ping)
        for service in SERVICES:
            self.feed(wire.WAKE, service)
        return self

    def close(self):
        if self.pump:
            self.pump.stop()
        if self.door:
            self.door.close()
        self.door = self.pump = None

    def send(self, frame):
        if self.door:
            self.door.send(frame)

    def _look(self, timeout_s):
        """False: nothing came."""
        data = self.door.receive(timeout_s)
        if data:
            self.heard_at = time.monotonic()
            self.take(wire.parse(data))
        return bool(data)

    def _stay(self):
        if time.monotonic() - self.heard_at > DEAF_S:  # the hub has cut us, or is another process by now
            self.door.close()
            self._greet()
        self.send(wire.envelope(wire.PING, wire.GATE, wire.GATE, message(f1=1)))

    def _ping(self):
        self._stay()
        with self.lock:
            self.news()

    def serve(self, until, deadline_s=20):
        """Without live(): speaks both halves of every feed until the condition holds."""
        end, due = time.monotonic() + patience(deadline_s), 0
        for service in SERVICES:
            self.feed(wire.WAKE, service)
        while not until():
            if time.monotonic() > end:
                raise AssertionError(f"not in time; acknowledged: {self.acked}")
            if time.monotonic() > due:
                self._stay()
                due = time.monotonic() + PING_S
            while self._look(0.03) and time.monotonic() < due:
                pass
