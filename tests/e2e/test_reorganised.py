# SPDX-License-Identifier: Apache-2.0
"""Two schools merge and a third moves to another municipality while they are offline; reports of the year before stay as they were."""
import world
from world import refused, spoken, test, wait_until

REGION, FROM, TO = "03", "03-08", "03-01"
ONE, TWO, MOVED, MERGED = "03-08-01", "03-08-02", "03-08-03", "03-08-09"
HEAD = "org,number,last_name,first_name,snils,post,post_class,from,to\n"
DAY, LAST = "2025-09-01", "2025-08-31"


def snils(number):
    digits = f"{number:09d}"
    check = sum(int(d) * (9 - i) for i, d in enumerate(digits)) % 101 % 100
    return f"{digits}{check:02d}"


STAFF = {ONE: (1, 2), TWO: (3,), MOVED: (4, 5)}


def staff(org, people, since="2020-09-01", to=""):
    return HEAD + "".join(f"{org},{n},Работников{n},Анна,{snils(100000000 + n)},учитель,pedagogue,{since},{to}\n" for n in people)


def scene(w):
    w.of = w.tree(hubs=(FROM, TO), schools=(ONE, TWO, MOVED))
    for org, people in STAFF.items():
        w.of[org].text("staff", staff(org, people))
    w.settle()
    w.before = {period: figures(w.of[REGION], period) for period in ("2024", "2024-Q3", "2023/24")}
    w.name = body(w.of[REGION], MOVED)["name"]
    w.shown = w.of[REGION].selenga("report", "--org", FROM, "--period", "2024")
    assert (MOVED, "I-5.3.1d") in w.before["2024"] and w.before["2024"][FROM, "I-5.3.1d"][0] == 5, w.before
    return w


def figures(node, period):
    """Of all units from the region down: {(organisation, indicator): (numerator, denominator)}."""
    found = {}
    for top in (REGION, FROM, TO):
        report = node.selenga("report", "--org", top, "--period", period)
        for unit in [report] + report["children"]:
            found.update({(unit["org"], i["code"]): (i.get("numerator"), i.get("denominator")) for i in unit["indicators"]})
    return found


def teachers(node, org, period):
    report = node.selenga("report", "--org", org, "--period", period)
    return next(i for i in report["indicators"] if i["code"] == "I-5.3.1d").get("numerator")


def organisation(w, *args):
    return w.of[REGION].selenga("organisation", *args)


def body(node, org):
    return next(r["body"] for r in node.list("organisation") if r["body"].get("code") == org)


def past(node):
    return sorted((r["body"]["org"], r["body"]["to"], r["body"].get("parent")) for r in node.list("organisation-past"))


@test
def what_cannot_be_is_refused_and_writes_nothing(w):
    refused(64, organisation, w, "merge", ONE, TWO, "--into", ONE, says="--from")
    refused(64, organisation, w, "merge", ONE, TWO, "--from", DAY, says="--into")
    refused(64, organisation, w, "merge", ONE, "--into", TWO, "--into", MOVED, "--from", DAY, says="once")
    refused(64, organisation, w, "split", ONE, "--into", TWO, "--from", DAY, says="twice")
    refused(64, organisation, w, "move", MOVED, "--to", TO, "--from", "2025-13-01", says="no day")
    refused(1, organisation, w, "merge", ONE, TWO, "--into", "03-08-77", "--from", DAY, says="03-08-77")
    refused(1, organisation, w, "merge", ONE, "03-08-77", "--into", TWO, "--from", DAY, says="03-08-77")
    refused(1, organisation, w, "merge", ONE, "--into", ONE, "--from", DAY, says="nothing")
    refused(1, organisation, w, "move", MOVED, "--to", FROM, "--from", DAY, says="already")
    refused(1, organisation, w, "move", FROM, "--to", ONE, "--from", DAY)
    refused(1, organisation, w, "rename", MOVED, "--name", "", "--from", DAY)
    assert past(w.of[REGION]) == [] and "valid_to" not in body(w.of[REGION], ONE)


@test
def a_dry_run_says_how_many_and_writes_nothing(w):
    answer = organisation(w, "move", MOVED, "--to", TO, "--from", DAY, "--dry-run")
    assert answer["dry"] and [r["kind"] for r in answer["records"]] == ["organisation-past", "organisation"], answer
    assert past(w.of[REGION]) == [] and body(w.of[REGION], MOVED)["parent"] == FROM


@test
def two_merge_and_a_third_moves_while_all_are_offline(w):
    for org in (ONE, TWO, MOVED):
        w.of[org].stop()
    w.of[REGION].put("organisation", {"code": MERGED, "parent": FROM, "kind": "school", "name": "Объединённая школа", "valid_from": DAY})
    organisation(w, "merge", ONE, TWO, "--into", MERGED, "--from", DAY)
    organisation(w, "move", MOVED, "--to", TO, "--from", DAY)
    organisation(w, "rename", MOVED, "--name", "Лицей", "--from", DAY)
    refused(1, organisation, w, "merge", ONE, "--into", TWO, "--from", DAY, says="closed already")
    refused(1, organisation, w, "rename", MOVED, "--name", "Гимназия", "--from", "2025-01-01", says="later change")
    one, moved = body(w.of[REGION], ONE), body(w.of[REGION], MOVED)
    assert (one["valid_to"], one["successors"]) == (LAST, MERGED), one
    assert (moved["parent"], moved["name"]) == (TO, "Лицей"), moved
    assert past(w.of[REGION]) == [(MOVED, LAST, FROM)], "the second change of that day keeps what was before both"


@test
def the_schools_come_back_and_their_people_go_on(w):
    for org in (ONE, TWO):
        w.of[org].run()
        w.of[org].text("staff", staff(org, STAFF[org], to=LAST))
    wait_until(lambda: body(w.of[FROM], MOVED)["parent"] == TO, what="the former hub knows that it moves")
    wait_until(lambda: len(w.of[ONE].list("organisation-past")) == 1, what="the past is known at the schools")
    w.of[FROM].selenga("node", "revoke", MOVED, "--why", "переходит в другой район")
    wait_until(lambda: any(r["body"]["parent"] == TO for r in w.of[TO].list("organisation") if r["body"].get("code") == MOVED),
               what="the other hub knows that it comes")
    w.nodes.remove(w.of[MOVED])
    w.settle()
    assert (teachers(w.of[REGION], FROM, "2025-Q4"), teachers(w.of[REGION], TO, "2025-Q4")) == (0, 2)
    again = w.node("moved").join(w.of[TO], MOVED).run()
    wait_until(lambda: len(again.records("organisation")) >= 15, what="it knows the organisations")
    again.text("staff", staff(MOVED, STAFF[MOVED]))
    joined = w.node("merged").join(w.of[FROM], MERGED).run()
    wait_until(lambda: len(joined.records("organisation")) >= 15, what="it knows the organisations")
    joined.text("staff", staff(MERGED, STAFF[ONE] + STAFF[TWO], since=DAY))
    w.settle()
    w.again, w.joined = again, joined


@test
def each_node_holds_what_it_should_and_the_figures_follow(w):
    assert len(w.of[TO].list("identity", "--org", MOVED)) == 2 and len(w.of[FROM].list("identity", "--org", MERGED)) == 3
    assert not w.joined.list("identity", "--org", MOVED) and not w.again.list("identity", "--org", MERGED)
    assert w.of[TO].list("identity", "--org", ONE) == []
    for node in (w.of[REGION], w.of[FROM], w.of[TO], w.again, w.joined):
        assert past(node) == [(MOVED, LAST, FROM)], node.name
        assert not node.quarantine(), (node.name, node.quarantine())
    assert teachers(w.of[REGION], REGION, "2025-Q4") == 5, "nobody is counted twice, nobody is lost"
    assert teachers(w.of[REGION], FROM, "2025-Q4") == teachers(w.of[FROM], FROM, "2025-Q4") == 3
    assert teachers(w.of[REGION], TO, "2025-Q4") == teachers(w.of[TO], TO, "2025-Q4") == 2


@test
def the_former_hub_holds_nobody_of_the_school_that_has_moved(w):
    """The school's node of before is revoked and says nothing any more: the hub itself sees that nothing names it."""
    wait_until(lambda: not w.of[FROM].list("identity", "--org", MOVED), what="the names have left the former hub")
    w.of[FROM].stop()
    w.of[FROM].run()
    assert w.of[FROM].list("identity", "--org", MOVED) == []
    assert len(w.of[FROM].list("identity")) == 6, "of the merged schools, which stay below it, everybody is there"
    assert not w.of[FROM].quarantine()
    assert len(w.of[TO].list("identity", "--org", MOVED)) == 2, "the hub to which it went has them"


@test
def reports_of_the_year_before_are_unchanged(w):
    for period, before in w.before.items():
        now = figures(w.of[REGION], period)
        changed = {key: (before.get(key), now.get(key)) for key in set(before) | set(now) if before.get(key) != now.get(key)}
        assert not changed, (period, changed)
    again = w.of[REGION].selenga("report", "--org", FROM, "--period", "2024")
    assert [u["org"] for u in again["children"]] == [u["org"] for u in w.shown["children"]] and MOVED in {u["org"] for u in again["children"]}
    assert teachers(w.of[FROM], FROM, "2024") == 5, "the former hub counts what it was told then"
    for period, name in (("2024", w.name), ("2025-Q4", "Лицей")):
        text = spoken(w.of[REGION], "report", "--org", MOVED, "--period", period)
        assert name in text.splitlines()[0], text


world.main(scene)
