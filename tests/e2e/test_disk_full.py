# SPDX-License-Identifier: Apache-2.0
"""A disk that fills: RLIMIT_FSIZE on a running registry makes every commit fail, as a full disk would, without root."""
import resource

import wire
import world
from rogue import key_id
from wire import message
from world import refused, test, wait_until

SCHOOL = "03-08-01"
EVENT = 116


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.settle()
    return w


def event(n):
    return {"code": f"E-{n}", "kind": "seminar", "title": "Семинар " + "x" * 300, "org": SCHOOL, "starts_on": "2024-01-10"}


def fill(node):
    resource.prlimit(node.pid("registry"), resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))


def empty(node):
    resource.prlimit(node.pid("registry"), resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def events(node):
    return {r["body"]["code"] for r in node.list("event")}


@test
def puts_are_answered_try_again_and_nothing_is_half_written(w):
    w.school.put("event", event(1))
    pid = w.school.pid("registry")
    fill(w.school)
    for n in range(2, 6):
        said = refused(75, w.school.put, "event", event(n))
        assert said.strip(), said
    rows = "".join(f"S-{n},seminar,Занятие,{SCHOOL},2024-01-10,\n" for n in range(500))
    refused(75, w.school.text, "event", "code,kind,title,org,starts_on,ends_on\n" + rows)
    assert w.school.pid("registry") == pid, "the registry ended"
    assert events(w.school) == {"E-1"}, "a refused record is there"


@test
def status_and_log_say_why_once(w):
    rows = {r["program"]: r for r in refused_status(w.school)}
    assert not rows["registry"]["well"] and rows["registry"]["trouble"], rows["registry"]
    assert rows["gate"]["well"] and rows["diagnostics"]["well"]
    lines = [l for l in w.school.says("registry", " error ").splitlines() if " error " in l]
    assert 1 <= len(lines) <= 3, lines


def refused_status(node):
    try:
        node.selenga("node", "status")
    except world.Refused as error:
        return error.out
    raise AssertionError("node status says that all is well")


@test
def what_was_acknowledged_before_is_read_meanwhile(w):
    assert w.school.selenga("get", "event", "E-1")["body"]["code"] == "E-1"
    wait_until(lambda: "E-1" in events(w.region))


@test
def who_only_reads_is_answered_in_the_turn_of_a_write_that_fails(w):
    deletion = message(f1=EVENT, f2=key_id(EVENT, "E-1"), f5=1, f6="no more")
    put = (wire.PUT, wire.REGISTRY, message(f1=message(f1=deletion)))
    listed = (wire.LIST, wire.REGISTRY, message(f1=EVENT))
    reviews = (wire.REVIEWS, wire.REGISTRY, message(f1=key_id(EVENT, "E-1")))
    for _ in range(20):
        kinds = [wire.parse(answer)[2][0] for answer in wire.ask_at_once(w.school.dir, [listed, put, reviews, put])]
        assert sorted(kinds) == [wire.RECORDS, wire.ERROR, wire.ERROR, wire.REVIEWS_REPLY], kinds


@test
def it_resumes_by_itself(w):
    pid = w.school.pid("registry")
    empty(w.school)
    def put():
        try:
            w.school.put("event", event(2))
            return True
        except world.Refused as error:
            assert error.code == 75, error
            return False
    wait_until(put, what="a put is taken again")
    assert w.school.pid("registry") == pid
    wait_until(lambda: w.school.selenga("node", "status"))
    w.settle()
    assert events(w.region) == events(w.school) == {"E-1", "E-2"}


@test
def a_feed_stops_says_why_and_goes_on(w):
    """The hub's disk is full: the school's records wait, and its queues say what holds them up."""
    fill(w.hub)
    w.school.put("event", event(3))
    def held_up():
        row = w.school.queues(flow="up", service="registry")[0]
        return row["waiting"] == 1 and row["state"] in ("stopped", "blocked") and row["reason"]
    wait_until(held_up, what="the school's queues say what holds them up")
    assert "E-3" not in events(w.hub)
    assert not w.hub.quarantine(), "a full disk is no reason for quarantine"
    empty(w.hub)
    w.settle()
    assert "E-3" in events(w.region)


@test
def killed_while_full_it_comes_back_with_all_that_was_acknowledged(w):
    fill(w.school)
    refused(75, w.school.put, "event", event(4))
    w.school.kill_all()
    w.school.run()
    assert events(w.school) == {"E-1", "E-2", "E-3"}
    w.school.put("event", event(4))
    w.settle()
    assert events(w.region) == {"E-1", "E-2", "E-3", "E-4"}
    w.conserved()


world.main(scene)
