# SPDX-License-Identifier: Apache-2.0
"""Versions of a school that was put back: its hub's operator decides of them, or its own takes one."""
import world
from world import refused, test, wait_until

ORG = "03-08-01"
DEAD_PORT = 9  # where nobody listens


def body(title):
    return {"code": "S-1", "class": "association", "title": title, "org": ORG, "from": "2024-01-10"}


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(ORG,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[ORG]
    return w


def make_conflict(w, ours, theirs):
    """The school writes `ours`, which the hub gets; is put back; writes `theirs` before it hears of that."""
    w.school.put("body", body("Первый"))
    w.settle()
    w.school.stop()
    image = w.school.keep_store()
    w.school.run()
    w.school.put("body", body(ours))
    w.settle()
    w.school.stop()
    w.school.put_back(image)
    w.school.set_parent_port(DEAD_PORT)
    w.school.run()
    w.school.put("body", body(theirs))
    w.school.stop()
    w.school.set_parent_port(w.hub.port)
    w.school.run()
    wait_until(lambda: w.hub.quarantine(), what="the hub hears of the conflict")
    w.settle()


def titles(w):
    return {n.selenga("get", "body", "S-1")["body"]["title"] for n in (w.school, w.hub, w.region)}


@test
def what_a_school_found_its_hub_discards(w):
    make_conflict(w, "Утраченный", "Нынешний")
    seen = w.hub.quarantine()
    assert all(q["code"] == "CONFLICT" and q["from_org"] == ORG for q in seen), seen
    assert [q for q in seen if q["at"] == w.school.path], seen
    w.hub.selenga("quarantine", "discard", *{q["id"] for q in seen}, "--why", "решили оставить нынешний")
    assert not w.hub.quarantine()
    wait_until(lambda: not w.school.quarantine(), what="the school obeys")
    wait_until(lambda: not w.region.quarantine(), what="the region hears of it")
    w.school.says("registry", "решили оставить нынешний")
    assert titles(w) == {"Нынешний"}


@test
def what_a_school_found_the_region_discards(w):
    """Two levels above it."""
    make_conflict(w, "Утраченный снова", "Нынешний снова")
    seen = wait_until(w.region.quarantine, what="the region hears of the conflict")
    w.region.selenga("quarantine", "discard", *{q["id"] for q in seen}, "--why", "решил регион")
    for node in (w.region, w.hub, w.school):
        wait_until(lambda n=node: not n.quarantine(), what=f"{node.name} shows it no more")
    w.school.says("registry", "решил регион")
    assert titles(w) == {"Нынешний снова"}


@test
def one_of_its_own_a_school_takes(w):
    make_conflict(w, "Вернувшийся", "Ненужный")
    item = next(q for q in w.school.quarantine() if q["at"] == "here")
    refused(1, w.hub.selenga, "quarantine", "take", item["id"])
    # It cannot be tried again: nothing was refused.
    refused(1, w.school.selenga, "quarantine", "retry", item["id"], says="taken or discarded")
    w.school.selenga("quarantine", "take", item["id"])
    assert item["id"] not in [q["id"] for q in w.school.quarantine()]
    wait_until(lambda: titles(w) == {"Вернувшийся"}, what="all have what was taken")
    wait_until(lambda: item["id"] not in [q["id"] for q in w.hub.quarantine()], what="the hub hears that it is gone")


world.main(scene)
