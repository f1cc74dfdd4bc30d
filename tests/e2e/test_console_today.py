# SPDX-License-Identifier: Apache-2.0
"""Today: each role sees what needs it, in sentences with a link to the record, and nothing that is for others."""
import datetime
import json
import re

import world
from browser import Browser
from inside import PASSWORD, PLANTED
from world import test, wait_until

HEAD = "org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,rate,main_place,external,from,to,experience_from\n"
A, B = "03-1", "03-2"
TODAY = datetime.date.today()


def staff(org, number, name, snils, to=""):
    return f"{org},{number},{name},1980-01-01,{snils},учитель,pedagogue,1,yes,no,2015-09-01,{to},2015-09-01\n"


def put(node, of_kind, **body):
    return node.selenga("put", of_kind, stdin=json.dumps({"body": body}))


def route(w, code, person, to=""):
    w.region.text("route", f"code,person,tutor,from,to,state\n{code},{person},,2024-01-10,{to},draft\n")
    w.region.text("activity", f"route,code,person,title,form,reason,planned_to\n{code},1,{person},Прочитать {code},self,Нужно,{TODAY}\n"
                  f"{code},2,{person},Сделать {code},self,Нужно,2024-02-01\n{code},3,{person},Когда-нибудь {code},self,Нужно,\n")
    w.region.selenga("route", "confirm", code, "--by", "А. Ли")
    put(w.region, "route", code=code, state="active")


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", f"code,parent,kind,name,valid_to\n{A},03,school,Первая,\n{B},03,school,Вторая,\n")
    w.region.text("staff", HEAD + staff(A, 1, "Иванов,Иван,Иванович", "11223344595") + staff(B, 2, "Петров,Пётр,", "12345678964")
                  + staff(A, 3, "Немов,Немо,", "10000000312"))
    w.settle()
    route(w, "R-A", f"{A}:1", "2024-06-30")
    route(w, "R-B", f"{B}:2")
    w.settle()
    for name, role, *more in (("anna", "coordinator"), ("bella", "coordinator", "--org", A), ("rita", "regional"), ("oleg", "operator"),
                              ("vera", "analyst"), ("petr", "teacher", "--person", f"{B}:2", "--org", B), ("nemo", "teacher", "--person", f"{A}:3", "--org", A)):
        once = w.region.selenga("account", "add", name, "--role", role, *more)["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303, name
    return w


def today(w, name, lang="en"):
    browser = Browser(w.url, lang)
    assert browser.log_in(name, PASSWORD).status == 303
    answer = browser.get("/")
    assert answer.status == 200, answer.shown()
    return answer


def refs(answer):
    """Records that lines of the page link to."""
    return re.findall(r'<td><a href="/k/([^"]*)">', answer.text)


@test
def a_role_does_not_see_what_is_for_others(w):
    for name in ("oleg", "vera"):
        page = today(w, name)
        assert "R-A" not in page.text and "Иванов" not in page.text, name
    assert "R-A" not in today(w, "nemo").text


@test
def who_is_of_one_school_sees_nothing_of_another(w):
    page = today(w, "bella")
    assert "route/R-A" in refs(page)
    assert "R-B" not in page.text


@test
def a_line_is_a_sentence_with_a_link_to_its_record(w):
    page = today(w, "anna")
    assert {"route/R-A", "route/R-B"} <= set(refs(page)), refs(page)
    assert "its last day is over" in page.shown() and "has no tutor" in page.shown()
    browser = Browser(w.url)
    browser.log_in("anna", PASSWORD)
    assert browser.get("/k/route/R-A").status == 200
    russian = today(w, "anna", "ru").shown()
    assert "его срок истёк" in russian and "30.06.2024" in russian, russian


@test
def what_was_done_is_gone_at_the_next_look(w):
    assert "its last day is over" in today(w, "anna").shown()
    put(w.region, "route", code="R-A", to=f"{TODAY.year + 1}-01-01")
    wait_until(lambda: "its last day is over" not in today(w, "anna").shown(), what="the new last day is seen")
    put(w.region, "route", code="R-A", to="2024-06-30")


@test
def a_teacher_sees_the_steps_of_the_own_route_the_next_first(w):
    page = today(w, "petr")
    shown = page.shown()
    assert "R-A" not in shown
    places = [shown.index(f"{word} R-B") for word in ("Сделать", "Прочитать", "Когда-нибудь")]
    assert places == sorted(places) and shown.count("overdue") == 1
    put(w.region, "activity", route="R-B", code="2", done_on=str(TODAY))
    assert "Сделать R-B" not in today(w, "petr").shown()


@test
def an_empty_day_says_what_will_stand_there(w):
    assert "Nothing needs you now" in today(w, "vera").shown()
    assert "Steps of your route" in today(w, "nemo").shown()
    assert "Сейчас от вас ничего не требуется" in today(w, "vera", "ru").shown()


@test
def planted_markup_is_shown_as_text(w):
    w.region.text("activity", f'route,code,person,title,form,reason\nR-B,9,{B}:2,"{PLANTED.replace(chr(34), chr(34) * 2)}",self,Нужно\n')
    page = today(w, "petr")
    assert "<script>alert" not in page.text and PLANTED in page.shown()


world.main(scene)
