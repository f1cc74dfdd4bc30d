# SPDX-License-Identifier: Apache-2.0
"""Clocks that are wrong: a school in 1970, a hub in 2100, a region of today. No clock decides anything about data."""
import os

import world
from world import SAMPLE, refused, test, wait_until

SCHOOL, OTHER = "03-08-01", "03-08-02"
IN_1970, IN_2100 = 86400, 4102444800
DAY = 86400


class clock:
    """Programs started within, and commands, believe that it is then."""

    def __init__(self, seconds):
        self.env = {"LD_PRELOAD": str(world.BIN / "libfaults_preload.so"), "FAULTS_CLOCK": str(seconds)}

    def __enter__(self):
        os.environ.update(self.env)

    def __exit__(self, *_):
        for name in self.env:
            del os.environ[name]


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.hub = w.node("hub")
    with clock(IN_2100):
        w.hub.join(w.region, "03-08", listen=True).run()
        wait_until(lambda: len(w.hub.records("organisation")) >= 14, what="the hub knows the organisations")
        token = w.hub.token(SCHOOL)
    w.school = w.node("school")
    with clock(IN_1970):
        w.school._join(token)
        w.school.run()
    w.settle()
    return w


def event(node, org, code, title="Семинар"):
    node.put("event", {"code": code, "kind": "seminar", "title": title, "org": org, "starts_on": "2024-01-10"})


def title(node, code):
    found = node.list("event", "--where", f"code={code}")
    return found[0]["body"]["title"] if found else None


@test
def nodes_of_three_centuries_join_and_feed_each_other(w):
    assert w.school.log().startswith("1970"), "the clock is not wrong"
    assert w.hub.log().startswith("2100"), "the clock is not wrong"
    event(w.school, SCHOOL, "A")
    event(w.hub, "03-08", "B")
    event(w.region, "03", "C")
    w.settle()
    for node in w.nodes:
        assert title(node, "C") and (node is w.school or title(node, "A")), node.name
    assert title(w.region, "B") and title(w.school, "B")


@test
def a_later_change_wins_whatever_the_clock_says(w):
    """Also when the clock was put back, or right, in between."""
    for when, text in ((IN_2100, "в 2100"), (IN_1970, "в 1970"), (1700000000, "в 2023")):
        w.school.stop()
        with clock(when):
            w.school.run()
        event(w.school, SCHOOL, "A", text)
        w.settle()
        assert title(w.region, "A") == title(w.hub, "A") == title(w.school, "A") == text


@test
def a_hub_put_back_from_2100_to_1970_keeps_its_child(w):
    w.hub.stop()
    with clock(IN_1970):
        w.hub.run()
    event(w.school, SCHOOL, "D")
    event(w.region, "03", "E")
    w.settle()
    assert title(w.region, "D") and title(w.school, "E")
    w.conserved()
    for node in w.nodes:
        assert not node.quarantine(), node.quarantine()


def started_in(w, when):
    w.hub.stop()
    with clock(when):
        w.hub.run()


@test
def an_invitation_that_has_expired_stays_so_when_the_clock_is_put_back(w):
    """The hub's clock is put back behind the day of the invitation, and the computer that joins has the same wrong clock."""
    started_in(w, IN_2100 + DAY)
    with clock(IN_2100 + DAY):
        stolen, good = w.hub.token(OTHER, "--expires", "1h"), w.hub.token(OTHER, "--expires", "14d")
    started_in(w, IN_2100 + 2 * DAY)
    for when in (IN_2100 + DAY, IN_1970):
        started_in(w, when)
        assert w.hub.log("gate").splitlines()[-1].startswith(("2100-01-02", "1970")), "the clock was not put back"
        with clock(when):
            refused(1, w.selenga, "node", "join", w.file("thief"), stolen, says="has expired")
    with clock(IN_1970):  # one whose time has not run out is good
        w.selenga("node", "join", w.file("other"), good)


@test
def who_was_revoked_stays_so_when_the_clock_is_put_back(w):
    started_in(w, IN_2100 + 3 * DAY)
    wait_until(lambda: [l for l in w.school.links("parent") if l["state"] == "up"], what="the school is linked")
    with clock(IN_2100 + 3 * DAY):
        unused = w.hub.token(SCHOOL, "--replace")
    w.hub.selenga("node", "revoke", SCHOOL, "--why", "украден компьютер")
    for when in (IN_2100, IN_1970):
        started_in(w, when)
        wait_until(lambda: [l for l in w.school.links("parent") if l["state"] == "refused"], what="the school is refused")
        assert [l["state"] for l in w.hub.links("child") if l["org"] == SCHOOL] == ["revoked"]
        with clock(when):
            refused(1, w.selenga, "node", "join", w.file("thief"), unused, "--replace", says="was revoked")


world.main(scene)
