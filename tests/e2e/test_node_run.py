# SPDX-License-Identifier: Apache-2.0
"""What `selenga node run` promises: ready, restarts, an orderly end, one supervisor a node."""
import fcntl
import os
import signal

import world
from world import PROGRAMS, alive, patience, refused, spoken, test, wait_until


def scene(w):
    return w.node("region").init("03").run()


@test
def a_second_supervisor_is_refused(node):
    said = refused(1, node.world.selenga, "node", "run", node.dir)
    assert str(node.process.pid) in said, said
    assert node.process.poll() is None


@test
def a_second_gate_of_the_same_node_ends_by_itself(node):
    import subprocess
    done = subprocess.run([world.BIN / "selenga-gate", node.dir], capture_output=True, text=True, timeout=patience(20), check=False)
    assert done.returncode == 1, done
    assert node.selenga("node", "status")


@test
def node_status_tells_of_every_program(node):
    rows = {r["program"]: r for r in node.selenga("node", "status")}
    assert sorted(rows) == sorted(PROGRAMS), rows
    for program, row in rows.items():
        assert row["well"] and row["pid"] == node.pid(program) and row["version"] and row["memory_bytes"] > 0, row
        assert program == "gate" or row["store_bytes"] > 0, row


@test
def every_program_that_is_killed_comes_back(node):
    for program in PROGRAMS:
        old = node.pid(program)
        assert node.kill(program)
        wait_until(lambda: node.pids().get(program) not in (None, old), what=f"{program} is started again")
        wait_until(lambda: all(r["well"] for r in status_or_nothing(node)), what=f"all well after {program} was killed")
    assert node.list("organisation")


def status_or_nothing(node):
    try:
        return node.selenga("node", "status")
    except world.Refused:
        return [{"well": False}]


@test
def node_status_is_2_while_a_program_does_not_answer(node):
    pid = node.pid("routing")
    os.kill(pid, signal.SIGSTOP)
    try:
        said = refused(2, node.selenga, "node", "status")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert said == "", said


@test
def sigterm_stops_in_order_and_leaves_no_process(node):
    pids = node.pids()
    supervisor = node.process.pid
    assert node.stop() == 0
    assert not [p for p in (*pids.values(), supervisor) if alive(p)]
    assert not node.pids()
    refused(75, node.selenga, "queues", says="is not running")


@test
def a_supervisor_killed_outright_takes_its_programs_with_it(node):
    node.run()
    node.kill_all()
    node.run()
    assert node.list("organisation")


@test
def a_gate_waits_for_one_that_is_still_ending(node):
    """Of a killed process, threads may live on for a moment, and hold its lock."""
    node.stop()
    with (node.dir / "run" / "gate.pid").open("w") as ending:
        fcntl.flock(ending, fcntl.LOCK_EX)
        node.start()
        wait_until(lambda: all(node.pids().get(p) for p in world.SERVICES), what="the services run")
    node.ready()
    assert "(status 1)" not in node.err.read_text(), node.err.read_text()


@test
def a_gate_whose_port_is_another_s_says_so(node):
    """To say only that the node does not run would send people astray."""
    second = node.world.node("second").init("04")
    node.world.nodes.remove(second)  # its gate ends again and again: here nobody complains of that
    conf = second.dir / "node.conf"
    was = conf.read_text()
    conf.write_text(was.replace(f":{second.port}", f":{node.port}"))
    second.start()
    try:
        wait_until(lambda: "GATE-START" in spoken(second, "node", "status"), what="it is said why")
        said = refused(75, second.selenga, "queues", says="does not start")
        assert "Address already in use" in said and "`listen`" in said, said
    finally:
        second.stop()
    refused(75, second.selenga, "queues", says="start it")
    conf.write_text(was)
    second.run()
    second.stop()


@test
def all_stores_may_be_moved_away_at_once(node):
    """As each of them may: the neighbours give back what they hold."""
    node.stop()
    (node.dir / "store").rename(node.dir / "store.away")
    node.run()
    assert all(row["well"] for row in node.selenga("node", "status"))


world.main(scene)
