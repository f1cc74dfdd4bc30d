# SPDX-License-Identifier: Apache-2.0
"""Operators in the browser: accounts, refusals, the audit log, storage, neighbours; each decision with a reason and a row of the log."""
import json
import re

import world
from browser import Browser
from inside import PASSWORD
from world import test, wait_until

SCHOOL = "03-1"


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", f"code,parent,kind,name\n{SCHOOL},03,school,Первая\n")
    w.school = w.node("school").join(w.region, SCHOOL).run()
    for name, role in (("oleg", "operator"), ("rita", "regional"), ("vera", "analyst"), ("pavel", "privacy")):
        once = w.region.selenga("account", "add", name, "--role", role)["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303, name
    wait_until(lambda: w.school.list("organisation"), what="the school knows its organisation")
    return w


def inside(w, name, lang="en"):
    browser = Browser(w.url, lang)  # so many come here one after the other that the node may have one wait for a second
    wait_until(lambda: browser.log_in(name, PASSWORD).status == 303, what=f"{name} is let in")
    return browser


def send(browser, path, *fields):
    token = [pair for pair in browser.get("/").hidden("/logout") if pair[0] == "token"]
    return browser.post(path, [*token, *fields])


def audit(w, what):
    return [row for row in w.region.selenga("audit", "list") if row["what"] == what]


# --- refusals

@test
def each_page_is_for_its_roles_only(w):
    for path, who in (("/op/accounts", {"oleg"}), ("/op/storage", {"oleg"}), ("/op/audit", {"oleg", "pavel"}),
                      ("/op/audit/export.csv", {"oleg", "pavel"}), ("/op/exchange", {"oleg", "rita"}), ("/op/versions", {"oleg", "rita"}),
                      ("/op/quarantine/export.csv", {"oleg", "rita"})):
        for name in ("oleg", "rita", "vera", "pavel"):
            assert inside(w, name).get(path).status == (200 if name in who else 403), (path, name)


@test
def nobody_else_makes_accounts_or_decides_about_refusals(w):
    for name in ("rita", "vera", "pavel"):
        browser = inside(w, name)
        answer = send(browser, "/op/accounts", ("what", "add"), ("name", "eve"), ("role", "operator"))
        assert answer.status == 403, name
    assert send(inside(w, "rita"), "/op/quarantine", ("act", "discard"), ("why", "x"), ("item", "1:" + "0" * 32)).status == 403
    assert send(inside(w, "oleg"), "/op/versions", ("act", "take"), ("item", "1:" + "0" * 32)).status in (403, 404, 422)
    assert not [a for a in w.region.list("account") if a["body"]["name"] == "eve"]


@test
def what_is_no_form_of_these_is_refused(w):
    browser = inside(w, "oleg")
    assert send(browser, "/op/accounts", ("what", "destroy"), ("name", "vera")).status == 400
    assert send(browser, "/op/accounts", ("what", "add"), ("name", "x" * 500), ("role", "operator")).status == 422
    assert send(browser, "/op/accounts", ("what", "add"), ("name", "eve"), ("role", "god")).status == 422
    for item in ("", "1", "9:zz", "99999999999:" + "0" * 32, "-1:" + "0" * 32):
        assert "Nothing was chosen" in send(browser, "/op/quarantine", ("act", "retry"), ("item", item)).shown(), item
    assert browser.post("/op/accounts", [("what", "lock"), ("name", "vera")]).status == 403  # without token


# --- accounts

@test
def an_account_is_made_with_a_password_shown_once(w):
    browser = inside(w, "oleg")
    answer = send(browser, "/op/accounts", ("what", "add"), ("name", "nina"), ("role", "methodist"))
    assert answer.status == 200, answer.shown()
    once = re.search(r"<strong>([^<]+)</strong>", answer.text)[1]
    assert once not in browser.get("/op/accounts").text
    wait_until(lambda: Browser(w.url).log_in("nina", once, PASSWORD).status == 303, what="nina is let in")
    assert answer.headers["Cache-Control"] == "no-store"
    assert any(row["about"] == "nina" and row["who"] == "account:oleg" for row in audit(w, "account")), audit(w, "account")


@test
def the_list_says_role_and_last_log_in(w):
    page = inside(w, "oleg", "ru").get("/op/accounts")
    line = next(l for l in re.findall(r"<tr>.*?</tr>", page.text, re.S) if "vera" in l)
    assert "аналитик" in line and re.search(r"\d\d\.\d\d\.\d{4} \d\d:\d\d", line), line


@test
def who_is_locked_is_out_at_his_next_page(w):
    vera = inside(w, "vera")
    assert vera.get("/").status == 200
    assert send(inside(w, "oleg"), "/op/accounts", ("what", "lock"), ("name", "vera")).status == 200
    assert vera.get("/").status == 303
    again = send(inside(w, "oleg"), "/op/accounts", ("what", "reset"), ("name", "vera"))
    once = re.search(r"<strong>([^<]+)</strong>", again.text)[1]
    wait_until(lambda: Browser(w.url).log_in("vera", once, PASSWORD).status == 303, what="vera is let in")


# --- refusals that wait

@test
def an_empty_quarantine_says_so(w):
    assert "Nothing is refused" in inside(w, "oleg").get("/op/quarantine").shown()
    assert "Nothing is here" in inside(w, "oleg").get("/op/versions").shown()
    assert inside(w, "oleg").get("/op/quarantine/export.csv").text.lstrip("\ufeff").startswith("id,service,kind")


# --- the audit log

@test
def the_audit_log_is_shown_filtered_and_taken_out(w):
    browser = inside(w, "pavel")
    page = browser.get("/op/audit")
    told = w.region.selenga("audit", "list")
    assert "The chain is whole" in page.shown() and "account:oleg" in page.text
    assert "account:oleg" not in browser.get("/op/audit?who=nobody").text
    for far in ("2999-01-01", "01.01.2099", "010129", "01012099"):
        assert "account:oleg" not in browser.get(f"/op/audit?since={far}").text, far
    for near in ("2024-01-01", "010124", "01012024", "1.1.24"):
        assert "account:oleg" in browser.get(f"/op/audit?since={near}").text, near
    lines = browser.get("/op/audit/export.csv").text.splitlines()
    assert len(lines) >= len(told) + 1, (len(lines), len(told))


@test
def what_was_refused_is_told_in_words(w):
    once = w.region.selenga("account", "add", "nora", "--role", "analyst")["password"]
    for password, code in (once, "PASSWORD-ONE-TIME"), ("no such password", "LOGIN-WRONG"):
        wait_until(lambda: Browser(w.url).log_in("nora", password).status != 303 and any(r["code"] == code and r["about"] == "nora" for r in audit(w, "log-in-refused")),
                   what=f"{code} is noted")
    codes = {row["code"] for row in w.region.selenga("audit", "list") if row["code"]}
    for lang, words in (("ru", ("ещё не задан свой пароль", "неверное имя, пароль или код")), ("en", ("was not yet chosen", "wrong name, password or code"))):
        browser = inside(w, "pavel", lang)
        for page in ("/op/audit", "/op/audit/export.csv"):
            text = browser.get(page).text
            assert all(one in text for one in words) and not any(code in text for code in codes), (lang, page, codes)


@test
def a_flipped_byte_of_the_log_shows(w):
    path = w.region.dir / "audit" / "registry.log"
    whole = path.read_bytes()
    spoilt = bytearray(whole)
    spoilt[40] ^= 1
    try:
        path.write_bytes(spoilt)
        shown = inside(w, "pavel").get("/op/audit").shown()
        assert "is not what was noted" in shown and "The chain is whole" not in shown, shown
    finally:
        now = path.read_bytes()
        path.write_bytes(whole + now[len(whole):])
    assert "The chain is whole" in inside(w, "pavel").get("/op/audit").shown()


# --- neighbours, queues, storage

@test
def neighbours_stand_with_the_worst_first(w):
    wait_until(lambda: "ready" in inside(w, "oleg").get("/op/exchange").shown(), what="the school is ready")
    page = inside(w, "oleg").get("/op/exchange")
    assert SCHOOL in page.text and "Everything was passed on." in page.shown()
    w.school.stop()
    wait_until(lambda: "no line: 1" in inside(w, "oleg").get("/op/exchange").shown(), what="the school is seen to be away")
    w.region.text("programme", "code,title,kind,hours\nP-1,Программа,pk,36\n")
    page = inside(w, "oleg", "ru").get("/op/queues")
    first = re.search(r"<tbody><tr>(.*?)</tr>", page.text, re.S)[1]
    wait_until(lambda: inside(w, "oleg").get("/op/queues").status == 200, what="queues are there")
    assert "pill off" in first and SCHOOL in first, first
    w.school.run()
    wait_until(lambda: "ready: 1" in inside(w, "oleg").get("/op/exchange").shown(), what="the school is back")


@test
def storage_says_what_each_program_uses(w):
    shown = inside(w, "oleg", "ru").get("/op/storage").shown()
    for word in ("registry", "reporting", "свободно", "МиБ"):
        assert word in shown, (word, shown)


if __name__ == "__main__":
    world.main(scene)
