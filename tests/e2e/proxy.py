# SPDX-License-Identifier: Apache-2.0
"""A forwarding TCP proxy whose lines can be cut, held, slowed, delayed and half-opened while they are in use.

One thread serves all lines. A line's settings may be changed at any time from the test's thread:

    cut      nobody gets through; what was connected is reset
    hold     connections stay and carry nothing in either direction (a black hole); new ones are accepted and held
    mute     "up" or "down": that direction alone carries nothing
    mute_on  when these bytes go up, mute becomes "down" before they arrive
    record   what goes up on the newest connection is kept, in .recorded
    delay_s  every byte arrives this much later
    rate     bytes a second in each direction, 0: no bound
    stall    probability that a piece waits 0.2 s more, as after a lost packet
"""
import collections
import random
import selectors
import socket
import struct
import threading
import time

PIECE = 16 * 1024
BUFFER = 256 * 1024
STALL_S = 0.2


class Flow:
    """One direction of a connection: what was read and is not yet on the line, then what is under way."""

    def __init__(self, line, source, target, up):
        self.line, self.source, self.target, self.up = line, source, target, up
        self.pieces = collections.deque()  # (read at, bytes)
        self.under_way = collections.deque()  # (due, bytes)
        self.size = 0  # of both
        self.clear_at = 0.0  # when the line has carried all before
        self.ended = False
        self.tail = b""

    def is_held(self):
        return self.line.hold or self.line.mute == ("up" if self.up else "down")

    def take(self, data, now):
        if self.line.stall and random.random() < self.line.stall:
            now += STALL_S
        self.pieces.append((now, data))
        self.size += len(data)
        self.line.bytes += len(data)
        if self.up and self.line.mute_on:
            self.tail = self.tail[-64:] + data
            if self.line.mute_on in self.tail:
                self.line.mute = "down"

    def carried_at(self):
        """When the line has carried the first piece, at the rate of now: a line that is made faster is so for what waits, too."""
        taken, data = self.pieces[0]
        return max(taken, self.clear_at) + (len(data) / self.line.rate if self.line.rate else 0)

    def carry(self, now):
        while self.pieces and self.carried_at() <= now:
            self.clear_at = self.carried_at()
            self.under_way.append((self.clear_at + self.line.delay_s, self.pieces.popleft()[1]))

    def next_at(self):
        """When something happens next; None: nothing is left."""
        at = [self.under_way[0][0]] if self.under_way else []
        return min(at + [self.carried_at()] if self.pieces else at, default=None)


class Line:
    def __init__(self, proxy, port, target):
        self.proxy, self.port, self.target = proxy, port, target
        self.cut = self.hold = self.record = False
        self.mute = self.mute_on = None
        self.recorded = b""
        self.orphans = []  # ends at the hub whose child is gone, of which the hub hears nothing
        self.delay_s = self.rate = self.stall = 0
        self.bytes = 0  # carried so far
        self.connections = 0  # accepted so far
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.listener.setblocking(False)

    def down(self):
        self.cut = True
        self.proxy.poke()

    def up(self):
        self.cut = self.hold = False
        self.mute = self.mute_on = None
        self.proxy.poke()

    def restart(self):
        """Resets what is connected; new connections get through."""
        self.proxy.reset.add(self)
        self.proxy.poke()

    def lose_child(self):
        """The child's end is reset, the hub is told nothing; new connections get through."""
        self.proxy.lost.add(self)
        self.proxy.poke()

    def half_open(self):
        """The hub's end is closed, the child is told nothing."""
        self.hold = True
        self.proxy.half.add(self)
        self.proxy.poke()


class Proxy:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.lines, self.reset, self.half, self.lost = [], set(), set(), set()
        self.pairs = {}  # socket -> (flow that it is the source of, flow that it is the target of, line)
        self.wake_r, self.wake_w = socket.socketpair()
        self.wake_r.setblocking(False)
        self.selector.register(self.wake_r, selectors.EVENT_READ)
        self.ending = False
        self.fresh = collections.deque()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def line(self, port, target_port):
        line = Line(self, port, target_port)
        self.lines.append(line)
        self.fresh.append(line)
        self.poke()
        return line

    def poke(self):
        self.wake_w.send(b".")

    def close(self):
        self.ending = True
        self.poke()
        self.thread.join()

    # --- the thread

    def _run(self):
        while not self.ending:
            for key, mask in self.selector.select(self._pause()):
                if key.fileobj is self.wake_r:
                    self.wake_r.recv(4096)
                elif isinstance(key.data, Line):
                    self._accept(key.data)
                elif key.fileobj in self.pairs and mask & selectors.EVENT_READ:
                    self._read(key.fileobj)
            self._orders()
            self._forward()
        while self.pairs:
            self._drop(next(iter(self.pairs)))
        for line in self.lines:
            line.listener.close()
            for sock in line.orphans:
                sock.close()

    def _pause(self):
        now = time.monotonic()
        due = [flow.next_at() for flow, _, _ in self.pairs.values() if not flow.is_held()]
        return max(0.001, min([at - now for at in due if at is not None] + [0.5]))

    def _accept(self, line):
        try:
            child, _ = line.listener.accept()
        except OSError:
            return
        hub = socket.socket()
        try:
            if line.cut:
                raise ConnectionRefusedError
            hub.connect(("127.0.0.1", line.target))
        except OSError:
            self._close(child)
            hub.close()
            return
        line.connections += 1
        line.recorded = b""
        up, down = Flow(line, child, hub, True), Flow(line, hub, child, False)
        for sock, mine, other in ((child, up, down), (hub, down, up)):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pairs[sock] = (mine, other, line)
            self.selector.register(sock, selectors.EVENT_READ)

    def _read(self, sock):
        flow, _, line = self.pairs[sock]
        if line.hold or flow.size > BUFFER or flow.ended:
            self.selector.unregister(sock)  # until there is room
            return
        try:
            data = sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            flow.take(data, time.monotonic())
            if line.record and flow.up:
                line.recorded += data
        else:
            flow.ended = True
            self.selector.unregister(sock)

    def _orders(self):
        while self.fresh:
            line = self.fresh.popleft()
            self.selector.register(line.listener, selectors.EVENT_READ, line)
        for sock, (_, _, line) in list(self.pairs.items()):
            if sock in self.pairs and (line.cut or line in self.reset):
                self._drop(sock)
        for sock, (flow, _, line) in list(self.pairs.items()):
            if sock in self.pairs and line in self.lost and flow.up:
                self._orphan(flow)
            elif line in self.half and sock.getpeername()[1] == line.target:
                del self.pairs[sock]
                self._close(sock)
        self.reset.clear()
        self.half.clear()
        self.lost.clear()

    def _forward(self):
        now = time.monotonic()
        for sock, (flow, _, line) in list(self.pairs.items()):
            if sock not in self.pairs or flow.is_held():
                continue
            flow.carry(now)
            try:
                while flow.under_way and flow.under_way[0][0] <= now:
                    due, data = flow.under_way.popleft()
                    sent = flow.target.send(data)
                    flow.size -= sent
                    if sent < len(data):
                        flow.under_way.appendleft((due, data[sent:]))
                        break
            except BlockingIOError:
                flow.under_way.appendleft((now + 0.005, data))
            except OSError:
                self._drop(sock)
                continue
            if flow.ended and flow.size == 0:
                self._drop(sock)
            elif not flow.ended and flow.size <= BUFFER and sock not in self.selector.get_map():
                self.selector.register(sock, selectors.EVENT_READ)

    def _close(self, sock):
        if sock in self.selector.get_map():
            self.selector.unregister(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def _orphan(self, flow):
        """Of a flow up: its child's end goes, its hub's end stays and is read no more."""
        del self.pairs[flow.source], self.pairs[flow.target]
        self._close(flow.source)
        if flow.target in self.selector.get_map():
            self.selector.unregister(flow.target)
        flow.line.orphans.append(flow.target)

    def _drop(self, sock):
        """Both ends of a connection, at once."""
        flow, _, _ = self.pairs[sock]
        for end in (flow.source, flow.target):
            if self.pairs.pop(end, None) is not None:
                self._close(end)
