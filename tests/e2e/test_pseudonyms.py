# SPDX-License-Identifier: Apache-2.0
"""Pseudonyms are made with the region's help: provisional until a line is there, then one person is one; and who
asks for more than his staff explains is refused."""
import ctypes
import os
import time

import oprf
import rogue
import wire
import world
from wire import message, parse
from world import patience, refused, test, wait_until

A, B, C = "03-08-01", "03-08-02", "03-08-03"
SNILS = "112-233-445 95"
STAFF = ("org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,manager_role,rate,main_place,external,"
         "from,to,experience_from,experience_break_days,subject,category\n")
STAFF_MIN = 20
sodium = ctypes.CDLL("libsodium.so.23")


def row(org, number, snils, last="Иванова"):
    return f"{org},{number},{last},Анна,,1985-03-04,{snils},учитель,pedagogue,,1,yes,no,2015-09-01,,2009-09-01,,химия,\n"


def snils(serial):
    """A number with its control digits."""
    digits = f"{200000000 + serial}"
    return "%s%02d" % (digits, sum(int(d) * (9 - i) for i, d in enumerate(digits)) % 101 % 100)


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(A, B), lines=True)
    w.region, w.hub, w.a, w.b = nodes["03"], nodes["03-08"], nodes[A], nodes[B]
    w.hub.stop()
    w.hub.configure({"registry": {"staff_min": STAFF_MIN}})
    w.hub.run()
    w.settle()
    return w


def person(node, ref):
    return node.selenga("get", "person", ref)["body"]


def teachers(node, org=None):
    """(teachers, people whose pseudonym is not settled, state) of a unit, and teachers of each unit below."""
    report = node.selenga("report", "--period", "2024", *(["--org", org] if org else []))
    def value(unit):
        return next(i for i in unit["indicators"] if i["code"] == "I-5.3.1d")
    own = value(report)
    return (own["numerator"], own["coverage"]["provisional"], own["state"]), {c["org"]: value(c)["numerator"] for c in report["children"]}


def points(n):
    made = []
    for _ in range(n):
        point = ctypes.create_string_buffer(32)
        sodium.crypto_core_ristretto255_random(point)
        made.append(point.raw)
    return made


@test
def without_a_line_a_person_of_two_schools_is_provisional_and_two(w):
    w.hub.line.down()
    wait_until(lambda: w.hub.links("parent")[0]["state"] != "up")
    w.a.text("staff", STAFF + row(A, "1", SNILS) + row(A, "2", ""))
    w.b.text("staff", STAFF + row(B, "7", "11223344595"))
    wait_until(lambda: teachers(w.hub)[0] == (3, 3, "preliminary"), what="three at the hub")
    one, other = person(w.a, f"{A}:1"), person(w.b, f"{B}:7")
    assert one["provisional"] and other["provisional"] and "key" not in one, one
    assert len(one["pseudonym"]) == 32 and one["pseudonym"] != other["pseudonym"]
    assert w.a.provisional() == 2 and w.b.provisional() == 1


@test
def a_provisional_pseudonym_stays_what_it_is(w):
    before = person(w.a, f"{A}:1")
    w.a.text("staff", STAFF + row(A, "1", SNILS, last="Петрова"))
    w.a.stop()
    w.a.run()
    w.a.text("staff", STAFF + row(A, "1", SNILS))
    assert person(w.a, f"{A}:1") == before
    # a second staff number of the same person is the same person here, line or not
    w.a.text("staff", STAFF + row(A, "3", SNILS))
    assert person(w.a, f"{A}:3")["pseudonym"] == before["pseudonym"]
    wait_until(lambda: w.a.waiting() == 0)
    assert teachers(w.a)[0][:2] == (2, 3)


@test
def when_the_line_is_up_he_is_one_and_at_no_moment_counted_twice_at_one_school(w):
    w.hub.line.up()
    w.hub.line.restart()
    seen = set()
    def settled():
        _, below = teachers(w.hub)
        assert below[A] == 2 and below[B] == 1, below
        figures = teachers(w.region, "03-08")
        if figures[1].get(A):
            assert figures[1][A] in (0, 2) and figures[1][B] in (0, 1), figures
        seen.add(figures[0][:2])
        return figures[0][:2] == (2, 0)
    wait_until(settled, what="two people at the region")
    w.settle()
    one, other = person(w.a, f"{A}:1"), person(w.b, f"{B}:7")
    assert one["pseudonym"] == other["pseudonym"] and one["key"] == other["key"] and "provisional" not in one
    assert person(w.a, f"{A}:2")["pseudonym"] != one["pseudonym"]
    assert teachers(w.region, A)[0] == (2, 0, "complete") and teachers(w.region, B)[0] == (1, 0, "complete")
    assert teachers(w.hub)[0][:2] == (2, 0)
    assert not w.region.quarantine() and not w.hub.quarantine()


@test
def a_corrected_snils_is_another_person_and_back_the_first_one(w):
    first = person(w.a, f"{A}:2")["pseudonym"]
    w.a.text("staff", STAFF + row(A, "2", "11223344696"))
    w.settle()
    second = person(w.a, f"{A}:2")
    assert second["pseudonym"] != first and "provisional" not in second
    assert teachers(w.region, "03-08")[0][:2] == (2, 0)
    w.a.selenga("put", "identity", stdin='[{"body":{"org":"%s","number":"2","snils":null}}]' % A)
    w.settle()
    assert person(w.a, f"{A}:2")["pseudonym"] == first
    assert teachers(w.region, "03-08")[0][:2] == (2, 0)


@test
def the_key_changes_at_the_region_alone_and_everybody_follows(w):
    refused(1, w.a.selenga, "node", "key", "rotate-pseudonyms", says="region")
    before, record = person(w.a, f"{A}:1"), w.b.list("pseudonym-key")[0]["body"]
    assert record["mark"] == before["key"] and "previous" not in record, record
    w.b.stop()
    w.region.selenga("node", "key", "rotate-pseudonyms")
    wait_until(lambda: person(w.a, f"{A}:1")["key"] != before["key"], what="the school has heard")
    wait_until(lambda: teachers(w.region, A)[0][1:] == (0, "complete"), what="its facts have moved")
    assert teachers(w.region, "03-08")[0] == (3, 1, "preliminary"), "who is of another key may be counted twice"
    assert w.region.list("pseudonym-key")[0]["body"]["previous"] == before["key"]
    w.b.run()
    wait_until(lambda: teachers(w.region, "03-08")[0][:2] == (2, 0), what="all have moved")
    w.settle()
    one, other = person(w.a, f"{A}:1"), person(w.b, f"{B}:7")
    assert one["pseudonym"] == other["pseudonym"] != before["pseudonym"] and one["key"] == other["key"]
    wait_until(lambda: "previous" not in w.b.list("pseudonym-key")[0]["body"], what="the key before is forgotten")
    assert (w.region.dir / "secret" / "pseudonym.key").read_bytes()[32:] == bytes(32)


@test
def a_region_that_lost_its_key_makes_a_new_one_and_everybody_follows(w):
    before = person(w.a, f"{A}:1")
    w.region.stop()
    (w.region.dir / "secret" / "pseudonym.key").unlink()
    w.region.run()
    wait_until(lambda: person(w.a, f"{A}:1")["key"] != before["key"], what="the school has heard")
    wait_until(lambda: teachers(w.region, "03-08")[0][:2] == (2, 0), what="all have moved")
    w.settle()
    assert person(w.a, f"{A}:1")["pseudonym"] == person(w.b, f"{B}:7")["pseudonym"] != before["pseudonym"]


@test
def a_school_that_lost_its_store_gets_the_same_pseudonyms_again(w):
    before = [person(w.a, f"{A}:{n}") for n in (1, 2, 3)]
    w.a.stop()
    w.a.lose_store()
    w.a.run()
    w.settle()
    assert [person(w.a, f"{A}:{n}") for n in (1, 2, 3)] == before
    assert teachers(w.region, "03-08")[0][:2] == (2, 0)


@test
def a_staff_larger_than_the_least_gets_its_pseudonyms_as_it_becomes_known(w):
    rows = [row(A, str(100 + i), snils(i)) for i in range(150)]
    w.a.text("staff", STAFF + "".join(rows))
    w.settle()
    assert w.a.provisional() == 0
    assert teachers(w.region, "03-08")[0][:2] == (152, 0)


@test
def a_child_that_asks_for_more_than_its_staff_explains_is_refused(w):
    child = rogue.Rogue(w.hub.token(C)).connect()
    calls = iter(range(1, 1000))
    def ask(made, mark=None):
        call = next(calls)
        child.door.send(wire.envelope(wire.EVALUATE, wire.REGISTRY, wire.REGISTRY, message(f1=("f8", call), f2=mark, f3=b"".join(made))))
        end = time.monotonic() + patience(20)
        while time.monotonic() < end:
            data = child.door.receive(1)
            envelope = parse(data) if data else {2: [0]}
            if envelope[2] == [wire.EVALUATED] and parse(envelope[9][0])[1] == [call]:
                return parse(envelope[9][0])
        raise AssertionError("no answer")
    answer = ask(points(15))
    assert len(answer[3][0]) == 15 * 32 and len(answer[2][0]) == 8, answer
    answer = ask(points(100))
    assert len(answer[3][0]) == (2 * STAFF_MIN - 15) * 32, "only as many as are left"
    assert ask(points(1))[4] == [b"PSEUDONYM-QUOTA"]
    w.hub.says("registry", C, "PSEUDONYM-QUOTA")
    w.hub.stop()  # a restart gives nothing
    w.hub.run()
    wait_until(lambda: w.hub.links("parent")[0]["state"] == "up")
    child.close()
    child.connect()
    assert ask(points(1))[4] == [b"PSEUDONYM-QUOTA"]
    # nobody else notices
    w.b.text("staff", STAFF + row(B, "8", "11223344797"))
    wait_until(lambda: "provisional" not in person(w.b, f"{B}:8"), what="another school is answered")
    child.close()


@test
def bad_points_are_refused_and_paid_for(w):
    w.hub.selenga("node", "revoke", C, "--why", "test")
    child = rogue.Rogue(w.hub.token("03-08-04")).connect()
    def ask(data, wait_s=patience(10)):
        child.door.send(wire.envelope(wire.EVALUATE, wire.REGISTRY, wire.REGISTRY, message(f1=("f8", 5), f3=data)))
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            got = child.door.receive(0.1)
            if got and parse(got)[2] == [wire.EVALUATED]:
                return parse(parse(got)[9][0])
        return None
    assert not any(ask(data, 0.3) for data in (b"", bytes(31), os.urandom(32 * 513)))
    for bad in (bytes(32), b"\xff" * 32, b"\xed" + b"\xff" * 30 + b"\x7f"):
        assert ask(points(9)[0] * 9 + bad)[4] == [b"MALFORMED"]
    answer = ask(b"".join(points(20)))
    assert len(answer.get(3, [b""])[0]) == 10 * 32, answer
    child.close()


@test
def a_long_sheet_at_the_region_gives_each_the_pseudonym_that_its_key_makes(w):
    twice = snils(5000)
    dashed = f"{twice[:3]}-{twice[3:6]}-{twice[6:9]} {twice[9:]}"
    numbers = [""] * 3 + [twice, dashed] + [snils(5000 + i) for i in range(1, 120)]
    w.region.text("staff", STAFF + "".join(row("03", str(i), number) for i, number in enumerate(numbers)))
    key = (w.region.dir / "secret" / "pseudonym.key").read_bytes()[:32]
    def should(i, number):
        text = (f"snils:{number.translate({45: None, 32: None})}" if number else f"staff:03:{i}").encode()
        return oprf.pseudonym(text, oprf.times(key, oprf.point_of(text))).hex()
    made = {(r["body"]["org"], r["body"]["number"]): r["body"] for r in w.region.list("person")}
    for i, number in enumerate(numbers):
        assert made["03", str(i)]["pseudonym"] == should(i, number), (i, number, made["03", str(i)])
    # whoever is known keeps his number although a later sheet does not say it
    before = {i: made["03", str(i)] for i in range(len(numbers))}
    w.region.text("staff", (STAFF + "".join(row("03", str(i), "") for i in range(len(numbers)))).replace(",snils", "").replace(",,учитель", ",учитель"))
    assert {i: person(w.region, f"03:{i}") for i in (0, 4, 60, 123)} == {i: before[i] for i in (0, 4, 60, 123)}


world.main(scene)
