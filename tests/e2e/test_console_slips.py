# SPDX-License-Identifier: Apache-2.0
"""Slips for teachers: accounts of many people of the staff, made in the browser or on the command line and shown once."""
import re

import world
from browser import Browser
from inside import PASSWORD
from world import main, refused, spoken, test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
OURS, THEIRS = "03-08-01", "03-08-02"
STAFF = "org,number,last_name,first_name,middle_name,birth_date,post,post_class,from\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n"
                  f"{OURS},03,school,Первая\n{THEIRS},03,school,Вторая\n")
    people = "".join(f"{OURS},{n},Педагогова{n},Анна,Ивановна,1990-01-{n % 28 + 1:02},учитель,pedagogue,2020-09-01\n" for n in range(1, 46))
    w.region.text("staff", STAFF + people + f"{THEIRS},5,Чужакова,Вера,,1985-01-01,учитель,pedagogue,2020-09-01\n")
    w.url = w.region.status("console")["url"]
    for name, role in (("anna", "coordinator"), ("oleg", "operator"), ("vera", "analyst"), ("lena", "privacy")):
        once = w.region.selenga("account", "add", name, "--role", role, "--org", OURS if name == "anna" else "03")["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303
    return w


def inside(w, name="anna"):
    browser = Browser(w.url)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def ask(browser, *people):
    page = browser.get("/slips")
    return browser.post("/slips", [*page.hidden("/logout"), *(("person", p) for p in people)])


def slips(answer):
    """[(whom, log-in name, password)]"""
    return re.findall(r'<section class="slip"><h2>([^<]*)</h2>.*?class="code">([^<]*)<.*?class="code">([^<]*)<', answer.text, re.S)


def accounts(w):
    return {r["body"]["name"]: r["body"] for r in w.region.list("account")}


# --- refusals

@test
def who_does_not_work_with_the_staff_makes_no_slip(w):
    token = [("token", "x")]
    for name in ("oleg", "vera", "lena"):
        browser = inside(w, name)
        assert browser.get("/slips").status == 403 and 'href="/slips"' not in browser.get("/").text
        assert browser.post("/slips", [*browser.get("/").hidden("/logout"), ("person", f"{OURS}:1")]).status == 403
    assert Browser(w.url).post("/slips", token).status == 403
    assert all(a["role"] != "teacher" for a in accounts(w).values())


@test
def nobody_of_another_organisation_gets_a_slip(w):
    browser = inside(w)
    assert "Чужакова" not in browser.get("/slips").text
    answer = ask(browser, f"{THEIRS}:5")
    assert answer.status == 200 and slips(answer) == [] and "Чужакова" not in answer.text, answer.shown()
    assert f"This is of {THEIRS}" in answer.shown()
    assert all(a["role"] != "teacher" for a in accounts(w).values())


@test
def who_is_on_no_staff_list_or_is_one_too_many_gets_none(w):
    browser = inside(w)
    answer = ask(browser, f"{OURS}:999")
    assert slips(answer) == [] and answer.status == 200 and 'class="note bad"' in answer.text, answer.shown()
    assert ask(browser).status == 422
    assert ask(browser, *(f"{OURS}:{n}" for n in range(1, 42))).status == 422
    assert ask(browser, "nonsense").status == 400
    assert all(a["role"] != "teacher" for a in accounts(w).values())


@test
def the_command_line_refuses_whom_the_page_refuses(w):
    made = lambda *people: w.region.selenga("account", "slips", *people)
    refused(64, made)
    refused(64, made, "nonsense", says="ORG:NUMBER")
    refused(64, made, *(f"{OURS}:{n}" for n in range(1, 42)))
    refused(1, made, f"{OURS}:999", says="999")
    assert all(a["role"] != "teacher" for a in accounts(w).values())


# --- what is made

@test
def each_who_is_ticked_has_an_account_and_a_slip(w):
    browser = inside(w)
    page = browser.get("/slips?find=" + "%D0%9F%D0%B5%D0%B4%D0%B0%D0%B3%D0%BE%D0%B3%D0%BE%D0%B2%D0%B02")
    assert 'value="03-08-01:2"' in page.text and 'value="03-08-01:1"' not in page.text
    answer = ask(browser, *(f"{OURS}:{n}" for n in range(1, 6)))
    made = slips(answer)
    assert answer.status == 200 and [m[:2] for m in made] == [(f"Педагогова{n} Анна Ивановна", f"{OURS}-{n}") for n in range(1, 6)], made
    assert answer.headers["Cache-Control"] == "no-store"
    body = accounts(w)[f"{OURS}-3"]
    assert (body["role"], body["org"], body["person"], body["state"]) == ("teacher", OURS, f"{OURS}:3", "one-time")
    teacher = Browser(w.url)
    assert teacher.log_in(f"{OURS}-3", made[2][2], "свой пароль 3").status == 303
    assert "Педагогова3" in teacher.get("/k/identity").text and "Педагогова4" not in teacher.get("/k/identity").text
    assert made[2][2] not in browser.get("/slips").text
    assert [e["who"] for e in w.region.selenga("audit", "list") if e["what"] == "account" and e["about"] == f"{OURS}-3"] == ["account:anna"]


@test
def who_has_lost_his_slip_unused_gets_another_and_the_first_is_void(w):
    browser = inside(w)
    ((_, name, first),) = slips(ask(browser, f"{OURS}:7"))
    ((_, again, second),) = slips(ask(browser, f"{OURS}:7"))
    assert name == again and first != second
    assert Browser(w.url).log_in(name, first, "свой пароль 7").status == 403
    assert Browser(w.url).log_in(name, second, "свой пароль 7").status == 303


@test
def who_has_chosen_his_password_gets_no_other_slip(w):
    browser = inside(w)
    ((_, name, once),) = slips(ask(browser, f"{OURS}:8"))
    assert Browser(w.url).log_in(name, once, "свой пароль 8").status == 303
    answer = ask(browser, f"{OURS}:8", f"{OURS}:9")
    assert len(slips(answer)) == 1 and "There is an account" in answer.shown()
    assert Browser(w.url).log_in(name, "свой пароль 8").status == 303


@test
def the_command_line_prints_the_same_slips_and_says_who_got_none(w):
    (slip,) = w.region.selenga("account", "slips", f"{OURS}:21", f"{OURS}:21")  # once
    assert slip["person"] == f"{OURS}:21" and slip["person_name"] == "Педагогова21 Анна Ивановна" and slip["refused"] is None, slip
    assert Browser(w.url).log_in(f"{OURS}-21", slip["password"], "свой пароль 21").status == 303
    text = spoken(w.region, "account", "slips", f"{OURS}:22", f"{OURS}:23")
    assert "Педагогова22 Анна Ивановна" in text and text.count(w.url) == 2 and text.count("One-time password: ") == 2, text
    once = re.search(r"One-time password: (\S+)", text)[1]
    assert Browser(w.url).log_in(f"{OURS}-22", once, "свой пароль 22").status == 303
    done = refused(1, w.region.selenga, "account", "slips", f"{OURS}:22", f"{OURS}:24", says="Педагогова22 Анна Ивановна: ")
    assert accounts(w)[f"{OURS}-24"]["state"] == "one-time", done
    assert once not in "".join(p.read_text(errors="replace") for p in (w.region.dir / "log").iterdir())


main(scene)
