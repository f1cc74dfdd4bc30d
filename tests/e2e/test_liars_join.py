# SPDX-License-Identifier: Apache-2.0
"""Joining and coming back: what a used token, a revoked key, an old computer and a hub that lies about itself get."""
import world
from false_hub import FalseHub
from forge import path
from liars import event_fields, has_event, put_event
from rogue import Rogue
from wire import ERROR, GATE, HELLO, REGISTRY, WELCOME, Dealer, envelope, key_pair, message, parse
from world import Refused, patience, test, wait_until

HUB, STOLEN, SCHOOL, OTHER = "03-08", "03-08-01", "03-08-02", "03-08-03"
NO_ANSWER_S = 0.8


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=())
    w.region, w.hub = nodes["03"], nodes[HUB]
    return w


def states(w, org):
    return [l["state"] for l in w.hub.links("child") if l["org"] == org]


def is_let_in(rogue, patience_s=patience(10)):
    door = Dealer(rogue.endpoint, rogue.hub_key, rogue.keys)
    door.send(envelope(HELLO, GATE, GATE, message(f2="0.1.0", f3=1)))
    answer = door.receive(patience_s)
    door.close()
    return answer is not None and parse(answer)[2] == [WELCOME]


def is_refused(rogue):
    """JOIN gets an error, or no connection at all."""
    answer = rogue.join(NO_ANSWER_S)
    assert not answer or answer[2] == [ERROR], answer
    assert not is_let_in(rogue, NO_ANSWER_S)


@test
def whoever_has_a_school_s_directory_is_the_school_until_it_is_revoked(w):
    """Copied from its disk or from an unsealed backup."""
    school = w.node("school").join(w.hub, STOLEN).run()
    put_event(school, STOLEN, "BEFORE")
    wait_until(lambda: has_event(w.region, "BEFORE"))
    school.stop()
    thief = Rogue(stolen=school.dir).live()
    wait_until(lambda: thief.sessions.get(REGISTRY))
    thief.offer(REGISTRY, **event_fields("THIEF", STOLEN))
    wait_until(lambda: has_event(w.region, "THIEF"), what="the region believes it")
    w.hub.selenga("node", "revoke", STOLEN, "--why", "украден компьютер")
    wait_until(lambda: states(w, STOLEN) == ["revoked"])
    thief.offer(REGISTRY, **event_fields("THIEF-2", STOLEN))
    assert not is_let_in(thief, NO_ANSWER_S)
    assert not has_event(w.hub, "THIEF-2")
    thief.close()


@test
def after_revoke_the_used_token_and_the_same_key_bring_nobody_back(w):
    liar = Rogue(w.hub.token(SCHOOL)).live()
    wait_until(lambda: states(w, SCHOOL) == ["up"])
    w.hub.selenga("node", "revoke", SCHOOL, "--why", "ключ украден")
    is_refused(liar)
    assert states(w, SCHOOL) == ["revoked"], w.hub.links()
    liar.keys, was = key_pair(), liar.keys
    is_refused(liar)  # the token with another key
    liar.keys = was
    w.hub.kill_all()
    w.hub.run()
    is_refused(liar)
    assert states(w, SCHOOL) == ["revoked"], w.hub.links()
    liar.close()


@test
def a_computer_that_was_replaced_cannot_come_back_and_lock_its_replacement_out(w):
    old = Rogue(w.hub.token(OTHER)).live()
    wait_until(lambda: states(w, OTHER) == ["up"])
    new = Rogue(w.hub.token(OTHER, "--replace")).live()
    wait_until(lambda: new.sessions, what="the replacement is served")
    for _ in range(3):
        is_refused(old)
        assert is_let_in(new)
    old.close()
    wait_until(lambda: "up" in states(w, OTHER), what="the replacement is up")
    new.close()


@test
def a_hub_that_lies_about_its_level_is_joined_by_nobody(w):
    """A region's key was stolen; the false one says that it is a municipality, and would be sent the names."""
    org = "03-08-04"
    tokens = [w.region.token(org) for _ in range(2)]
    w.region.stop()
    answer = {"f1": path(w.region.path) + b"\x11\x22\x33\x44", "f2": org, "f3": "school", "f4": "школа", "f5": bytes(range(32)), "f6": "03"}
    for rank, token in zip((1, 2), tokens):
        false = FalseHub(stolen=w.region.dir, joining={**answer, "f7": rank})
        node = w.node(f"joins-{rank}")
        w.nodes.remove(node)
        joined = True
        try:
            node._join(token)
        except Refused:
            joined = False
        false.close()
        assert joined == (rank == 2), f"it says rank {rank} and is {'' if joined else 'not '}joined"


world.main(scene)
