# SPDX-License-Identifier: Apache-2.0
"""What a person writes goes before a load, on every line on its way, whichever was there first."""
import world
from world import test, wait_until

SCHOOL = "03-08-01"
PEOPLE = 3000
world.QUICK["registry"] = {"school_staff_max": 5000}  # more than a school has: their pseudonyms are asked for at once
SLOW = 24 * 1024  # bytes a second: a load takes many turns, and the test some seconds


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,), lines=True)
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.settle()
    return w


def staff(first, n):
    rows = [f"{SCHOOL},{i},Name{i * 7919 % 100003},First{i * 104729 % 99991},,{1950 + i % 50}-01-{1 + i % 28:02},teacher,pedagogue,1,yes,no,2000-09-01,2000-09-01"
            for i in range(first, first + n)]
    return "org,number,last_name,first_name,middle_name,birth_date,post,post_class,rate,main_place,external,from,experience_from\n" + "\n".join(rows) + "\n"


def edit(node, code):
    answer = node.put("event", {"code": code, "kind": "seminar", "title": code, "org": node.name.split("-", 1)[1], "starts_on": "2024-11-28"})
    assert answer["new"] == 1, answer


def has(node, code):
    return any(r["body"]["code"] == code for r in node.list("event"))


def waiting(node, flow="up"):
    row, = node.queues(flow=flow, service="registry")
    assert row["produced"] >= row["waiting"] + row["quarantined"], row
    return row["waiting"]


@test
def an_edit_made_offline_after_a_load_comes_before_it(w):
    w.school.line.down()
    assert w.school.text("staff", staff(1000, PEOPLE))["new"] == PEOPLE
    edit(w.school, "late")
    w.school.line.rate = w.hub.line.rate = SLOW
    w.school.line.up()
    wait_until(lambda: has(w.hub, "late"), what="the edit is at the hub")
    assert waiting(w.school) > PEOPLE, "the load came first"


@test
def an_edit_made_while_the_load_moves_overtakes_it(w):
    edit(w.school, "later")
    wait_until(lambda: has(w.hub, "later"), what="the edit is at the hub")
    assert waiting(w.school) > 0, "the load came first"


@test
def at_the_hub_it_overtakes_the_load_once_more(w):
    w.hub.line.down()
    w.school.line.rate = 0
    wait_until(lambda: waiting(w.school) == 0, what="the load is at the hub")
    w.school.line.rate = SLOW
    edit(w.school, "last")
    wait_until(lambda: has(w.hub, "last"), what="the edit is at the hub")
    w.hub.line.up()
    wait_until(lambda: has(w.region, "last"), what="the edit is at the region")
    assert waiting(w.hub) > 0, "the load came first"


@test
def all_of_the_load_arrives(w):
    w.school.line.rate = w.hub.line.rate = 0
    w.settle()
    assert len(w.region.list("person")) == len(w.hub.list("person")) == PEOPLE
    w.conserved()


@test
def what_a_person_changes_of_a_load_leaves_it(w):
    w.school.line.down()
    assert w.school.text("staff", staff(5000, PEOPLE))["new"] == PEOPLE
    w.school.put("employment", {"org": SCHOOL, "number": str(5000 + PEOPLE - 1), "post": "director"})
    w.school.line.rate = SLOW
    w.school.line.up()
    wait_until(lambda: any(r["body"]["post"] == "director" for r in w.hub.list("employment")), what="the change is at the hub")
    assert waiting(w.school) > PEOPLE, "the load came first"
    w.school.line.rate = 0
    w.settle()
    w.conserved()


world.main(scene)
