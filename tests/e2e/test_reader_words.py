# SPDX-License-Identifier: Apache-2.0
"""What a reader of Russian is told, typed or in the browser, holds no day of programs (2024-01-10), no field's name and no code
of a state: the records are such that rules of sense, watchers and refusals speak. Who typed JSON is told the names that he typed."""
import html
import os
import re
import subprocess
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD
from world import BIN, main, patience, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
ORG = "03-08-01"
HEAD = "org,number,last_name,first_name,birth_date,post,post_class,rate,from,experience_from\n"
RUSSIAN_HEAD = ("Организация;Табельный номер;Фамилия;Имя;Дата рождения;Должность;Класс должности;Доля ставки;В должности с;"
                "Педагогический стаж с\n")
FORMULAS = ("/d", "/k/indicator")  # there columns are named as formulas name them
PAGES = 250


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n03-08,03,municipal_authority,Управление\n{ORG},03-08,school,Первая\n")
    w.region.text("staff", HEAD + f"{ORG},1,Иванов,Иван,1980-01-05,учитель,pedagogue,3,2015-09-01,1990-09-01\n"
                  + f"{ORG},2,Петров,Пётр,1990-01-06,учитель,pedagogue,1,2999-09-01,\n")
    w.region.text("programme", "code,title,kind,hours\nP,Курс,pk,36\n")
    w.region.text("programme-run", "code,programme,provider,from,to\nR,P,ИРО,2024-02-01,2024-03-01\n")
    w.region.text("certificate", f"run,person,number,hours,issued_on\nR,{ORG}:1,7,99,2024-01-15\n")
    w.region.text("event", f"code,kind,title,org,starts_on\nE-1,seminar,Встреча,{ORG},2999-01-10\n")
    w.region.text("attendance", f"event,person\nE-1,{ORG}:1\n")
    w.region.text("competency", "framework,code,class,title,required_percent\nF,C-1,subject,Умение,80\n")
    w.region.text("campaign", f"code,title,framework,org,from,to\nD-1,Диагностика,F,{ORG},2024-10-01,2024-10-31\n")
    wait_until(lambda: w.region.list("campaign"))
    w.region.text("result", f"campaign,person,competency,score,max,taken_on\nD-1,{ORG}:1,C-1,1,20,2024-12-05\n")
    wait_until(lambda: w.region.list("deficit"), what="the need is found")
    w.route = w.region.selenga("route", "propose", f"{ORG}:1")[0]["body"]["code"]
    w.region.selenga("route", "confirm", w.route, "--by", "А. Ли")
    w.region.text("mentoring-pair", f"mentor,mentee,from,to\n{ORG}:1,{ORG}:2,2024-01-10,2024-06-30\n")
    w.region.text("mentoring-meeting", f"mentor,mentee,date\n{ORG}:1,{ORG}:2,2025-01-10\n")
    for name, role in (("anna", "coordinator"), ("oleg", "operator"), ("rita", "regional")):
        once = w.region.selenga("account", "add", name, "--role", role)["password"]
        assert Browser(w.region.status("console")["url"]).log_in(name, once, PASSWORD).status == 303
    return w


def said(w, *args, stdin=None):
    done = subprocess.run([BIN / "selenga", "--node", w.region.dir, *args], input=stdin, capture_output=True, text=True,
                          timeout=patience(60), check=False, env={**os.environ, "LC_ALL": "ru_RU.UTF-8"})
    return done.stdout + done.stderr


def of_programs(text):
    """Days and names of programs that stand in it; what stands in a key or behind JSON as an example is meant so."""
    text = re.sub(r"JSON — \d{4}-\d\d-\d\d|`[^`]*`|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+", " ", text)
    return re.findall(r"(?<![\w:])\d{4}-\d\d-\d\d\b|(?<![\w/.-])[a-z]+_[a-z_]+\b", text)


@test
def refusals_and_warnings_of_a_sheet_name_labels_and_days(w):
    path = w.file("staff.csv")
    path.write_text(RUSSIAN_HEAD + f"{ORG};3;Сидоров;Иван;01.01.1980;учитель;небылица;3;01.09.2015;01.09.1990\n"
                    + f"{ORG};4;Котов;Иван;01.01.1980;учитель;педагог;3,5;01.09.1015;01.09.1990\n"
                    + f"{ORG};5;Волков;Иван;1980-01-01;учитель;педагог;3,5;2999-09-01;1990-09-01\n", encoding="utf-8")
    for options in (["--dry-run"], ["--strict"], []):
        text = said(w, "import", "staff", path, *options)
        assert "01.09.1990" in text or "небылица" in text, text
        assert not of_programs(text), (of_programs(text), text)


@test
def who_typed_names_is_told_those_names_and_days_in_his_form(w):
    text = said(w, "put", "event", stdin=f'{{"code":"E-2","kind":"seminar","title":"Т","org":"{ORG}","starts_on":"1015-01-10"}}')
    assert "«Начало» (starts_on)" in text and "10.01.1015" not in text, text
    text = said(w, "put", "attendance", stdin=f'{{"event":"E-1","person":"{ORG}:2"}}')
    assert "10.01.2999" in text and "2999-01-10" not in text, text


@test
def all_that_is_printed_is_in_the_readers_words(w):
    found = {}
    for args in (("attention",), ("quarantine", "list"), ("quarantine", "summary"), ("list", "staff"), ("list", "event"), ("list", "certificate"),
                 ("get", "event", "E-1"), ("get", "route", w.route), ("route", "show", w.route), ("history", "event", "E-1"), ("report", "2024"),
                 ("report", "2024", "--explain", "I-5.3.2"), ("audit", "list"), ("links",), ("queues",), ("node", "status"), ("account", "list"),
                 ("delete", "organisation", ORG, "--why", "проба"), ("review", "list"), ("access",)):
        text = said(w, *args)
        assert re.search("[а-я]", text), (args, text)
        if of_programs(text):
            found[" ".join(args)] = (of_programs(text), text)
    assert not found, found


@test
def so_are_all_pages_to_which_links_lead(w):
    found, seen = {}, set()
    for name in ("anna", "oleg", "rita"):
        browser = Browser(w.region.status("console")["url"], "ru")
        assert browser.log_in(name, PASSWORD).status == 303
        ways, mine = ["/"], set()
        while ways and len(mine) < PAGES:
            path = ways.pop(0)
            page = browser.get(path)
            mine.add(path)
            if page.status != 200 or "html" not in page.headers["Content-Type"]:
                continue
            body = re.sub(r"<(script|style|textarea|code|pre)\b.*?</\1>", " ", page.text, flags=re.S)
            text = html.unescape(re.sub(r"<[^>]*>", " ", body))
            if of_programs(text) and not path.startswith(FORMULAS):
                found[path] = of_programs(text)
            for way in map(html.unescape, re.findall(r'href="(/[^"#]*)', page.text)):
                way = urllib.parse.urldefrag(way)[0]
                if way not in mine and way not in ways and not way.startswith(("/assets", "/logout")):
                    ways.append(way)
        seen |= mine
    assert len(seen) > 60 and not found, (len(seen), found)


main(scene)
