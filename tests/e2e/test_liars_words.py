# SPDX-License-Identifier: Apache-2.0
"""What an enrolled school says about records that are not its own: words that they are gone, guesses, conflicts, system kinds."""
import os
import random

import liars
import world
from forge import (ABSENCE, EMPLOYMENT, EVENT, IDENTITY, ORGANISATION, PERSON, REFUSAL, CONFLICT, TO_ALL, TO_NODE, TO_SERVING, UP_ALL, edit, gone,
                   invent, key_id, pack, path, read, staff_id, stranger, conflict, variants)
from liars import LIAR, SCHOOL, Unchanged, has_event, heard_out, put_event, region_s_records
from rogue import Rogue
from wire import GIVEBACK, GIVEBACK_ASK, PULL, REBASE, REGISTRY, WAKE, message, parse, sint
from world import SAMPLE, refused, test, wait_until

STAFF = SAMPLE / f"school-{SCHOOL}" / "staff.csv"
NUMBERS = range(1, 201)
WORDS = 20000
GROWTH = 2 << 20


def scene(w):
    liars.scene(w, staff=False)
    w.liar = Rogue(w.hub.token(LIAR)).live()
    w.rows = len(STAFF.read_text().splitlines()) - 1
    w.home, w.homes = w.liar.path, [w.liar.path, path(w.school.path), path(w.hub.path), path(w.region.path)]
    wait_until(lambda: len(region_s_records(w, w.liar, ORGANISATION)) >= 14)
    return w


def hire(w):
    """The school imports its staff, and all of it arrives."""
    try:
        w.school.text("staff", STAFF.read_text())
    except world.Refused as error:
        raise AssertionError(error.out) from None
    wait_until(lambda: len(w.region.records("employment")) == w.rows, what="all staff is at the region")
    wait_until(lambda: len(w.hub.records("identity")) == w.rows, what="all names are at the hub")


THERE, NOWHERE = (801, 802, 803, 804), (901, 902, 903, 904)


def hire_more(w):
    """People about whom nothing was said before."""
    if not w.school.list("employment", "--where", f"number={THERE[0]}"):
        rows = "".join(f"{SCHOOL},{n},Новая,Анна,учитель,pedagogue,2020-09-01\n" for n in THERE)
        w.school.text("staff", "org,number,last_name,first_name,post,post_class,from\n" + rows)
    wait_until(lambda: len(w.region.list("employment", "--where", f"number={THERE[-1]}")) == 1, what="they are known above")


def store_bytes(node):
    return sum(f.stat().st_blocks * 512 for f in (node.dir / "store").rglob("*") if f.is_file())


def caught_up(w):
    """All that was said to the liar up to now has come."""
    liars.settled(w)
    code = f"ALL-{w.said}".encode()
    wait_until(lambda: any(code in data for data in list(w.liar.received[REGISTRY])), what="the liar has heard all")


@test
def words_about_staff_that_nobody_has_written_yet_squat_nothing(w):
    for number in NUMBERS:
        for kind in (IDENTITY, PERSON, EMPLOYMENT):
            for home in w.homes:
                w.liar.offer_bytes(REGISTRY, gone(staff_id(SCHOOL, number, kind), kind, home))
            rid = staff_id(SCHOOL, number, kind)
            w.liar.offer_bytes(REGISTRY, pack({"rid": rid, "kind": kind, "home": w.home, "inc": 1, "seq": 7, "boot": 7, "deleted": True, "up": 3}))
    heard_out(w, w.liar)
    hire(w)
    assert len(w.region.list("person")) == w.rows
    assert not w.school.quarantine(), w.school.quarantine()


@test
def an_organisation_that_is_yet_to_be_founded_is_not_the_school_s_to_found(w):
    """Its code is known long before; who held it would be served what is about it."""
    new, under = "03-08-77", "03-08"
    for code, parent in ((new, LIAR), ("03-08-78", new)):
        w.liar.offer(REGISTRY, kind=ORGANISATION, rid=key_id(ORGANISATION, code, code), org=code, up=UP_ALL, down=TO_ALL,
                     body=message(f1=code, f2=parent, f3="school", f4="Основана лгуном"))
    heard_out(w, w.liar)
    w.region.put("organisation", {"code": new, "parent": under, "kind": "school", "name": "Новая школа"})
    for node in (w.region, w.hub, w.school):
        wait_until(lambda n=node: [o for o in n.list("organisation", "--where", f"code={new}") if o["body"]["name"] == "Новая школа"],
                   what=f"the region's is at {node.name}")
    assert not w.region.list("organisation", "--where", "code=03-08-78"), "a school founds below itself"


@test
def a_conflict_without_the_seal_of_its_home_is_called_forged_and_taken_by_nobody(w):
    """The list of what waits is the school's to fill; a person of the hub must not make the hub's what the hub never wrote."""
    put_event(w.hub, liars.HUB, "OF-HUB", "Верно")
    said = wait_until(lambda: next((d for d in list(w.liar.received[REGISTRY]) if b"OF-HUB" in d), None), what="the liar has read it")
    w.liar.offer_bytes(REGISTRY, conflict(w.home, edit(said, stranger, body={"f3": "Ложь"}), to=path(w.hub.path)))
    heard_out(w, w.liar)
    items = [q for q in w.hub.quarantine() if q["at"] == ".".join(w.home.hex()[n:n + 8] for n in range(0, 2 * len(w.home), 8))]
    assert [q["code"] for q in items] == ["FORGED"], items
    refused(1, w.hub.selenga, "quarantine", "take", items[0]["id"], says="seal")
    assert has_event(w.hub, "OF-HUB", "Верно")
    w.hub.selenga("quarantine", "discard", items[0]["id"], "--why", "ложь")


def refusal(w, said, code):
    """As if the liar had refused a record of the school's."""
    r = read(said)
    body = message(f1=r["rid"], f2=r["kind"], f3=r["inc"], f4=r["seq"], f5=("f8", r["boot"]), f6=code, f9=sint(1700000000))
    w.liar.offer(REGISTRY, rid=staff_id(SCHOOL, "refusal", REFUSAL), kind=REFUSAL, up=0, down=TO_NODE, to=r["home"], body=body)


@test
def what_a_sibling_lies_about_a_school_s_records_the_school_shows_no_more(w):
    """Its list of what waits must not be the liar's to fill for good."""
    put_event(w.school, SCHOOL, "OF-SCHOOL", "Верно")
    said = invent(EVENT, path(w.school.path), "OF-SCHOOL", message(f1="OF-SCHOOL", f2="seminar", f3="Ложь", f4=SCHOOL, f5=sint(19700)), org=SCHOOL)
    w.liar.offer_bytes(REGISTRY, conflict(w.home, said, to=path(w.school.path)))
    refusal(w, said, "REFUSED")
    seen = wait_until(lambda: len(w.school.quarantine()) == 2 and w.school.quarantine(), what="the school sees both")
    assert {q["code"] for q in seen} == {"FORGED", "REFUSED"}, seen
    for item in seen:
        w.school.selenga("quarantine", "discard", item["id"], "--why", "ложь")
    assert not w.school.quarantine(), w.school.quarantine()
    w.school.stop()
    w.school.run()
    assert not w.school.quarantine(), w.school.quarantine()
    refusal(w, said, "KEY-TAKEN")
    wait_until(lambda: [q["code"] for q in w.school.quarantine()] == ["KEY-TAKEN"], what="something else that is said is seen")
    w.school.selenga("quarantine", "discard", w.school.quarantine()[0]["id"], "--why", "ложь")
    assert has_event(w.school, "OF-SCHOOL", "Верно")


@test
def words_about_what_nobody_holds_make_no_store_grow(w):
    before = [store_bytes(n) for n in (w.hub, w.region)]
    for _ in range(WORDS):
        w.liar.offer_bytes(REGISTRY, gone(w.liar.new_id(), EVENT, w.home))
    heard_out(w, w.liar)
    liars.settled(w)
    grown = [store_bytes(n) - b for n, b in zip((w.hub, w.region), before)]
    assert max(grown) < GROWTH, grown


def guesses(w, org, number, kind):
    """One id in every shape that a liar could think of."""
    rid = staff_id(org, number, kind)
    mine = {EMPLOYMENT: message(f1=LIAR, f2=str(number), f3="учитель", f4="pedagogue", f9=sint(18000)), PERSON: message(f1=LIAR, f2=str(number), f3=bytes(16)),
            IDENTITY: message(f1=LIAR, f2=str(number), f3="Догадкина", f4="Анна")}[kind]
    theirs = mine.replace(LIAR.encode(), org.encode())
    base = {"rid": rid, "kind": kind, "inc": 1, "seq": 3, "boot": 77, "seal": bytes(16), "up": 2 if kind == IDENTITY else 3}
    for home in w.homes:
        for o, body in ((org, theirs), (LIAR, mine), ("03", theirs)):
            yield pack({**base, "home": home, "org": o, "body": body})
            for down, to in ((TO_SERVING, None), (TO_ALL, None), (TO_NODE, w.home), (TO_NODE, home)):
                yield pack({**base, "home": home, "org": o, "body": body, "down": down, "to": to})
            yield pack({**base, "home": home, "org": o, "deleted": True})
        yield gone(rid, kind, home)
        yield gone(rid, kind, home, inc=1, seq=1)
        yield conflict(w.home, pack({**base, "home": home, "org": org, "body": theirs, "down": TO_SERVING}), to=home)


def answers(w, rid, since):
    """What came back that names the id, without what differs by itself; each once, for how often depends on what came between."""
    found = set()
    for service in w.liar.received:
        for data in w.liar.received[service][since[service]:]:
            if rid in data:
                r = read(data)
                body = parse(r.get("body", b"")) if r["kind"] == REFUSAL else {0: [len(r.get("body", b""))]}
                found.add(repr((r["kind"], "gone" in r, "deleted" in r, r["home"].hex(), [body.get(n) for n in (0, 2, 6, 7, 8)])))
    return sorted(found)


def ask_about(w, org, numbers, kind):
    """Offers and hands back every shape of the guesses; returns all that came of each."""
    since = {s: len(records) for s, records in w.liar.received.items()}
    shapes = [data for number in numbers for data in guesses(w, org, number, kind)]
    for data in shapes:
        w.liar.offer_bytes(REGISTRY, data)
    heard_out(w, w.liar)
    wait_until(w.liar.hand_back(REGISTRY, shapes), what="the hub has taken what was handed back")
    heard_out(w, w.liar)
    caught_up(w)
    return [answers(w, staff_id(org, number, kind), since) for number in numbers]


@test
def a_guess_is_answered_the_same_whether_the_record_exists_or_not(w):
    hire_more(w)
    for kind in (EMPLOYMENT, PERSON, IDENTITY):
        there, there_too, nowhere, nor_there = ask_about(w, SCHOOL, THERE[:2] + NOWHERE[:2], kind)
        assert there == there_too and nowhere == nor_there, "this test is not steady"
        assert there == nowhere, f"kind {kind}: of one that is there {there}, of one that is not {nowhere}"


@test
def what_the_hub_counts_of_a_guess_tells_nothing_either(w):
    """Its pulls say how many of our records wait in its quarantine."""
    def counted(number):
        def told():
            w.liar.told.pop(REGISTRY, None)
            w.liar.feed(WAKE, REGISTRY)  # told when a session begins
            return wait_until(lambda: w.liar.told.get(REGISTRY), what="the hub begins a session")[1]
        caught_up(w)
        before = told()
        for data in guesses(w, SCHOOL, number, EMPLOYMENT):
            w.liar.offer_bytes(REGISTRY, data)
        heard_out(w, w.liar)
        caught_up(w)
        return told() - before
    hire_more(w)
    there, nowhere = [counted(n) for n in THERE[2:]], [counted(n) for n in NOWHERE[2:]]
    assert min(there) > 0, "nothing was counted: the share is used up, or the hub tells no count"
    assert there == nowhere, (there, nowhere)


@test
def a_conflict_about_somebody_else_s_record_moves_nothing(w):
    organisations = [d for d in region_s_records(w, w.liar, ORGANISATION).values() if parse(read(d)["body"])[1][0] in (b"03-01", SCHOOL.encode())]
    assert len(organisations) == 2
    with Unchanged(w, w.liar):
        for data in organisations:
            for forged in [data, *variants(data, {"f4": "Найдено"})]:
                for finder in (w.home, path(w.hub.path), path(w.region.path)):
                    for to in (path(w.region.path), path(w.school.path), None):
                        w.liar.offer_bytes(REGISTRY, conflict(finder, forged, to))
        heard_out(w, w.liar)
    shown = [q for q in w.region.quarantine() if q["at"] == "here"]
    assert not shown, shown


@test
def replayed_true_versions_change_nothing(w):
    """What the liar read before the region's edits is handed back after them, with the seals that it had."""
    old = list(region_s_records(w, w.liar).values())
    before = len([q for q in w.region.quarantine() if q["code"] == "CONFLICT"])
    for organisation in w.region.list("organisation"):
        w.region.put("organisation", {**organisation["body"], "name": organisation["body"]["name"] + " (изменено)"})
    liars.settled(w)
    with Unchanged(w, w.liar):
        for data in old:
            w.liar.offer_bytes(REGISTRY, data)
        heard_out(w, w.liar)
        wait_until(w.liar.hand_back(REGISTRY, old), what="handed back")
        heard_out(w, w.liar)
    assert len([q for q in w.region.quarantine() if q["code"] == "CONFLICT"]) == before


@test
def system_kinds_and_records_addressed_to_others_move_nothing(w):
    """Refusals and conflicts in another's name, numbers below 100 that nobody knows, records addressed past their reach."""
    to_school = {"down": TO_NODE, "to": path(w.school.path)}
    event = message(f1="TO-1", f2="seminar", f3="Тебе", f4=LIAR, f5=sint(19700))
    with Unchanged(w, w.liar):
        for kind in (REFUSAL, CONFLICT, 3, 4, 99):
            for home in w.homes[1:]:
                for body in (b"", os.urandom(40), message(f1=w.liar.new_id(), f2=EVENT, f3=1, f4=1, f5=("f8", 1), f6="BAD-VALUE")):
                    w.liar.offer_bytes(REGISTRY, invent(kind, home, os.urandom(4).hex(), body, **to_school))
        w.liar.offer(REGISTRY, kind=EVENT, body=event, **to_school)
        w.liar.offer(REGISTRY, kind=ABSENCE, body=message(f1=f"{SCHOOL}:1", f2="sick", f3=sint(19700)), org=SCHOOL, **to_school)
        heard_out(w, w.liar)
    assert not has_event(w.school, "TO-1")
    mine = [q for q in w.school.quarantine() if q["at"] == "here"]
    assert not mine, mine


@test
def wrong_acknowledgements_and_calls_out_of_turn_cost_nobody_a_record(w):
    """Positions from anywhere, sessions that are not, rebases, calls to give back, give-backs that nobody asked for."""
    dice, pids = random.Random(7), w.hub.pids()
    with Unchanged(w, w.liar):
        for _ in range(300):
            service = dice.choice((1, 2, 3, 4))
            session = dice.choice((w.liar.own[service][0], w.liar.sessions.get(service, 1), dice.getrandbits(64)))
            position = [dice.choice((0, 1, dice.getrandbits(10), 2**63)) for _ in range(dice.choice((0, 1, 2, 3)))]
            witness = message(f2=dice.getrandbits(20), f3=dice.getrandbits(3), f4=("f8", dice.getrandbits(64)))
            body = message(f1=("f8", session), f2=position, f3=dice.getrandbits(20), f4=dice.choice((None, 1)), f5=witness)
            w.liar.feed(dice.choice((PULL, PULL, GIVEBACK_ASK, GIVEBACK, REBASE, WAKE)), service, body)
        for service in (1, 2, 3, 4):
            w.liar.begin(service)
        heard_out(w, w.liar)
        caught_up(w)
    assert w.hub.pids() == pids


world.main(scene)
