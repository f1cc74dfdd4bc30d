# SPDX-License-Identifier: Apache-2.0
"""The people of organisations in a browser: who they are, and who helps whom."""
import datetime
import re
import time
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD
from world import test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
HEAD = "org,number,last_name,first_name,birth_date,experience_from,post,post_class,subject,category,from,to\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-1,03,school,Первая\n03-2,03,school,Вторая\n")
    today = datetime.date.today()
    w.today, w.recent = today, today - datetime.timedelta(days=200)
    w.region.text("staff", HEAD + "03-1,1,Ёлкина,Анна,1970-01-01,1995-09-01,учитель,pedagogue,физика,высшая,2000-09-01,\n"
                  f"03-1,2,Юнова,Вера,1999-05-05,{w.recent},учитель,pedagogue,физика,,{w.recent},\n"
                  f"03-1,3,Молодов,Пётр,1998-05-05,{w.recent},учитель,pedagogue,химия,,{w.recent},\n"
                  "03-1,4,Ушедшая,Нина,1960-01-01,1985-09-01,учитель,pedagogue,физика,,1990-09-01,2020-01-01\n"
                  "03-2,5,Чужакова,Ольга,1980-01-01,2005-09-01,учитель,pedagogue,физика,,2005-09-01,\n"
                  "03-1,6,Завхозов,Иван,1999-01-01,,завхоз,other,,,2020-09-01,\n")
    w.url = w.region.status("console")["url"]
    w.inside = {}
    for name, role, org in (("anna", "coordinator", "03-1"), ("maria", "regional", "03"), ("vera", "analyst", "03")):
        once = w.region.selenga("account", "add", name, "--role", role, "--org", org)["password"]
        w.inside[name] = Browser(w.url)
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def names(page):
    body = page.text.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page.text else ""
    return [row.split("<td>")[1].split(">")[1].split("<")[0].split(" ")[0] for row in body.split("<tr>")[1:]]


@test
def nobody_sees_people_who_are_not_his(w):
    assert w.inside["vera"].get("/people").status == 403
    page = w.inside["anna"].get("/people")
    assert "Чужакова" not in page.text and names(page) == ["Ёлкина", "Завхозов", "Молодов", "Юнова"], names(page)
    assert "Чужакова" not in w.inside["anna"].get("/people?org=03-2").text
    assert "Чужакова" in w.inside["maria"].get("/people").text


@test
def people_are_found_by_what_the_address_says(w):
    browser = w.inside["maria"]
    w.region.put("mentoring-pair", {"mentor": "03-1:1", "mentee": "03-1:3", "from": str(w.recent)})

    def shown(**query):
        page = browser.get("/people?" + urllib.parse.urlencode(query))
        assert page.status == 200, page.shown()
        return names(page)
    assert shown(find="елк") == ["Ёлкина"] and shown(find="ФИЗИКА 03-1") == ["Ёлкина", "Юнова"]
    assert shown(org="03-2") == ["Чужакова"]
    assert shown(young="yes") == ["Молодов", "Юнова"]
    assert shown(young="yes", mentor="none") == ["Юнова"] and shown(mentor="yes") == ["Молодов"]
    assert shown(gone="yes") == ["Ушедшая"]
    assert shown(sort="years", org="03-1")[-1] == "Ёлкина"
    assert shown(find="никто") == [] and "Nothing fits" in browser.get("/people?find=zzz").shown()
    page = browser.get("/people?find=" + urllib.parse.quote("Молодов"))
    assert "Ёлкина Анна" in page.shown()  # who his mentor is
    w.region.put("route", {"code": "R-1", "person": "03-1:2", "from": "2024-01-01", "state": "draft"})
    assert shown(route="draft") == ["Юнова"] and "Юнова" not in shown(route="none")
    assert 'href="/routes/R-1"' in browser.get("/people?route=draft").text


@test
def a_young_specialist_gets_a_mentor_and_who_has_not_met_for_thirty_days_is_marked(w):
    assert w.inside["vera"].get("/mentoring").status == 403
    browser = w.inside["anna"]
    page = browser.get("/mentoring")
    assert "without a mentor: 1" in page.shown() and "Юнова" in page.text and "Чужакова" not in page.text, page.shown()
    assert "no meeting for 200 days" in page.shown(), page.shown()
    w.region.put("mentoring-meeting", {"mentor": "03-1:1", "mentee": "03-1:3", "date": str(w.today - datetime.timedelta(days=3))})
    assert "no meeting for" not in browser.get("/mentoring").shown()
    page = browser.get("/mentoring?mentee=03-1:2")
    assert 'value="03-1:2"' in page.text
    fields = [("f.mentor", "03-1:2"), ("f.mentee", "03-1:2"), ("f.from", str(w.today))]
    answer = browser.post("/mentoring", [*page.hidden(), *fields])
    assert answer.status == 422 and len(w.region.list("mentoring-pair")) == 1, answer.shown()
    answer = browser.post("/mentoring", [*page.hidden(), ("f.mentor", "03-1:1"), *fields[1:]])
    assert answer.status == 303, answer.shown()
    page = browser.get(answer.location)
    assert "without a mentor: 0" in page.shown() and "Pairs: 2" in page.shown(), page.shown()
    again = browser.post("/mentoring", [*page.hidden(), ("f.mentor", "03-1:1"), *fields[1:]])
    assert again.status == 409 and len(w.region.list("mentoring-pair")) == 2, again.shown()


@test
def six_hundred_and_fifty_people_are_one_list_of_small_pages(w):
    w.region.text("staff", HEAD + "".join(f"03-2,{n},Имярек{n:04},Имя,1980-01-01,2005-09-01,учитель,pedagogue,физика,,2005-09-01,\n"
                                          for n in range(100, 750)))
    browser = w.inside["maria"]
    page = browser.get("/people?org=03-2&page=13")
    assert "601 to 650 of 651" in page.shown() and len(names(page)) == 50, page.shown()
    assert len(page.body) <= 60_000, len(page.body)
    took = []
    for _ in range(5):
        began = time.monotonic()
        browser.get("/people?org=03-2")
        took.append(time.monotonic() - began)
    print(f"a list of 651 people: {min(took) * 1000:.0f} ms")


world.main(scene)
