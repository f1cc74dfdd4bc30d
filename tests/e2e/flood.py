# SPDX-License-Identifier: Apache-2.0
"""A neighbour that sends what it likes as fast as it can, in a thread, and what others notice of it meanwhile."""
import ctypes
import os
import statistics
import struct
import threading
import time

import wire
from rogue import Rogue, key_id
from wire import message
from world import SANITIZED, memory_kib, wait_until

_load_before = os.getloadavg()[0]
EVENT = 116
_SNDTIMEO = 28


def slack():
    """A machine that has other work now or had it before, or runs under a sanitizer, is slower at everything."""
    return max(1.0, max(_load_before, *os.getloadavg()) / os.cpu_count()) * (5 if SANITIZED else 1)


def zstd(data):
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_compress.restype = lib.ZSTD_compressBound.restype = ctypes.c_size_t
    room = lib.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = lib.ZSTD_compress(out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)), 3)
    return out.raw[:size]


class Flooder(Rogue):
    """Sends the frames of `make(self)`, a generator that yields nothing first, until told to stop or `seconds` are over. A cut connection is made again."""

    def connect(self):
        super().connect()
        wait = ctypes.c_int(200)
        wire._zmq.zmq_setsockopt(self.door.socket, _SNDTIMEO, ctypes.byref(wait), ctypes.c_size_t(4))
        return self

    def send_now(self, frame, more=False):
        """Waits a moment while the line is full; False: it still is."""
        return wire._zmq.zmq_send(self.door.socket, frame, ctypes.c_size_t(len(frame)), 2 if more else 0) >= 0

    def send_endless(self, parts, size=1 << 20):
        """One message of so many frames, all the same bytes. They leave when the last is given: libzmq waits for it."""
        self.part = ctypes.create_string_buffer(size)
        for i in range(parts):
            part = ctypes.create_string_buffer(64)
            wire._zmq.zmq_msg_init_data(part, self.part, ctypes.c_size_t(size), None, None)
            wire._zmq.zmq_msg_send(part, self.door.socket, 2 if i + 1 < parts else 0)

    def hello(self):
        self.send_now(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))

    def flood(self, make, seconds):
        self.stop, self.sent_bytes, self.sent = False, 0, 0
        frames = make(self)
        next(frames)  # prepares itself

        def run():
            end = time.monotonic() + seconds
            greet = 0
            for frame in frames:
                if self.stop or time.monotonic() > end:
                    return
                if time.monotonic() > greet:  # a connection that was cut is another one
                    self.hello()
                    greet = time.monotonic() + 0.2
                if self.send_now(frame):
                    self.sent += 1
                    self.sent_bytes += len(frame)
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def halt(self):
        self.stop = True
        self.thread.join()


# --- what it sends

def pulls(rogue):
    """From zero, each for all that there is, a thousand a second."""
    yield
    session, due = 7000, time.monotonic()
    while True:
        for service in (wire.REGISTRY, wire.REGISTRY, wire.DIAGNOSTICS, wire.ROUTING, wire.REPORTING):
            session += 1
            yield wire.envelope(wire.PULL, service, service, message(f1=("f8", session), f2=0, f3=1 << 20, f4=1, f5=message(f2=0)))
        due += 0.005
        pause(due)


def pause(until):
    left = until - time.monotonic()
    if left > 0:
        _idle.wait(left)


_idle = threading.Event()


def junk(rogue):
    """Whole messages that say nothing, of all sizes."""
    big = [wire.envelope(wire.PUSH, s, s, os.urandom(1 << 20)) for s in (1, 2, 3, 4)]
    yield
    while True:
        yield from big
        for service in (1, 2, 3, 4):
            yield wire.envelope(wire.GIVEBACK, service, service, b"\xff" * 100)
        yield os.urandom(2000)


def prepared(make, n):
    """n batches of the largest size, packed: (count, plain bytes, zstd)."""
    out = []
    for i in range(n):
        entries = make(i)
        data = wire.entries(entries)
        assert len(data) <= 192 * 1024  # of one push
        out.append((len(entries), len(data), zstd(data)))
    return out


def pushes(rogue, batches):
    """They follow each other, whatever credit there is; begun anew where the consumer says."""
    service = wire.REGISTRY
    take_waiting(rogue, 0.3)
    rogue.sessions.clear()
    yield wire.envelope(wire.WAKE, service, service)
    while not take_waiting(rogue, 0.1):
        pass
    for count, plain, packed in batches:
        head = rogue.position + count
        yield wire.envelope(wire.PUSH, service, service, message(
            f1=("f8", rogue.sessions[service]), f2=rogue.position, f3=head, f4=message(f2=head, f3=1, f4=("f8", rogue.boot)), f5=count, f6=1, f7=plain,
            f8=packed, f9=("f8", rogue.boot)))
        rogue.position = head
        take_waiting(rogue)


def bombs(rogue, n=120):
    """Records that are none, 4800 in each push, which shrink to a twentieth: refused one by one."""
    batches = prepared(lambda i: [struct.pack(">QI", i, k) + bytes(24) for k in range(4800)], n)
    yield
    yield from pushes(rogue, batches)


def bombs_and_junk(rogue):
    rest = junk(rogue)
    next(rest)
    yield from bombs(rogue)
    yield from rest


def records(rogue, n=160):
    """Records that are taken in."""
    def one(k):
        body = message(f1=f"F-{k}", f2="seminar", f3="t" * 60, f4=rogue.org, f5=wire.sint(19000))
        return wire.record(rid=key_id(EVENT, f"F-{k}"), kind=EVENT, home=rogue.path, seq=k + 1, boot=rogue.boot, body=body, org=rogue.org, up=3)
    batches = prepared(lambda i: [one(900 * i + k) for k in range(900)], n)
    yield
    yield from pushes(rogue, batches)


def take_waiting(rogue, timeout_s=0):
    """Hears what came, so that sessions stand. Is there one?"""
    while data := rogue.door.receive(timeout_s):
        envelope = wire.parse(data)
        if envelope[2] == [wire.PULL] and envelope[3] == [wire.REGISTRY]:
            body = wire.parse(envelope[9][0])
            if 4 in body or wire.REGISTRY not in rogue.sessions:
                rogue.position = body[2][0]
            rogue.sessions[wire.REGISTRY] = body[1][0]
    return wire.REGISTRY in rogue.sessions


# --- what others notice

class Watcher:
    """Looks at the memory of a node's programs meanwhile."""

    def __init__(self, node):
        self.node, self.pids = node, node.pids()
        self.before = {p: memory_kib(pid, "RssAnon") for p, pid in self.pids.items()}
        self.most = dict(self.before)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stop.wait(0.02):
            for program, pid in self.pids.items():
                try:
                    self.most[program] = max(self.most[program], memory_kib(pid, "RssAnon"))
                except FileNotFoundError:
                    return  # the test says so

    def end(self):
        self.stop.set()
        self.thread.join()
        assert self.node.pids() == self.pids, "a program ended"
        return {p: (self.most[p] - self.before[p]) / 1024 for p in self.pids}


def request_s(node):
    begun = time.monotonic()
    wire.ask(node.dir, wire.LIST, wire.REGISTRY, message(f1=EVENT, f4=1))
    return time.monotonic() - begun


def has(node, org, code):
    answer = wire.parse(wire.ask(node.dir, wire.LIST, wire.REGISTRY, message(f1=EVENT, f2=org, f3=message(f1="code", f2=code), f4=10)))
    assert answer[2] == [wire.RECORDS], answer
    return code.encode() in answer.get(9, [b""])[0]


def record_s(w, node, hub):
    """How long a record of `node` takes to `hub`, from the moment that it was answered for."""
    w.events = getattr(w, "events", 0) + 1
    code = f"S-{w.events}"
    node.put("event", {"code": code, "kind": "seminar", "title": "Работа идёт", "org": node.org, "starts_on": "2024-01-10"})
    begun = time.monotonic()
    wait_until(lambda: has(hub, node.org, code), what="the sibling's record arrives")
    return time.monotonic() - begun


def measure(w, hub, sibling, on):
    """(median, worst) of requests, worst of records, in seconds, for as long as on()."""
    asked, told = [], []
    while on() or len(told) < 3:
        told.append(record_s(w, sibling, hub))
        for _ in range(7):
            asked.append(request_s(hub))
            _idle.wait(0.01)
    return statistics.median(asked), max(asked), max(told)
