# SPDX-License-Identifier: Apache-2.0
"""A key that was taken before its owner used it: a stolen municipal hub founds organisations with codes of another municipality, a
school uses the code of an event of the region's. Whoever stands above both takes the key, and the rightful node gets in."""
import json

import liars
import world
from forge import ORGANISATION, TO_ALL, UP_ALL, key_id
from liars import event_fields, has_event, put_event
from rogue import Rogue
from wire import REGISTRY, message
from world import refused, test, wait_until

LIAR, HUB, SCHOOL, SIBLING, NEW = "03-01", "03-08", "03-08-01", "03-08-02", "03-08-77"
TRUE, LIE = "Новая школа", "Занято"
GREATEST = {"inc": 2**32 - 2, "seq": 2**64 - 1}


def scene(w):
    nodes = w.tree(hubs=(LIAR, HUB), schools=(SCHOOL, SIBLING))
    w.region, w.hub, w.school, w.sibling = nodes["03"], nodes[HUB], nodes[SCHOOL], nodes[SIBLING]
    w.settle()
    w.nodes.remove(nodes[LIAR])
    nodes[LIAR].stop()
    w.liar = Rogue(stolen=nodes[LIAR].dir).live()
    return w


def found(w, name, **version):
    """The liar founds the other municipality's school, below itself."""
    w.liar.offer(REGISTRY, kind=ORGANISATION, rid=key_id(ORGANISATION, NEW, NEW), org=NEW, up=UP_ALL, down=TO_ALL,
                 body=message(f1=NEW, f2=LIAR, f3="school", f4=name), **version)
    code = f"BEHIND-{len(w.liar.records[REGISTRY])}"
    w.liar.offer(REGISTRY, **event_fields(code, LIAR))
    wait_until(lambda: w.liar.all_acked() and has_event(w.region, code), what="the region has read all")


def names(node):
    return [r["body"]["name"] for r in node.list("organisation") if r["body"]["code"] == NEW]


def put(node, kind, body, *options):
    return node.selenga("put", kind, *options, stdin=json.dumps({"body": body}))


def school_to_come(parent=HUB):
    return {"code": NEW, "parent": parent, "kind": "school", "name": TRUE}


def waits(node):
    return {(q["code"], q["kind"], q["from_org"]) for q in node.quarantine()}


@test
def who_is_first_holds_the_code_and_whoever_wants_it_is_told_who_that_is(w):
    found(w, LIE)
    assert names(w.region) == [LIE]
    refused(1, put, w.region, "organisation", school_to_come(), says=f"node {LIAR}, which is below this one")
    assert names(w.region) == [LIE]


@test
def a_node_below_or_beside_takes_no_key(w):
    put_event(w.region, "03", "OF-REGION", "Краевое")
    wait_until(lambda: has_event(w.school, "OF-REGION"), what="the school holds it")
    body = {"code": "OF-REGION", "kind": "seminar", "title": "Наше", "org": SCHOOL, "starts_on": "2024-01-10"}
    for node in (w.hub, w.school):
        refused(1, put, node, "event", body, "--take-key", says=f"node {w.region.path}. ")
        assert has_event(node, "OF-REGION", "Краевое"), node.name


@test
def whoever_stands_above_takes_it_back_for_everybody(w):
    put(w.region, "organisation", school_to_come(), "--take-key")
    for node in (w.region, w.hub, w.school):
        wait_until(lambda n=node: names(n) == [TRUE], what=f"the region's is at {node.name}")
    assert waits(w.region) == {("KEY-TAKEN", "organisation", LIAR)}, w.region.quarantine()
    for node in (w.hub, w.school):
        assert not node.quarantine(), (node.name, node.quarantine())


@test
def what_the_liar_says_of_it_afterwards_only_waits(w):
    found(w, "Снова занято", seq=4000)
    found(w, "И снова", **GREATEST)
    put_event(w.region, "03", "TOLD")
    for node in (w.hub, w.school):
        wait_until(lambda n=node: has_event(n, "TOLD"), what=f"{node.name} has heard all")
        assert names(node) == [TRUE], node.name
    assert names(w.region) == [TRUE] and waits(w.region) == {("KEY-TAKEN", "organisation", LIAR)}
    w.region.selenga("quarantine", "discard", "--from", LIAR, "--why", "чужой код")
    assert not w.region.quarantine()


@test
def the_rightful_school_gets_in(w):
    new = w.node("new").join(w.hub, NEW).run()
    wait_until(lambda: names(new) == [TRUE], what="it knows itself")
    put_event(new, NEW, "OF-NEW")
    for node in (w.region, w.hub):
        wait_until(lambda n=node: has_event(n, "OF-NEW"), what=f"its work is at {node.name}")


@test
def a_key_that_a_school_used_is_taken_past_its_hub_and_the_school_keeps_what_it_wrote(w):
    put_event(w.school, SCHOOL, "FORUM", "Школьный")
    for node in (w.region, w.hub):
        wait_until(lambda n=node: has_event(n, "FORUM", "Школьный"), what=f"it is at {node.name}")
    put(w.region, "event", {"code": "FORUM", "kind": "forum", "title": "Краевой", "org": "03", "starts_on": "2024-01-10"}, "--take-key")
    for node in (w.region, w.hub, w.sibling):
        wait_until(lambda n=node: has_event(n, "FORUM", "Краевой"), what=f"the region's is at {node.name}")
    wait_until(lambda: ("KEY-TAKEN", "event", "03-08") in waits(w.school), what="the school hears why the other one is not with it")
    assert has_event(w.school, "FORUM", "Школьный"), "what a node wrote nobody rewrites"
    assert waits(w.hub) == {("KEY-TAKEN", "event", SCHOOL)}, w.hub.quarantine()
    assert not w.sibling.quarantine(), w.sibling.quarantine()


@test
def a_region_that_lost_its_store_has_what_it_took(w):
    w.region.stop()
    w.region.lose_store()
    w.region.run()
    wait_until(lambda: names(w.region) == [TRUE] and has_event(w.region, "FORUM", "Краевой"), what="it is given back what it took")
    w.liar.close()


world.main(scene)
