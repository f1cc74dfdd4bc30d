# SPDX-License-Identifier: Apache-2.0
"""What the receiver of a feed checks: a child that is enrolled and lies is kept out record by record, and delays nobody."""
import json

import wire
import world
from rogue import Rogue, key_id
from wire import REGISTRY, message, sint
from world import refused, test, wait_until

ORG, OTHER = "03-08-02", "03-08-01"
NODE, IDENTITY, EMPLOYMENT, METHODIST, EVENT = 102, 103, 105, 107, 116
UP_REGION = 3


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(OTHER,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[OTHER]
    w.rogue = Rogue(w.hub.token(ORG)).connect()
    w.settle_others = lambda: wait_until(lambda: not w.school.waiting(), what="the other school waits for nothing")
    w.good = 0
    return w


def event(code, org=ORG, **more):
    """Fields of an offer: an event that breaks no rule by itself."""
    fields = {"f1": code, "f2": "seminar", "f3": "Семинар", "f4": org, "f5": sint(19700), **more}
    return {"kind": EVENT, "rid": key_id(EVENT, code), "org": org, "body": message(**fields)}


def employment(number, org=ORG):
    body = message(f1=org, f2=number, f3="учитель", f4="pedagogue", f9=sint(18000))
    return {"kind": EMPLOYMENT, "rid": key_id(EMPLOYMENT, f"{org}\x1f{number}", org), "org": org, "body": body}


def offer_good(w):
    """A record that breaks no rule, behind the others; the event's code."""
    w.good += 1
    code = f"GOOD-{w.good}"
    w.rogue.offer(REGISTRY, **event(code))
    return code


def delivered(w):
    """All that was offered is acknowledged, and what is good is at the region. Whoever says nothing while the test does
    something else is taken for gone, so it connects anew."""
    code = offer_good(w)
    w.rogue.close()
    w.rogue.connect()
    w.rogue.serve(w.rogue.all_acked)
    wait_until(lambda: w.region.list("event", "--where", f"code={code}"), what=f"{code} is at the region")


def is_refused(w, fault, **fields):
    """The record must be in the hub's quarantine with this fault, and nowhere else."""
    rid = fields.setdefault("rid", w.rogue.new_id())
    w.rogue.offer(REGISTRY, **fields)
    delivered(w)
    shown = rid.hex()
    items = [q for q in w.hub.quarantine() if q["id"].replace("-", "") == shown]
    assert len(items) == 1 and items[0]["at"] == "here", items
    assert fault in json.dumps(items[0]), items[0]
    assert not [q for q in w.region.quarantine() if q["id"].replace("-", "") == shown and q["at"] == "here"]
    return items[0]


@test
def a_record_of_another_home_is_refused(w):
    for n, home in enumerate((w.school.path, w.region.path + ".00112233")):
        is_refused(w, "HOME-FOREIGN", **event(f"HOME-{n}"), home=bytes.fromhex(home.replace(".", "")))


@test
def what_is_said_to_be_the_hubs_own_and_is_not_is_dropped(w):
    """Without its seal nothing becomes the hub's, and nothing of it is kept."""
    forged = event("HOME-OURS")
    w.rogue.offer(REGISTRY, **forged, home=bytes.fromhex(w.hub.path.replace(".", "")))
    delivered(w)
    assert not [q for q in w.hub.quarantine() if q["id"].replace("-", "") == forged["rid"].hex()]
    assert not w.hub.list("event", "--where", "code=HOME-OURS")


@test
def a_record_about_an_organisation_out_of_scope_is_refused(w):
    is_refused(w, "ORG-FOREIGN", **event("SCOPE-1", OTHER))
    is_refused(w, "ORG-FOREIGN", **event("SCOPE-2", "03"))
    is_refused(w, "ORG-UNKNOWN", **event("SCOPE-3", "99-99"))


@test
def a_forged_reach_is_refused(w):
    """Names stamped for the region; an event stamped to go nowhere; a school's record stamped for everybody below."""
    names = {"kind": IDENTITY, "rid": key_id(IDENTITY, f"{ORG}\x1f1", ORG), "body": message(f1=ORG, f2="1", f3="Тайная", f4="Анна")}
    is_refused(w, "REACH", **names, up=UP_REGION)
    is_refused(w, "REACH", **event("REACH-1"), up=0)
    is_refused(w, "REACH", **employment("1"), down=2)


@test
def a_kind_that_a_school_may_not_write_is_refused(w):
    methodist = {"kind": METHODIST, "rid": key_id(METHODIST, "M-X"), "body": message(f1="M-X", f2=f"{ORG}:1", f4=sint(19000))}
    is_refused(w, "NOT-WRITER", **methodist)
    is_refused(w, "WRONG-SERVICE", kind=205, body=message(f1=f"{ORG}:1"))


@test
def a_body_that_breaks_its_rules_is_refused(w):
    is_refused(w, "BAD-VALUE", **event("RULE-1", f2="party"))
    is_refused(w, "REQUIRED", **event("RULE-2", f3=None))
    for n, mark in enumerate("\x1b\x7f\x9b\u200e\u202e\u2066\ufeff\u2028\n"):
        is_refused(w, "BAD-TEXT", **event(f"RULE-TEXT-{n}", f3=f"Се{mark}[2Jминар"))
    is_refused(w, "TOO-LONG", **event("RULE-3", f3="E" * 3000))
    is_refused(w, "MALFORMED", **{**event("RULE-4"), "body": b"\xff\xff\xff"})


@test
def a_body_about_another_organisation_than_its_stamp_is_refused(w):
    """The stamp says mine, the body says the other school's: scope is not decided by what stands outside alone."""
    is_refused(w, "ORG-FOREIGN", **{**employment("1", OTHER), "org": ORG})
    is_refused(w, "ORG-FOREIGN", **{**event("STAMP-1", OTHER), "org": ORG})


@test
def an_id_that_is_not_its_key_s_is_refused(w):
    """One chosen freely could take the place of a record that another school has yet to write."""
    victim = employment("1", OTHER)["rid"]
    is_refused(w, "ID-NOT-KEY", **{**employment("2"), "rid": victim})
    is_refused(w, "ID-NOT-KEY", kind=EMPLOYMENT, rid=victim, deleted=True, seq=5000)
    staff = (world.SAMPLE / f"school-{OTHER}" / "staff.csv").read_text()
    w.school.text("staff", "".join(staff.splitlines(True)[:2]))
    wait_until(lambda: w.hub.list("employment", "--org", OTHER), what="the true record gets in")


@test
def a_node_that_another_hub_should_have_admitted_is_refused(w):
    """Whoever could write it would draw another school's records to himself."""
    forged = message(f1=ORG, f2="forged", f3="school", f4=bytes(32), f5=bytes.fromhex(w.school.path.replace(".", "")), f7="active")
    is_refused(w, "HOME-FOREIGN", kind=NODE, rid=key_id(NODE, ORG, ORG), body=forged, up=15)


@test
def a_key_that_is_taken_stays_with_its_owner(w):
    w.school.put("event", {"code": "S-1", "kind": "seminar", "title": "Мой", "org": OTHER, "starts_on": "2024-01-10"})
    wait_until(lambda: w.hub.list("event", "--where", "code=S-1"))
    is_refused(w, "KEY-TAKEN", **event("S-1"))
    assert w.hub.selenga("get", "event", "S-1")["body"]["title"] == "Мой"


@test
def bytes_that_are_no_record_are_kept_apart(w):
    before = len(w.hub.quarantine())
    w.rogue.offer_bytes(REGISTRY, b"\xde\xad\xbe\xef")
    w.rogue.offer_bytes(REGISTRY, message(f1=b"short", f2=EVENT))
    delivered(w)
    assert len(w.hub.quarantine()) == before + 2
    assert "MALFORMED" in json.dumps(w.hub.quarantine())


@test
def it_is_shown_at_the_origin_too(w):
    """The refusal is addressed to the record's home, byte for byte readable there."""
    bad = event("ORIGIN-1", f2="party")
    is_refused(w, "BAD-VALUE", **bad)
    def came():
        for data in w.rogue.received[REGISTRY]:
            r = wire.parse(data)
            if r[2] == [2] and wire.parse(r.get(10, [b""])[0]).get(1) == [bad["rid"]]:
                return r
        return None
    w.rogue.serve(lambda: came() is not None)
    assert came()[13] == [w.rogue.path]


@test
def a_later_version_that_is_good_takes_its_place(w):
    item = is_refused(w, "BAD-VALUE", **event("LATER", f2="party"))
    refused(1, w.hub.selenga, "quarantine", "retry", item["id"])
    assert [q for q in w.hub.quarantine() if q["id"] == item["id"]]
    w.rogue.offer(REGISTRY, **event("LATER"))
    delivered(w)
    assert not [q for q in w.hub.quarantine() if q["id"] == item["id"]]
    assert w.hub.selenga("get", "event", "LATER")["body"]["kind"] == "seminar"


@test
def retry_lets_in_what_has_become_right(w):
    """Its organisation was unknown; then the region's sheet named it."""
    org = "03-08-77"
    item = is_refused(w, "ORG-UNKNOWN", **event("E-13", org))
    w.region.text("organisation", f"code,parent,kind,name\n{org},{ORG},school,Филиал\n")
    wait_until(lambda: w.hub.list("event", "--where", "code=E-13"), what="the event is let in by itself")
    assert not [q for q in w.hub.quarantine() if q["id"] == item["id"]]
    wait_until(lambda: w.region.list("event", "--where", "code=E-13"), what="it goes on to the region")


@test
def discard_takes_it_away_with_a_reason(w):
    items = w.hub.quarantine()
    refused(64, w.hub.selenga, "quarantine", "discard", items[0]["id"])
    w.hub.selenga("quarantine", "discard", items[0]["id"], "--why", "ошибочная запись")
    assert not [q for q in w.hub.quarantine() if q["id"] == items[0]["id"]]
    refused(1, w.hub.selenga, "quarantine", "discard", items[0]["id"], "--why", "again")
    w.hub.says("registry", "ошибочная запись")


@test
def an_unknown_kind_and_an_unknown_field_travel_byte_for_byte(w):
    """Kind 199 and a field 77 are of a newer version: the hub and the region keep and forward them whole."""
    new_kind = w.rogue.new_id()
    kind_199 = w.rogue.offer(REGISTRY, rid=new_kind, kind=199, body=message(f1="whatever", f99=b"\0\1\2"))
    newer = event("E-14")
    with_field = w.rogue.offer(REGISTRY, **{**newer, "body": newer["body"] + message(f77="из будущего")})
    delivered(w)
    new_field = newer["rid"]
    for node in (w.hub, w.region):
        for rid, data in ((new_kind, kind_199), (new_field, with_field)):
            wait_until(lambda: stored(node, rid) is not None, what=f"{node.name} has it")
            assert stored(node, rid) == data
        shown = node.selenga("get", "event", "E-14")
        assert shown["body"]["code"] == "E-14", shown
    w.school.put("event", {"code": "S-2", "kind": "seminar", "title": "После", "org": OTHER, "starts_on": "2024-01-10"})
    w.settle_others()


def stored(node, rid):
    """The record's bytes as the node keeps them, through its local socket."""
    answer = wire.parse(wire.ask(node.dir, wire.GET, REGISTRY, message(f2=rid, f3=1)))
    if answer[2] != [wire.RECORDS]:
        return None
    return wire.parse(answer[9][0])[1][0]


@test
def nobody_was_delayed_and_each_feed_adds_up(w):
    w.school.put("event", {"code": "S-3", "kind": "seminar", "title": "Последний", "org": OTHER, "starts_on": "2024-01-10"})
    wait_until(lambda: w.region.list("event", "--where", "code=S-3"))
    w.rogue.close()
    w.hub.queues()
    w.conserved()
    assert not w.school.quarantine()


world.main(scene)
