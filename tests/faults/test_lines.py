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
DAY, WEEK, BULK = 200, 1400, 6000
DAYS = 3
CUT_EVERY_S, CUT_S = 30, 2
WORDS = ("методика урока чтения мастерская молодого педагога разбор открытого занятия функциональная грамотность "
         "работа с текстом математика в начальной школе проектная деятельность консультация по программе").split()

if not lossy.possible():
    print("needs root and /dev/net/tun: skipped")
    sys.exit(77)
world.QUICK.clear()
dice = random.Random(7)


def scene(w):
    w.bad_line = line = lossy.Lossy()
    w.region, w.hub, w.school = (w.node(n) for n in ("region", "hub", "school"))
    w.region.prefix = w.hub.prefix = line.prefix(line.far)
    w.school.prefix = line.prefix(line.near)
    w.hub.address = line.FAR
    w.region.init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.hub.join(w.region, "03-08", listen=True).run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 14, what="the hub knows the organisations")
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


def drop_connections(w):
    """Both ends' connections are gone, and nobody tells the other."""
    w.bad_line.cut = True
    for name in (w.bad_line.near, w.bad_line.far):
        subprocess.run([*w.bad_line.prefix(name), "ss", "-HK", "src", f"{lossy.Lossy.NEAR},{lossy.Lossy.FAR}"], capture_output=True, check=False)


@test
def a_week_s_backlog_completes(w):
    w.bad_line.cut = True
    write(w, WEEK)
    assert at_hub(w) < w.written
    before = w.bad_line.bytes()
    w.bad_line.cut = False
    told(f"{WEEK} records that had waited", arrived(w, 600), w, before)


world.main(scene)
