# SPDX-License-Identifier: Apache-2.0
"""A store that fills: what comes in waits where it is, and goes on when the store is enlarged."""
import re

import looks
import world
from forge import read
from rogue import Rogue, key_id
from wire import REGISTRY, message, sint
from world import Refused, refused, test, wait_until

SCHOOL = "03-08-01"
SMALL_MIB, LARGE_MIB = 16, 64
SHEET = 2000
EVENT, REFUSED = 116, 40


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL, "03-08-02"))
    w.region, w.hub, w.school, w.other = nodes["03"], nodes["03-08"], nodes[SCHOOL], nodes["03-08-02"]
    w.settle()
    w.hub.stop()
    w.hub.configure({"store": {"map_mib": SMALL_MIB}})
    w.hub.run()
    w.rogue = Rogue(w.hub.token("03-08-03")).connect()
    for n in range(REFUSED):
        w.rogue.offer(REGISTRY, **foreign(n))
    w.rogue.serve(w.rogue.all_acked)
    w.rogue.close()
    w.written = 0
    return w


def foreign(n):
    """An event of another school's, which the hub refuses."""
    body = message(f1=f"FOREIGN-{n}", f2="seminar", f3="Семинар", f4=SCHOOL, f5=sint(19700))
    return {"kind": EVENT, "rid": key_id(EVENT, f"FOREIGN-{n}"), "org": SCHOOL, "body": body}


def sheet(n, org, first):
    rows = "".join(f"{org}/{first + i},seminar,Семинар {'x' * 380},{org},2024-01-10,\n" for i in range(n))
    return "code,kind,title,org,starts_on,ends_on\n" + rows


def write(w, n):
    w.school.text("event", sheet(n, SCHOOL, w.written))
    w.written += n


def row(w):
    return w.school.queues(flow="up", service="registry")[0]


def stopped_at(w):
    """The position behind which the hub takes nothing; None: it takes some."""
    try:
        feed = row(w)
        return feed["acked"] if feed["state"] == "stopped" else None
    except Refused as error:  # busy with the sheet
        assert error.code == 75, error
        return None


def events(node):
    return node.records("event").values()


def at(node):
    return len(events(node))


def stays_stopped(w):
    """A large batch may find no room where smaller ones still do: full is when nothing moves any more."""
    first = stopped_at(w)
    return first is not None and all(stopped_at(w) == first for _ in range(10))


def trouble(node):
    """What node status says of the registry; empty: it is well."""
    try:
        return next(r for r in node.selenga("node", "status") if r["program"] == "registry")["trouble"]
    except Refused as error:
        return next(r for r in error.out if r["program"] == "registry")["trouble"]


@test
def a_feed_stops_and_both_ends_say_why(w):
    """The hub's store is full: the school's records wait at the school."""
    def filled():
        write(w, SHEET)
        return stays_stopped(w)
    wait_until(filled, what="the hub's store is full")
    wait_until(lambda: trouble(w.hub) == row(w)["reason"] == "STORE-FULL", what="both ends say why")
    assert 0 < at(w.hub) < w.written == at(w.school)
    assert len(w.hub.quarantine()) == REFUSED, "a full store is no reason for quarantine"
    wait_until(lambda: at(w.region) == at(w.hub), what="what the hub took goes on upwards")


@test
def it_stays_so_and_is_told_once(w):
    """A small write still fits where a batch does not: that is no recovery."""
    asked = 0
    def again():
        nonlocal asked
        asked += stopped_at(w) is not None
        assert looks.status(w.hub.dir)["trouble"] == "STORE-FULL", "it says that all is well"
        return asked == 25
    wait_until(again, what="a while has passed")
    lines = [l for l in w.hub.says("registry", " error ").splitlines() if " error " in l]
    assert 1 <= len(lines) <= 2, lines


@test
def a_sheet_is_answered_try_again_and_nothing_of_it_is_there(w):
    said = refused(75, w.hub.text, "event", sheet(SHEET, "03-08", 0))
    assert "map_mib" in said, said
    assert not [r for r in events(w.hub) if read(r)["org"] == b"03-08"]


@test
def a_child_is_cut_off_by_a_hub_that_is_full(w):
    """The last part of a store is kept for that."""
    w.hub.selenga("node", "revoke", "03-08-02", "--why", "stolen")
    assert next(n for n in w.hub.selenga("node", "list") if n["org"] == "03-08-02")["state"] == "revoked"
    wait_until(lambda: all(l["state"] != "up" for l in w.other.links("parent")), what="the child is cut off")
    w.other.stop()
    w.nodes.remove(w.other)


@test
def what_waits_in_quarantine_is_discarded_in_a_full_store(w):
    ids = [q["id"] for q in w.hub.quarantine()]
    w.hub.selenga("quarantine", "discard", ids[0], "--why", "чужое")
    w.hub.selenga("quarantine", "discard", "--from", "03-08-03", "--why", "чужое")
    assert not w.hub.quarantine()


@test
def killed_while_full_it_starts_and_is_read(w):
    held = at(w.hub)
    w.hub.kill_all()
    w.hub.run()
    listed = w.hub.list("event")
    assert held <= len(listed) < w.written  # smaller batches than before may still fit
    wait_until(lambda: stopped_at(w) is not None, what="the feed is stopped again")


@test
def enlarged_it_takes_all_that_waited(w):
    w.hub.stop()
    text = w.hub.conf.read_text()
    w.hub.conf.write_text(re.sub(rf'map_mib = "{SMALL_MIB}"', f'map_mib = "{LARGE_MIB}"', text))
    w.hub.run()
    w.rogue.connect()
    w.rogue.serve(lambda: not any(q["waiting"] for q in w.hub.queues(flow="down", peer="03-08-03")))
    w.rogue.close()
    w.settle()
    assert at(w.school) == at(w.hub) == at(w.region) == w.written
    assert not trouble(w.hub)
    w.conserved()
    for node in w.nodes:
        assert not node.quarantine(), node.quarantine()


world.main(scene)
