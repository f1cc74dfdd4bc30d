# SPDX-License-Identifier: Apache-2.0
"""A region, two municipalities, four schools: sheets are imported everywhere while programs and whole nodes are killed at random
and lines are cut. In the end each node holds exactly what its place in the tree says, byte for byte."""
import os
import random
import threading

import world
from world import PROGRAMS, SAMPLE, Refused, test, wait_until

SCHOOLS = ("03-01-01", "03-01-02", "03-08-01", "03-08-02")
UP_SHEETS = ("staff", "team", "event", "mentoring-pair", "mentoring-meeting")
# Kinds that go to the region, by the sheets above.
UP_KINDS = ("person", "employment", "team", "event", "mentoring-pair", "mentoring-meeting")
REGION_SHEETS = ("competency", "programme", "programme-run", "event", "campaign")
DOWN_KINDS = ("competency", "programme", "programme-run", "event", "campaign", "organisation")


def scene(w):
    w.tree_nodes = w.tree(schools=SCHOOLS, lines=True)
    return w


def imported(node, folder, sheet):
    """Imports until it works: what is not now may be given again."""
    path = SAMPLE / folder / f"{sheet}.csv"
    if not path.exists():
        return
    def done():
        try:
            answer = node.sheet(sheet, path)
        except Refused as error:
            if error.code == 75:
                return False
            assert isinstance(error.out, dict), error
            # a row may refer to something that has not come down yet
            reasons = open(error.out["rejected_file"], encoding="utf-8-sig").read()
            assert "is not there" in reasons or "not known" in reasons, reasons
            return False
        return answer["rejected"] == 0
    wait_until(done, 120, what=f"{node.name} has imported {sheet}")


class Trouble:
    """Kills and cuts, one strike after the other. In the thread that started the nodes: they die with it."""

    def __init__(self, nodes, seed):
        self.nodes, self.dice = nodes, random.Random(seed)
        self.kills = self.cuts = 0
        self.idle = threading.Event()

    def pause(self, most_s):
        self.idle.wait(self.dice.uniform(0, most_s))

    def strike(self):
        node = self.dice.choice(self.nodes)
        what = self.dice.random()
        if what < 0.6:
            self.kills += node.kill(self.dice.choice(PROGRAMS))
        elif what < 0.7:
            node.kill_all()
            node.start()
            self.kills += 1
        elif node.line:
            self.cuts += 1
            self.cut(node.line, self.dice.choice(("cut", "restart", "half", "slow")))

    def cut(self, line, how):
        if how == "cut":
            line.down()
        elif how == "restart":
            line.restart()
        elif how == "half":
            line.half_open()
        else:
            line.rate, line.delay_s = 8000, 0.1
        self.pause(1)
        line.up()
        line.rate = line.delay_s = 0


class Worker(threading.Thread):
    """Imports a folder's sheets in order."""

    def __init__(self, node, folder, sheets):
        super().__init__()
        self.work, self.failed = (node, folder, sheets), None
        self.start()

    def run(self):
        node, folder, sheets = self.work
        try:
            for sheet in sheets:
                imported(node, folder, sheet)
        except Exception as error:
            self.failed = error


@test
def everything_arrives_exactly_once_through_kills_and_cuts(w):
    nodes = w.tree_nodes
    nodes["03"].line = None
    seed = int(os.environ.get("SELENGA_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"seed    {seed}", flush=True)
    trouble = Trouble(w.nodes, seed)
    workers = [Worker(nodes[org], f"school-{org}", UP_SHEETS) for org in SCHOOLS] + [Worker(nodes["03"], "region", REGION_SHEETS)]
    while trouble.kills < 25 or trouble.cuts < 8 or any(worker.is_alive() for worker in workers):
        trouble.pause(0.4)
        trouble.strike()
    for worker in workers:
        worker.join()
        if worker.failed:
            raise worker.failed
    for node in w.nodes:
        node.ready()
    print(f"        {trouble.kills} kills, {trouble.cuts} cuts", flush=True)
    w.settle()


def same(a, b, what):
    a, b = ({r["id"]: r for r in records} for records in (a, b))
    assert a == b, f"{what}: only one side has {[i for i in a.keys() ^ b.keys()][:3]}, different {[i for i in a.keys() & b.keys() if a[i] != b[i]][:3]}"


@test
def each_school_s_records_are_at_the_region_byte_for_byte(w):
    for kind in UP_KINDS:
        at_region = w.tree_nodes["03"].list(kind)
        assert len({r["id"] for r in at_region}) == len(at_region), f"{kind}: doubled"
        for org in SCHOOLS:
            school = w.tree_nodes[org]
            at_home = [r for r in school.list(kind) if r["home"] == school.path]
            assert at_home or not (SAMPLE / f"school-{org}" / f"{kind}.csv").exists()
            same(at_home, [r for r in at_region if r["home"] == school.path], f"{kind} of {org}")
            same(at_home, [r for r in w.tree_nodes[org[:5]].list(kind) if r["home"] == school.path], f"{kind} of {org} at its hub")


@test
def the_region_s_records_are_everywhere(w):
    for kind in DOWN_KINDS:
        region = w.tree_nodes["03"]
        at_home = [r for r in region.list(kind) if r["home"] == region.path]
        assert at_home, kind
        for org, node in w.tree_nodes.items():
            same(at_home, [r for r in node.list(kind) if r["home"] == region.path], f"{kind} at {org}")


@test
def no_other_node_holds_what_it_should_not(w):
    """Names stay below the region, absences at home, and one school's people are not at another."""
    nodes = w.tree_nodes
    assert not nodes["03"].list("identity")
    for org in SCHOOLS:
        assert {r["org"] for r in nodes[org].list("employment")} == {org}
        assert {r["org"] for r in nodes[org].list("identity")} == {org}
        same(nodes[org].list("identity"), [r for r in nodes[org[:5]].list("identity") if r["org"] == org], f"identity of {org}")


@test
def importing_again_is_all_unchanged(w):
    for org in SCHOOLS:
        answer = w.tree_nodes[org].sheet("staff", SAMPLE / f"school-{org}" / "staff.csv")
        assert (answer["new"], answer["changed"], answer["rejected"]) == (0, 0, 0), answer


@test
def every_feed_adds_up_and_nothing_waits(w):
    w.settle()
    w.conserved()
    for node in w.nodes:
        assert not node.quarantine(), node.quarantine()
        assert all(q["waiting"] == 0 and q["quarantined"] == 0 and q["in_flight_bytes"] == 0 for q in node.queues())


@test
def both_ends_count_the_same(w):
    """Applied is the consumer's own count; it is known once a feed has fallen quiet."""
    for node in w.nodes:
        for q in node.queues():
            if q["flow"] != "local":
                assert q["applied"] == q["produced"], f"{node.name}: {q}"


world.main(scene)
