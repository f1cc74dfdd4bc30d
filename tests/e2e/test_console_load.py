# SPDX-License-Identifier: Apache-2.0
"""Methodists and their load at a region, which knows no names; a block of teachers goes from one to another."""
import datetime
import html

import world
from district import SCHOOL, filled, inside, put_in, staff
from district import scene as district
from world import test, wait_until

TODAY = datetime.date.today()
METHODISTS = f"""code,person,act,from,to,subjects,tutor_until,max_load
M-1,{SCHOOL}:4,Приказ,2022-01-10,,математика;физика,2023-01-01,3
M-2,{SCHOOL}:2,Приказ,2022-01-10,,история,2099-01-01,
M-3,{SCHOOL}:3,Приказ,2020-01-10,2021-01-10,,,
"""
NAMES = ("Доржиева", "Цыренов", "Абашеева", "Үнэн", "Ли Вера")


def scene(w):
    district(w)
    wait_until(lambda: len(w.region.list("employment")) == 5, what="the region has the staff, without names")
    w.region.text("methodist", METHODISTS)
    w.region.text("assignment", "methodist,person,from,to\n" + "".join(f"M-1,{SCHOOL}:{i},2024-01-01,\n" for i in range(1, 6))
                  + f"M-2,{SCHOOL}:1,2020-01-01,2020-12-31\n")
    return w


def assigned(w, methodist):
    return sorted(r["body"]["person"].split(":")[1] for r in w.region.list("assignment")
                  if r["body"]["methodist"] == methodist and r["body"].get("to", "9") >= str(TODAY))


def blocks(page):
    return [html.unescape(part.split('"')[0]) for part in page.text.split('name="block" value="')[1:]]


@test
def the_board_shows_load_and_bound_of_each_and_no_name(w):
    page = inside(w.region, "rita").get("/load")
    assert page.status == 200 and "5 / 3" in page.shown() and "too many" in page.shown(), page.shown()
    assert "0 / 250" in page.shown() and "not appointed now" in page.shown()
    assert "2023-01-01" in page.shown() and "математика;физика" in page.shown()
    assert "Верхнеселенгинского" in page.shown()
    assert not any(name in page.text for name in NAMES)


@test
def at_the_region_a_methodists_teachers_are_schools_and_subjects(w):
    page = inside(w.region, "rita").get("/load/M-1")
    assert page.status == 200 and not any(name in page.text for name in NAMES)
    assert sorted(blocks(page)) == sorted(f"{SCHOOL}|{s}" for s in ("", "бурятский язык", "история", "математика", "физика"))
    assert inside(w.region, "rita").get("/load/M-9").status == 404


@test
def what_is_not_said_is_asked_for_and_nothing_moves(w):
    rita = inside(w.region, "rita")
    fields = filled(rita.get("/load/M-1"), "block")
    block = [("block", f"{SCHOOL}|математика")]
    for more, says in ((block, "Say to whom"), ([*block, ("to", "M-2"), ("on", "вчера")], "Say from which day"), ([("to", "M-2")], "Nobody is chosen")):
        names = [n for n, _ in more]
        answer = rita.post("/load/M-1", [*[f for f in fields if f[0] not in names], *more, ("act", "move")])
        assert answer.status == 422 and says in answer.shown(), answer.shown()
    assert assigned(w, "M-1") == ["1", "2", "3", "4", "5"] and assigned(w, "M-2") == []


@test
def a_dry_run_counts_and_writes_nothing_and_one_act_moves_the_block(w):
    rita = inside(w.region, "rita")
    fields = [*put_in(filled(rita.get("/load/M-1"), "block"), to="M-2"), ("block", f"{SCHOOL}|математика"), ("block", f"{SCHOOL}|история")]
    answer = rita.post("/load/M-1", [*fields, ("act", "dry")])
    assert answer.status == 200 and "Would be moved: 2. Would be refused: 0" in answer.shown(), answer.shown()
    assert "2 / 250" in answer.shown() and answer.text.count(" checked") == 2
    assert assigned(w, "M-1") == ["1", "2", "3", "4", "5"]
    answer = rita.post("/load/M-1", [*fields, ("act", "move")])
    assert answer.status == 303, answer.shown()
    assert "Moved: 2" in rita.get(answer.location).shown()
    assert assigned(w, "M-1") == ["2", "3", "4"] and assigned(w, "M-2") == ["1", "5"]
    ended = [r["body"] for r in w.region.list("assignment") if r["body"]["methodist"] == "M-1" and "to" in r["body"]]
    assert {b["to"] for b in ended} == {str(TODAY - datetime.timedelta(days=1))}


@test
def what_is_refused_is_counted_with_its_reason_and_stays(w):
    w.region.put("assignment", {"methodist": "M-1", "person": f"{SCHOOL}:5", "from": str(TODAY)})
    rita = inside(w.region, "rita")
    fields = [*put_in(filled(rita.get("/load/M-1"), "block"), to="M-2"), ("block", f"{SCHOOL}|история"), ("block", f"{SCHOOL}|физика")]
    answer = rita.post("/load/M-1", [*fields, ("act", "dry")])
    assert "Would be moved: 1. Would be refused: 1" in answer.shown(), answer.shown()
    answer = rita.post("/load/M-1", [*fields, ("act", "move")])
    assert answer.status == 422 and "Moved: 1. Refused: 1" in answer.shown() and "lies before" in answer.shown(), answer.shown()
    assert assigned(w, "M-1") == ["3", "4", "5"] and assigned(w, "M-2") == ["1", "2", "5"]
    assert f"{SCHOOL}|физика" not in blocks(answer) and answer.text.count(" checked") == 1
    assert not any(name in answer.text for name in NAMES)


@test
def only_the_region_moves_and_others_see_their_own(w):
    staff(w, (w.region, "vera", "analyst"))
    assert inside(w.region, "vera").get("/load").status == 403
    anna = inside(w.school, "anna")
    wait_until(lambda: len(w.school.list("methodist")) == 3 and w.school.list("assignment"), what="the school has its assignments")
    page = anna.get("/load/M-1")
    assert page.status == 200 and 'name="act"' not in page.text, page.shown()
    token = dict(anna.get("/").hidden("/logout"))["token"]
    assert anna.post("/load/M-1", [("token", token), ("to", "M-2"), ("act", "move"), ("block", f"{SCHOOL}|физика")]).status == 403


world.main(scene)
