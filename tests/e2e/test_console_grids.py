# SPDX-License-Identifier: Apache-2.0
"""Many records typed into a grid: results of a campaign, and who was at an event."""
import re

import world
from district import HUB, SCHOOL, filled, inside, put_in, scene, staff
from world import test, wait_until

SHEET = "/events/E-1/attendance"


def results(w):
    return {(r["body"]["person"].split(":")[1], r["body"]["competency"].split(":")[-1]): r["body"] for r in w.school.list("result")}


def cell(page, person, code):
    """The name of the input where these two meet."""
    row = re.search(rf'name="p\.(\d+)" value="{person}"', page.text)[1]
    column = re.search(rf'name="c\.(\d+)" value="{code}"', page.text)[1]
    return f"r__{row}__{column}"


def most(page, code):
    return "m__" + re.search(rf'name="c\.(\d+)" value="{code}"', page.text)[1]


@test
def a_grid_of_results_has_people_and_competencies_and_what_is_known(w):
    anna = inside(w.school, "anna")
    assert "Choose a campaign" in anna.get("/results").shown()
    assert anna.get("/results?campaign=none").status == 404
    page = anna.get("/results?campaign=D-1")
    assert page.status == 200 and len(page.text) < 60000
    shown = page.shown()
    assert shown.index("Абашеева") < shown.index("Доржиева") < shown.index("Ли Вера"), shown
    name = cell(page, f"{SCHOOL}:1", "C-2").replace("__", ".")
    assert f'name="{name}" value="8"' in page.text
    assert anna.get("/results?campaign=D-1&class=it").shown().count("no competencies here") == 1


@test
def one_save_writes_what_changed_and_what_is_refused_stays_in_its_cell(w):
    anna = inside(w.school, "anna")
    page = anna.get("/results?campaign=D-1")
    fields = filled(page, "Save all")
    bad, good, changed = (cell(page, f"{SCHOOL}:{p}", c) for p, c in (("5", "C-1"), ("5", "C-2"), ("1", "C-2")))
    answer = anna.post("/results", put_in(fields, **{bad: "25", good: "7,5", changed: "9", cell(page, f"{SCHOOL}:3", "C-4"): "3",
                                                     cell(page, f"{SCHOOL}:2", "C-1"): "x"}))
    # nobody said how many points are the most for C-4
    assert answer.status == 422 and "Saved: 2. Refused: 3" in answer.shown(), answer.shown()
    assert answer.text.count('aria-invalid="true"') == 3
    assert f'name="{bad.replace("__", ".")}" value="25"' in answer.text and 'value="x"' in answer.text
    now = results(w)
    assert now["1", "C-2"]["score"] == 9 and now["5", "C-2"]["score"] == 7.5 and now["5", "C-2"]["max"] == 20, now
    assert ("5", "C-1") not in now and now["2", "C-1"]["score"] == 1
    answer = anna.post("/results", put_in(filled(answer, "Save all"), **{bad: "15", cell(page, f"{SCHOOL}:2", "C-1"): "2/10", most(page, "C-4"): "5"}))
    assert answer.status == 303, answer.shown()
    now = results(w)
    assert now["5", "C-1"]["score"] == 15 and now["3", "C-4"]["max"] == 5 and now["2", "C-1"]["max"] == 10, now


@test
def a_cell_that_another_changed_meanwhile_is_not_written_over(w):
    anna = inside(w.school, "anna")
    page = anna.get("/results?campaign=D-1")
    fields = filled(page, "Save all")
    name = cell(page, f"{SCHOOL}:1", "C-3")
    assert anna.post("/results", put_in(fields, **{name: "4"})).status == 303
    answer = anna.post("/results", put_in(fields, **{name: "11", cell(page, f"{SCHOOL}:3", "C-1"): "12"}))
    assert answer.status == 422 and "Saved: 1. Refused: 1" in answer.shown(), answer.shown()
    assert results(w)["1", "C-3"]["score"] == 4 and results(w)["3", "C-1"]["score"] == 12
    anna.post("/results", put_in(fields, **{name: "5"}))
    assert results(w)["1", "C-3"]["score"] == 4


@test
def many_ticks_are_one_save(w):
    w.school.put("event", {"code": "E-1", "kind": "seminar", "title": "Семинар <i>", "org": SCHOOL, "starts_on": "2024-11-05"})
    anna = inside(w.school, "anna")
    assert anna.get("/events/none/attendance").status == 404
    page = anna.get(SHEET)
    assert page.status == 200 and "<i>" not in page.text and 'class="sign"' in page.text and " checked" not in page.text
    assert f'href="{SHEET}"' in anna.get("/k/event/E-1").text
    page = anna.get(SHEET + "?all=1")
    fields = filled(page, "Save all")
    assert sum(n.startswith("t.") for n, _ in fields) == 5
    answer = anna.post(SHEET, fields)
    assert answer.status == 303 and len(w.school.list("attendance")) == 5, answer.shown()
    page = anna.get(answer.location)
    assert page.text.count(" checked") == 5
    fields = [f for f in filled(page, "Save all") if f[0] not in ("t.0", "t.2")]
    assert anna.post(SHEET, fields).status == 303
    assert len(w.school.list("attendance")) == 3
    # an old page: what is ticked there already is not written twice, what was taken away by another is left
    answer = anna.post(SHEET, filled(page, "Save all"))
    assert answer.status == 303 and len(w.school.list("attendance")) == 3


@test
def who_is_refused_a_tick_sees_why_beside_it(w):
    anna = inside(w.school, "anna")
    page = anna.get(SHEET)
    fields = put_in(filled(page, "Save all"), p__0=f"{HUB}:9", t__0="1")
    fields = [f for f in fields if f[0] != "v.0"]
    answer = anna.post(SHEET, fields)
    assert answer.status == 422 and "Refused: 1" in answer.shown(), answer.shown()
    assert len(w.school.list("attendance")) == 3


@test
def a_hub_ticks_people_of_a_school_of_its_district(w):
    boris = inside(w.hub, "boris")
    wait_until(lambda: any(r["body"]["code"] == "E-1" for r in w.hub.list("event")), what="the event is at the hub")
    page = boris.get(f"{SHEET}?org={SCHOOL}")
    assert page.status == 200 and "Доржиева Туяна" in page.shown(), page.shown()
    fields = filled(page, "Save all")
    answer = boris.post(SHEET, [*[f for f in fields if not f[0].startswith("t.")], *((f"t.{i}", "1") for i in range(5))])
    assert answer.status in (303, 422), answer.shown()
    w.settle()
    assert w.school.quarantine() == w.hub.quarantine() == []


@test
def who_may_not_write_them_has_no_grid(w):
    staff(w, (w.school, "vera", "analyst"), (w.school, "tanya", "privacy"))
    for name in ("vera", "tanya"):
        other = inside(w.school, name)
        for path in ("/results", "/results?campaign=D-1", SHEET):
            page = other.get(path)
            assert page.status == 403 and "Доржиева" not in page.text, (name, path)
        token = dict(other.get("/").hidden("/logout"))["token"]
        assert other.post("/results", [("token", token), ("campaign", "D-1")]).status == 403


@test
def what_no_form_of_ours_sends_harms_nothing(w):
    anna = inside(w.school, "anna")
    token = ("token", dict(anna.get("/").hidden("/logout"))["token"])
    kinds = ("result", "attendance", "activity", "route", "review")
    code = f"R-{SCHOOL}-1-1"
    assert anna.post("/routes/propose", [token, ("person", f"{SCHOOL}:1"), ("person", "x" * 5000), ("campaign", "D-1")]).status == 303
    before = [w.school.list(kind) for kind in kinds]
    odd = ["", "/", "1/", "/2", "9" * 400, "1e9", "-1", "NaN", "\u202e1", "<script>", "%s%n", "1/0"]
    for path, fields in (
            ("/results", [("campaign", "D-1"), *((f"r.{i}.0", text) for i, text in enumerate(odd)), ("c.0", "C-1"), ("p.0", "nobody")]),
            ("/results", [("campaign", "D-1"), ("page", "-5"), ("on", "31.02.2024"), ("r.0.0", "5"), ("p.0", f"{HUB}:1"), ("c.0", "C-9"),
                          ("o.0.0", "no-version 4")]),
            ("/results", [("campaign", "D-1"), ("o.0.0", "x" * 9000), ("r.0.0", "1")]),
            (SHEET, [("t.0", "1"), ("p.0", "x:y:z"), ("v.1", "1.1.zz"), ("p.1", f"{SCHOOL}:1")]),
            (SHEET, [(f"t.{i}", "1") for i in range(900)]),
            (f"/routes/{code}", [("act", "steps"), ("s0.code", "1"), ("s0.version", "?"), ("s0.title", "т" * 3000), ("s1.code", "99")]),
            (f"/routes/{code}", [("act", "add"), ("n.title", "x"), ("n.form", "poetry"), ("n.programme", "none"), ("n.reason", "y")]),
            (f"/routes/{code}", [("act", "state"), ("to", "nowhere"), ("version", "")]),
            (f"/routes/{code}", [("act", "burn")]), (f"/routes/{code}", []),
            (f"/routes/{code}/review", [("decision", "perhaps"), ("by", "x"), ("remarks", "т" * 5000), ("p0.code", "1"), ("p0.title", "; → ;")])):
        answer = anna.post(path, [token, *fields])
        assert answer.status in (303, 400, 409, 422), (path, fields[:4], answer.status)
        assert "<script>" not in answer.text and "\u202e" not in answer.text
    assert [w.school.list(kind) for kind in kinds] == before
    for path in ("/results?campaign=D-1&page=99999999999", "/results?campaign=D-1&org=%3Cb%3E", SHEET + "?org=none&page=x", "/routes?org=%22%3E",
                 "/load/%3Cb%3E", f"/routes/{code}/iom.pdf/x", "/routes/%00/iom.pdf"):
        assert anna.get(path).status in (200, 400, 404), path


world.main(scene)
