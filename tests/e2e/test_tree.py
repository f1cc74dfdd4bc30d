# SPDX-License-Identifier: Apache-2.0
"""The tree of organisations stays a tree: what would make a cycle, hang nowhere or stand under a lower level is refused where it is written."""
from world import main, refused, test

ORGS = """code,parent,kind,name
03,,ministry,Министерство
03-univ,03,university,Университет
03-01,03,municipal_authority,Комитет
03-08,03,municipal_authority,Управление
03-01-01,03-01,school,Гимназия
03-08-01,03-08,school,Школа 1
03-08-02,03-08-01,school,Филиал школы 1
"""


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", ORGS)
    w.before = w.region.list("organisation")
    return w


def put(w, **fields):
    return w.region.put("organisation", fields)


def refuses(w, says, **fields):
    refused(1, lambda: put(w, **fields), says=says)
    assert w.region.list("organisation") == w.before


@test
def a_hub_is_not_put_under_its_own_school(w):
    refuses(w, "`03-08` would stand above itself: 03-08 → 03-08-01 → 03-08.", code="03-08", parent="03-08-01")
    refuses(w, "`03-08` would stand above itself: 03-08 → 03-08-02 → 03-08-01 → 03-08.", code="03-08", parent="03-08-02")
    refuses(w, "`03` would stand above itself", code="03", parent="03-08-01")


@test
def a_sheet_makes_no_cycle_either(w):
    said = refused(1, w.region.text, "organisation", "code,parent,kind,name\n03-08-01,03-08-02,school,Школа 1\n")
    assert w.region.list("organisation") == w.before, said
    rejected = (w.dir / "region.organisation.csv.rejected.csv").read_text()
    assert "`03-08-01` would stand above itself: 03-08-01 → 03-08-02 → 03-08-01." in rejected, rejected


@test
def a_place_in_the_tree_is_not_taken_away(w):
    refuses(w, "parent is empty, and `03-08-01` would hang nowhere", code="03-08-01", parent=None)


@test
def nothing_stands_under_a_lower_level(w):
    refuses(w, "`03-08` (`municipal authority` (municipal_authority)) cannot stand under `03-01-01` (school), which is of a lower level.",
            code="03-08", parent="03-01-01")
    refuses(w, "cannot stand under `03` (school)", code="03", kind="school")  # it has hubs under it


@test
def the_same_level_and_what_has_none_may_stand_above(w):
    put(w, code="03-08-02", parent="03-08")
    put(w, code="03-08-02", parent="03-08-01")
    put(w, code="03-univ-s", parent="03-univ", kind="school", name="Лицей при университете")


@test
def a_tree_of_competencies_has_no_cycle_and_may_have_many_roots(w):
    w.region.text("competency", "framework,code,parent,class,title\nF,A,,it,А\nF,B,A,it,Б\n")
    refused(1, w.region.put, "competency", {"framework": "F", "code": "A", "parent": "B"}, says="`F:A` would stand above itself: F:A → F:B → F:A.")
    w.region.put("competency", {"framework": "F", "code": "B", "parent": None})


if __name__ == "__main__":
    main(scene)
