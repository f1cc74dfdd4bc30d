# SPDX-License-Identifier: Apache-2.0
"""A child that is revoked is cut off at once, and only it."""
import subprocess

import wire
import world
from rogue import Rogue, key_id
from wire import REGISTRY, message, parse, sint
from world import BIN, patience, refused, test, wait_until

SCHOOL, OTHER = "03-08-01", "03-08-02"
EVENT = 116
TOLD = ([wire.ERROR], "PARENT-REVOKED", ["ключ украден"])
LONG = ", ".join(["компьютер школы передан в другое учреждение"] * 4)


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.rogue = Rogue(w.hub.token(OTHER)).connect()
    return w


def state(w, org):
    return [l["state"] for l in w.hub.links("child") if l["org"] == org]


def greeted_again(w, keys=None):
    """What the hub answers to a greeting: the envelope's type, and of a fault its code and words."""
    door = wire.Dealer(w.rogue.endpoint, w.rogue.hub_key, keys or w.rogue.keys)
    door.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))
    answer = door.receive(patience(10) if not keys else 1.5)
    door.close()
    if not answer:
        return None
    envelope = parse(answer)
    fault = parse(parse(envelope[9][0])[1][0])
    return envelope[2], fault[1][0].decode(), [a.decode() for a in fault.get(3, [])]


def says_why(node, words):
    """Each of the views that show the parent, as text and as JSON."""
    for verb in (("node", "status"), ("links",), ("queues",)):
        done = subprocess.run([BIN / "selenga", "--node", node.dir, *verb], text=True, capture_output=True, check=False)
        assert done.returncode == 1 and words in done.stdout, (verb, done)
    link = node.links("parent")[0]
    gate = node.status("gate")
    assert (link["state"], link["reason"], link["words"]) == ("refused", "PARENT-REVOKED", words), link
    assert (gate["trouble"], gate["words"]) == ("PARENT-REVOKED", words), gate


def offer(w, code):
    w.rogue.offer(REGISTRY, kind=EVENT, rid=key_id(EVENT, code),
                  body=message(f1=code, f2="seminar", f3="t", f4=OTHER, f5=sint(19000)))


@test
def who_is_no_child_cannot_be_revoked(w):
    refused(1, w.hub.selenga, "node", "revoke", "03-99", "--why", "x", says="No child")
    refused(64, w.hub.selenga, "node", "revoke", OTHER)
    refused(1, w.hub.selenga, "node", "revoke", "03-08", "--why", "x")
    w.rogue.serve(lambda: state(w, OTHER) == ["up"])  # it was silent meanwhile, and may have been taken for gone


@test
def the_live_connection_ends_at_once(w):
    offer(w, "R-1")
    w.rogue.serve(w.rogue.all_acked)
    wait_until(lambda: w.hub.list("event", "--where", "code=R-1"))
    w.rogue.serve(lambda: state(w, OTHER) == ["up"])
    cut = w.hub.log("gate").count("GATE-CHILD-DOWN")
    w.hub.selenga("node", "revoke", OTHER, "--why", "ключ украден")
    wait_until(lambda: w.hub.log("gate").count("GATE-CHILD-DOWN") > cut, what="the connection is cut")
    assert state(w, OTHER) == ["revoked"], w.hub.links()


@test
def its_further_pushes_are_not_taken(w):
    offer(w, "R-2")
    for _ in range(20):
        w.rogue.push(REGISTRY, w.rogue.sessions[REGISTRY], 1)
    w.rogue.close()
    assert greeted_again(w) == TOLD
    door = wire.Dealer(w.rogue.endpoint, w.rogue.hub_key, w.rogue.keys)
    door.send(wire.envelope(wire.PULL, REGISTRY, REGISTRY, b""))
    assert door.receive(1.5) is None, "who does not greet is told nothing"
    door.close()
    w.school.put("event", {"code": "S-1", "kind": "seminar", "title": "После", "org": SCHOOL, "starts_on": "2024-01-10"})
    wait_until(lambda: w.region.list("event", "--where", "code=S-1"), what="the other school's work goes on")
    assert not w.hub.list("event", "--where", "code=R-2")


@test
def links_and_node_list_show_it(w):
    assert state(w, OTHER) == ["revoked"]
    row = [n for n in w.hub.selenga("node", "list") if n["org"] == OTHER][0]
    assert row["state"] == "revoked" and row["why"] == "ключ украден", row
    wait_until(lambda: state(w, SCHOOL) == ["up"], what="the link is up, or again")
    assert w.hub.list("event", "--where", "code=R-1"), "what it had sent before stays"


@test
def it_stays_so_when_the_hub_is_started_again(w):
    w.hub.kill_all()
    w.hub.run()
    wait_until(lambda: state(w, SCHOOL) == ["up"], what="the other school is back")
    assert state(w, OTHER) == ["revoked"]
    assert greeted_again(w) == TOLD


@test
def nobody_but_who_proves_the_revoked_key_is_told_why(w):
    public, _ = w.rogue.keys
    _, secret = wire.key_pair()
    assert greeted_again(w, wire.key_pair()) is None
    assert greeted_again(w, (public, secret)) is None, "the public key is no proof"


@test
def a_real_node_says_that_it_is_refused_and_works_on(w):
    w.hub.selenga("node", "revoke", SCHOOL, "--why", "проверка")
    link = wait_until(lambda: [l for l in w.school.links("parent") if l["state"] == "refused"], what="the school knows")
    assert link
    says_why(w.school, "проверка")
    w.school.put("event", {"code": "S-2", "kind": "seminar", "title": "Сами", "org": SCHOOL, "starts_on": "2024-01-10"})
    assert w.school.list("event", "--where", "code=S-2")
    row = w.school.queues(flow="up", service="registry")[0]
    assert row["state"] == "offline" and row["waiting"] == 1, row


@test
def long_words_arrive_cut_at_a_whole_letter(w):
    w.hub.selenga("node", "revoke", SCHOOL, "--why", LONG)
    told = lambda: w.school.links("parent")[0]["words"]
    wait_until(lambda: told() not in (None, "проверка"), what="the school hears the new words")
    assert told().endswith("…") and LONG.startswith(told()[:-1]) and 60 < len(told()) < 160, told()


@test
def words_that_would_drive_a_terminal_are_not_recorded(w):
    refused(1, w.hub.selenga, "node", "revoke", SCHOOL, "--why", "взлом\x1b[2J", says="control characters")


@test
def invited_anew_it_keeps_its_path_and_its_work_arrives(w):
    """A new key for the same organisation; the store is kept."""
    fresh = w.node("fresh").join(w.hub, SCHOOL)
    assert fresh.path == w.school.path
    w.school.stop()
    fresh.put_back(w.school.dir / "store")
    fresh.run()
    wait_until(lambda: w.region.list("event", "--where", "code=S-2"), what="what it wrote while revoked is at the region")
    wait_until(lambda: state(w, SCHOOL) == ["up"], what="the link is up, or again")
    wait_until(lambda: [(l["state"], l["reason"], l["words"]) for l in fresh.links("parent")] == [("up", None, None)])


world.main(scene)
