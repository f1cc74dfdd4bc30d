# SPDX-License-Identifier: Apache-2.0
"""Tables sent through a browser: looked at, written as they were looked at, taken back."""
import html
import http.client
import re
import socket
import urllib.parse

import world
from inside import PLANTED, inside, scene
from world import patience, test, wait_until

HEAD = "Код организации;Таб. №;Фамилия;Имя;Должность;Категория персонала;Дата приёма\n"


def row(n, name="Иванов", post="учитель"):
    return f"03;{n};{name};Иван;{post};педагогический;01.09.2015\n"


def sent(browser, text="", name="list.csv", sheet="staff", pasted="", token=None):
    page = browser.get("/import")
    token = dict(page.hidden("/import"))["token"] if token is None else token
    data = text if isinstance(text, bytes) else text.encode()
    return browser.send_file("/import", [("token", token), ("sheet", sheet)], data, name, [("text", pasted)])


def looked(browser, answer, choices=()):
    assert answer.status == 303, answer.shown()
    page = browser.get(answer.location)
    act = answer.location + "?act=look"
    assert browser.post(act, [*page.hidden(act), *choices]).status == 303
    return over(browser, answer.location)


def over(browser, path):
    return wait_until(lambda: (page := browser.get(path)) and 'http-equiv="refresh"' not in page.text and page)


def done(browser, path, act):
    page = browser.get(path)
    assert browser.post(f"{path}?act={act}", page.hidden(f"{path}?act={act}")).status == 303
    return over(browser, path)


def counts(page):
    return [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', page.text)[:4]]


# --- refusals

@test
def only_the_address_of_imports_takes_a_file_and_only_from_those_who_may(w):
    browser = inside(w)
    fields = [("token", dict(browser.get("/import").hidden("/import"))["token"])]
    assert browser.send_file("/k/event/new", fields, b"x" * 100, "a.csv").status == 415
    assert inside(w, "vera").get("/import").status == 403
    other = inside(w, "vera")
    token = dict(other.get("/").hidden("/logout"))["token"]
    assert other.send_file("/import", [("token", token)], b"x", "a.csv").status == 403
    assert list((w.region.dir / "console").glob("upload-*")) == []
    assert w.region.list("identity") == []


@test
def a_file_without_the_session_s_token_leaves_nothing_on_the_disk(w):
    browser = inside(w)
    for token in ("", "0" * 64):
        try:
            assert sent(browser, HEAD + row(1), token=token).status == 403
        except (OSError, http.client.HTTPException):
            pass
    wait_until(lambda: list((w.region.dir / "console").glob("upload-*")) == [])
    assert browser.get("/import").text.count("/import/") == 0


@test
def a_file_above_the_bound_is_refused_before_it_comes(w):
    browser = inside(w)
    cookies = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    line = socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=patience(30))
    line.sendall(f"POST /import HTTP/1.1\r\nHost: {browser.netloc}\r\nOrigin: {w.url}\r\nCookie: {cookies}\r\n"
                 f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {30 << 20}\r\n\r\n".encode())
    assert b" 413 " in line.recv(100)
    line.close()


@test
def what_is_no_table_is_told_and_another_s_import_is_not_there(w):
    browser = inside(w)
    assert sent(browser).status == 422
    answer = sent(browser, b"PK\x03\x04 no workbook", name="x.xlsx")
    assert "note bad" in browser.get(answer.location).text
    w.region.selenga("account", "add", "boris", "--role", "coordinator")
    assert inside(w, "oleg").get(answer.location).status == 403
    assert browser.get("/import/" + "0" * 24).status == 404
    page = browser.get(answer.location)
    assert browser.post(answer.location + "?act=write", browser.get("/").hidden("/logout")).status == 303
    assert "note bad" in page.text and w.region.list("identity") == []


# --- what is looked at is what is done

@test
def a_table_is_looked_at_written_as_it_was_looked_at_and_taken_back(w):
    browser = inside(w, lang="ru")
    as_it_was = w.region.export("staff")
    page = looked(browser, sent(browser, HEAD + row(1) + row(2) + row(3, name="") + row(4, name='"' + PLANTED.replace('"', '""') + '"')))
    assert counts(page) == [3, 0, 0, 1], page.shown()
    assert w.region.export("staff") == as_it_was  # nothing is written yet
    path = re.search(r'action="(/import/\w+)\?act=write"', page.text)[1]
    page = done(browser, path, "write")
    assert counts(page) == [3, 0, 0, 1], page.shown()
    assert len(w.region.list("identity")) == 3
    rejected = browser.get(path + "/rejected.csv")
    assert "attachment" in rejected.headers["Content-Disposition"] and ";3;" in rejected.text and "Причина отказа" in rejected.text
    again = looked(browser, sent(browser, HEAD + row(1) + row(2)))
    assert counts(again) == [0, 0, 2, 0] and "act=write" not in again.text, again.shown()
    assert "03:4" in again.shown()  # here, and not in the table: a question
    assert len(w.region.list("identity")) == 3
    page = done(browser, path, "undo")
    assert "Удалено: 9" in page.shown(), page.shown()
    assert w.region.export("staff") == as_it_was


@test
def a_windows_1251_table_with_a_title_and_pasted_cells_are_read(w):
    browser = inside(w)
    text = "Список работников на 1 сентября\n\n" + HEAD + row(11) + row(12)
    assert counts(looked(browser, sent(browser, text.encode("cp1251")))) == [2, 0, 0, 0]
    pasted = (HEAD + row(13)).replace(";", "\t")
    page = looked(browser, sent(browser, pasted=pasted))
    assert counts(page) == [1, 0, 0, 0], page.shown()


@test
def a_column_that_is_chosen_is_remembered_and_one_that_is_none_is_refused(w):
    browser = inside(w)
    table = HEAD.replace("Таб. №", "Шифр") + row(21)
    answer = sent(browser, table)
    page = browser.get(answer.location)
    assert "note bad" in page.text  # the number is missing
    act = answer.location + "?act=look"
    assert browser.post(act, [*page.hidden(act), ("c.1", "nothing")]).status == 422
    page = looked(browser, answer, [("c.1", "number")])
    assert counts(page) == [1, 0, 0, 0], page.shown()
    page = browser.get(sent(browser, table).location)
    assert "note bad" not in page.text
    assert "Шифр" in (w.region.dir / "headings.tsv").read_text()


@test
def what_somebody_changed_after_the_look_is_not_overwritten(w):
    browser = inside(w)
    path = w.file("before.csv")
    path.write_text(HEAD + row(31) + row(32) + row(33), encoding="utf-8")
    w.region.sheet("staff", path)
    page = looked(browser, sent(browser, HEAD + row(31, post="завуч") + row(32, name="Петров") + row(33)))
    assert counts(page) == [0, 2, 1, 0], page.shown()
    w.region.put("employment", {"org": "03", "number": "31", "post": "директор"})
    w.region.put("employment", {"org": "03", "number": "32", "post": "директор"})
    w.region.put("employment", {"org": "03", "number": "33", "post": "директор"})
    here = re.search(r'action="(/import/\w+)\?act=write"', page.text)[1]
    page = done(browser, here, "write")
    assert counts(page) == [0, 1, 1, 1], page.shown()
    assert "changed since" in page.shown(), page.shown()
    posts = [w.region.selenga("get", "employment", f"03:{n}")["body"]["post"] for n in (31, 32, 33)]
    assert posts == ["директор"] * 3, posts
    assert w.region.selenga("get", "identity", "03:32")["body"]["last_name"] == "Петров"


@test
def a_console_that_was_started_anew_still_takes_an_import_back(w):
    browser = inside(w)
    as_it_was = w.region.export("event")
    table = "code,kind,title,org,starts_on\n" + "".join(f"I-{n},seminar,Т,03,2024-01-01\n" for n in range(1200))
    page = looked(browser, sent(browser, table, sheet="event"))
    assert counts(page) == [1200, 0, 0, 0], page.shown()
    here = re.search(r'action="(/import/\w+)\?act=write"', page.text)[1]
    assert counts(done(browser, here, "write")) == [1200, 0, 0, 0]
    folder = w.region.dir / "console" / here.replace("/import/", "job-")
    assert sorted(f.name for f in folder.iterdir()) == ["about", "undo"], list(folder.iterdir())
    w.region.stop()
    w.region.run()
    w.url = w.region.status("console")["url"]
    browser = inside(w)
    page = browser.get(here)
    assert counts(page) == [1200, 0, 0, 0], page.shown()
    page = done(browser, here, "undo")
    assert "Deleted: 1200" in page.shown(), page.shown()
    assert w.region.export("event") == as_it_was


# --- many at one time

def many(w, browser, path, fields):
    page = browser.get(path)
    action = next(a for a in re.findall(r'<form class="ticks" method="post" action="(/many/event[^"]*)"', page.text))
    return browser.post(html.unescape(action), [*page.hidden(html.unescape(action)), *fields])


def step(browser, page, *fields):
    return browser.post("/many/event", [*page.hidden("/many/event"), *fields])


@test
def of_three_hundred_with_five_bad_the_good_are_changed_and_the_bad_stay_ticked(w):
    bad = {f"M-{n}" for n in range(0, 300, 60)}
    w.region.put("event", *({"code": f"M-{n}", "kind": "seminar", "title": f"Много {n}", "org": "03",
                             "starts_on": "2025-01-01" if f"M-{n}" in bad else "2024-01-01"} for n in range(300)))
    browser = inside(w)
    page = many(w, browser, "/k/event?find=" + urllib.parse.quote("Много"), [("all", "yes")])
    assert page.status == 200 and "300 at one time" in page.shown(), page.shown()
    page = step(browser, page, ("field", "ends_on"))
    page = step(browser, page, ("f.ends_on", "31.02.2024"))
    assert page.status == 422, page.shown()
    page = step(browser, page, ("f.ends_on", "01.06.2024"))
    assert counts(page)[:3] == [295, 0, 5], page.shown()
    assert "Nothing is written yet" in page.shown()
    assert "ends_on" not in w.region.selenga("get", "event", "M-1")["body"]
    look = page
    page = step(browser, look)
    assert counts(page)[:3] == [295, 0, 5], page.shown()
    ticked = set(re.findall(r'type="checkbox" name="id" checked value="[^"]*" aria-label="([^"]*)"', page.text))
    assert ticked == bad and "end" in page.shown().lower(), page.shown()
    assert w.region.selenga("get", "event", "M-1")["body"]["ends_on"] == "2024-06-01"
    again = step(browser, look)  # what was shown is stale by now
    assert counts(again)[:3] == [0, 0, 300] and "changed since" in again.shown(), again.shown()
    undo = re.search(r'href="(/import/\w+)"', page.text)[1]
    answer = done(browser, undo, "undo")
    assert "Written again as before: 295" in answer.shown(), answer.shown()
    assert "ends_on" not in w.region.selenga("get", "event", "M-1")["body"]


@test
def those_that_are_ticked_are_deleted_and_come_back_together(w):
    w.region.put("event", *({"code": f"D-{n}", "kind": "seminar", "title": "Лишнее", "org": "03", "starts_on": "2024-01-01"} for n in range(3)))
    browser = inside(w)
    path = "/k/event?find=" + urllib.parse.quote("Лишнее")
    ids = re.findall(r'name="id" value="([^"]*)"', browser.get(path).text)
    page = many(w, browser, path, [("id", i) for i in ids[:2]])
    page = step(browser, page, ("field", "-"))
    page = step(browser, page, ("why", "дважды"))
    assert len(w.region.list("event", "--find", "Лишнее")) == 3
    page = step(browser, page)
    assert counts(page)[:3] == [2, 0, 0], page.shown()
    assert len(w.region.list("event", "--find", "Лишнее")) == 1
    undo = re.search(r'href="(/import/\w+)"', page.text)[1]
    assert "Written again as before: 2" in done(browser, undo, "undo").shown()
    assert len(w.region.list("event", "--find", "Лишнее")) == 3


@test
def who_may_not_write_a_kind_changes_none_of_it(w):
    browser = inside(w, "vera")
    token = dict(browser.get("/").hidden("/logout"))["token"]
    fields = [("token", token), ("all", "yes"), ("step", "do"), ("field", "title"), ("f.title", "Моё")]
    assert browser.post("/many/event", fields).status == 403
    assert "Моё" not in w.region.export("event")


world.main(scene)
