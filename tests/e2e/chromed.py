# SPDX-License-Identifier: Apache-2.0
"""What the tests in Chromium share: one region with the sample's sheets, people of every role, one browser."""
import datetime
import functools
import json
import re
import subprocess
import time
from pathlib import Path

import world
from browser import Browser
from chromium import Chromium
from inside import PASSWORD
from selenium.webdriver.common.keys import Keys
from world import BIN, SAMPLE

ROLES = {"olga": "regional", "petr": "coordinator", "maria": "methodist", "oleg": "operator", "vera": "analyst", "tanya": "teacher", "pavel": "privacy"}
SHEETS = ("organisation", "staff", "programme", "programme-run", "competency", "campaign", "event", "methodist", "absence", "assignment",
          "enrolment", "certificate", "mentoring-pair", "mentoring-meeting", "attendance", "result", "support-act")
ROUTES = {"route": {"code": "R-1", "person": "03-08-01:5", "from": "2024-09-01", "state": "draft", "goal": "Готовить к олимпиадам"},
          "activity": {"route": "R-1", "code": "1", "person": "03-08-01:5", "title": "Открытый урок", "form": "peer", "reason": "Есть потребность", "planned_to": "2024-12-01"},
          "result": {"campaign": "DIAG-24", "person": "03:1", "competency": "SUBJ-1", "score": 10, "max": 20, "taken_on": "2024-03-10"}}


def asked():
    """A screening and a test that can be taken now."""
    made = {"org": "03", "version": 1, "state": "approved"}
    question = {"number": 1, "type": "single", "text": "Как вы себя чувствуете?", "options": "~хорошо~плохо"}
    day = datetime.date.today()
    yield "instrument", {"code": "W-1", "title": "Самочувствие", "class": "screening", **made}
    yield "question", {"instrument": "W-1", **question}
    yield "instrument", {"code": "Q-1", "title": "Тест", "class": "test", **made}
    yield "question", {"instrument": "Q-1", **question}
    yield "campaign", {"code": "СЕЙЧАС", "title": "Диагностика", "framework": "UCH-24", "org": "03", "from": str(day),
                       "to": str(day + datetime.timedelta(days=20)), "instruments": "Q-1"}


def fill(w):
    """The sample's sheets, all at one node: it serves those who have none of their own."""
    folders = [f for f in sorted(SAMPLE.iterdir()) if f.is_dir()]
    for sheet in SHEETS:
        texts = [(f / f"{sheet}.csv").read_text() for f in folders if (f / f"{sheet}.csv").exists()]
        head, *rows = texts[0].splitlines() + [row for t in texts[1:] for row in t.splitlines()[1:]]
        w.region.text(sheet, "\n".join([head, *(r for r in rows if ",T-" not in r)]) + "\n")  # teams are a school's
    for kind, body in (*ROUTES.items(), *asked()):
        w.region.put(kind, body)


@functools.cache
def routes():
    """Patterns of pages (not of files) that a GET asks for."""
    table = json.loads(subprocess.run([BIN / "selenga-console", "--routes"], capture_output=True, check=True).stdout)
    return [row["address"] for row in table if row["get"] and row["frame"]]


@functools.cache
def pattern_of(path):
    """The first that fits, as in routes.c; None: it is no page."""
    return next((p for p in routes() if re.fullmatch(re.escape(p).replace(r"\*", "[^/]+"), path.split("?")[0])), None)


def begin_import(browser):
    """A table that waits for its columns to be looked at."""
    token = dict(browser.get("/import").hidden("/import"))["token"]
    table = "Код организации;Таб. №;Фамилия;Имя;Должность;Дата приёма\n03;901;Иванов;Иван;учитель;01.09.2015\n"
    answer = browser.send_file("/import", [("token", token), ("sheet", "staff")], b"", "list.csv", [("text", table)])
    assert answer.status == 303, answer.shown()


def scene(w):
    w.began = time.monotonic()
    w.region = w.node("region").init("03", name="Министерство образования").run()
    fill(w)
    w.url = w.region.status("console")["url"]
    for name, role in ROLES.items():
        person = ("--person", "03:1") if role == "teacher" else ()
        once = w.region.selenga("account", "add", name, "--role", role, *person)["password"]
        browser = Browser(w.url)
        assert browser.log_in(name, once, PASSWORD).status == 303, name
        if role == "regional":
            begin_import(browser)
    w.chromium = Chromium(Path(w.dir) / "chromium")
    w.chromium.url = w.url
    return w


def enter(w, name="olga", lang="ru"):
    """Chromium with the session of this person, and a browser without script that has it too."""
    return w.chromium, w.chromium.enter(w.url, name, PASSWORD, lang)


def links(page):
    """Addresses of this console that a page leads to."""
    return [href.replace("&amp;", "&") for href in re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text)]


def pick(c, field, words, code):
    """Who is meant, by a part of his name: typed, looked for by Enter, chosen by an arrow, taken by Enter."""
    c.tab_to(name="q." + field)
    c.press(words, Keys.ENTER)
    c.until(lambda: c.js("return document.querySelector(`[name='f.${arguments[0]}'][value='${arguments[1]}']`) !== null", field, code))
    c.press(Keys.ARROW_DOWN)
    for _ in range(20):
        if c.js("return document.activeElement.value") == code:
            break
        c.press(Keys.ARROW_DOWN)
    c.press(Keys.ENTER)
    assert c.js("return [document.activeElement.name, document.activeElement.value]") == ["q." + field, ""]
    assert c.js("return document.querySelector(`[name='f.${arguments[0]}']:checked`).value", field) == code
