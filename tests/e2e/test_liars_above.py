# SPDX-License-Identifier: Apache-2.0
"""Whoever has a hub's key listens where it listened, and its schools come by themselves; above, it is the hub."""
import datetime

import liars
import world
from false_hub import FalseHub
from forge import (ABSENCE, EVENT, IDENTITY, METHODIST, ORGANISATION, TO_ALL, TO_SERVING, VERSIONS, edit, gone, invent, key_id, pack, path, read,
                   same_epoch, conflict, variants)
from liars import HUB, SCHOOL, brief, difference, everything, has_event, put_event
from rogue import Rogue
from wire import REGISTRY, message, parse, sint
from world import SAMPLE, test, wait_until

OTHER_HUB = "03-01"
PUPIL = f"{SCHOOL}:1"
ABSENT_FROM = "2024-01-10"
EPOCH = datetime.date(1970, 1, 1)


def scene(w):
    liars.scene(w)
    w.other = w.node("other").join(w.region, OTHER_HUB, listen=True).run()
    put_event(w.other, OTHER_HUB, "OTHER-1")
    w.school.text("absence", f"person,kind,from,to\n{PUPIL},maternity,{ABSENT_FROM},2024-05-10\n")
    put_event(w.school, SCHOOL, "OWN-1", "Своё")
    w.settle()
    w.region.stop()
    w.backup = w.region.keep_store()
    w.region.run()
    w.hub.stop()
    w.false = FalseHub(stolen=w.hub.dir)
    w.child = wait_until(lambda: w.false.child(path(w.school.path)), what="the school comes to the false hub")
    wait_until(lambda: w.child.held(REGISTRY, kind=IDENTITY) and w.child.held(REGISTRY, kind=EVENT), what="and tells it all")
    w.n = 0
    return w


def heard(w):
    """The school has taken all that the false hub said up to now."""
    w.n += 1
    code = f"FALSE-{w.n}"
    for service in (REGISTRY, 2, 3, 4):
        body = message(f1=code, f2="seminar", f3="x", f4="03", f5=sint(19700))
        w.child.offer_bytes(service, invent(EVENT, path(w.region.path), f"{code}-{service}", body, org="03"))
    wait_until(lambda: all(map(w.child.all_acked, (REGISTRY, 2, 3, 4))), what=f"the school has read all; {w.child.acked}")


def own(w):
    """What the school wrote, as it holds it."""
    return {rid: d for rid, d in everything(w, w.school).items() if read(d)["home"] == path(w.school.path)}


def say(w, *records, rebase=True):
    """As news; after a rebase; as what the school lost."""
    for data in records:
        w.child.offer_bytes(REGISTRY, data)
    heard(w)
    if rebase:
        w.child.rebase(REGISTRY)
        heard(w)
    for at in range(0, len(records), 100):
        wait_until(w.child.hand_back(REGISTRY, records[at:at + 100]), what="the school has taken what was handed back")
    heard(w)


def of_school(w, kind):
    return [d for d in w.child.held(REGISTRY, kind=kind).values() if read(d)["home"] == path(w.school.path)]


@test
def a_false_hub_that_rebases_cannot_rewrite_a_school(w):
    """An edited identity, an edited event, tombstones, in every version and with every seal."""
    before = own(w)
    identity, event = of_school(w, IDENTITY)[0], of_school(w, EVENT)[0]
    say(w, *variants(identity, {"f3": "Подменова"}), *variants(event, {"f3": "Подменено"}))
    say(w, *variants(identity, deleted=True), *variants(event, deleted=True))
    after = own(w)
    assert before == after, difference(before, after)[:3]
    assert not w.school.quarantine() or not [q for q in w.school.quarantine() if q["code"] == "CONFLICT"], w.school.quarantine()


@test
def its_words_that_records_are_gone_take_nothing_from_the_school(w):
    before = own(w)
    say(w, *(gone(rid, read(d)["kind"], path(w.school.path)) for rid, d in before.items()))
    after = own(w)
    assert before == after, difference(before, after)[:3]


@test
def records_that_it_invents_for_the_school_are_not_the_school_s(w):
    before = own(w)
    body = message(f1="INV-1", f2="seminar", f3="Выдумано", f4=SCHOOL, f5=sint(19700))
    mine = path(w.school.path)
    invented = [invent(EVENT, mine, "INV-1", body, org=SCHOOL, down=down) for down in (0, TO_SERVING, TO_ALL)]
    say(w, *invented, *(conflict(path(w.hub.path), d, to=mine) for d in invented))
    after = own(w)
    assert before == after, difference(before, after)[:3]


def answers(w, rid, since):
    """Each once: how often it is told depends on what came between."""
    found = [read(d) for d in w.child.received[REGISTRY][since:] if rid in d]
    return sorted({repr((r["kind"], "gone" in r, "deleted" in r, r["home"].hex(), parse(r.get("body", b"")).get(6))) for r in found})


@test
def an_absence_cannot_be_found_by_trying_its_days(w):
    """Nothing of it ever leaves the school; its id follows from the person and the first day."""
    mine = path(w.school.path)
    days = [(datetime.date.fromisoformat(ABSENT_FROM) + datetime.timedelta(n)) for n in range(-3, 4)]
    ids, since = {}, len(w.child.received[REGISTRY])
    for day in days:
        ids[day] = rid = key_id(ABSENCE, f"{PUPIL}\x1f{day}", SCHOOL)
        body = message(f1=PUPIL, f2="maternity", f3=sint((day - EPOCH).days))
        base = {"rid": rid, "kind": ABSENCE, "home": mine, "inc": 1, "seq": 2, "boot": 5, "org": SCHOOL, "body": body}
        shapes = [pack({**base, "up": up, "down": down, "seal": seal, "seq": seq}) for up in (0, 3) for down in (0, 1, 2) for seal in (None, bytes(16))
                  for seq in (1, 10**6)]
        shapes += [gone(rid, ABSENCE, mine), pack({**base, "body": None, "deleted": True, "up": 3})]
        shapes += [pack({**base, "home": path(home), "down": 2}) for home in (w.hub.path, w.region.path)]
        say(w, *shapes, rebase=False)
    said = {str(day): answers(w, rid, since) for day, rid in ids.items()}
    assert len({repr(v) for v in said.values()}) == 1, said
    held = [a["body"]["from"] for a in w.school.list("absence")]
    assert held == [ABSENT_FROM]


@test
def as_a_hub_it_cannot_speak_for_the_region_or_another_municipality(w):
    """Towards the region it is an enrolled child like any other."""
    nodes = (w.region, w.other)
    liar = Rogue(stolen=w.hub.dir).live()
    organisations = wait_until(lambda: liar.held(REGISTRY, kind=ORGANISATION))
    chosen = [d for d in organisations.values() if parse(read(d)["body"])[1][0] in (b"03", OTHER_HUB.encode())]
    assert len(chosen) == 2
    theirs = invent(EVENT, path(w.other.path), "OTHER-1", message(f1="OTHER-1", f2="seminar", f3="Подменено", f4=OTHER_HUB, f5=sint(19700)), org=OTHER_HUB)
    invented = invent(METHODIST, path(w.region.path), "M-98", message(f1="M-98", f2=f"{SCHOOL}:1", f4=sint(19000)), org="03")
    forged = [v for d in chosen for v in variants(d, {"f4": "Подменено"})] + variants(theirs) + [invented, edit(theirs, same_epoch, deleted=True)]
    before = {n.name: liars.honest(w, n, [liar]) for n in nodes}
    for data in forged:
        liar.offer_bytes(REGISTRY, data)
    liar.offer(REGISTRY, **liars.event_fields("BEHIND", HUB))
    wait_until(lambda: liar.all_acked() and has_event(w.region, "BEHIND"), what="the region has read all")
    wait_until(liar.hand_back(REGISTRY, forged), what="and taken what was handed back")
    liar.offer(REGISTRY, **liars.event_fields("BEHIND-2", HUB))
    wait_until(lambda: has_event(w.region, "BEHIND-2"))
    put_event(w.region, "03", "REGION-1")
    wait_until(lambda: has_event(w.other, "REGION-1"))
    for node in nodes:
        found = [d for d in difference(before[node.name], liars.honest(w, node, [liar])) if "REGION-1" not in d]
        assert not found, f"{node.name}: {found[:3]}"
    body = {**w.region.selenga("get", "organisation", OTHER_HUB)["body"], "name": "Верно"}
    w.region.put("organisation", body)
    for node in nodes:
        wait_until(lambda n=node: n.selenga("get", "organisation", OTHER_HUB)["body"]["name"] == "Верно", what="the region's edit wins")
    liar.close()


@test
def both_sides_believe_what_it_says_in_the_other_s_name(w):
    """All ways between them run through it."""
    liar = Rogue(stolen=w.hub.dir).live()
    wait_until(lambda: liar.held(REGISTRY, kind=ORGANISATION))
    event = of_school(w, EVENT)[0]
    region_s = next(d for d in liar.held(REGISTRY, kind=ORGANISATION).values() if parse(read(d)["body"])[1][0] == b"03")
    for version in VERSIONS:
        liar.offer_bytes(REGISTRY, edit(event, version, body={"f3": "Оговорено"}))
        w.child.offer_bytes(REGISTRY, edit(region_s, version, body={"f4": "Выдумано"}))
    wait_until(lambda: has_event(w.region, "OWN-1", "Оговорено"), what="the region believes it")
    wait_until(lambda: w.school.selenga("get", "organisation", "03")["body"]["name"] == "Выдумано", what="the school believes it")
    liar.close()


@test
def when_the_true_hub_is_back_and_stores_of_before_are_put_back_everybody_s_own_word_holds(w):
    """The region's is the backup of before; the school has lost its own disk, and is given back what it wrote."""
    w.false.close()
    w.region.stop()
    w.region.put_back(w.backup)
    w.region.run()
    w.hub.run()
    w.school.ready()
    wait_until(lambda: not w.school.waiting(), what="the hub has the school's")
    w.school.stop()
    w.school.lose_store()
    w.school.run()
    put_event(w.school, SCHOOL, "OWN-2")
    for node in (w.hub, w.region):
        wait_until(lambda n=node: has_event(n, "OWN-1", "Своё") and has_event(n, "OWN-2"), what=f"{node.name} has the school's own")
    wait_until(lambda: has_event(w.school, "OWN-1", "Своё"), what="so has the school")
    name = w.region.selenga("get", "organisation", "03")["body"]["name"]
    assert name != "Выдумано"
    wait_until(lambda: [o["body"]["name"] for o in w.school.list("organisation") if o["org"] == "03"] == [name], what="and the region's word holds at the school")
    assert len(w.school.list("identity")) == len(w.hub.list("identity")) > 20


world.main(scene)
