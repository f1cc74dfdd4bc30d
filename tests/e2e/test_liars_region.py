# SPDX-License-Identifier: Apache-2.0
"""Whoever has the region's key listens where it listened, and its municipalities come by themselves."""
import liars
import world
from false_hub import FalseHub
from forge import EVENT, IDENTITY, ORGANISATION, UP_REGION, edit, gone, invent, path, read, variants
from liars import HUB, SCHOOL, difference, everything, has_event, put_event
from wire import REGISTRY, message, parse, sint
from world import test, wait_until

OTHER_HUB = "03-01"


def scene(w):
    liars.scene(w)
    w.other = w.node("other").join(w.region, OTHER_HUB, listen=True).run()
    put_event(w.other, OTHER_HUB, "OTHER-1", "Чужое")
    put_event(w.hub, HUB, "HUB-1", "Своё")
    put_event(w.school, SCHOOL, "OWN-1", "Своё")
    w.settle()
    w.other.stop()
    w.region.stop()
    w.false = FalseHub(stolen=w.region.dir)
    w.child = wait_until(lambda: w.false.child(path(w.hub.path)), what="the municipality comes to the false region")
    wait_until(lambda: len(of_home(w, w.hub)) and len(of_home(w, w.school)), what="and tells of itself and its school")
    w.n = 0
    return w


def of_home(w, node, kind=EVENT):
    return [d for d in w.child.held(REGISTRY, kind=kind).values() if read(d)["home"] == path(node.path)]


def event(home, code, title, org, **more):
    return invent(EVENT, path(home.path), code, message(f1=code, f2="seminar", f3=title, f4=org, f5=sint(19700)), org=org, up=UP_REGION, **more)


def heard(w):
    """The municipality has taken all that was said up to now."""
    w.n += 1
    code = f"SAID-{w.n}"
    w.child.offer_bytes(REGISTRY, event(w.region, code, "x", "03"))
    wait_until(lambda: w.child.all_acked(REGISTRY) and has_event(w.hub, code), what="the municipality has read all")


def own(*nodes):
    """What each of them wrote, as it holds it."""
    return {(node.name, rid): d for node in nodes for rid, d in everything(node.world, node).items() if read(d)["home"] == path(node.path)}


def say(w, *records):
    """As news; after a rebase; as what the municipality lost."""
    for data in records:
        w.child.offer_bytes(REGISTRY, data)
    heard(w)
    w.child.rebase(REGISTRY)
    heard(w)
    for at in range(0, len(records), 100):
        wait_until(w.child.hand_back(REGISTRY, records[at:at + 100]), what="the municipality has taken what was handed back")
    heard(w)


@test
def no_municipality_tells_it_a_name(w):
    heard(w)
    assert w.child.received[REGISTRY] and not w.child.held(REGISTRY, kind=IDENTITY)
    staff = [i["body"] for i in w.school.list("identity")]
    assert len(staff) > 10
    said = b"".join(data for records in w.child.received.values() for data in records)
    for person in staff:
        assert (person["last_name"] + person["first_name"]).encode() not in said and person["last_name"].encode() not in said, person


@test
def a_false_region_that_rebases_cannot_rewrite_a_municipality_or_a_school(w):
    """Edited, deleted and invented records of both, in every version and with every seal; and words that all of it is gone."""
    before = own(w.hub, w.school)
    forged = []
    for node, org in ((w.hub, HUB), (w.school, SCHOOL)):
        true = of_home(w, node)[0]
        forged += variants(true, {"f3": "Подменено"}) + variants(true, deleted=True) + [event(node, f"INV-{org}", "Выдумано", org)]
    say(w, *forged)
    say(w, *(gone(rid, read(d)["kind"], read(d)["home"]) for (_, rid), d in before.items()))
    put_event(w.school, SCHOOL, "OWN-2")
    wait_until(lambda: has_event(w.hub, "OWN-2"), what="school and municipality go on")
    put_event(w.hub, HUB, "HUB-2")
    wait_until(lambda: has_event(w.school, "HUB-2"), what="downwards too")
    after = {key: d for key, d in own(w.hub, w.school).items() if b"OWN-2" not in d and b"HUB-2" not in d}
    assert before == after, difference(before, after)[:3]
    assert has_event(w.school, "HUB-1", "Своё") and has_event(w.hub, "OWN-1", "Своё")


@test
def below_it_is_believed_in_its_own_name_and_in_those_of_other_municipalities(w):
    """All ways between municipalities run through the region."""
    true = next(d for d in everything(w, w.hub).values() if read(d)["kind"] == ORGANISATION and parse(read(d)["body"])[1] == [OTHER_HUB.encode()])
    organisation = edit(true, body={"f4": "Выдумано"})
    theirs = event(w.other, "OTHER-1", "Оговорено", OTHER_HUB, inc=900)
    for data in (organisation, theirs):
        w.child.offer_bytes(REGISTRY, data)
    heard(w)
    for node in (w.hub, w.school):
        wait_until(lambda n=node: has_event(n, "OTHER-1", "Оговорено"), what=f"{node.name} believes what another municipality is said to say")
        wait_until(lambda n=node: n.selenga("get", "organisation", OTHER_HUB)["body"]["name"] == "Выдумано", what=f"{node.name} believes the region")


@test
def the_true_region_is_given_what_was_written_meanwhile_and_believes_nothing_of_the_rest(w):
    w.false.close()
    w.region.run()
    w.other.run()
    wait_until(lambda: has_event(w.region, "OWN-2") and has_event(w.region, "HUB-2"), what="what was written meanwhile is there")
    assert w.region.selenga("get", "organisation", OTHER_HUB)["body"]["name"] != "Выдумано"
    for node in (w.region, w.other):
        assert has_event(node, "OTHER-1", "Чужое") and not has_event(node, f"INV-{HUB}") and not has_event(node, f"INV-{SCHOOL}"), node.name


world.main(scene)
