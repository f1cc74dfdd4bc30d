# SPDX-License-Identifier: Apache-2.0
"""A disk that answers with errors: nothing is acknowledged that was not written for good, and work goes on when the disk does."""
import os

import world
from world import Refused, test, wait_until

SCHOOL = "03-08-01"


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=())
    w.region, w.hub = nodes["03"], nodes["03-08"]
    w.switch = w.file("disk")
    w.switch.write_text("")
    os.environ.update(LD_PRELOAD=str(world.BIN / "libfaults_preload.so"), FAULTS_DISK=str(w.switch))
    w.school = w.node("school").join(w.hub, SCHOOL).run()
    del os.environ["LD_PRELOAD"], os.environ["FAULTS_DISK"]
    w.settle()
    w.acked = set()
    w.n = 0
    return w


def put(w):
    """One more event; True: acknowledged. Refused must be `try again`."""
    w.n += 1
    code = f"E-{w.n}"
    try:
        w.school.put("event", {"code": code, "kind": "seminar", "title": "Семинар", "org": SCHOOL, "starts_on": "2024-01-10"})
    except Refused as error:
        assert error.code == 75, error
        return False
    w.acked.add(code)
    return True


def events(node):
    return {r["body"]["code"] for r in node.list("event")}


def a_bad_time(w, how, killed):
    assert put(w)
    w.switch.write_text(how)
    for _ in range(5):
        assert not put(w), "acknowledged, and not written for good"
    if killed:
        w.school.kill("registry")
    w.switch.write_text("")
    wait_until(lambda: put(w), what="puts are taken again")
    w.school.err.write_text("")  # a program that ended because LMDB gave its store up is no fault here
    w.settle()
    # what was refused may be there, when the disk had it after all
    assert w.acked <= events(w.school) == events(w.region)
    w.conserved()


@test
def when_fsync_fails_nothing_is_acknowledged_and_work_goes_on_after(w):
    a_bad_time(w, "sync", killed=False)


@test
def a_registry_killed_after_a_failed_fsync_has_all_that_was_acknowledged(w):
    a_bad_time(w, "sync", killed=True)


@test
def when_writing_fails_nothing_is_acknowledged_and_work_goes_on_after(w):
    a_bad_time(w, "write", killed=False)


@test
def when_the_meta_page_cannot_be_written_the_store_is_opened_anew(w):
    a_bad_time(w, "meta", killed=False)


@test
def a_registry_killed_after_a_failed_meta_page_has_all_that_was_acknowledged(w):
    a_bad_time(w, "meta", killed=True)


world.main(scene)
