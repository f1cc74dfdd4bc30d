# SPDX-License-Identifier: Apache-2.0
"""Definitions of indicators in the browser: where an expression is wrong, what it would give beside what is in force, versions."""
import json
import re

import wire
import world
from browser import Browser
from console import Console
from inside import PASSWORD
from world import test

SCHOOL = "03-1"
STAFF = ("org,number,last_name,first_name,birth_date,post,post_class,from\n"
         f"{SCHOOL},1,Иванов,Иван,1999-01-01,учитель,pedagogue,2023-09-01\n"
         f"{SCHOOL},2,Петров,Пётр,1970-01-01,учитель,pedagogue,2015-09-01\n")
FROM = "2020-01-01"


def scene(w):
    world.QUICK["console"] = {"listen": ""}
    w.bare = w.node("bare").init("03").run()  # asked by a console of our own
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", f"code,parent,kind,name\n03,,ministry,Министерство\n{SCHOOL},03,school,Первая\n")
    w.region.text("staff", STAFF)
    w.region.selenga("put", "indicator", stdin=json.dumps({"body": {
        "code": "X-1", "title": "Проба <b>", "unit": "count", "numerator": "count(person where pedagogue)", "valid_from": FROM}}))
    w.settle()
    for name, role, *more in (("rita", "regional"), ("vera", "analyst"), ("oleg", "operator"), ("anna", "coordinator", "--org", SCHOOL)):
        once = w.region.selenga("account", "add", name, "--role", role, *more)["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303, name
    return w


def inside(w, name, lang="en"):
    browser = Browser(w.url, lang)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def filled(answer, **changed):
    """What the form would send: its hidden fields, what stands in its controls, and what somebody typed in their place."""
    form = re.search(r'<form class="record".*?</form>', answer.text, re.S)[0]
    sent = dict(answer.hidden())
    for name, value in re.findall(r'<input type="text"[^>]* name="f\.([^"]*)" value="([^"]*)"', form):
        sent[f"f.{name}"] = value
    for name, value in re.findall(r'<textarea[^>]* name="f\.([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.S):
        sent[f"f.{name}"] = value
    for name, value in re.findall(r'<input type="radio" name="f\.([^"]*)" value="([^"]*)" checked>', form):
        sent[f"f.{name}"] = value
    sent |= {f"f.{k}": v for k, v in changed.items() if k not in ("period", "org", "try_")}
    sent |= {k.rstrip("_"): v for k, v in changed.items() if k in ("period", "org", "try_")}
    return list(sent.items())


def send(browser, path="/definitions/X-1", **changed):
    return browser.post(path.split("?")[0], filled(browser.get(path), **changed))


def versions(w):
    return {r["body"]["valid_from"]: r["body"] for r in w.region.list("indicator") if r["body"]["code"] == "X-1"}


def value(answer, name):
    """Cells of a line of the dry run."""
    row = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', answer.text, re.S)
    assert row, answer.shown()
    return [" ".join(re.sub(r"<[^>]*>", " ", c).split()) for c in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.S)]


@test
def who_may_not_write_indicators_has_no_form_and_is_refused(w):
    anna = inside(w, "anna")
    page = anna.get("/definitions/X-1")
    assert page.status == 200 and "count(person where pedagogue)" in page.text and 'class="record"' not in page.text
    sent = [*anna.get("/").hidden("/logout"), ("f.title", "Чужое"), ("from", FROM)]
    for path in ("/definitions/X-1", "/definitions/new"):
        assert anna.post(path, sent).status == 403, path
        assert anna.post(path, [*sent, ("try", "1")]).status == 403, path
    assert anna.get("/definitions/new").status == 403 and "/definitions/new" not in anna.get("/definitions").text
    assert inside(w, "oleg").get("/definitions").status == 403
    assert versions(w)[FROM]["title"] == "Проба <b>"


@test
def a_draft_is_counted_by_the_service_for_none_but_who_may_write(w):
    console = Console(w.bare)
    body = wire.message(f1="X-1")
    for name, role in (("vera", "analyst"), ("anna", "methodist"), ("oleg", "operator")):
        once = w.bare.selenga("account", "add", name, "--role", role)["password"]
        assert console.log_in(name, once, PASSWORD) is None
    w.bare.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n")
    w.settle()
    for name in ("anna", "oleg"):
        report = wire.message(f1="03", f2="2024", f7=body)
        assert console.code(wire.REPORT, wire.REPORTING, report, name) == "ACCESS-DENIED", name
    # what has no title and no formula is judged as if it were to be written
    assert console.code(wire.REPORT, wire.REPORTING, wire.message(f1="03", f2="2024", f7=body), "vera") == "REQUIRED"
    assert console.code(wire.REPORT, wire.REPORTING, wire.message(f1="03", f2="2024", f7=b"\xff\xff"), "vera") not in (None, "REQUIRED")
    console.close()


@test
def an_unknown_code_or_day_is_refused(w):
    vera = inside(w, "vera")
    for path in ("/definitions/NO-1", "/definitions/X-1?from=2021-01-01", "/definitions/%3Cb%3E"):
        assert vera.get(path).status == 404, path


@test
def the_place_of_an_error_is_marked_under_the_text_and_nothing_is_saved(w):
    vera = inside(w, "vera", "ru")
    for more in ({}, {"try_": "1"}):
        page = send(vera, numerator="count(person where pedagog)", **more)
        assert page.status == 422 and "Числитель, знак 20: в таблице нет" in page.shown(), page.shown()
        assert "count(person where <mark>pedagog</mark>)" in page.text, page.text
        assert ">\ncount(person where pedagog)</textarea>" in page.text and 'href="#f-numerator"' in page.text
    page = send(vera, numerator="count(person where")
    assert "count(person where<mark>(конец)</mark>" in page.text, page.text
    page = send(vera, notes="ПРИМЕЧАНИЕ = 1")
    assert page.status == 422, page.shown()
    page = send(vera, notes="A = 1; Ё = 2")
    assert page.status == 422 and "знак 7" in page.shown(), page.shown()
    assert versions(w)[FROM]["numerator"] == "count(person where pedagogue)"


@test
def planted_markup_stays_text(w):
    page = send(inside(w, "vera"), numerator="<script>alert(1)</script>")
    assert page.status == 422 and "<script>alert" not in page.text and "&lt;script&gt;" in page.text.replace("<mark>", "").replace("</mark>", "")


@test
def a_dry_run_of_no_period_or_of_an_unknown_organisation_is_refused(w):
    vera = inside(w, "vera")
    for asked in ({"period": "someday"}, {"period": "1980"}, {"org": "nowhere"}, {"org": "<b>"}):
        page = send(vera, try_="1", **asked)
        assert page.status in (403, 422) and "<b>" not in page.text.replace("Проба <b>", ""), (asked, page.status, page.shown())


@test
def a_dry_run_stands_beside_the_value_in_force_and_saves_nothing(w):
    vera = inside(w, "vera")
    page = send(vera, numerator="count(person where pedagogue and young_age) + 40", period="2024", org="03", try_="1")
    assert page.status == 200, page.shown()
    assert value(page, "in force")[0] == "2" and value(page, "this one")[0] == "41", page.shown()
    assert "count(person where pedagogue and young_age) + 40" in page.text  # still in the form
    assert versions(w)[FROM]["numerator"] == "count(person where pedagogue)"
    page = send(vera, "/definitions/new", code="X-9", title="Новый", unit="count", numerator="count(person)", valid_from="2031-01-01",
                period="2024", org=SCHOOL, try_="1")
    assert value(page, "in force")[-1] == "none is in force" and value(page, "this one")[0] == "2", page.shown()
    assert not [r for r in w.region.list("indicator") if r["body"]["code"] == "X-9"]


@test
def what_somebody_else_changed_meanwhile_is_shown_in_three_columns(w):
    vera = inside(w, "vera")
    mine = filled(vera.get("/definitions/X-1"), title="Моё")
    assert send(inside(w, "rita"), title="Её").status == 303
    page = vera.post("/definitions/X-1", mine)
    assert page.status == 409 and all(t in page.shown() for t in ("Моё", "Её", "Проба <b>")), page.shown()
    assert versions(w)[FROM]["title"] == "Её"
    assert vera.post("/definitions/X-1", filled(page)).status == 303  # now that he has seen it
    assert versions(w)[FROM]["title"] == "Моё"


@test
def another_first_day_makes_a_definition_beside_the_one_before(w):
    vera = inside(w, "vera")
    answer = send(vera, numerator="count(person)", valid_from="01.09.2023")
    assert answer.status == 303 and answer.location == "/definitions/X-1?from=2023-09-01&saved=1", answer.location
    assert set(versions(w)) == {FROM, "2023-09-01"} and versions(w)[FROM]["numerator"] == "count(person where pedagogue)"
    page = vera.get("/definitions/X-1")
    assert ">\ncount(person)</textarea>" in page.text  # the one in force
    assert "replaced" in page.shown() and f"/definitions/X-1?from={FROM}" in page.text
    assert "/history" in page.text and vera.get(f"/definitions/X-1?from={FROM}").status == 200
    # onto a day that is taken: not over it
    assert send(vera, f"/definitions/X-1?from={FROM}", valid_from="01.09.2023").status == 409
    assert versions(w)["2023-09-01"]["numerator"] == "count(person)"


@test
def the_list_has_those_in_force_first(w):
    page = inside(w, "vera", "ru").get("/definitions")
    in_force, others = page.text.split("<h2>")[1:3]
    assert "I-5.3.2" in in_force and "≥ 70 %" in in_force and "X-1?from=2023-09-01" in in_force
    assert f"X-1?from={FROM}" in others and "X-1?from=2023-09-01" not in others
    assert len(page.text.encode()) <= 60_000
    assert 'href="/definitions/I-5.3.2"' in inside(w, "anna").get("/r/2024/I-5.3.2").text


if __name__ == "__main__":
    world.main(scene)
