# SPDX-License-Identifier: Apache-2.0
"""A stolen school writes records that keep every rule, without end. It fills its own part of its hub's store, and nobody else waits."""
import re

import liars
import world
from forge import EVENT, TO_ALL, UP_REGION, key_id
from liars import HUB, LIAR, SCHOOL, has_event, put_event
from rogue import Rogue
from wire import REGISTRY, message, sint
from world import test, wait_until

MAP_MIB, PART_MIB, SHEET = 24, 2, 2000
TITLE = "Seminar " + "x" * 380
RECORD = 500  # bytes of each, about


def configure(w, part_mib):
    w.hub.stop()
    text = re.sub(r"\nstore\n(    .*\n)*", "\n", w.hub.conf.read_text())
    w.hub.conf.write_text(text)
    w.hub.configure({"store": {"map_mib": MAP_MIB, "child_mib": part_mib}})
    w.hub.run()


def scene(w):
    liars.scene(w, staff=False)
    w.liar = Rogue(w.hub.token(LIAR)).live()
    configure(w, PART_MIB)
    w.offered = 0
    return w


def write_on(w, mib):
    """Events of the school's own, good ones."""
    end = w.offered + (mib << 20) // RECORD
    for n in range(w.offered, end):
        code = f"FILL-{n}"
        w.liar.offer(REGISTRY, kind=EVENT, rid=key_id(EVENT, code), down=TO_ALL, up=UP_REGION,
                     body=message(f1=code, f2="seminar", f3=TITLE, f4=LIAR, f5=sint(19700)))
    w.offered = end



def rows_at(node):
    return len(node.list("event", "--where", f"org={SCHOOL}", "--limit", "9999"))


@test
def it_is_stopped_at_its_part(w):
    write_on(w, MAP_MIB)
    wait_until(lambda: w.liar.troubles[REGISTRY] == "PEER-STORE", what="it is told that its part is full")
    assert PART_MIB << 20 <= w.liar.acked[REGISTRY] * RECORD <= 2 * PART_MIB << 20, w.liar.acked
    wait_until(lambda: "PEER-STORE" in str(w.hub.queues()), what="the hub's operator sees why")


@test
def nobody_else_notices(w):
    put_event(w.hub, HUB, "OF-HUB")
    rows = "".join(f"SHEET-{n},seminar,{TITLE},{SCHOOL},2024-01-10\n" for n in range(SHEET))
    w.school.text("event", "code,kind,title,org,starts_on\n" + rows)
    put_event(w.school, SCHOOL, "OF-SIBLING")
    for code in ("OF-HUB", "OF-SIBLING"):
        wait_until(lambda c=code: has_event(w.region, c), what=f"{code} is at the region")
    wait_until(lambda: rows_at(w.region) == SHEET + 1, what="so is the sibling's sheet")
    put_event(w.region, "03", "OF-REGION")
    wait_until(lambda: has_event(w.school, "OF-REGION"), what="the region's is at the school")


@test
def when_its_part_is_larger_it_goes_on(w):
    before = w.liar.acked[REGISTRY]
    configure(w, 2 * PART_MIB)
    wait_until(lambda: w.liar.acked[REGISTRY] > before, what="more of it is taken")


world.main(scene)
