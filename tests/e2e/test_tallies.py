# SPDX-License-Identifier: Apache-2.0
"""Results and deficits stay at their school; the municipality has the counts of each school, the region a tally without small
groups, and indicators count both as they count any kind."""
import world
from world import test, wait_until

HUB, SCHOOLS = "03-08", ("03-08-01", "03-08-02")
YEAR, COMPETENCY = "2024", "F:C1"
OF_YEAR = {"competency": COMPETENCY, "from": f"{YEAR}-01-01", "to": f"{YEAR}-12-31"}
# Scores of the people of each school, of 100: four of the first and one of the second have a high need.
SCORES = {SCHOOLS[0]: (90, 10, 10, 10, 10), SCHOOLS[1]: (95, 85, 90, 0)}
NUMERATORS = {"T-HIGH": "sum({0}.high where from in period)",
              "T-NONE": "sum({0}.none where from in period and competency.class = subject)",
              "T-IT": "sum({0}.none where from in period and competency.class = it)"}


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=SCHOOLS)
    w.region, w.hub = nodes["03"], nodes[HUB]
    w.schools = {code: nodes[code] for code in SCHOOLS}
    w.region.put("competency", {"framework": "F", "code": "C1", "class": "subject", "title": "Решает задачи"})
    w.region.put("campaign", {"code": "D", "title": "Осень", "framework": "F", "org": "03", "from": f"{YEAR}-09-01", "to": f"{YEAR}-11-30"})
    for table in ("deficit_count", "tally"):
        for code, numerator in NUMERATORS.items():
            w.region.put("indicator", {"code": f"{code}-{table}", "title": code, "unit": "count", "numerator": numerator.format(table),
                                       "valid_from": "2020-01-01"})
    for school in w.schools.values():
        wait_until(lambda s=school: s.records("campaign") and s.records("competency"), what="the campaign is at the school")
    for code, node in w.schools.items():
        for number, score in enumerate(SCORES[code], 1):
            node.put("person", {"org": code, "number": str(number)})
            measure(node, code, number, score)
    w.settle()
    return w


def measure(node, code, number, score):
    node.put("result", {"campaign": "D", "person": f"{code}:{number}", "competency": "C1", "score": score, "max": 100,
                        "taken_on": f"{YEAR}-10-05"})


def bodies(node, kind):
    return sorted((r["body"] for r in node.list(kind)), key=lambda b: b["org"])


def counts(w):
    return [{"org": SCHOOLS[0], **OF_YEAR, "measured": 5, "none": 1, "low": 0, "medium": 0, "high": 4},
            {"org": SCHOOLS[1], **OF_YEAR, "measured": 4, "none": 3, "low": 0, "medium": 0, "high": 1}]


def values(node, table):
    reply = node.selenga("report", "--period", YEAR)
    return {i["code"].split("-")[1]: i["numerator"] for i in reply["indicators"] if i["code"].endswith("-" + table)}


@test
def no_result_and_no_deficit_leaves_its_school(w):
    for node in (w.hub, w.region):
        assert node.list("result") == [] and node.list("deficit") == []


@test
def the_municipality_has_the_counts_of_each_school_and_the_region_has_none(w):
    wait_until(lambda: bodies(w.hub, "deficit-count") == counts(w), what="the hub has the schools' counts")
    assert w.region.list("deficit-count") == []


@test
def of_a_territory_the_region_reads_no_group_of_fewer_than_five(w):
    tally = {"org": HUB, **OF_YEAR, "measured": 9, "low": 0, "medium": 0}  # 4 without a need are hidden, and so are 5 with a high one
    wait_until(lambda: bodies(w.region, "tally") == [tally], what="the region has the tally")
    measure(w.schools[SCHOOLS[0]], SCHOOLS[0], 2, 99)
    w.settle()
    wait_until(lambda: bodies(w.region, "tally") == [tally], what="the tally: 5 without a need and 4 with a high one")
    w.schools[SCHOOLS[1]].put("person", {"org": SCHOOLS[1], "number": "5"})
    measure(w.schools[SCHOOLS[1]], SCHOOLS[1], 5, 7)
    wait_until(lambda: bodies(w.region, "tally") == [{**tally, "measured": 10, "none": 5, "high": 5}], what="all groups are large enough")


@test
def indicators_count_them_where_they_are(w):
    expected = {"HIGH": 5, "NONE": 5, "IT": 0}
    wait_until(lambda: values(w.region, "tally") == expected, what="the region's figures")
    wait_until(lambda: values(w.hub, "deficit_count") == expected, what="the municipality's figures")
    assert values(w.region, "deficit_count") == {"HIGH": 0, "NONE": 0, "IT": 0}


@test
def a_school_that_is_put_back_counts_what_it_has(w):
    school = w.schools[SCHOOLS[0]]
    school.stop()
    kept = school.keep_store()
    school.run()
    measure(school, SCHOOLS[0], 3, 99)
    w.settle()
    wait_until(lambda: bodies(w.hub, "deficit-count")[0]["none"] == 3, what="the hub has the newer count")
    school.stop()
    school.put_back(kept)
    school.run()
    w.settle()
    want = {**counts(w)[0], "none": 2, "high": 3}
    wait_until(lambda: bodies(school, "deficit-count")[0] == want, what="the school counts the results that it has")
    wait_until(lambda: bodies(w.hub, "deficit-count")[0] == want, what="so does the hub")
    measure(school, SCHOOLS[0], 4, 99)
    wait_until(lambda: bodies(w.hub, "deficit-count")[0] == {**want, "none": 3, "high": 2}, what="and goes on from there")


world.main(scene)
