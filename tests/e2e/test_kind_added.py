# SPDX-License-Identifier: Apache-2.0
"""A kind is added by one message, and nothing else: in a copy of the tree, which is built and run on three levels."""
import os
import shutil
import subprocess
from pathlib import Path

import world
from world import SAMPLE, SOURCE, refused, test, wait_until

SCHOOL, HUB = "03-08-01", "03-08"
MESSAGE = '''// SPDX-License-Identifier: Apache-2.0
syntax = "proto2";
package selenga;

import "proto/options.proto";

message SchoolGarden {
  option (kind) = {
    number: 149 up: REGION down: NONE writers: SERVING org: "org" sheet: {} read_by: [ROUTING, REPORTING]
    access: {read: OFFICES write: OFFICES delete: OFFICES}
    en: "Garden" ru: "Сад" help: "a garden of a school" help_ru: "школьный сад"
  };
  optional string code = 1 [(field) = {
    pd: PUBLIC is: [REQUIRED, KEY, CODE, LIST]
    en: "Code" ru: "Код" help: "code of the garden" help_ru: "код сада"
  }];
  optional string org = 2 [(field) = {
    pd: PUBLIC is: [REQUIRED, INDEX, LIST] ref: "organisation"
    en: "School" ru: "Школа" help: "whose it is" help_ru: "чей он"
  }];
  optional string gardener = 3 [(field) = {
    pd: SERVICE is: [INDEX, FACT] ref: "person"
    en: "Gardener" ru: "Садовник" help: "who looks after it" help_ru: "кто за ним смотрит"
  }];
  optional sint64 area = 4 [(field) = {
    pd: PUBLIC is: [FACT, LIST] decimal: true min: 1 max: 1000000 after_column: "code"
    en: "Area" ru: "Площадь" help: "in ares" help_ru: "в сотках"
  }];
  optional sint32 planted_on = 5 [(field) = {
    pd: PUBLIC is: FACT en: "Planted" ru: "Заложен" help: "first day" help_ru: "первый день"
  }];
  optional sint32 cut_on = 6 [(field) = {
    pd: PUBLIC is: FACT not_before: "planted_on" en: "Cut" ru: "Вырублен" help: "last day" help_ru: "последний день"
  }];
  optional string state = 7 [(field) = {
    pd: PUBLIC is: [REQUIRED, FACT] en: "State" ru: "Состояние" help: "how it stands" help_ru: "как он"
    word: {is: "young" en: "young" ru: "молодой" start: true next: {to: "old" by_level: SCHOOL needs: "area"}}
    word: {is: "old" en: "old" ru: "старый"}
  }];
}
'''
# Code, unit, numerator, denominator, and what the report says: numerator, denominator, value.
FORMULAS = (
    ("G-YOUNG", "count", "count(school_garden where state = young)", None, (1, None, "1")),
    ("G-AREA", "count", "sum(school_garden.area)", None, (1350, 100, "13.50")),
    ("G-LARGE", "percent", "count(school_garden where area > 5.5 and planted_on < period.first)", "count(school_garden)", (1, 3, "33.3")),
    ("G-MEAN", "ratio", "sum(school_garden.area)", "count(school_garden where known area)", (1350, 300, "4.5")),
    ("G-GARDENERS", "count", "count(distinct school_garden.gardener)", None, (1, None, "1")),
    ("G-CUT", "count", "count(school_garden where cut_on in period and not state = young)", None, (1, None, "1")),
)
HEADER = "code,area,org,gardener,planted_on,cut_on,state\n"


def build(directory):
    """The tree with the message more; the folder of its programs."""
    tree = directory / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    for part in ("proto", "common", "services"):
        shutil.copytree(SOURCE / part, tree / part)
    shutil.copy(SOURCE / "CMakeLists.txt", tree)
    (tree / "proto/kinds/registry/gardens.proto").write_text(MESSAGE, encoding="utf-8")
    quick = ["-DSELENGA_TESTS=OFF"]
    if shutil.which("ccache"):
        quick.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
    environment = {**os.environ, "CCACHE_BASEDIR": str(tree), "CCACHE_NOHASHDIR": "1"}
    for command in (["cmake", "-S", tree, "-B", tree / "build", "-G", "Ninja", *quick], ["cmake", "--build", tree / "build"]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stdout[-4000:]
    return tree / "build" / "bin"


def scene(w):
    world.BIN = build(Path(os.environ["TEST_DIR"]))
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.hub = w.node("hub").join(w.region, HUB, listen=True).run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 14)
    w.school = w.node("school").join(w.hub, SCHOOL).run()
    wait_until(lambda: len(w.school.list("organisation")) >= 14)
    w.school.sheet("staff", SAMPLE / f"school-{SCHOOL}" / "staff.csv")
    w.person = w.school.list("employment")[0]["body"]
    return w


@test
def it_is_told_of_in_both_languages(w):
    for language, help_text, meaning, words in (
            ("C.UTF-8", "a garden of a school", "who looks after it", "(young, old)"),
            ("ru_RU.UTF-8", "школьный сад", "кто за ним смотрит", "(«молодой» (young), «старый» (old))")):
        def told(*kind):
            return subprocess.run([world.BIN / "selenga", "kinds", *kind], env={**os.environ, "LC_ALL": language}, text=True,
                                  capture_output=True, check=True).stdout
        assert help_text in told(), language
        assert meaning in told("school-garden"), language
        assert "count(school_garden where ...)" in told("school-garden") and "area planted_on cut_on state" in told("school-garden")
        assert words in told("school-garden") and "-> person" in told("school-garden")


@test
def its_rules_are_kept(w):
    def garden(**cells):
        return {"code": "G-0", "org": SCHOOL, "area": 6.5, "state": "young", **cells}
    refused(1, w.school.put, "school-garden", garden(state="dead"), says="young, old")
    refused(1, w.school.put, "school-garden", garden(area=0))
    refused(1, w.school.put, "school-garden", garden(code="G:0"))
    refused(1, w.school.put, "school-garden", garden(gardener=f"{SCHOOL}:nobody"))
    refused(1, w.school.put, "school-garden", garden(planted_on="2024-01-02", cut_on="2024-01-01"))
    refused(1, w.region.put, "school-garden", garden())
    assert w.school.list("school-garden") == []


@test
def its_sheet_is_imported_and_its_records_reach_the_region(w):
    person = f"{SCHOOL}:{w.person['number']}"
    text = HEADER + f"G-1,6.5,{SCHOOL},{person},2001-05-01,,young\nG-2,,{SCHOOL},,,,young\n"
    answer = w.school.text("school-garden", text)
    assert (answer["new"], answer["rejected"]) == (2, 0), answer
    assert w.school.text("school-garden", text)["unchanged"] == 2
    assert w.school.export("school-garden").splitlines()[0].lstrip("\ufeff") == HEADER.strip()
    w.settle()
    for node in (w.school, w.hub, w.region):
        bodies = {r["body"]["code"]: r["body"] for r in node.list("school-garden")}
        assert bodies == {
            "G-1": {"code": "G-1", "org": SCHOOL, "gardener": person, "area": 6.5, "planted_on": "2001-05-01", "state": "young"},
            "G-2": {"code": "G-2", "org": SCHOOL, "state": "young"},
        }, (node.name, bodies)
    assert [r["body"]["code"] for r in w.region.list("school-garden", "--where", f"gardener={person}")] == ["G-1"]


@test
def its_states_change_as_it_declares(w):
    def old(code, **cells):
        return w.school.put("school-garden", {"code": code, "org": SCHOOL, "state": "old", **cells})
    refused(1, old, "G-3", says="a new record does not become old. What may follow: young.")
    refused(1, old, "G-2", says="area is missing: without it young does not become old")
    old("G-2", area=3)
    refused(1, w.school.put, "school-garden", {"code": "G-2", "org": SCHOOL, "state": "young"}, says="nothing, it is final")
    shown = w.school.selenga("kinds", "school-garden")
    states = next(f for f in shown["fields"] if f["name"] == "state")["states"]
    assert states[0]["next"] == [{"to": "old", "by": ["school"], "needs": ["area"]}] and states[0]["start"], states


@test
def its_list_shows_the_columns_that_it_names(w):
    shown = subprocess.run([world.BIN / "selenga", "--node", w.region.dir, "list", "school-garden"], text=True, capture_output=True,
                           check=True).stdout
    assert shown.split("\n")[0].split() == ["code", "org", "org.name", "area"], shown


@test
def an_indicator_that_names_what_it_has_not_is_refused(w):
    def indicator(numerator):
        return {"code": "G-BAD", "title": "x", "unit": "count", "numerator": numerator, "valid_from": "2020-01-01"}
    refused(1, w.region.put, "indicator", indicator("count(school_garden where state = dead)"), says="numerator")
    refused(1, w.region.put, "indicator", indicator("count(school_garden where code = young)"), says="numerator")


@test
def indicators_count_it_at_all_three_levels(w):
    person = f"{SCHOOL}:{w.person['number']}"
    w.school.text("school-garden", HEADER + f"G-3,4,{SCHOOL},{person},2024-02-29,,young\n")
    w.school.text("school-garden", HEADER + f"G-3,4,{SCHOOL},{person},2024-02-29,2024-12-31,old\n")
    for code, unit, numerator, denominator, _ in FORMULAS:
        body = {"code": code, "title": code, "unit": unit, "numerator": numerator, "valid_from": "2020-01-01"}
        w.region.put("indicator", {**body, **({"denominator": denominator} if denominator else {})})
    w.settle()
    expected = {code: says for code, _, _, _, says in FORMULAS}

    def counted(node, org):
        reply = node.selenga("report", "--org", org, "--period", "2024")
        return {i["code"]: (i["numerator"], i["denominator"], i["value"]) for i in reply["indicators"] if i["code"] in expected}
    for node, org in ((w.school, SCHOOL), (w.hub, SCHOOL), (w.hub, HUB), (w.region, HUB), (w.region, "03")):
        assert counted(node, org) == expected, (node.name, org, counted(node, org))


world.main(scene)
