# SPDX-License-Identifier: Apache-2.0
"""Connections that lie: that carry nothing, that are dead in one direction, that one end alone believes in, that exist twice or are
replayed. Both ends find out by themselves, and nothing is lost or doubled."""
import shutil
import socket
from pathlib import Path

import world
from world import patience, test, wait_until

SCHOOL = "03-08-01"
LINK_S = patience(20)  # to notice, and to be back
GREETING, HELLO = 64, 202  # bytes of ZMTP's and of CURVE's first words


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,), lines=True)
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.settle()
    w.n = 0
    return w


def put(w, node, org):
    w.n += 1
    code = f"E-{w.n}"
    node.put("event", {"code": code, "kind": "seminar", "title": "Семинар", "org": org, "starts_on": "2024-01-10"})
    return code


def has(node, code):
    return bool(node.list("event", "--where", f"code={code}"))


def link(node, role):
    return node.links(role)[0]["state"]


def well(w):
    """Everything is everywhere, once."""
    w.settle()
    w.conserved()
    events = sorted(w.school.list("event"), key=str)
    codes = [e["body"]["code"] for e in events]
    assert sorted(codes) == sorted(f"E-{n + 1}" for n in range(w.n)), codes
    for node in (w.hub, w.region):
        assert sorted(node.list("event"), key=str) == events, node.name
    for node in w.nodes:
        assert not node.quarantine(), node.quarantine()


def at_hub(w):
    """Connections of children that the hub's system knows, by their state."""
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return sum(int(r[1].rsplit(":", 1)[1], 16) == w.hub.port and r[3] == "01" for r in rows)


def both_write(w):
    """One record each way, in a row that a lost or doubled message would break."""
    return put(w, w.school, SCHOOL), put(w, w.hub, "03-08")


def rest_of(sock):
    """Until the other end closes it."""
    data = b""
    try:
        while piece := sock.recv(4096):
            data += piece
    except ConnectionResetError:
        pass
    return data


def arrive(w, mine, theirs):
    wait_until(lambda: has(w.hub, mine) and has(w.school, theirs), LINK_S, what="what was written meanwhile is there")


@test
def a_black_hole_is_noticed_by_both_ends(w):
    w.school.line.hold = True
    written = both_write(w)
    wait_until(lambda: link(w.school, "parent") == "down" and link(w.hub, "child") == "down", LINK_S,
               what="both ends see it down")
    written += both_write(w)
    w.school.line.up()  # what was swallowed comes late, to ends that have given it up
    arrive(w, *written[:2])
    arrive(w, *written[2:])
    well(w)


@test
def a_line_that_carries_nothing_upwards_is_left_by_both(w):
    w.school.line.mute = "up"
    written = both_write(w)
    wait_until(lambda: link(w.hub, "child") == "down", LINK_S, what="the hub hears nothing")
    wait_until(lambda: link(w.school, "parent") == "down", LINK_S, what="the school is cut off")
    w.school.line.up()
    arrive(w, *written)
    well(w)


@test
def a_line_that_carries_nothing_downwards_is_left_by_both(w):
    w.school.line.mute = "down"
    written = both_write(w)
    wait_until(lambda: link(w.school, "parent") == "down", LINK_S, what="the school hears nothing")
    w.school.line.up()
    arrive(w, *written)
    well(w)


@test
def a_connection_that_the_hub_alone_believes_in_gives_way_to_the_newer(w):
    before = w.school.line.connections
    w.school.line.lose_child()
    written = both_write(w)
    wait_until(lambda: w.school.line.connections > before and link(w.school, "parent") == "up", LINK_S, what="it comes anew")
    arrive(w, *written)
    wait_until(lambda: at_hub(w) == 1, LINK_S, what="the older connection is ended")
    assert link(w.hub, "child") == "up"
    well(w)


@test
def what_was_recorded_on_the_line_opens_nothing_when_it_is_played_again(w):
    before = w.school.line.connections
    w.school.line.record = True
    w.school.line.restart()
    wait_until(lambda: w.school.line.connections > before and link(w.school, "parent") == "up", LINK_S, what="it is connected anew")
    arrive(w, *both_write(w))
    w.school.line.record = False
    well(w)
    played = w.school.line.recorded
    assert played[GREETING + 2:].startswith(b"\x05HELLO"), "that is no handshake"
    with socket.create_connection(("127.0.0.1", w.hub.port)) as replay:
        replay.settimeout(LINK_S)
        replay.sendall(played[:GREETING + HELLO])
        answered = b""
        while b"\x07WELCOME" not in answered:
            answered += replay.recv(4096)
        replay.sendall(played[GREETING + HELLO:])
        assert b"\x05READY" not in rest_of(replay), "the handshake was completed"
    assert link(w.school, "parent") == link(w.hub, "child") == "up"
    arrive(w, *both_write(w))
    well(w)


@test
def of_two_processes_of_one_node_the_first_goes_on_and_nothing_of_either_is_lost(w):
    """A node's directory was copied and both run. The copy is turned away while the first is there, and has its turn after it."""
    w.school.stop()
    twin = w.node("twin")
    shutil.copytree(w.school.dir, twin.dir, ignore=lambda *_: {"gate"})
    twin.path = w.school.path
    w.school.run()
    wait_until(lambda: link(w.school, "parent") == "up", LINK_S, what="the first is connected")
    twin.run()
    mine, theirs = put(w, w.school, SCHOOL), put(w, twin, SCHOOL)
    wait_until(lambda: has(w.hub, mine), 60, what="the hub has what the first wrote")
    wait_until(lambda: link(twin, "parent") == "clone", 60, what="the copy hears that it is one")
    assert not has(w.hub, theirs)
    w.school.stop()
    wait_until(lambda: has(w.hub, theirs), 60, what="the hub has what the copy wrote")
    twin.stop()
    w.nodes.remove(twin)
    w.school.run()
    wait_until(lambda: has(w.school, theirs), 60, what="the node is given what its copy wrote")
    well(w)


world.main(scene)
