# SPDX-License-Identifier: Apache-2.0
"""An enrolled school hands back more than anybody could have given it: it stops itself, and nobody else."""
import os
import time

import liars
import world
from flood import slack
from forge import ORGANISATION, PROGRAMME, UP_REGION, edit, pack, path, stranger
from liars import HUB, LIAR, SCHOOL, Unchanged, has_event, heard_out, put_event, region_s_records
from rogue import Rogue
from wire import REGISTRY, message
from world import SAMPLE, Late, memory_kib, test, wait_until

FLOOD = 4000
PAGE = 100  # of what is handed back at once
PAD = 6000  # bytes that make each of them larger: two pages of the store
GROWTH = (40 << 20, 8 << 20)  # of the hub's stores, with two liars' shares; of the region's
MEMORY_KIB = 64 * 1024
PROMPT_S = 3
NEEDY = [f"{HUB}:{n}" for n in (1, 2)]
world.without_quarantine()


def scene(w):
    liars.scene(w)
    w.liar = Rogue(w.hub.token(LIAR)).live()
    w.region.sheet("campaign", SAMPLE / "region" / "campaign.csv")
    w.hub.sheet("staff", SAMPLE / f"hub-{HUB}" / "staff.csv")
    wait_until(lambda: w.hub.records("campaign") and w.hub.records("competency"))
    w.hub.text("result", "campaign,person,competency,score,max,taken_on\n" + "".join(f"DIAG-24,{p},SUBJ-1,1,20,2024-03-06\n" for p in NEEDY))
    wait_until(lambda: len(w.hub.records("deficit")) == len(NEEDY))
    wait_until(lambda: len(region_s_records(w, w.liar, ORGANISATION)) >= 14)
    w.settle_staff = wait_until(lambda: w.region.list("employment", "--org", HUB))
    return w


@test
def a_programme_without_a_code_that_is_handed_back_does_not_stop_routing(w):
    pids = w.hub.pids()
    assert w.hub.selenga("route", "propose", NEEDY[0])
    with Unchanged(w, w.liar):
        for home in (w.hub, w.region, w.school):
            for body in (message(f8="UCH-24:SUBJ-1"), message(f1="", f8="UCH-24:SUBJ-1"), b""):
                forged = pack({"rid": w.liar.new_id(), "kind": PROGRAMME, "home": path(home.path), "inc": 1, "seq": 900, "boot": 9, "org": "03", "author": "x",
                               "body": body, "up": UP_REGION, "down": 2, "seal": bytes(16)})
                w.liar.offer_bytes(REGISTRY, forged)
                wait_until(w.liar.hand_back(REGISTRY, [forged]), what="handed back")
        heard_out(w, w.liar)
    assert w.hub.selenga("route", "propose", NEEDY[1])
    assert w.hub.pids() == pids, "a program ended"


def store_bytes(node):
    return sum(f.stat().st_blocks * 512 for f in (node.dir / "store").rglob("*") if f.is_file())


def flood(w, liar):
    """Forged versions of what the region wrote, each another one."""
    known = list(region_s_records(w, liar, ORGANISATION).values())
    for n in range(FLOOD):
        data = known[n % len(known)]
        yield edit(data, lambda r, n=n: {**stranger(r), "seq": r["seq"] + n}, body={"f99": os.urandom(PAD)})


def prompt(w, code):
    """A sibling's record goes up, and the region's comes down, in the midst of it."""
    begun = time.monotonic()
    put_event(w.school, SCHOOL, code)
    wait_until(lambda: has_event(w.region, code), what=f"{code} is at the region")
    took = time.monotonic() - begun
    assert took < PROMPT_S * slack(), took


@test
def a_flood_of_what_is_handed_back_harms_no_sibling_and_bounds_itself(w):
    nodes = (w.hub, w.region)
    before = [(store_bytes(n), {p: memory_kib(pid, "VmHWM") for p, pid in n.pids().items()}, n.pids()) for n in nodes]
    other = Rogue(w.hub.token("03-08-03")).live()
    wait_until(lambda: len(other.held(REGISTRY, kind=ORGANISATION)) >= 14)
    with Unchanged(w, w.liar, other):
        for liar in (w.liar, other):
            for n, data in enumerate(flood(w, liar)):
                liar.offer_bytes(REGISTRY, data)
                if n % 500 == 0:
                    prompt(w, f"ALL-AMID-{liar.org}-{n}")
        for liar in (w.liar, other):
            try:
                wait_until(lambda l=liar: l.all_acked() or l.troubles[REGISTRY] == "PEER-QUOTA")
            except Late:
                raise Late(f"neither through nor stopped: {liar.acked[REGISTRY]} of {FLOOD}, '{liar.troubles[REGISTRY]}'") from None
        more = list(flood(w, w.liar))
        for at in range(0, FLOOD, PAGE):
            w.liar.hand_back(REGISTRY, more[at:at + PAGE])
            if at % 500 == 0:
                prompt(w, f"ALL-AMID-BACK-{at}")
    assert w.liar.troubles[REGISTRY] == other.troubles[REGISTRY] == "PEER-QUOTA", (w.liar.troubles, other.troubles)
    for node, most, (size, memory, pids) in zip(nodes, GROWTH, before):
        assert node.pids() == pids, f"a program of {node.name} ended"
        assert store_bytes(node) - size < most, f"{node.name}: {store_bytes(node) - size}"
        grown = {p: memory_kib(pid, "VmHWM") - memory[p] for p, pid in pids.items()}
        print(f"        {node.name}: KiB more: {grown}")
        assert max(grown.values()) < MEMORY_KIB, f"{node.name}: {grown}"
    assert len(w.region.log("registry").splitlines()) < 60, "told once"
    other.close()


@test
def after_it_the_operator_revokes_and_looks_on(w):
    w.hub.selenga("node", "revoke", LIAR, "--why", "поток чужих записей")
    assert w.hub.view("queues") is not None and w.hub.view("node", "status")
    liars.settled(w)
    w.liar.close()


world.main(scene)
