# SPDX-License-Identifier: Apache-2.0
"""Records in a browser: lists, cards, forms, what they were, what is sought and taken out."""
import re
import urllib.parse
import zipfile

import world
from inside import added, event, inside, scene
from world import refused, test


@test
def a_record_is_added_shown_changed_and_deleted(w):
    browser = inside(w)
    answer = added(browser, code="E-10", title="Первый")
    assert answer.status == 303 and "?saved=" in answer.location, (answer.status, answer.shown())
    assert "Saved: written on this computer." in browser.get(answer.location).shown()
    assert "Первый" in browser.get("/k/event/E-10").shown()
    assert w.region.selenga("get", "event", "E-10")["body"]["title"] == "Первый"
    page = browser.get("/k/event/E-10/edit")
    assert 'name="f.code"' not in page.text  # what it is known by stays
    answer = browser.post("/k/event/E-10/edit", [*page.hidden(), *event(title="Второй", starts_on="03.02.2024", young_school="yes")[1:]])
    assert answer.status == 303, answer.shown()
    body = w.region.selenga("get", "event", "E-10")["body"]
    assert body["title"] == "Второй" and body["starts_on"] == "2024-02-03" and body["young_school"] is True
    page = browser.get("/k/event/E-10")
    for why in ((), (("why", ""),), (("why", "  "),)):  # the service itself wants it
        answer = browser.post("/k/event/E-10/delete", [*page.hidden("/k/event/E-10/delete"), *why])
        assert answer.status == 422 and browser.get("/k/event/E-10").status == 200, (why, answer.status)
    answer = browser.post("/k/event/E-10/delete", [*page.hidden("/k/event/E-10/delete"), ("why", "дважды")])
    assert answer.status == 303, answer.shown()
    assert browser.get("/k/event/E-10").status == 404


@test
def a_change_is_shown_in_the_history_and_brought_back(w):
    browser = inside(w)
    assert added(browser, code="E-30", title="Было").status == 303
    page = browser.get("/k/event/E-30/edit")
    assert browser.post("/k/event/E-30/edit", [*page.hidden(), *event(title="Стало")[1:]]).status == 303
    page = browser.get("/k/event/E-30/history")
    assert "<del>Было</del> → <ins>Стало</ins>" in page.text and "coordinator" in page.shown(), page.shown()
    answer = browser.post("/k/event/E-30/history", page.hidden())
    assert answer.status == 303, answer.shown()
    assert w.region.selenga("get", "event", "E-30")["body"]["title"] == "Было"
    stale = browser.post("/k/event/E-30/history", page.hidden())
    assert stale.status == 409, stale.shown()


@test
def a_deletion_is_brought_back_where_it_is_told(w):
    browser = inside(w)
    assert added(browser, code="E-31", title="Удалённое").status == 303
    page = browser.get("/k/event/E-31")
    answer = browser.post("/k/event/E-31/delete", [*page.hidden("/k/event/E-31/delete"), ("why", "дважды")])
    assert answer.status == 303, answer.shown()
    page = browser.get(answer.location)
    assert "For 30 days it can be brought back here." in page.shown(), page.shown()
    assert browser.post(answer.location.split("?")[0], page.hidden()).status == 303
    assert w.region.selenga("get", "event", "E-31")["body"]["title"] == "Удалённое"


@test
def who_may_not_write_a_kind_brings_nothing_back(w):
    browser = inside(w)
    assert added(browser, code="E-32", title="Было").status == 303
    page = browser.get("/k/event/E-32/edit")
    assert browser.post("/k/event/E-32/edit", [*page.hidden(), *event(title="Стало")[1:]]).status == 303
    fields = dict(browser.get("/k/event/E-32/history").hidden())
    other = inside(w, "vera")
    token = dict(other.get("/").hidden("/logout"))["token"]
    assert other.post("/k/event/E-32/history", [*{**fields, "token": token}.items()]).status == 403
    assert w.region.selenga("get", "event", "E-32")["body"]["title"] == "Стало"


@test
def what_is_wrong_is_said_above_and_nothing_typed_is_lost(w):
    browser = inside(w)
    answer = added(browser, code="E-11", title="Набрано", starts_on="31.02.2024", ends_on="")
    assert answer.status == 422 and 'href="#f-starts_on"' in answer.text
    assert "starts_on:" not in answer.shown()  # people read labels
    assert 'value="Набрано"' in answer.text or ">\nНабрано</textarea>" in answer.text
    assert 'value="31.02.2024"' in answer.text
    answer = added(browser, code="E-11", title="")
    assert answer.status == 422 and 'href="#f-title"' in answer.text
    answer = added(browser, code="E-11", org="99-99-99")
    assert answer.status == 422, answer.shown()
    refused(1, w.region.selenga, "get", "event", "E-11")


@test
def what_was_saved_and_makes_little_sense_is_said(w):
    browser = inside(w)
    page = browser.get("/k/identity/new")
    fields = {"org": "03", "number": "1", "last_name": "Иванова", "first_name": "Анна", "birth_date": "2020-01-01"}
    answer = browser.post("/k/identity/new", [*page.hidden(), *(("f." + k, v) for k, v in fields.items())])
    assert answer.status == 200 and "Saved: written on this computer." in answer.shown(), answer.shown()
    assert "look at it once more" in answer.shown() and 'href="#f-birth_date"' in answer.text
    assert w.region.selenga("get", "identity", "03:1")["body"]["last_name"] == "Иванова"


@test
def a_key_that_is_taken_is_not_written_over(w):
    browser = inside(w)
    assert added(browser, code="E-12", title="Был").status == 303
    answer = added(browser, code="E-12", title="Поверх")
    assert answer.status == 409 and "Поверх" in answer.text
    assert w.region.selenga("get", "event", "E-12")["body"]["title"] == "Был"


@test
def of_two_who_change_one_record_the_second_sees_three_columns(w):
    one, two = inside(w), inside(w)
    assert added(one, code="E-13", title="Было").status == 303
    first, second = one.get("/k/event/E-13/edit"), two.get("/k/event/E-13/edit")
    assert one.post("/k/event/E-13/edit", [*first.hidden(), *event(title="Чужое", ends_on="2024-03-01")[1:]]).status == 303
    answer = two.post("/k/event/E-13/edit", [*second.hidden(), *event(title="Моё")[1:]])
    assert answer.status == 409, answer.shown()
    table = answer.text.split('<table class="changed">')[1].split("</table>")[0]
    assert "<td>Было</td><td>Моё</td><td>Чужое</td>" in table, table
    assert w.region.selenga("get", "event", "E-13")["body"]["title"] == "Чужое"
    again = two.post("/k/event/E-13/edit", [*answer.hidden(), *event(title="Моё", ends_on="2024-03-01")[1:]])
    assert again.status == 303, again.shown()
    body = w.region.selenga("get", "event", "E-13")["body"]
    assert body["title"] == "Моё" and body["ends_on"] == "2024-03-01"


@test
def a_list_is_filtered_sorted_and_paged_by_its_address(w):
    w.region.put("event", *({"code": f"L-{i}", "kind": "forum" if i % 2 else "webinar", "title": f"Встреча {i}", "org": "03",
                             "starts_on": f"2024-01-{1 + i % 28:02}"} for i in range(120)))
    browser = inside(w)

    def codes(path):
        page = browser.get(path)
        assert page.status == 200, page.shown()
        return [row.split("<")[0] for row in page.text.split("<tbody>")[1].split("</tbody>")[0].split('href="/k/event/')[1:]], page
    rows, page = codes("/k/event?kind=forum")
    assert len(rows) == 50 and "forum" in page.shown()
    seen = set(rows)
    while 'rel="next"' in page.text:
        link = page.text.split('" rel="next"')[0].split('href="')[-1].replace("&amp;", "&")
        rows, page = codes("/k/event" + link)
        assert not seen & set(rows)
        seen |= set(rows)
    assert len(seen) == 60
    rows, page = codes("/k/event?kind=webinar&sort=-code")
    assert "L-118" in rows[0] and "1 to 50 of 60" in page.shown()
    rows, page = codes("/k/event?kind=webinar&sort=-code&page=2")
    assert len(rows) == 10 and "L-18" in rows[0]
    rows, page = codes("/k/event?find=ВСТРЕЧА 117".replace(" ", "+").replace("ВСТРЕЧА", urllib.parse.quote("ВСТРЕЧА")))
    assert len(rows) == 1
    for day in ("07.01.2024", "070124", "07012024", "2024-01-07"):
        rows, page = codes(f"/k/event?kind=webinar&starts_on={day}")
        assert {row.split('"')[0] for row in rows} == {f"L-{i}" for i in range(120) if i % 2 == 0 and i % 28 == 6}, (day, rows)
    assert "Nothing fits" in browser.get("/k/event?kind=webinar&starts_on=310224").shown()
    page = browser.get("/k/event?columns=code&columns=title")
    assert page.text.split("<thead>")[1].split("</thead>")[0].count("<th ") == 2
    assert "Nothing fits" in browser.get("/k/event?find=nowhere").shown()
    assert browser.get("/k/event?sort=colour").status == 400


@test
def a_list_is_taken_out_as_it_is_seen_and_that_is_noted(w):
    browser = inside(w)
    for code, title in (("X-1", "=1+1"), ("X-2", "Вторая")):
        assert added(browser, code=code, title=title, kind="seminar").status == 303
    page = browser.get("/k/event?columns=code&columns=title&find=X-")
    assert "/k/event/export.csv?columns=code" in page.text
    answer = browser.get("/k/event/export.csv?columns=code,title&sort=-code&find=X-")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv"), answer.text
    assert answer.text.lstrip("\ufeff").split() == ["Code,Title", "X-2,Вторая", "X-1,'=1+1"], answer.text
    assert [e["who"] for e in w.region.selenga("audit", "list") if e["what"] == "export" and e["kind"] == "event"][-1] == "account:anna"
    assert inside(w, "vera").get("/k/identity/export.csv").status == 403


@test
def a_list_is_taken_out_as_a_workbook_in_which_text_is_text(w):
    browser = inside(w)
    for code, title in (("W-1", "=1+1"), ("W-2", "Вторая")):
        assert added(browser, code=code, title=title, kind="seminar").status == 303
    assert "/k/event/export.xlsx?columns=code" in browser.get("/k/event?columns=code&find=W-").text
    answer = browser.get("/k/event/export.xlsx?columns=code,title&sort=-code&find=W-")
    assert answer.status == 200 and "spreadsheetml" in answer.headers["Content-Type"], answer.status
    path = w.file("list.xlsx")
    path.write_bytes(answer.body)
    with zipfile.ZipFile(path) as book:
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/worksheets/sheet1.xml").decode())
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert texts == ["Code", "Title", "W-2", "Вторая", "W-1", "=1+1"], texts
    assert list((w.region.dir / "console").iterdir()) == []
    assert [e["who"] for e in w.region.selenga("audit", "list") if e["what"] == "export" and e["kind"] == "event"][-1] == "account:anna"
    assert inside(w, "vera").get("/k/identity/export.xlsx").status == 403


@test
def a_search_finds_records_of_every_kind_that_the_reader_may_see(w):
    browser = inside(w)
    assert added(browser, code="S-1", title="Ёлочный семинар").status == 303
    page = browser.get("/search?q=" + urllib.parse.quote("елочн"))
    assert 'href="/k/event/S-1"' in page.text and "Ёлочный семинар" in page.shown(), page.shown()
    assert 'href="/search?q=' in browser.get("/search?q=tkjxysq").text  # ёлочный, typed with the other layout
    w.region.put("identity", {"org": "03", "number": "77", "last_name": "Канарейкина", "first_name": "Зоя"})
    assert 'href="/p/03:77"' in browser.get("/search?q=" + urllib.parse.quote("канарейк")).text
    page = inside(w, "vera").get("/search?q=" + urllib.parse.quote("канарейк"))
    assert page.status == 200 and "Канарейкина" not in page.text and "/p/03:77" not in page.text


@test
def every_kind_has_its_list_and_its_form(w):
    browser = inside(w)
    kinds = w.region.selenga("kinds")
    for kind in kinds:
        name = kind["kind"]
        page = browser.get("/k/" + name)
        if page.status == 404:
            continue
        if page.status == 403:  # not for her: see the table of access
            continue
        assert page.status == 200, (name, page.shown())
        assert browser.get(f"/k/{name}/new").status in (200, 403), name
        assert browser.get(f"/k/{name}?sort=id").status == 200, name


world.main(scene)
