# SPDX-License-Identifier: Apache-2.0
"""An enrolled school with an implementation of its own speaks for the region, the hub and its sibling. It knows all that it was sent."""
import liars
import world
from forge import (ABSENCE, EMPLOYMENT, IDENTITY, INDICATOR, METHODIST, NODE, ORGANISATION, PERSON, PROGRAMME, TO_ALL, UP_ALL, edit, invent,
                   key_id, next_epoch, pack, path, read, same_epoch, thrown, variants)
from liars import LIAR, SCHOOL, Unchanged, event_fields, has_event, heard_out, put_event, region_s_records, report
from rogue import Rogue
from wire import REGISTRY, REPORTING, message, parse, sint
from world import test, wait_until


def scene(w):
    liars.scene(w)
    w.liar = Rogue(w.hub.token(LIAR)).live()
    w.region.text("methodist", f"code,person,act,from\nM-01,{SCHOOL}:8,Приказ,2022-01-10\n")
    settled_organisations(w)
    return w


def settled_organisations(w):
    wait_until(lambda: len(region_s_records(w, w.liar, ORGANISATION)) >= 14, what="the liar knows the organisations")
    wait_until(lambda: w.liar.held(REPORTING, kind=INDICATOR) and w.liar.held(REGISTRY, kind=METHODIST), what="and all else")


def organisation(w, code):
    return next(d for d in region_s_records(w, w.liar, ORGANISATION).values() if parse(read(d)["body"])[1][0].decode() == code)


def lie(w, *records, service=REGISTRY):
    """Offers them as its own news, then hands them back as what the hub had lost."""
    for data in records:
        w.liar.offer_bytes(service, data)
    heard_out(w, w.liar, service)
    for at in range(0, len(records), 50):
        done = w.liar.hand_back(service, records[at:at + 50])
        wait_until(done, what="the hub has taken what was handed back")
    heard_out(w, w.liar, service)


def wins(w, put, shows):
    """The region's next edit is what everybody has."""
    put()
    for node in (w.region, w.hub, w.school):
        wait_until(lambda n=node: shows(n), what=f"the region's edit is at {node.name}")


def named(node, code):
    return node.selenga("get", "organisation", code)["body"]["name"]


def rename(w, code, name):
    body = {**w.region.selenga("get", "organisation", code)["body"], "name": name}
    w.region.put("organisation", body)


@test
def a_school_is_sent_nobody_of_another_school(w):
    """It reads what is for everybody, and what is about its own organisation."""
    sent = [read(d) for records in w.liar.received.values() for d in list(records)]
    assert len(sent) > 30, len(sent)
    of_people = [r for r in sent if r["kind"] in (IDENTITY, PERSON, EMPLOYMENT, ABSENCE) or r["kind"] // 100 in (2, 3) and r["kind"] not in (201, 202, 203)]
    assert not of_people and path(w.school.path) not in {r["home"] for r in sent}, of_people[:3]


@test
def what_a_school_says_of_its_own_place_and_level_is_refused(w):
    """By these its hub measures its shares. It invents its node's record, and takes the true one away by an id that begins alike."""
    node = message(f1=LIAR, f2="Министерство", f3="federation", f4=bytes(range(32)), f5=w.liar.path, f7="active")
    gone = {"rid": key_id(NODE, f"{LIAR}-F", LIAR), "kind": NODE, "home": w.liar.path, "inc": 1, "seq": 9, "boot": 7, "org": LIAR}
    with Unchanged(w, w.liar):
        lie(w, invent(NODE, w.liar.path, LIAR, node, down=0, org=LIAR, of=LIAR), pack({**gone, "deleted": True, "up": UP_ALL}))
    w.liar.offer(REGISTRY, **event_fields("STILL-THERE", LIAR))
    wait_until(lambda: has_event(w.hub, "STILL-THERE"), what="its hub knows that it stands there")


@test
def a_school_cannot_rename_another_municipality(w):
    with Unchanged(w, w.liar):
        lie(w, *variants(organisation(w, "03-01"), {"f4": "Переименовано"}))
    wins(w, lambda: rename(w, "03-01", "Верно"), lambda n: named(n, "03-01") == "Верно")


@test
def a_school_cannot_move_another_under_itself(w):
    with Unchanged(w, w.liar):
        lie(w, *variants(organisation(w, SCHOOL), {"f2": LIAR}))
    wins(w, lambda: rename(w, SCHOOL, "На месте"), lambda n: named(n, SCHOOL) == "На месте")


@test
def a_school_cannot_invent_a_methodist(w):
    body = message(f1="M-99", f2=f"{LIAR}:1", f3="Приказ", f4=sint(19000), f6="химия")
    homes = [path(n.path) for n in (w.region, w.hub, w.school)]
    with Unchanged(w, w.liar):
        lie(w, *(invent(METHODIST, home, "M-99", body, org=org) for home in homes for org in ("", "03", LIAR)))
    assert not [m for n in (w.region, w.hub, w.school) for m in n.list("methodist") if m["body"]["code"] == "M-99"]
    w.region.put("methodist", {"code": "M-99", "person": f"{SCHOOL}:8", "act": "Приказ", "from": "2024-01-10"})
    wait_until(lambda: [m for m in w.school.list("methodist") if m["body"]["code"] == "M-99"], what="the region's own goes everywhere")


@test
def a_school_cannot_delete_the_region_s_records(w):
    with Unchanged(w, w.liar):
        for version in (same_epoch, next_epoch, thrown):
            lie(w, *(edit(d, version, deleted=True) for d in region_s_records(w, w.liar, ORGANISATION).values()))
        lie(w, *(edit(d, deleted=True, author=None, org=None, up=None, down=None, seal=None, gone=True)
                 for d in region_s_records(w, w.liar).values() if read(d)["kind"] // 100 == REGISTRY))


@test
def a_school_cannot_move_the_region_s_report(w):
    indicators = [d for d in w.liar.held(REPORTING, kind=INDICATOR).values()]
    chosen = [d for d in indicators if parse(read(d)["body"])[1][0] == b"I-5.3.2"]
    assert chosen
    before = report(w.region, "I-5.3.2")
    with Unchanged(w, w.liar):
        for data in chosen:
            lie(w, *variants(data, {"f6": parse(read(data)["body"])[7][0]}), service=REPORTING)
    assert report(w.region, "I-5.3.2") == before != "[]"


@test
def the_greatest_version_there_is_throws_no_incarnation(w):
    data = next(iter(region_s_records(w, w.liar, PROGRAMME).values()))
    with Unchanged(w, w.liar):
        lie(w, *variants(data, {"f2": "Подменено"}, inc=2**32 - 2, seq=2**64 - 1))
    put_event(w.region, "03", "INC")
    assert w.region.list("event", "--where", "code=INC")[0]["version"].startswith("1."), w.region.list("event")
    code = parse(read(data)["body"])[1][0].decode()
    body = {**w.region.selenga("get", "programme", code)["body"], "title": "Правлено краем"}
    wins(w, lambda: w.region.put("programme", body), lambda n: n.selenga("get", "programme", code)["body"]["title"] == "Правлено краем")


@test
def a_school_cannot_speak_for_its_hub_or_its_sibling(w):
    """What it holds of them, changed; and what they never wrote."""
    put_event(w.hub, "03-08", "HUB-1")
    wait_until(lambda: has_event(w.region, "HUB-1"))
    sent = [d for d in w.liar.held(REGISTRY).values() if read(d)["home"] == path(w.hub.path)]
    assert sent
    event = lambda code, org: message(f1=code, f2="seminar", f3="Подменено", f4=org, f5=sint(19700))
    with Unchanged(w, w.liar):
        lie(w, *(v for d in sent for v in variants(d, {"f3": "Подменено"})))
        for node, org in ((w.hub, "03-08"), (w.school, SCHOOL)):
            lie(w, *(invent(116, path(node.path), f"NEVER-{org}", event(f"NEVER-{org}", o), org=o, down=down, to=to)
                     for o in (org, LIAR) for down, to in ((0, None), (TO_ALL, None), (3, path(node.path)), (3, w.liar.path))))
            lie(w, invent(299, path(node.path), "x", b"\x0a\x01x", up=UP_ALL, org=org))
    assert not has_event(w.region, "NEVER-03-08") and not has_event(w.region, f"NEVER-{SCHOOL}")


@test
def two_schools_that_lie_together_change_nothing_more(w):
    """The first offers what the second hands back, each with the other's word for it."""
    other = Rogue(w.hub.token("03-08-03")).live()
    forged = variants(organisation(w, "03-01"), {"f4": "Сговор"})
    wait_until(lambda: len(other.held(REGISTRY, kind=ORGANISATION)) >= 14)
    with Unchanged(w, w.liar, other):
        for first, second in ((w.liar, other), (other, w.liar)):
            for data in forged:
                first.offer_bytes(REGISTRY, data)
            wait_until(second.hand_back(REGISTRY, forged), what="handed back")
            heard_out(w, first)
            heard_out(w, second)
    other.close()


@test
def nobody_shows_a_conflict_or_a_refusal_beyond_the_liar_s_own_hub(w):
    w.liar.close()
    for node in (w.region, w.school):
        shown = [q for q in node.quarantine() if q["at"] == "here" or q["code"] == "CONFLICT"]
        assert not shown, f"{node.name}: {shown}"
    assert len(w.region.quarantine()) < 50


world.main(scene)
