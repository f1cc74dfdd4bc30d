# SPDX-License-Identifier: Apache-2.0
"""A program that hangs is noticed, told and started again; one that only waits is left alone."""
import os
import signal

import world
from world import PROGRAMS, test, wait_until

HANG_MS = 4000


def scene(w):
    region = w.node("region").init("03")
    region.configure({"supervisor": {"hang_ms": HANG_MS}})
    return region.run()


def all_well(node):
    try:
        return all(row["well"] for row in node.selenga("node", "status"))
    except world.Refused:
        return False


def comes_back(node, program, old):
    wait_until(lambda: node.pids().get(program) not in (None, old), what=f"{program} is started again")
    wait_until(lambda: all_well(node), what=f"all are well after {program} hung")


@test
def nobody_who_is_idle_is_taken_for_hung(node):
    assert "hangs" not in node.err.read_text(), node.err.read_text()
    assert all_well(node)


def stopped(node, programs):
    """All of them at once, so that they are waited for together."""
    old = {program: node.pid(program) for program in programs}
    for pid in old.values():
        os.kill(pid, signal.SIGSTOP)
    for program in programs:
        wait_until(lambda: f"selenga-{program} hangs: a signal stopped it" in node.err.read_text(), what=f"it is said that {program} hangs")
    for program in programs:
        comes_back(node, program, old[program])


@test
def a_gate_that_a_signal_stops_is_started_again_and_it_is_said_why(node):
    stopped(node, ["gate"])


@test
def services_that_a_signal_stops_are_started_again_and_it_is_said_why(node):
    stopped(node, [program for program in PROGRAMS if program != "gate"])


@test
def a_gate_without_its_socket_hangs(node):
    old = node.pid("gate")
    (node.dir / "run" / "gate").unlink()
    wait_until(lambda: "selenga-gate hangs: its socket run/gate is gone" in node.err.read_text(), what="it is said that the gate is cut off")
    comes_back(node, "gate", old)
    assert node.list("organisation")


@test
def nothing_is_left_that_says_they_hang(node):
    wait_until(lambda: not list((node.dir / "run").glob("*.trouble")), what="they work again, and nothing else is kept")


world.main(scene)
