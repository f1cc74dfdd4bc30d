# SPDX-License-Identifier: Apache-2.0
"""Stores put back to older copies, and lost ones (design 2.6, 8.4)."""
import world
from world import test, wait_until

EVENT = {"kind": "seminar", "title": "Семинар", "org": "03-08-01", "starts_on": "2024-03-01", "ends_on": "2024-03-01"}


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=("03-08-01",))
    w.school, w.hub, w.region = (nodes[org] for org in ("03-08-01", "03-08", "03"))
    return w


def event(code, title):
    return {**EVENT, "code": code, "title": title}


def titles(node):
    return {r["body"]["code"]: r["body"]["title"] for r in node.list("event")}


def put_at_school(w, *events):
    w.school.put("event", *events)
    w.settle()


def put_back_to_copy(w, node, write_between):
    node.stop()
    copy = node.keep_store()
    node.run()
    write_between()
    w.settle()
    node.stop()
    node.put_back(copy)
    node.run()


@test
def what_a_restored_school_lacked_comes_back_by_itself(w):
    put_at_school(w, event("E-1", "первый"))
    put_back_to_copy(w, w.school, lambda: w.school.put("event", event("E-1", "второй"), event("E-2", "новый")))
    wait_until(lambda: titles(w.school).get("E-2") == "новый" and titles(w.school)["E-1"] == "второй",
               what="the school has again what it had lost")
    w.settle()
    assert titles(w.region) == titles(w.hub) == titles(w.school)


@test
def a_restored_school_goes_on_writing_above_what_it_lost(w):
    put_at_school(w, event("E-1", "третий"))
    assert titles(w.region)["E-1"] == "третий"
    w.conserved()


@test
def what_was_written_on_both_sides_is_kept(w):
    put_at_school(w, event("E-3", "начало"))
    w.school.stop()
    copy = w.school.keep_store("both")
    w.school.run()
    put_at_school(w, event("E-3", "потеряно"))
    w.hub.stop()
    w.school.stop()
    w.school.put_back(copy)
    w.school.run()
    w.school.put("event", event("E-3", "заново"))
    w.hub.run()
    w.settle()
    assert titles(w.school)["E-3"] == titles(w.region)["E-3"] == "заново"
    data = (w.school.dir / "store/registry/data.mdb").read_bytes() + (w.hub.dir / "store/registry/data.mdb").read_bytes()
    assert "потеряно".encode() in data  # in a stray


@test
def a_restored_hub_loses_nothing_of_either_side(w):
    put_back_to_copy(w, w.hub, lambda: w.school.put("event", event("E-4", "через узел")))
    w.settle()
    wait_until(lambda: titles(w.hub).get("E-4") == "через узел", what="the hub has it again")
    assert titles(w.region) == titles(w.school)


@test
def a_restored_region_is_given_back_what_it_lacked(w):
    def write():
        w.school.put("event", event("E-5", "снизу"))
        w.region.put("event", {**event("E-6", "сверху"), "org": "03"})
    put_back_to_copy(w, w.region, write)
    wait_until(lambda: {"E-5", "E-6"} <= set(titles(w.region)), what="the region has both again")
    w.settle()
    assert titles(w.school)["E-6"] == "сверху"


@test
def a_hub_that_lost_its_stores_is_whole_again_without_help(w):
    before = titles(w.hub)
    nodes = sorted(r["org"] for r in w.hub.list("node"))
    w.hub.stop()
    w.hub.lose_store()
    w.hub.run()
    wait_until(lambda: titles(w.hub) == before, what="the hub holds the events again")
    wait_until(lambda: sorted(r["org"] for r in w.hub.list("node")) == nodes, what="it knows its nodes again")
    wait_until(lambda: [l["state"] for l in w.hub.links("child")] == ["up"], what="the school is let in again")
    put_at_school(w, event("E-7", "после"))
    assert titles(w.region)["E-7"] == "после"
    w.conserved()


world.main(scene)
