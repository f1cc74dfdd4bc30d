# SPDX-License-Identifier: Apache-2.0
"""All that a school's disk and memory hold is in a stranger's hands: what he can tell of people of other schools is nothing without
asking, and with it as little as the school's staff explains."""
import os
import time

import oprf
import rogue
import wire
import world
from wire import message, parse
from world import SAMPLE, test

A, B = "03-08-01", "03-08-02"
STAFF_MIN = 20
INPUT_OF_B = b"snils:11223344797"
ROW_OF_B = f"{B},7,Петрова,Анна,,1985-03-04,11223344797,учитель,pedagogue,,1,yes,no,2015-09-01,,2009-09-01,,химия,\n"


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(A, B))
    w.region, w.hub, w.a, w.b = nodes["03"], nodes["03-08"], nodes[A], nodes[B]
    w.hub.stop()
    w.hub.configure({"registry": {"staff_min": STAFF_MIN}})
    w.hub.run()
    staff = (SAMPLE / f"school-{A}" / "staff.csv").read_text()
    w.a.text("staff", staff)
    w.b.text("staff", staff.partition("\n")[0] + "\n" + ROW_OF_B)
    w.settle()
    return w


def of_b(w):
    """Somebody whom school A has nothing to do with, as the hub holds him."""
    return w.b.selenga("get", "person", f"{B}:7")["body"]


def capture(node):
    """Each file of the node, and the memory of each of its programs."""
    for path in node.dir.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    for program, pid in {**node.pids(), "supervisor": node.process.pid}.items():
        for piece in oprf.memory_of(pid):
            yield f"{program} of {node.name}", piece


def evaluate(child, made):
    """The hub's answer to a child that asks for these points."""
    call = int.from_bytes(os.urandom(7), "little")
    child.door.send(wire.envelope(wire.EVALUATE, wire.REGISTRY, wire.REGISTRY, message(f1=("f8", call), f3=b"".join(made))))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        data = child.door.receive(1)
        envelope = parse(data) if data else {2: [0]}
        if envelope[2] == [wire.EVALUATED] and parse(envelope[9][0])[1] == [call]:
            return parse(envelope[9][0])
    raise AssertionError("no answer")


@test
def whoever_has_the_region_s_key_finds_a_person_by_trying_numbers(w):
    """Which is why nobody else may have it."""
    key = (w.region.dir / "secret" / "pseudonym.key").read_bytes()[:32]
    sought = of_b(w)["pseudonym"]
    around = [b"snils:%011d" % (int(INPUT_OF_B[6:]) + n) for n in range(-200, 200)]
    assert [text for text in around if oprf.pseudonym(text, oprf.times(key, oprf.point_of(text))).hex() == sought] == [INPUT_OF_B]


@test
def neither_disk_nor_memory_of_a_school_or_hub_holds_the_region_s_key(w):
    secret = w.region.dir / "secret"
    keys = (secret / "pseudonym.key").read_bytes()[:32], (secret / "root.key").read_bytes()[:32]  # the first one derives from the second
    sought = [form for key in keys for form in oprf.forms(key)]
    found = {node.name: {where for where, data in capture(node) for form in sought if form in data} for node in (w.region, w.hub, w.a)}
    assert {str(secret / "pseudonym.key"), f"registry of {w.region.name}"} <= found.pop(w.region.name), "it would not be found where it is"
    assert not any(found.values()), found


@test
def a_school_s_directory_tells_nothing_of_anybody_else(w):
    """Offline: whatever stands in it, or in its programs' memory, is tried as a key; none has the mark of the pseudonyms here."""
    key, foreign = (w.region.dir / "secret" / "pseudonym.key").read_bytes(), of_b(w)
    mark = bytes.fromhex(foreign["key"])
    assert list(oprf.keys_in(b"\0\0" + key + b"\0", {mark})) == [key[:32]], "a key would not be found where it is"
    pieces, tried = list(capture(w.a)), set()
    usable = [where for where, data in pieces for _ in oprf.keys_in(data, {mark}, tried)]
    assert not usable, usable
    compared = [where for where, data in pieces if bytes.fromhex(foreign["pseudonym"]) in data or INPUT_OF_B[6:] in data]
    assert not compared, f"what guesses could be compared with is there: {compared}"


@test
def online_it_tells_of_as_many_as_its_staff_explains(w):
    """He asks in the school's name. A right guess among those few is no secret; whoever is not among them is."""
    people = len(w.a.list("person"))
    w.a.stop()
    thief = rogue.Rogue(stolen=w.a.dir).connect()
    most = 2 * max(people, STAFF_MIN)
    tries = [b"snils:%011d" % (10**10 + n) for n in range(2 * most)]
    tries[1] = INPUT_OF_B
    asked = [oprf.blinded(text) for text in tries]
    answer = evaluate(thief, [point for _, point in asked])
    products = [answer[3][0][i:i + 32] for i in range(0, len(answer[3][0]), 32)]
    assert 2 <= len(products) <= most - people, f"{len(products)} of {most}, of which its own {people} are spent"
    told = [oprf.unblinded(text, blind, product).hex() for text, (blind, _), product in zip(tries, asked, products)]
    assert told[1] == of_b(w)["pseudonym"]
    for _ in range(2):
        assert evaluate(thief, [asked[-1][1]])[4] == [b"PSEUDONYM-QUOTA"]
        thief.close()
        thief.connect()
    thief.close()
    w.a.run()


world.main(scene)
