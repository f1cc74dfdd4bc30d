# SPDX-License-Identifier: Apache-2.0
"""A school works while its hub is down, for as long as it must."""
import world
from world import SAMPLE, SERVICES, refused, test, wait_until

SCHOOL = "03-08-01"
SHEETS = SAMPLE / "school-03-08-01"


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,), lines=True)
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.settle()
    return w


def offline(w):
    rows = w.school.queues(flow="up")
    return len(rows) == len(SERVICES) and all(q["state"] == "offline" for q in rows)


@test
def import_list_and_report_answer_while_the_hub_is_down(w):
    w.hub.stop()
    wait_until(lambda: offline(w), what="queues says offline")
    assert [l["state"] for l in w.school.links("parent")] != ["up"]
    answer = w.school.sheet("staff", SHEETS / "staff.csv")
    assert answer["rejected"] == 0 and answer["new"] > 20, answer
    assert len(w.school.list("employment")) == answer["new"]
    assert w.school.sheet("mentoring-pair", SHEETS / "mentoring-pair.csv")["rejected"] == 0
    assert w.school.selenga("node", "status")
    report = wait_until(lambda: w.school.selenga("report", "--period", "2024"), what="the report")
    assert report["org"] == SCHOOL and report["indicators"], report
    w.staff = answer["new"]


@test
def queues_says_offline_with_count_and_age(w):
    row = w.school.queues(flow="up", service="registry")[0]
    assert row["waiting"] >= 3 * w.staff and row["peer"] == "03-08", row
    assert row["produced"] == row["applied"] + row["quarantined"] + row["waiting"], row
    for age in ("oldest_s", "last_progress_s"):
        wait_until(lambda: w.school.queues(flow="up", service="registry")[0][age] >= 1, what=f"{age} grows")


@test
def a_node_started_again_while_offline_knows_what_waits(w):
    before = {q["service"]: (q["waiting"], q["acked"]) for q in w.school.queues(flow="up")}
    w.school.stop()
    w.school.run()
    def same():
        rows = w.school.queues(flow="up")
        now = {q["service"]: (q["waiting"], q["acked"]) for q in rows}
        return now == before and all(q["state"] == "offline" for q in rows)
    wait_until(same, 10, what=f"{before}")
    w.school.kill_all()
    w.school.run()
    wait_until(same, 10, what=f"{before}")


@test
def the_hub_says_that_the_school_is_away_too(w):
    w.hub.run()
    w.school.line.down()
    wait_until(lambda: all(q["state"] == "offline" for q in w.hub.queues(flow="down")), what="the hub sees it offline")
    assert [l["state"] for l in w.hub.links("child")] == ["down"], w.hub.links()


@test
def it_catches_up_by_itself_when_the_hub_is_back(w):
    w.school.line.up()
    w.settle()
    assert w.school.waiting() == 0
    for kind in ("employment", "person"):
        at_home = sorted(w.school.list(kind), key=str)
        assert len(at_home) == w.staff
        assert sorted(w.hub.list(kind), key=str) == at_home
        assert sorted(w.region.list(kind), key=str) == at_home
    w.conserved()


@test
def a_hub_works_while_the_region_is_down(w):
    w.region.kill_all()
    w.school.put("event", {"code": "S-EV", "kind": "seminar", "title": "Без края", "org": SCHOOL, "starts_on": "2024-01-10"})
    wait_until(lambda: w.hub.list("event", "--where", "code=S-EV"), what="the event is at the hub")
    wait_until(lambda: w.hub.queues(flow="up", service="registry")[0]["waiting"] == 1, what="it waits for the region")
    assert w.hub.queues(flow="up", service="registry")[0]["state"] == "offline"
    assert w.school.waiting() == 0
    refused(75, w.region.selenga, "list", "event")
    w.region.run()
    w.settle()
    assert w.region.list("event", "--where", "code=S-EV") == w.school.list("event", "--where", "code=S-EV")


@test
def a_line_that_carries_nothing_is_noticed_and_left(w):
    """A black hole and a half-open connection: no reset ever comes, only silence."""
    for fault in ("hold", "half_open"):
        if fault == "hold":
            w.school.line.hold = True
        else:
            w.school.line.half_open()
        w.school.put("event", {"code": f"S-{fault}", "kind": "seminar", "title": fault, "org": SCHOOL, "starts_on": "2024-01-10"})
        wait_until(lambda: offline(w), what=f"{fault} is noticed")
        w.school.line.up()
        w.school.line.restart()
        w.settle()
        assert w.region.list("event", "--where", f"code=S-{fault}")


@test
def a_slow_line_with_losses_still_carries_everything(w):
    """64 kbit/s, 0.3 s each way, one piece in five waits as after a loss."""
    line = w.school.line
    line.rate, line.delay_s, line.stall = 8000, 0.3, 0.2
    rows = "".join(f"S-SLOW-{n},seminar,Занятие {n},{SCHOOL},2024-01-10,2024-01-10\n" for n in range(200))
    w.school.text("event", "code,kind,title,org,starts_on,ends_on\n" + rows)
    wait_until(lambda: len(w.hub.records("event")) >= 200, 20, what="a day's 200 records arrive")
    line.rate = line.delay_s = line.stall = 0
    line.restart()
    w.settle()
    assert len(w.region.list("event")) == len(w.school.list("event"))


world.main(scene)
