# SPDX-License-Identifier: Apache-2.0
"""One neighbour sends as much as it can: the others, the people and the machine's memory hardly notice."""
import socket
import subprocess
import time

import flood
import wire
import world
from flood import Flooder, Watcher, measure, slack
from world import BIN, patience, test, wait_until

GROWTH_MIB = 64
SECONDS = 5
HUBS = [f"03-{n:02}" for n in range(1, 9)]
world.without_quarantine()


def scene(w):
    w.hub = w.node("region").init("03").run()
    schools = "".join(f"{org}-{n},{org},school,Школа {n}\n" for org in HUBS for n in range(100, 600))
    w.hub.text("organisation", "code,parent,kind,name\n" + "".join(f"{org},03,municipal_authority,Район\n" for org in HUBS) + schools)
    w.sibling = w.node("sibling").join(w.hub, "03-08").run()
    w.sibling.org = "03-08"
    w.settle()
    flood.record_s(w, w.sibling, w.hub)
    w.orgs = iter(HUBS[:-1])
    return w


def enrolled(w):
    rogue = Flooder(w.hub.token(next(w.orgs))).connect()
    rogue.serve(lambda: len(rogue.sessions) == 4)
    rogue.sessions.clear()
    return rogue


def unnoticed(w, make, seconds=SECONDS):
    rogue = enrolled(w)
    watcher = Watcher(w.hub)
    rogue.flood(make, seconds)
    try:
        median, worst, record = measure(w, w.hub, w.sibling, rogue.thread.is_alive)
        rogue.thread.join()
    finally:
        rogue.halt()
        rogue.close()
    grown = watcher.end()
    print(f"        {make.__name__}: {rogue.sent} messages, {rogue.sent_bytes >> 20} MiB; request {median:.3f} s, worst {worst:.3f} s; "
          f"record {record:.3f} s; MiB more: {', '.join(f'{p} {g:.0f}' for p, g in grown.items())}")
    assert median <= 0.2 * slack(), median
    assert worst <= 1 * slack(), worst
    assert record <= 1 * slack(), record
    assert max(grown.values()) <= GROWTH_MIB, grown


@test
def a_child_that_pulls_from_zero_a_thousand_times_a_second(w):
    unnoticed(w, flood.pulls)


@test
def a_child_that_sends_junk(w):
    unnoticed(w, flood.junk)
    w.hub.says("gate", "GATE-PEER-FLOODS")  # it is shut out


@test
def a_child_that_sends_records_that_are_refused_and_then_junk(w):
    unnoticed(w, flood.bombs_and_junk)


@test
def a_child_that_sends_records_without_end(w):
    unnoticed(w, flood.records)


@test
def a_child_whose_message_does_not_end(w):
    rogue = enrolled(w)
    watcher = Watcher(w.hub)
    rogue.send_endless(1000)
    w.hub.says("gate", "GATE-PEER-GREEDY")  # it is cut
    rogue.close()
    grown = watcher.end()
    print(f"        MiB more: {', '.join(f'{p} {g:.0f}' for p, g in grown.items())}")
    assert max(grown.values()) <= GROWTH_MIB, grown
    assert flood.record_s(w, w.sibling, w.hub) <= 1 * slack()


class Strangers:
    """Holds as many idle connections as there may be, and makes each anew that is ended."""

    def __init__(self, port, n):
        self.port, self.held, self.ended = port, [], 0
        for _ in range(n):
            self._one()

    def _one(self):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        sock.setblocking(False)
        self.held.append(sock)

    def renew(self):
        for sock in list(self.held):
            try:
                gone = not sock.recv(256)
            except BlockingIOError:
                continue
            except OSError:
                gone = True
            if gone:
                sock.close()
                self.held.remove(sock)
                self.ended += 1
                try:
                    self._one()
                except OSError:
                    pass

    def close(self):
        for sock in self.held:
            sock.close()


def let_in_s(w, hub, rogue, strangers):
    """How long an honest child takes to be greeted; None: it is not in time."""
    door = wire.Dealer(rogue.endpoint, rogue.hub_key, rogue.keys)
    begun = time.monotonic()
    door.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, wire.message(f2="0.1.0", f3=1)))
    answer = None
    while not answer and time.monotonic() < begun + patience(20):
        strangers.renew()
        answer = door.receive(0.02)
    took = time.monotonic() - begun
    door.close()
    return took if answer else None


@test
def strangers_that_hold_every_free_connection(w):
    node = w.node("small")
    node.init("05")
    text = node.conf.read_text()
    node.conf.write_text(text.replace("gate\n", "gate\n    connections_max = 60\n", 1))
    node.run()
    node.text("organisation", "code,parent,kind,name\n05-01,05,municipal_authority,District\n")
    child = Flooder(node.token("05-01"))
    watcher = Watcher(node)
    strangers = Strangers(node.port, 150)
    for _ in range(3):
        took = let_in_s(w, node, child, strangers)
        print(f"        let in after {took} s; {strangers.ended} strangers ended so far")
        assert took is not None and took <= 5 * slack(), took
    strangers.close()
    assert max(watcher.end().values()) <= GROWTH_MIB
    node.stop()


def limited(n):
    return ["sh", "-c", f'ulimit -n {n}; exec "$@"', "sh"]


@test
def few_open_files(w):
    """A node says that they are too few; where they are enough it works, also with more strangers at the door than there are."""
    node = w.node("frugal").init("06")
    for program in ("selenga-gate", "selenga-registry"):
        done = subprocess.run([*limited(32), BIN / program, node.dir], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "ulimit -n" in done.stderr, done
    done = subprocess.run([*limited(64), BIN / "selenga-gate", node.dir], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "needs 256" in done.stderr, done
    node.prefix = limited(256)
    node.run()
    node.text("organisation", "code,parent,kind,name\n06-01,06,municipal_authority,District\n")
    child = Flooder(node.token("06-01"))
    pids = node.pids()
    strangers = Strangers(node.port, 300)
    for _ in range(8):
        strangers.renew()
        assert flood.request_s(node) < 1 * slack()
    for _ in range(3):
        took = let_in_s(w, node, child, strangers)
        assert took is not None and took <= 5 * slack(), took
    strangers.close()
    assert node.pids() == pids
    node.stop()


world.main(scene)
