# SPDX-License-Identifier: Apache-2.0
"""References chosen by name in the forms of any kind: who is meant is found by a part of his name or of his code, without the
script, and what was typed beside it stays."""
import re
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD, PLANTED
from world import test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
STAFF = "org,number,last_name,first_name,birth_date,post,post_class,from\n"
MANY = 25  # more than a search offers


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-1,03,school,Первая школа\n03-2,03,school,Вторая школа\n")
    w.region.text("staff", STAFF + "03-1,1,Ёлкина,Анна,1970-01-01,учитель,pedagogue,2000-09-01\n"
                  "03-1,2,Юнова,Вера,1980-05-05,учитель,pedagogue,2000-09-01\n03-2,5,Чужакова,Ольга,1980-01-01,учитель,pedagogue,2005-09-01\n"
                  + "".join(f"03-1,{i},Многих,Пётр,1980-01-01,учитель,pedagogue,2005-09-01\n" for i in range(100, 100 + MANY)))
    w.region.text("programme", "code,title,hours,kind,form\nP-1,Читательская грамотность,36,pk,distance\n")
    w.region.put("programme-run", {"code": "RUN-1", "programme": "P-1", "provider": "03", "from": "2024-02-01", "to": "2024-03-01"})
    w.url = w.region.status("console")["url"]
    w.inside = {}
    for name, role, org in (("anna", "coordinator", "03-1"), ("maria", "regional", "03"), ("vera", "analyst", "03")):
        once = w.region.selenga("account", "add", name, "--role", role, "--org", org)["password"]
        w.inside[name] = Browser(w.url)
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def offered(page, field):
    """{code: what its choice says, and whether it is chosen}"""
    found = re.findall(rf'<label><input type="(?:radio|checkbox)" name="f.{field}" value="([^"]*)"([^>]*)>(.*?)</label>', page.text, re.S)
    return {code: (" ".join(re.sub(r"<[^>]*>", " ", label).split()), "checked" in rest) for code, rest, label in found}


def sent(browser, path, *fields):
    return browser.post(path, [*browser.get(path).hidden(), *fields])


PAIR, EVENT = "/k/mentoring-pair/new", "/k/event/new"


@test
def who_may_not_be_seen_is_not_offered(w):
    for who in ("Чужакова", "03-2:5"):
        page = sent(w.inside["anna"], PAIR, ("q.mentor", who), ("find", "mentor"))
        assert page.status == 200 and offered(page, "mentor") == {}, page.shown()
        assert "Nothing fits." in page.shown() and "Ольга" not in page.text
        assert "Ольга" not in w.inside["anna"].get("/pick/mentoring-pair/mentor?q=" + urllib.parse.quote(who)).text
    page = sent(w.inside["maria"], PAIR, ("q.mentor", "чужак"), ("find", "mentor"))
    assert offered(page, "mentor") == {"03-2:5": ("Чужакова Ольга 03-2:5", True)}, page.shown()


@test
def the_address_of_choices_is_for_who_writes_the_kind(w):
    assert Browser(w.url).get("/pick/event/org?q=03").status == 303  # to the log-in
    for path in ("/pick/event/org?q=03", "/pick/identity/org?q=03"):
        assert w.inside["vera"].get(path).status == 403, path
    for path in ("/pick/event/nothing?q=03", "/pick/event/title?q=03", "/pick/nothing/org?q=03"):
        assert w.inside["anna"].get(path).status == 404, path
    answer = w.inside["anna"].get("/pick/event/org?q=03-1&prefix=%22%3E%3Cscript%3E")
    assert answer.status == 200 and "<script>" not in answer.text and answer.headers["Content-Type"].startswith("text/plain")


@test
def what_is_sought_is_never_markup(w):
    page = sent(w.inside["anna"], PAIR, ("q.mentor", PLANTED), ("find", "mentor"), ("f.mentee", PLANTED))
    assert page.status == 200 and "<script>alert" not in page.text


@test
def a_search_that_nobody_answered_is_not_saved(w):
    fields = [("f.mentee", "03-1:2"), ("f.from", "01.09.2024")]
    page = sent(w.inside["anna"], PAIR, ("q.mentor", "Многих"), *fields)  # the button that saves
    assert page.status == 200 and "Nothing is saved yet" in page.shown(), page.shown()
    again = w.inside["anna"].post(PAIR, [*page.hidden(), ("q.mentor", "Многих"), *fields])  # and none of them chosen
    assert again.status == 200 and not w.region.list("mentoring-pair"), again.shown()


@test
def a_person_is_found_by_a_part_of_his_name_or_code_and_all_that_was_typed_stays(w):
    browser = w.inside["anna"]
    for words in ("елкин", "03-1:1", "Ёлкина А", "елкина анна"):
        page = sent(browser, PAIR, ("q.mentor", words), ("find", "mentor"), ("f.mentee", "03-1:2"), ("f.from", "01.09.2024"))
        assert page.status == 200 and offered(page, "mentor")["03-1:1"] == ("Ёлкина Анна 03-1:1", True), (words, page.shown())
        assert offered(page, "mentee") == {"03-1:2": ("Юнова Вера 03-1:2", True)} and 'value="01.09.2024"' in page.text
    answer = browser.post(PAIR, [*page.hidden(), ("q.mentor", "елкина анна"), ("f.mentor", "03-1:1"), ("f.mentee", "03-1:2"), ("f.from", "01.09.2024")])
    assert answer.status == 303, answer.shown()
    assert w.region.list("mentoring-pair")[0]["body"]["mentor"] == "03-1:1"


@test
def of_many_that_fit_the_first_are_offered_and_the_rest_told(w):
    page = sent(w.inside["anna"], PAIR, ("q.mentor", "многих"), ("find", "mentor"))
    assert len(offered(page, "mentor")) == 20 and "The first 20 of more: narrow the search." in page.shown(), page.shown()
    assert not any(chosen for _, chosen in offered(page, "mentor").values())
    page = sent(w.inside["anna"], PAIR, ("q.mentor", "03-1:10"), ("find", "mentor"))
    assert len(offered(page, "mentor")) == 10 and "10 fit." in page.shown(), page.shown()


@test
def a_code_typed_whole_comes_first_whatever_else_it_is_part_of(w):
    page = sent(w.inside["maria"], EVENT, ("q.org", "03"), ("find", "org"))
    assert list(offered(page, "org").items())[0] == ("03", ("Министерство 03", True)), page.shown()


@test
def a_run_is_found_by_the_title_of_its_programme(w):
    page = sent(w.inside["maria"], "/k/enrolment/new", ("q.run", "читательской"), ("find", "run"))
    assert offered(page, "run") == {"RUN-1": ("Читательская грамотность RUN-1", True)}, page.shown()


@test
def several_are_ticked_and_more_are_found_beside_them(w):
    page = sent(w.inside["maria"], EVENT, ("f.co_organisers", "03-1;03"), ("q.co_organisers", "вторая"), ("find", "co_organisers"))
    assert offered(page, "co_organisers") == {"03-1": ("Первая школа 03-1", True), "03": ("Министерство 03", True),
                                              "03-2": ("Вторая школа 03-2", True)}, page.shown()
    fields = [("f.code", "E-1"), ("f.kind", "seminar"), ("f.title", "Семинар"), ("f.org", "03"), ("f.starts_on", "2024-02-01")]
    answer = w.inside["maria"].post(EVENT, [*page.hidden(), *fields, ("f.co_organisers", "03-1"), ("f.co_organisers", "03-2")])
    assert answer.status == 303, answer.shown()
    assert w.region.selenga("get", "event", "E-1")["body"]["co_organisers"] == "03-1;03-2"
    page = w.inside["maria"].get("/k/event/E-1/edit")
    assert offered(page, "org") == {"03": ("Министерство 03", True)} and "Вторая школа" in page.text


@test
def what_does_not_fit_is_asked_in_the_other_layout(w):
    page = sent(w.inside["anna"], PAIR, ("q.mentor", "tkrbyf"), ("find", "mentor"))
    assert "Was 'елкина' meant?" in page.shown(), page.shown()


@test
def a_card_and_a_bulk_change_pick_by_name_too(w):
    page = sent(w.inside["anna"], "/mentoring", ("q.mentee", "юнова"), ("find", "mentee"))
    assert offered(page, "mentee") == {"03-1:2": ("Юнова Вера 03-1:2", True)}, page.shown()
    listed = w.inside["maria"].get("/k/event")
    token = dict(listed.hidden(re.search(r'action="(/many/event[^"]*)"', listed.text)[1]))
    ids = re.findall(r'name="id" value="([^"]*)"', listed.text)
    page = w.inside["maria"].post("/many/event", [*token.items(), ("id", ids[0]), ("field", "org"), ("step", "look"), ("q.org", "первая")])
    assert offered(page, "org") == {"03-1": ("Первая школа 03-1", True)}, page.shown()


world.main(scene)
