# SPDX-License-Identifier: Apache-2.0
"""A line that loses packets: a network namespace whose only way out is a TUN device, and a forwarder of our own between that and
another TUN device outside. Packets are delayed, paced and dropped as they are, so TCP meets what it meets on such a line. Needs root."""
import collections
import ctypes
import fcntl
import os
import random
import selectors
import shutil
import struct
import subprocess
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
QUEUE_BYTES = 32 * 1024  # of a router on the way; more is dropped


def possible():
    return os.geteuid() == 0 and os.path.exists("/dev/net/tun") and shutil.which("nsenter") and shutil.which("ip")


def _ip(*words):
    subprocess.run(["ip", *words], check=True)


def _tun(namespace, name, address, peer):
    """In a thread of its own, as entering a namespace is a thread's affair."""
    made = []
    def make():
        if ctypes.CDLL(None, use_errno=True).setns(os.open(f"/run/netns/{namespace}", os.O_RDONLY), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TUN | IFF_NO_PI))
        made.append(fd)
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    _ip("-n", namespace, "addr", "add", address, "peer", peer, "dev", name)
    _ip("-n", namespace, "link", "set", name, "mtu", "1500", "up")
    _ip("-n", namespace, "link", "set", "lo", "up")
    # what Debian has, whatever this machine has
    _ip("-n", namespace, "route", "replace", peer, "dev", name, "congctl", "cubic")
    return made[0]


class Way:
    """One direction."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.packets = collections.deque()  # (when it is there, packet)
        self.clear_at = 0.0
        self.queued = 0
        self.carried = self.dropped = self.bytes = 0


class Lossy:
    """Two namespaces `far` and `near`; .far_prefix and .near_prefix before a command run it there. Settings may change at any time."""

    FAR, NEAR = "10.99.0.1", "10.99.0.2"

    def __init__(self, seed=1):
        tag = f"{os.getpid()}"
        self.far, self.near = f"sf{tag}", f"sn{tag}"
        self.rate = self.delay_s = self.loss = 0
        self.cut = False
        self.dice = random.Random(seed)
        for name in (self.far, self.near):
            _ip("netns", "add", name)
        far = _tun(self.far, "line", self.FAR, self.NEAR)
        near = _tun(self.near, "line", self.NEAR, self.FAR)
        self.ways = [Way(near, far), Way(far, near)]  # up, down
        self.ending = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def prefix(self, name):
        return ["nsenter", f"--net=/run/netns/{name}"]

    def bad(self, rate=8000, delay_s=0.3, loss=0.2):
        """64 kbit/s, 600 ms there and back, every fifth packet lost each way."""
        self.rate, self.delay_s, self.loss = rate, delay_s, loss

    def good(self):
        self.rate = self.delay_s = self.loss = 0

    def bytes(self):
        return [way.bytes for way in self.ways]

    def close(self):
        self.ending = True
        self.thread.join()
        for way in self.ways:
            os.close(way.source)
        for name in (self.far, self.near):
            _ip("netns", "del", name)

    # --- the thread

    def _take(self, way, now):
        while True:
            try:
                packet = os.read(way.source, 65536)
            except BlockingIOError:
                return
            if self.cut or self.dice.random() < self.loss or (self.rate and way.queued > QUEUE_BYTES):
                way.dropped += 1
                continue
            way.clear_at = max(now, way.clear_at) + (len(packet) / self.rate if self.rate else 0)
            way.packets.append((way.clear_at + self.delay_s, packet))
            way.queued += len(packet)

    def _give(self, way, now):
        while way.packets and way.packets[0][0] <= now:
            _, packet = way.packets.popleft()
            way.queued -= len(packet)
            if self.cut:
                way.dropped += 1
                continue
            way.carried += 1
            way.bytes += len(packet)
            try:
                os.write(way.target, packet)
            except OSError:
                way.dropped += 1

    def _run(self):
        selector = selectors.DefaultSelector()
        for way in self.ways:
            selector.register(way.source, selectors.EVENT_READ, way)
        while not self.ending:
            now = time.monotonic()
            due = min([way.packets[0][0] - now for way in self.ways if way.packets] + [0.1])
            ready = selector.select(max(0, due))
            now = time.monotonic()
            for key, _ in ready:
                self._take(key.data, now)
            for way in self.ways:
                self._give(way, now)
