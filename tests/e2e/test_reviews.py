# SPDX-License-Identifier: Apache-2.0
"""A school submits a route, the municipality decides by a record of its own, and the school sees what came of it."""
import json
import subprocess

import world
from world import SAMPLE, refused, test, wait_until

SCHOOL, OTHER, HUB = "03-08-01", "03-08-02", "03-08"
CODE = "R-1"
OF = f"route:{CODE}"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.hub = w.node("hub").join(w.region, HUB, listen=True).run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 14)
    w.school = w.node("school").join(w.hub, SCHOOL).run()
    w.other = w.node("other").join(w.hub, OTHER).run()
    wait_until(lambda: len(w.school.list("organisation")) >= 14)
    w.school.sheet("staff", SAMPLE / f"school-{SCHOOL}" / "staff.csv")
    w.person = f"{SCHOOL}:{w.school.list('employment')[0]['body']['number']}"
    write(w, goal="Готовить к олимпиадам")
    return w


def write(w, **fields):
    body = {"code": CODE, "person": w.person, "from": "2024-11-01", **fields}
    body.setdefault("state", (w.school.list("route") or [{"body": {"state": "draft"}}])[0]["body"]["state"])
    return w.school.put("route", body)


def decide(w, decision, *options, node=None, key=CODE):
    return (node or w.hub).selenga("review", "give", "route", key, "--decision", decision, "--by", "А. Б. Доржиева", *options)


def review(node):
    return node.selenga("get", "route", CODE).get("review")


def arrived(w):
    w.settle()
    return wait_until(lambda: w.hub.list("route"), what="the route is at the hub")


@test
def a_draft_waits_for_nobody(w):
    arrived(w)
    assert review(w.school) == {"state": None, "awaits": [], "reviews": []}
    assert w.hub.selenga("review", "list") == w.school.selenga("review", "list") == []


@test
def what_is_submitted_waits_at_both_ends_and_the_list_says_for_whom(w):
    write(w, state="submitted")
    waits = [{"of": OF, "org": SCHOOL, "state": "waiting", "awaits": ["municipality"]}]
    assert w.school.selenga("review", "list") == waits
    wait_until(lambda: w.hub.selenga("review", "list") == waits, what="it waits at the hub")
    assert [r["review"]["state"] for r in w.hub.list("route")] == ["waiting"]


@test
def a_review_without_office_reason_or_subject_is_refused(w):
    refused(1, decide, w, "return", says="says why")
    refused(64, w.hub.selenga, "review", "give", "route", CODE, "--by", "А. Ли")
    refused(1, decide, w, "perhaps", says="`agreed` (agree), `returned` (return), `declined` (decline)")
    refused(1, decide, w, "agree", key="R-none", says="is not there")
    refused(1, w.hub.put, "review", {"of": "moon:1", "office": HUB, "decision": "agree", "by": "А", "on": "2024-11-02"})
    refused(1, w.hub.put, "review", {"of": "route", "office": HUB, "decision": "agree", "by": "А", "on": "2024-11-02"})
    assert w.hub.list("review") == w.school.list("review") == []


@test
def nobody_speaks_for_another_office(w):
    refused(1, decide, w, "agree", "--office", HUB, node=w.school, says="does not speak for organisation 03-08")
    refused(1, decide, w, "agree", "--office", OTHER, node=w.school, says="does not speak for organisation")
    # the school has a node, which speaks for it
    refused(1, decide, w, "agree", "--office", SCHOOL, says="does not speak for organisation")


@test
def a_review_of_the_hub_shows_at_the_school_and_nowhere_else(w):
    before = w.school.list("route")[0]["body"]
    decide(w, "return", "--remarks", "нет срока")
    wait_until(lambda: review(w.school)["state"] == "returned", what="the school sees it")
    (shown,) = review(w.school)["reviews"]
    assert (shown["office"], shown["level"], shown["decision"], shown["remarks"], shown["org"]) == \
        (HUB, "municipality", "return", "нет срока", SCHOOL), shown
    assert w.school.list("route")[0]["body"] == before
    refused(1, w.school.selenga, "delete", "route", CODE, "--why", "лишний", says="one of them is: Review route:R-1:03-08")
    assert [r["review"]["state"] for r in w.school.list("route")] == ["returned"]
    w.settle()
    assert w.region.list("review") == w.other.list("review") == []
    for verb in (("get", "route"), ("route", "show")):
        text = subprocess.run([world.BIN / "selenga", "--node", w.school.dir, *verb, CODE], text=True, capture_output=True,
                              check=True).stdout
        assert "reviews: returned" in text and f"{HUB}, А. Б. Доржиева" in text and "нет срока" in text, text
    assert w.school.selenga("route", "show", CODE)[0]["review"] == review(w.school)


@test
def what_changes_after_a_review_waits_again(w):
    write(w, state="draft")
    assert review(w.school)["state"] == "returned"  # its state is not what was decided about
    write(w, to="2025-05-31")
    assert review(w.school)["state"] == "changed"
    write(w, state="submitted")
    assert review(w.school)["state"] == "waiting"
    wait_until(lambda: [r["awaits"] for r in w.hub.selenga("review", "list")] == [["municipality"]], what="it waits at the hub again")


@test
def an_agreement_outlives_what_the_route_goes_through(w):
    decide(w, "agree")
    wait_until(lambda: review(w.school)["state"] == "agreed", what="the school sees it")
    assert "remarks" not in review(w.school)["reviews"][0] and len(review(w.school)["reviews"]) == 1
    w.school.selenga("route", "confirm", CODE, "--by", "А. Ли")
    write(w, state="active")
    write(w, state="closed", outcome="done", closed_on="2025-05-30")
    assert review(w.school)["state"] == "agreed"
    assert w.hub.selenga("review", "list") == []


@test
def a_school_says_its_own_and_the_hub_sees_it(w):
    # what its home computes is nobody's to say
    w.school.put("review", {"of": OF, "office": SCHOOL, "decision": "agree", "by": "А. Ли", "on": "2024-11-02", "level": "municipality"})
    wait_until(lambda: len(review(w.hub)["reviews"]) == 2, what="the hub sees both")
    assert sorted((r["office"], r["level"]) for r in review(w.hub)["reviews"]) == [(HUB, "municipality"), (SCHOOL, "school")]
    assert w.hub.selenga("get", "review", f"{OF}:{SCHOOL}")["body"]["level"] == "school"


@test
def what_get_prints_is_put_again_without_change(w):
    shown = w.school.selenga("get", "route", CODE)
    body = {k: v for k, v in shown["body"].items() if not k.startswith("confirmed")}
    import json
    assert w.school.selenga("put", "route", stdin=json.dumps({**shown, "body": body}))["unchanged"] == 1


@test
def nothing_was_refused_on_the_way(w):
    w.settle()
    for node in (w.region, w.hub, w.school, w.other):
        assert node.quarantine() == [], node.name
    w.conserved()


world.main(scene)
