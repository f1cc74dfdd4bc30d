# SPDX-License-Identifier: Apache-2.0
"""A school behind a poor line: 64 kbit/s, 600 ms there and back, every fifth packet lost each way; and cut again and again.
That everything arrives is asserted; how long it took is told. The system's gate settings, not the quick ones of other tests."""
import random
import subprocess
import sys
import time

import lossy
import world
from world import SAMPLE, test, wait_until

SCHOOL = "03-08-01"
DAY, WEEK, BULK = 200, 800, 1500
DAYS, EDITS = 2, 3
CUT_EVERY_S, CUT_S = 30, 2
WORDS = ("методика урока чтения мастерская молодого педагога разбор открытого занятия функциональная грамотность "
         "работа с текстом математика в начальной школе проектная деятельность консультация по программе").split()

if not lossy.possible():
    print("needs root and /dev/net/tun: skipped")
    sys.exit(77)
world.QUICK.clear()
dice = random.Random(7)


def scene(w):
    w.bad_line = w.lines = line = lossy.Lossy()  # closed with the world
    w.region, w.hub, w.school = (w.node(n) for n in ("region", "hub", "school"))
    w.region.prefix = w.hub.prefix = line.prefix(line.far)
    w.school.prefix = line.prefix(line.near)
    w.hub.address = line.FAR
    w.region.init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.hub.join(w.region, "03-08", listen=True).run()
    wait_until(lambda: len(w.hub.records("organisation")) >= 14, what="the hub knows the organisations")
    w.school.join(w.hub, SCHOOL).run()
    w.settle()
    w.written = 0
    return w


def write(w, n):
    """A sheet of events at the school; returns when they are acknowledged there."""
    rows = ""
    for _ in range(n):
        w.written += 1
        title = " ".join(dice.choices(WORDS, k=6))
        rows += f"З-{w.written},seminar,{title},{SCHOOL},2024-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02},\n"
    w.school.text("event", "code,kind,title,org,starts_on,ends_on\n" + rows)


def at_hub(w):
    return len(w.hub.list("event"))


def arrived(w, deadline_s):
    """Seconds until the hub has everything."""
    begun = time.monotonic()
    wait_until(lambda: at_hub(w) == w.written, deadline_s, what=f"{w.written} events are at the hub")
    return time.monotonic() - begun


def told(what, seconds, w, before):
    up, down = (b - a for a, b in zip(before, w.bad_line.bytes()))
    print(f"        {what}: {seconds:.1f} s, {up} bytes up, {down} down", flush=True)


@test
def a_day_s_records_arrive_over_a_poor_line(w):
    w.bad_line.bad()
    for _ in range(DAYS):
        before = w.bad_line.bytes()
        write(w, DAY)
        told(f"{DAY} records", arrived(w, 300), w, before)


@test
def a_week_s_backlog_completes(w):
    w.bad_line.bad()
    w.bad_line.cut = True
    write(w, WEEK)
    assert at_hub(w) < w.written
    before = w.bad_line.bytes()
    w.bad_line.cut = False
    told(f"{WEEK} records that had waited", arrived(w, 600), w, before)


def edit(w, code):
    """A person writes one record; seconds until the hub has it."""
    w.school.put("event", {"code": code, "kind": "seminar", "title": "Правка", "org": SCHOOL, "starts_on": "2024-01-10"})
    begun = time.monotonic()
    wait_until(lambda: w.hub.list("event", "--where", f"code={code}"), 300, what=f"{code} is at the hub")
    return time.monotonic() - begun


@test
def a_person_s_edit_arrives_before_the_load_that_it_stands_behind(w):
    w.bad_line.bad()
    write(w, BULK)
    waits = []
    for n in range(EDITS):
        pause_end = time.monotonic() + 2
        wait_until(lambda: time.monotonic() > pause_end)
        waits.append(edit(w, f"П-{n}"))
        w.written += 1
    print(f"        edits behind {BULK} records: " + ", ".join(f"{s:.1f}" for s in waits) + " s", flush=True)
    assert at_hub(w) < w.written, "the load was there already"


def drop_connections(w):
    """Those of both ends are gone; what they tell each other is lost."""
    w.bad_line.cut = True
    for name in (w.bad_line.near, w.bad_line.far):
        subprocess.run([*w.bad_line.prefix(name), "ss", "-HKt", "state", "established", "(", "src", lossy.Lossy.NEAR, "or",
                        "src", lossy.Lossy.FAR, ")"], capture_output=True, check=False)


@test
def a_line_that_is_cut_again_and_again_finishes(w):
    """A load, and what an earlier one may have left."""
    w.bad_line.bad()
    write(w, BULK)
    begun, before, cuts = time.monotonic(), w.bad_line.bytes(), 0
    next_cut = begun + CUT_EVERY_S
    while at_hub(w) < w.written:
        if time.monotonic() < next_cut:
            seen_at = time.monotonic()
            wait_until(lambda: time.monotonic() > seen_at + 0.5)
            continue
        cuts += 1
        drop_connections(w)
        cut_end = time.monotonic() + CUT_S
        wait_until(lambda: time.monotonic() > cut_end)
        w.bad_line.cut = False
        next_cut = time.monotonic() + CUT_EVERY_S
        assert next_cut < begun + 600, "not in ten minutes"
    told(f"{BULK} records and more, with {cuts} cuts", time.monotonic() - begun, w, before)
    assert cuts > 0
    w.bad_line.good()
    w.settle()
    w.conserved()
    downs = [l for l in w.school.log("gate").splitlines() if "GATE-PARENT-DOWN" in l]
    print(f"        the school lost its parent {len(downs)} times", flush=True)


world.main(scene)
