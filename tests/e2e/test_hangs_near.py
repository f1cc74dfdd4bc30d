# SPDX-License-Identifier: Apache-2.0
"""A hub of which one service hangs: its parent and its children see it, and each view's exit status says how bad it is."""
import os
import signal

import wire
import world
from world import SERVICES, refused, test, wait_until

SEEN_S = 30
NEVER_MS = 3600000  # its supervisor leaves it alone: it is to be looked at while it hangs
VIEWS = (("queues",), ("links",))


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=("03-08-01",))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes["03-08-01"]
    w.settle()
    w.hub.stop()
    w.hub.configure({"supervisor": {"hang_ms": NEVER_MS}})
    w.hub.run()
    w.settle()
    return w


def code(node, *args):
    """The exit status of a view."""
    try:
        node.selenga(*args)
    except world.Refused as error:
        return error.code
    return 0


def link(node, org):
    return next(row for row in node.links() if row["org"] == org)


def feeds(node, flow):
    return {row["service"]: (row["state"], row["reason"]) for row in node.queues(flow=flow)}


@test
def a_tree_that_is_well_has_0_everywhere(w):
    for node in (w.region, w.hub, w.school):
        for view in (*VIEWS, ("node", "status")):
            wait_until(lambda: code(node, *view) == 0, what=f"{view} of {node.name} says that all is well")


def asked(node, body):
    """Flows of the queues of one service, and how many it says there are; None: it refuses."""
    answer = wire.parse(wire.ask(node.dir, wire.QUEUES, wire.REGISTRY, body))
    if answer[2] != [wire.QUEUES_REPLY]:
        return None
    reply = wire.parse(answer.get(9, [b""])[0])
    return [wire.parse(row)[3][0].decode() for row in reply.get(1, [])], reply[2][0]


@test
def queues_are_asked_for_by_flow_or_only_the_worst(w):
    assert asked(w.hub, b"\x0a\xff") is None, "a body that is cut off"
    assert asked(w.hub, wire.message(f1="sideways")) == ([], 0)
    every, all_of_them = asked(w.hub, b"")
    assert all_of_them == len(every) and {"up", "down", "local"} <= set(every), every
    for flow in ("up", "down", "local"):
        assert asked(w.hub, wire.message(f1=flow)) == ([flow] * every.count(flow), every.count(flow))
    assert asked(w.hub, wire.message(f2=0)) == ([], all_of_them)
    assert len(asked(w.hub, wire.message(f2=1))[0]) == 1 and asked(w.hub, wire.message(f2=1))[1] == all_of_them
    assert sorted(asked(w.hub, wire.message(f2=0xFFFFFFFF))[0]) == sorted(every)
    assert asked(w.hub, wire.message(f1="up", f2=5)) == (["up"], 1)


@test
def a_service_that_hangs_is_seen_by_the_parent_and_the_children_in_time(w):
    """The scene's gates have their default times, but for pings and what is taken for a dead line."""
    w.pid = w.hub.pid("diagnostics")
    os.kill(w.pid, signal.SIGSTOP)
    for node in (w.region, w.school):
        wait_until(lambda: link(node, "03-08")["state"] == "hangs", world.patience(SEEN_S) if world.SANITIZED else SEEN_S,
                   what=f"{node.name} sees that 03-08 hangs")
        row = link(node, "03-08")
        assert row["reason"] == "SERVICE-SILENT" and row["silent"] == ["diagnostics"], row
    for node, flow in ((w.region, "down"), (w.school, "up")):
        wait_until(lambda: feeds(node, flow)["diagnostics"] == ("blocked", "SERVICE-SILENT"), what=f"{node.name} says so of the feed")
        others = {s: f for s, f in feeds(node, flow).items() if s != "diagnostics"}
        assert len(others) == len(SERVICES) - 1 and all(f == ("live", None) for f in others.values()), others


@test
def neighbours_have_1_and_the_hub_itself_has_2(w):
    for node in (w.region, w.school):
        for view in VIEWS:
            assert code(node, *view) == 1, (node.name, view)
        assert code(node, "node", "status") == 0, node.name
    assert "does not answer" in world.spoken(w.region, "links") and "(diagnostics)" in world.spoken(w.region, "links")
    refused(2, w.hub.selenga, "queues", says="diagnostics")
    refused(2, w.hub.selenga, "node", "status")


@test
def when_it_goes_on_all_is_well_again(w):
    os.kill(w.pid, signal.SIGCONT)
    for node in (w.region, w.hub, w.school):
        for view in (*VIEWS, ("node", "status")):
            wait_until(lambda: code(node, *view) == 0, what=f"{view} of {node.name} says that all is well")


@test
def who_is_only_off_is_nobody_s_concern(w):
    w.school.stop()
    wait_until(lambda: link(w.hub, "03-08-01")["state"] == "down", what="the school is gone")
    assert code(w.hub, "links") == 0
    wait_until(lambda: all(state == "offline" for state, _ in feeds(w.hub, "down").values()), what="its feeds are off")
    assert code(w.hub, "queues") == 0
    w.school.run()
    w.settle()


@test
def a_gate_that_hangs_is_2_and_a_node_that_does_not_run_75(w):
    pid = w.school.pid("gate")
    os.kill(pid, signal.SIGSTOP)
    refused(2, w.school.selenga, "links")
    os.kill(pid, signal.SIGKILL)
    w.school.killed += 1
    w.school.stop()
    refused(75, w.school.selenga, "links")
    w.school.run()


@test
def a_child_that_was_cut_off_has_no_feeds_any_more(w):
    w.settle()
    assert feeds(w.hub, "down")
    w.hub.selenga("node", "revoke", "03-08-01", "--why", "the computer was stolen")
    wait_until(lambda: not feeds(w.hub, "down"), what="no feed of the revoked child is shown")
    wait_until(lambda: code(w.school, "links") == 1, what="the school's operator sees it")
    assert code(w.school, "queues") == 1 and code(w.hub, "links") == 0


world.main(scene)
