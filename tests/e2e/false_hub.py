# SPDX-License-Identifier: Apache-2.0
"""A hub that a test plays by hand: with a stolen hub's key it listens where that hub listened, and its children come by themselves."""

import socket

import wire
from feeds import SERVICES, Feeds, Pump
from forge import path
from rogue import conf_of, keys_of
from wire import message
from world import wait_until


class Child(Feeds):
    """One child of a false hub."""

    def __init__(self, hub, routing):
        super().__init__(hub.path)
        self.hub, self.routing = hub, routing

    def send(self, frame):
        self.hub.door.send(self.routing, frame)

    def homes(self):
        """Of the records that it has sent."""
        return {wire.parse(data)[3][0] for s in SERVICES for data in self.received[s]}


class FalseHub:
    def __init__(self, stolen=None, endpoint=None, joining=None):
        """joining: fields of the answer to a JOIN."""
        self.keys = keys_of(stolen, "door.key") if stolen else wire.key_pair()
        self.path = path(conf_of(stolen, "path")) if stolen else None
        self.endpoint = endpoint or conf_of(stolen, "listen")
        self.joining = joining
        self.children = {}
        self.door = wire.Router(self.endpoint, self.keys)
        self.pump = Pump(self._look, self._ping)

    def _look(self, timeout_s):
        frames = self.door.receive_all(timeout_s)
        if not frames or len(frames) != 2:
            return
        routing, envelope = frames[0], wire.parse(frames[1])
        kind = envelope.get(2, [0])[0]
        if kind == wire.JOIN and self.joining:
            self.door.send(routing, wire.envelope(wire.JOIN_REPLY, wire.GATE, wire.REGISTRY, message(**self.joining), call=envelope.get(7, [None])[0]))
        elif kind == wire.HELLO:
            self.door.send(routing, wire.envelope(wire.WELCOME, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))
            self.children[routing] = Child(self, routing)
            for service in SERVICES:
                self.children[routing].feed(wire.WAKE, service)
        elif kind == wire.PING:
            self.door.send(routing, wire.envelope(wire.PONG, wire.GATE, wire.GATE, envelope.get(9, [b""])[0]))
        elif routing in self.children:
            self.children[routing].take(envelope)

    def _ping(self):
        for child in list(self.children.values()):
            with child.lock:
                child.news()

    def child(self, home):
        """The child with this path, as bytes, once it has come and told of itself."""
        for child in reversed(list(self.children.values())):
            if home in child.homes() and len(child.sessions) == len(SERVICES):
                return child
        return None

    def close(self):
        """Returns when somebody else may listen there: libzmq closes behind our back."""
        self.pump.stop()
        self.door.close()
        host, _, port = self.endpoint.removeprefix("tcp://").rpartition(":")
        wait_until(lambda: is_free(host, int(port)), 10, what="nobody listens where the false hub did")


def is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return True
        except OSError:
            return False
