# SPDX-License-Identifier: Apache-2.0
"""Bytes that nobody should send, on every socket: refused in bounded memory, logged once, and nobody else notices."""
import os
import random
import socket
import struct

import wire
import world
from rogue import Rogue
from world import memory_kib, refused, test, wait_until

SCHOOL = "03-08-01"
GROWTH_KIB = 48 * 1024
CHUNK = bytes(64 * 1024)
# The sanitizer keeps what was freed, 256 MiB of it, and that would be taken for growth.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,))
    w.hub, w.school = nodes["03-08"], nodes[SCHOOL]
    w.settle()
    w.before = {p: memory_kib(pid, "VmHWM") for p, pid in w.hub.pids().items()}
    w.pids = w.hub.pids()
    w.events = 0
    return w


def unharmed(w):
    """Same processes, bounded memory, few words in the log, and the school's work goes through."""
    assert w.hub.pids() == w.pids, "a program ended"
    for program, pid in w.pids.items():
        grown = memory_kib(pid, "VmHWM") - w.before[program]
        assert grown < GROWTH_KIB, f"{program} grew by {grown} KiB"
    assert len(w.hub.log("gate").splitlines()) < 60, w.hub.log("gate")
    w.events += 1
    code = f"S-{w.events}"
    w.school.put("event", {"code": code, "kind": "seminar", "title": "Работа идёт", "org": SCHOOL, "starts_on": "2024-01-10"})
    wait_until(lambda: w.hub.list("event", "--where", f"code={code}"), what="the school's work goes through")


def tcp(w):
    return socket.create_connection(("127.0.0.1", w.hub.port), timeout=5)


def ipc(w):
    return wire.local(w.hub.dir)


def ready(w):
    return wire.local_ready(w.hub.dir)


def flood(sock, data, most=64 << 20):
    """Sends data and zeros behind it until the other side hangs up; returns what was sent."""
    sent = 0
    try:
        sock.sendall(data)
        while sent < most:
            sent += sock.send(CHUNK)
    except OSError:
        pass
    sock.close()
    return sent


@test
def random_bytes_on_both_sockets(w):
    dice = random.Random(1)
    for _ in range(60):
        for door in (tcp, ipc):
            flood(door(w), dice.randbytes(dice.randrange(1, 400)), 0)
    unharmed(w)


@test
def random_bytes_behind_a_good_greeting(w):
    dice = random.Random(2)
    for _ in range(60):
        flood(tcp(w), wire.greeting(b"CURVE") + dice.randbytes(300), 0)
        flood(ipc(w), wire.greeting() + dice.randbytes(300), 0)
        flood(ready(w), dice.randbytes(300), 0)
    unharmed(w)


@test
def a_frame_of_4_gib(w):
    huge = struct.pack(">Q", 4 << 30)
    assert flood(tcp(w), wire.greeting(b"CURVE") + b"\x06" + huge) < 16 << 20
    assert flood(tcp(w), wire.greeting(b"CURVE") + b"\x02" + huge) < 16 << 20
    assert flood(ipc(w), wire.greeting() + b"\x06" + huge) < 16 << 20
    assert flood(ready(w), b"\x02" + huge) < 16 << 20
    assert flood(ready(w), b"\x02" + struct.pack(">Q", (1 << 63) - 1)) < 16 << 20
    unharmed(w)


@test
def strangers_who_will_not_prove_a_key(w):
    flood(tcp(w), wire.greeting() + wire.READY + wire.frame(wire.envelope(wire.STATUS, wire.GATE, call=1)), 0)
    flood(tcp(w), wire.greeting(b"PLAIN") + b"\x04\x08\x05HELLO\x01a\x01", 0)
    hub_key = wire.key_pair()[0]
    for keys in (wire.key_pair(), wire.key_pair()):
        stranger = wire.Dealer(f"tcp://127.0.0.1:{w.hub.port}", hub_key, keys)
        stranger.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE))
        assert stranger.receive(0.5) is None
        stranger.close()
    unharmed(w)


@test
def half_open_connections(w):
    """Two hundred that say nothing, or half a greeting: they are ended, and others get in meanwhile."""
    held = [tcp(w) for _ in range(200)]
    for sock in held[::2]:
        sock.sendall(wire.greeting(b"CURVE")[:11])
    unharmed(w)
    def ended():
        for sock in list(held):
            sock.setblocking(False)
            try:
                if not sock.recv(256):
                    held.remove(sock)
            except BlockingIOError:
                pass
            except OSError:
                held.remove(sock)
        return not held
    wait_until(ended, 40, what="silent connections are ended")
    unharmed(w)


@test
def messages_that_are_no_envelopes_on_the_local_socket(w):
    dice = random.Random(3)
    sock = ready(w)
    for _ in range(300):
        sock.sendall(wire.frame(dice.randbytes(dice.randrange(0, 200))))
    sock.sendall(b"\x01\x01a" + b"\x00\x01b")  # two frames
    sock.sendall(wire.frame(wire.envelope(wire.PUSH, wire.REGISTRY, wire.DIAGNOSTICS, b"x")))  # claims to be a service
    sock.sendall(wire.frame(wire.envelope(wire.PULL, wire.REGISTRY, wire.CLI, b"x")))
    sock.sendall(wire.frame(wire.envelope(999, wire.REGISTRY, wire.CLI, b"x", call=5)))
    sock.close()
    unharmed(w)


def ask(w, kind, service, body):
    return wire.parse(wire.ask(w.hub.dir, kind, service, body))


def nested(depth):
    data = b""
    for _ in range(depth):
        data = wire.field(15, data)
    return data


@test
def ten_thousand_nested_levels(w):
    deep = nested(10000)
    groups = wire.varint(15 << 3 | 3) * 10000
    item = lambda body: wire.message(f1=wire.message(f1=wire.message(f1=116, f3=body, f4=1)))
    for body in (deep, groups, groups + wire.varint(15 << 3 | 4) * 10000):
        for put in (body, wire.message(f1=body), item(body), item(wire.message(f1="X") + body)):
            answer = ask(w, wire.PUT, wire.REGISTRY, put)
            assert answer[2][0] in (wire.ERROR, wire.PUT_REPLY), answer
    refused(1, w.school.selenga, "put", "event", stdin="[" * 10000)
    refused(1, w.school.selenga, "put", "event", stdin='[{"body":' * 10000)
    refused(1, w.school.selenga, "put", "event", stdin='{"body":{"code":' + "[" * 100000)
    unharmed(w)


@test
def a_message_that_would_unpack_to_a_hundred_times_its_size(w):
    for empty in (b"\x0a\x00" * 500000, wire.message(f1=b"\x0a\x00" * 400000)):
        answer = ask(w, wire.PUT, wire.REGISTRY, empty)
        assert answer[2] == [wire.ERROR], answer
    assert ask(w, wire.LIST, wire.REGISTRY, wire.message(f1=116, f4=4000000000))[2] == [wire.RECORDS]
    assert ask(w, wire.LIST, wire.REGISTRY, wire.message(f1=116, f5=b"short"))[2] == [wire.ERROR]
    assert ask(w, wire.GET, wire.REGISTRY, wire.message(f1=116, f2=b"x" * 5000))[2] == [wire.ERROR]
    unharmed(w)


@test
def refusals_that_say_more_than_a_message_holds(w):
    event = wire.message(f1="E", f2="x" * 160, f3="E")
    item = wire.message(f1=116, f3=event) + b"".join(wire.message(f4=number) for number in (1, 2, 3))
    answer = ask(w, wire.PUT, wire.REGISTRY, wire.message(f1=wire.message(f1=item)) * 4000)
    assert answer[2] == [wire.PUT_REPLY], answer
    unharmed(w)


@test
def an_enrolled_child_that_sends_rubbish(w):
    rogue = Rogue(w.hub.token("03-08-02")).connect()
    dice = random.Random(4)
    for _ in range(200):
        rogue.door.send(dice.randbytes(dice.randrange(0, 300)))
        for kind in (wire.PULL, wire.PUSH, wire.GIVEBACK_ASK, wire.GIVEBACK, wire.REBASE):
            rogue.door.send(wire.envelope(kind, dice.randrange(0, 12), dice.randrange(0, 6), dice.randbytes(80)))
    for kind in (wire.PUT, wire.GET, 35, 37, 39, 5, 6, wire.JOIN):
        rogue.door.send(wire.envelope(kind, wire.REGISTRY, wire.REGISTRY, b""))
    rogue.door.send(b"one", b"two")
    for bomb in (nested(10000), b"\x0a\x00" * 500000, wire.message(f5=b"\x0a\x00" * 400000)):
        for kind in (wire.PULL, wire.PUSH):
            rogue.door.send(wire.envelope(kind, wire.REGISTRY, wire.REGISTRY, bomb))
    rogue.close()
    unharmed(w)


@test
def an_enrolled_child_that_announces_what_it_does_not_send(w):
    """A batch that says it unpacks to gigabytes, counts without records, positions beyond its head."""
    rogue = Rogue(w.hub.token("03-08-03")).connect()
    rogue.offer(wire.REGISTRY, kind=116, body=wire.message(f1="E", f2="seminar", f3="t", f4="03-08-03", f5=wire.sint(19000)))
    rogue.serve(lambda: rogue.all_acked())
    session = rogue.sessions[wire.REGISTRY]
    zstd_bomb = bytes.fromhex("28b52ffd") + b"\xe0" + struct.pack("<Q", 1 << 40) + bytes(8)
    for plain, encoding, data in ((1 << 31, 1, zstd_bomb), (900000, 1, zstd_bomb), (4000000000, 0, b"x"), (5, 0, b"\xff\xff\xff\xff1"), (10, 9, b"x")):
        rogue.feed(wire.PUSH, wire.REGISTRY, wire.message(f1=("f8", session), f2=1, f3=2, f4=wire.message(f2=9), f5=1, f6=encoding, f7=plain, f8=data))
    rogue.feed(wire.PUSH, wire.REGISTRY, wire.message(f1=("f8", session), f2=1, f3=2**63, f4=wire.message(f2=1)))
    rogue.feed(wire.PULL, wire.REGISTRY, wire.message(f1=("f8", 5), f2=2**63, f3=2**32 - 1, f4=1, f5=wire.message(f2=2**63), f6=list(range(1000))))
    boots = [wire.message(f1=("f8", n), f2=n) for n in range(60000)]
    rogue.feed(wire.PULL, wire.REGISTRY, wire.message(f1=("f8", 6), f2=0, f3=1, f4=1, f5=wire.message(f1=boots, f2=70000)))
    unharmed(w)
    rogue.close()


world.main(scene)
