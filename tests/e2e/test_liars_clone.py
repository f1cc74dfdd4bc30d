# SPDX-License-Identifier: Apache-2.0
"""One school's directory is copied to a second computer, and both run. The hub names it, goes on with the first, and nothing grows."""
import shutil

import liars
import world
from liars import HUB, SCHOOL, has_event, put_event
from rogue import Rogue
from wire import ERROR, GATE, HELLO, WELCOME, Dealer, envelope, message, parse
from world import SAMPLE, spoken, test, wait_until

EVENTS = 5
# A hub waits a quarter of its silence for the first one's answer: the first must not seem dead on a busy machine.
world.QUICK["gate"]["silence_ms"] = 16000


def scene(w):
    liars.scene(w, staff=False)
    w.school.stop()
    w.second = w.node("second")
    w.nodes.remove(w.second)  # its ways are its own: world.settle asks only the others
    shutil.copytree(w.school.dir, w.second.dir, ignore=shutil.ignore_patterns("gate"))  # not the socket
    w.second.path, w.second.org = w.school.path, SCHOOL
    return w


def conflicts(w):
    return sum(len([q for q in node.quarantine() if q["code"] == "CONFLICT"]) for node in (w.hub, w.region))


def named(w):
    """The hub says it in both places."""
    link = [l for l in w.hub.links("child") if l["org"] == SCHOOL and "clone" in str(l).lower()]
    queue = [q for q in w.hub.queues(flow="down") if q["peer"] == SCHOOL and q["reason"] == "CLONE"]
    return link and queue


def people_are_told(w):
    """On both sides, what it is and what to do."""
    for node, verbs in ((w.hub, (("links",), ("queues",), ("node", "list"))), (w.second, (("links",), ("queues",), ("node", "status")))):
        for verb in verbs:
            said = spoken(node, *verb)
            assert "Two computers run" in said and "node revoke" in said and "?" not in said, (node.name, verb, said)


@test
def a_clone_is_named_and_the_first_goes_on(w):
    w.school.run()
    w.school.text("staff", (SAMPLE / f"school-{SCHOOL}" / "staff.csv").read_text())
    wait_until(lambda: w.region.records("employment"), what="the first is heard")
    w.second.run()
    try:
        w.second.text("staff", (SAMPLE / f"school-{SCHOOL}" / "staff.csv").read_text())
        put_event(w.second, SCHOOL, "OF-SECOND")
        wait_until(lambda: named(w), what="the hub names the clone in links and queues")
        people_are_told(w)
        before = conflicts(w)
        for n in range(EVENTS):
            put_event(w.school, SCHOOL, f"OF-FIRST-{n}")
            wait_until(lambda c=f"OF-FIRST-{n}": has_event(w.region, c), what="the first goes on")
        assert not has_event(w.region, "OF-SECOND")
        assert conflicts(w) == before == 0, (before, conflicts(w))
    finally:
        w.second.stop()


@test
def when_the_second_is_away_nothing_is_named_any_more(w):
    put_event(w.school, SCHOOL, "ALONE")
    wait_until(lambda: has_event(w.region, "ALONE"), what="the first goes on")
    wait_until(lambda: not [q for q in w.hub.queues() if q["reason"] == "CLONE"], what="no clone is named")
    assert conflicts(w) == 0


@test
def a_thief_s_own_program_that_says_no_number_is_named_as_well(w):
    """The school is at work; the thief knocks again and again."""
    thief = Rogue(stolen=w.school.dir)
    answers = set()
    def told():
        door = Dealer(thief.endpoint, thief.hub_key, thief.keys)
        door.send(envelope(HELLO, GATE, GATE, message(f2="0.1.0", f3=1)))
        answer = door.receive(1)
        answers.add(parse(answer)[2][0] if answer else None)
        door.close()
        return ERROR in answers
    wait_until(told, what="the thief is turned away")
    assert WELCOME not in answers, answers
    wait_until(lambda: named(w), what="the hub names the clone in links and queues")
    put_event(w.school, SCHOOL, "BESIDE-A-THIEF")
    wait_until(lambda: has_event(w.region, "BESIDE-A-THIEF"), what="the school goes on")


world.main(scene)
