# SPDX-License-Identifier: Apache-2.0
"""Routes in a browser: proposed by results, worked on at the school, reviewed at the hub, put into force by a person."""
import datetime
import subprocess
import urllib.parse

import world
from district import PASSWORD, SCHOOL, filled, inside, put_in, scene, staff
from world import refused, test, wait_until

CODE = f"R-{SCHOOL}-1-1"
WHERE = f"/routes/{CODE}"


def steps(w):
    return {r["body"]["code"]: r["body"] for r in w.school.list("activity") if r["body"]["route"] == CODE}


def route(w):
    return next(r["body"] for r in w.school.list("route") if r["body"]["code"] == CODE)


@test
def nobody_is_proposed_a_route_who_has_no_needs_and_nobody_without_a_tick(w):
    anna = inside(w.school, "anna")
    page = anna.get("/routes/propose")
    assert page.status == 200 and "Доржиева Туяна" in page.shown() and "Абашеева" not in page.text, page.shown()
    answer = anna.post("/routes/propose", filled(page, "campaign"))
    assert answer.status == 400 and "Nobody is ticked" in answer.shown()
    assert w.school.list("route") == []
    assert "no routes yet" in anna.get("/routes").shown()


@test
def routes_are_proposed_for_who_is_ticked_and_the_second_time_is_refused_in_words(w):
    anna = inside(w.school, "anna")
    fields = [*filled(anna.get("/routes/propose"), "campaign"), ("person", f"{SCHOOL}:1"), ("person", f"{SCHOOL}:2")]
    answer = anna.post("/routes/propose", fields)
    assert answer.status == 303, answer.shown()
    assert sorted(r["body"]["person"] for r in w.school.list("route")) == [f"{SCHOOL}:1", f"{SCHOOL}:2"]
    again = anna.post("/routes/propose", fields)
    assert again.status == 422 and "Refused: 2" in again.shown() and "draft" in again.shown(), again.shown()
    board = anna.get("/routes")
    assert board.status == 200 and f'href="{WHERE}"' in board.text and "Доржиева Туяна" in board.shown(), board.shown()


@test
def the_route_shows_each_need_with_its_steps_and_why(w):
    page = inside(w.school, "anna").get(WHERE)
    assert page.status == 200, page.shown()
    assert "C-1 Умение 1" in page.shown() and "Олимпиадная математика" in page.shown()
    assert "F:C-1: high need (10 % in D-1)" in page.shown()
    assert "WITH-MENTOR" not in page.shown() and "NO-PROGRAMME" not in page.shown() and len(page.text) < 60000


@test
def steps_are_changed_in_one_save_and_what_is_wrong_stays_with_its_reason(w):
    anna = inside(w.school, "anna")
    fields = filled(anna.get(WHERE), "Save the steps")
    answer = anna.post(WHERE, put_in(fields, s0__planned_from="01.11.2024", s0__planned_to="31.12.2024", s1__planned_to="31.02.2025",
                                     s1__level="school"))
    assert answer.status == 422 and "Saved: 1. Refused: 1" in answer.shown(), answer.shown()
    assert 'value="31.02.2025"' in answer.text
    assert steps(w)["1"]["planned_to"] == "2024-12-31" and "planned_to" not in steps(w)["2"]
    before = steps(w)["2"]["title"]
    answer = anna.post(WHERE, put_in(filled(answer, "Save the steps"), s1__planned_to="28.02.2025"))
    assert answer.status == 303, answer.shown()
    after = steps(w)["2"]
    assert after["planned_to"] == "2025-02-28" and after["level"] == "school" and after["title"] == before == "WITH-MENTOR"
    stale = anna.post(WHERE, put_in(fields, s0__hours="10"))
    assert stale.status == 422 and steps(w)["1"]["hours"] == 36 and 'value="10"' in stale.text, stale.shown()
    assert "has been changed since" in stale.shown()


@test
def a_step_is_added_reordered_and_taken_out(w):
    anna = inside(w.school, "anna")
    fields = filled(anna.get(WHERE), 'value="add"')
    answer = anna.post(WHERE, put_in(fields, n__title="Открытый урок", n__form="peer"))
    assert answer.status == 422 and "Открытый урок" in answer.text and len(steps(w)) == 2  # no reason
    answer = anna.post(WHERE, put_in(fields, n__title="Открытый урок <b>", n__form="peer", n__reason="просила сама",
                                     n__competency="F:C-3"))
    assert answer.status == 303, answer.shown()
    assert steps(w)["3"]["title"] == "Открытый урок <b>"
    page = anna.get(WHERE)
    assert "<b>" not in page.text.split("<main")[1]
    fields = filled(page, "Save the steps")
    assert anna.post(WHERE, put_in(fields, s2__place="1", s0__place="2", s1__place="3")).status == 303
    page = anna.get(WHERE)
    legends = [part.split("</legend>")[0] for part in page.text.split("<legend>")[1:]]
    assert [text.split(".")[0] for text in legends[:3]] == ["3", "1", "2"], legends
    answer = anna.post(WHERE, put_in(filled(page, "Save the steps"), s0__decline="1", why="дважды"))
    assert answer.status == 303 and sorted(steps(w)) == ["1", "2"], answer.shown()


@test
def only_states_that_may_follow_are_offered_and_another_one_is_refused_in_words(w):
    anna = inside(w.school, "anna")
    page = anna.get(WHERE)
    offered = [part.split('"')[0] for part in page.text.split('name="to" value="')[1:]]
    assert offered == ["submitted", "agreed", "withdrawn"], offered
    fields = filled(page, 'name="to" value="submitted"')
    answer = anna.post(WHERE, put_in(fields, to="closed"))
    assert answer.status == 422 and route(w)["state"] == "draft" and "note bad" in answer.text, answer.shown()
    assert anna.post(WHERE, fields).status == 303
    assert route(w)["state"] == "submitted"
    board = anna.get("/routes").shown()
    assert "waits for: municipality" in board and "since" in board, board
    stale = anna.post(WHERE, put_in(fields, to="withdrawn"))
    assert stale.status == 409 and route(w)["state"] == "submitted"


@test
def a_review_that_was_typed_and_not_given_comes_back_from_a_draft(w):
    wait_until(lambda: any(r["body"]["state"] == "submitted" for r in w.hub.list("route")) and len(w.hub.list("activity")) >= 2,
               what="it is at the hub")
    boris = inside(w.hub, "boris")
    page = boris.get(WHERE + "/review")
    fields = put_in([f for f in filled(page, "decision") if f[0] != "decision"], decision="return", remarks="набрано", p1__hours="17")
    # the steps have changed their places since: what was typed belongs to its step, not to a row
    first, second = ([f for f in fields if f[0].startswith(p)] for p in ("p0.", "p1."))
    moved = [(n.replace("p0.", "p1."), v) for n, v in first] + [(n.replace("p1.", "p0."), v) for n, v in second]
    typed = [*moved, *(f for f in fields if f not in first and f not in second)]
    assert boris.post("/draft?for=" + urllib.parse.quote(WHERE + "/review", safe=""), typed).status == 200
    link = f'{WHERE}/review?draft={dict(page.hidden())["form"]}'
    assert f'href="{link}"' in boris.get("/").text and f'href="{link}"' in boris.get(WHERE + "/review").text
    back = filled(boris.get(link), "decision")
    assert ("remarks", "набрано") in back and ("p1.hours", "17") in back and ("p0.hours", "36") in back, back
    assert ("decision", "return") in back and w.hub.list("review") == []
    assert boris.post("/draft/drop", [*boris.get("/").hidden("/logout"), ("for", WHERE + "/review"), ("form", link[-16:]), ("back", "/")]).status == 303


@test
def the_hub_proposes_beside_the_schools_version_and_returns_it(w):
    wait_until(lambda: any(r["body"]["state"] == "submitted" for r in w.hub.list("route")) and len(w.hub.list("activity")) >= 2,
               what="it is at the hub")
    boris = inside(w.hub, "boris")
    page = boris.get(WHERE + "/review")
    assert page.status == 200 and "Доржиева Туяна" in page.shown(), page.shown()
    fields = [f for f in filled(page, "decision") if f[0] != "decision"]
    refused = boris.post(WHERE + "/review", put_in(fields, decision="return", by="Б. Базаров"))
    assert refused.status == 422 and "says why" in refused.shown(), refused.shown()
    answer = boris.post(WHERE + "/review", put_in(fields, decision="return", by="Б. Базаров", remarks="Сроки; велики", p0__planned_to="30.11.24"))
    assert answer.status == 303, answer.shown()
    said = w.hub.list("review")[0]["body"]
    assert said["remarks"].endswith("1. Planned until → 2024-11-30"), said
    anna = inside(w.school, "anna")
    wait_until(lambda: w.school.list("review"), what="the school has it")
    page = anna.get(WHERE)
    table = page.text.split("<h2>Reviews")[1].split("</table>")[0]
    assert 'class="differs"' in table and "2024-12-31" in table and "2024-11-30" in table, table
    assert "returned" in anna.get("/routes").shown()
    answer = anna.post(WHERE, put_in(filled(page, "Save the steps"), s0__planned_to="30.11.2024"))
    assert answer.status == 303, answer.shown()
    assert "taken over" in anna.get(WHERE).shown()


@test
def a_person_agrees_and_the_route_goes_its_way_to_the_end(w):
    anna = inside(w.school, "anna")
    page = anna.get(WHERE)
    answer = anna.post(WHERE, filled(page, 'name="to" value="agreed"'))
    assert answer.status == 422 and route(w)["state"] == "submitted", answer.shown()  # nobody's name
    answer = anna.post(WHERE, put_in(filled(page, 'name="to" value="agreed"'), by="П. Н. Цыренов", tutor=f"{SCHOOL}:2"))
    assert answer.status == 303 and (route(w)["state"], route(w)["confirmed_by"], route(w)["tutor"]) == \
        ("agreed", "П. Н. Цыренов", f"{SCHOOL}:2"), answer.shown()
    assert anna.post(WHERE, filled(anna.get(WHERE), 'name="to" value="active"')).status == 303
    board = anna.get("/routes")
    assert 'class="late"' in board.text and "overdue" in board.shown()
    close = filled(anna.get(WHERE), 'name="to" value="closed"')
    answer = anna.post(WHERE, close)
    assert answer.status == 422 and route(w)["state"] == "active", answer.shown()
    answer = anna.post(WHERE, put_in(close, f__outcome="partial", f__closed_on=f"{datetime.date.today():%d.%m.%Y}"))
    assert answer.status == 303 and route(w)["state"] == "closed", answer.shown()
    assert 'name="to"' not in anna.get(WHERE).text


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@test
def the_route_is_printed_in_five_parts_with_letters_of_buryat(w):
    third = f"{SCHOOL}:3"
    w.school.put("route", {"code": "R-Б", "person": third, "from": "2024-11-01", "state": "draft", "goal": "Ү Ө Һ и ёлка"})
    w.school.put("activity", *({"route": "R-Б", "code": str(i), "person": third, "form": "self", "title": f"Өдөр {i}: <b>читать</b> " * 9,
                                "reason": "по просьбе", "level": "school", "planned_to": "2025-01-31", "result": "Һайн"} for i in range(1, 41)))
    where = urllib.parse.quote("/routes/R-Б/iom.pdf")
    answer = inside(w.school, "anna", "ru").get(where)
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/pdf", answer.status
    text = text_of(answer.body)
    for part in ("1. Общие сведения", "2. Результаты диагностики", "3. Индивидуальный запрос", "4. Карта", "5. Отчет"):
        assert part in text, (part, text[:2000])
    for word in ("Үнэн Өлзы Һарбаловна", "бурятский язык", "высшая", "Ү Ө Һ и ёлка", "Өдөр 40", "<b>читать</b>", "31.01.2025", "Һайн", "самообразование"):
        assert word in text, word
    pages = text.split("\f")[:-1]
    assert len(pages) > 3 and all(f"страница {i} из {len(pages)}" in page for i, page in enumerate(pages, 1)), text
    assert sum("Сопровождение" in page for page in pages) > 1  # the head of the map, on each of its pages
    assert inside(w.school, "anna", "ru").get(where).body == answer.body
    file = w.dir / "iom.pdf"
    w.school.selenga("route", "print", "R-Б", "--pdf", file)
    assert "5. Report" in text_of(file.read_bytes()) and "Үнэн Өлзы" in text_of(file.read_bytes())
    refused(1, w.school.selenga, "route", "print", "R-none", "--pdf", file)
    refused(64, w.school.selenga, "route", "print", "R-Б")
    who = [(e["who"], e["kind"]) for e in w.school.selenga("audit", "list") if e["what"] == "export"]
    assert ("account:anna", "route") in who, who


@test
def who_may_not_sees_no_route_and_no_name(w):
    staff(w, (w.school, "vera", "analyst"), (w.school, "oleg", "operator"))
    for name in ("vera", "oleg"):
        other = inside(w.school, name)
        for path in ("/routes", WHERE, WHERE + "/iom.pdf", "/routes/propose", WHERE + "/review"):
            page = other.get(path)
            assert page.status == 403 and "Доржиева" not in page.text, (name, path)
        assert 'href="/routes"' not in other.get("/").text
    boris = inside(w.hub, "boris")
    page = boris.get(WHERE)
    assert page.status == 200 and 'name="to"' not in page.text and "Save the steps" not in page.text
    assert inside(w.school, "anna").get("/routes/R-none").status == 404
    assert PASSWORD not in page.text


world.main(scene)
