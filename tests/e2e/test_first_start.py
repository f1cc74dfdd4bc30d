# SPDX-License-Identifier: Apache-2.0
"""The first start: the first account is made in a browser, by who can read the node's terminal, once."""
import re
import threading

import world
from browser import Browser
from inside import PASSWORD
from world import main, test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
OTHER = "другой пароль 2"


def started(w, name="region"):
    node = w.node(name).init("03", name="Управление").run()
    return node, node.status("console")["url"]


def code_of(node):
    return (node.dir / "run" / "first-code").read_text()


def first(browser, code, name="petrova", password=PASSWORD, repeated=None):
    page = browser.get("/first")
    return browser.post("/first", [*page.hidden("/first"), ("code", code), ("name", name), ("new_password", password),
                                   ("repeated", repeated or password)])


def sheet(answer):
    return re.search(r'<dd class="code">([a-z0-9-]+)</dd>', answer.text)[1]


def recover(browser, code, name="petrova", password=OTHER):
    page = browser.get("/recover")
    return browser.post("/recover", [*page.hidden("/recover"), ("name", name), ("code", code), ("new_password", password),
                                     ("repeated", password)])


def audited(node, what):
    return [e for e in node.selenga("audit", "list") if e["what"] == what]


# --- refusals

@test
def without_the_code_nobody_makes_the_first_account(w):
    node, url = started(w)
    browser = Browser(url)
    assert browser.get("/login").location == "/first?lang=en"
    for code in ("", "xxxx-xxxx-xxxx", code_of(node)[:-1]):
        answer = first(browser, code)
        assert answer.status == 403 and "not the code of the first start" in answer.shown(), answer.shown()
    waits = [first(browser, "xxxx-xxxx-xxxx") for _ in range(3)][-1]
    assert waits.status == 403 and "too many attempts" in waits.shown(), waits.shown()
    assert node.list("account") == [] and code_of(node) not in waits.text
    assert audited(node, "log-in-refused")[-1]["code"] == "FIRST-CODE"
    assert (node.dir / "run" / "first-code").stat().st_mode & 0o777 == 0o600
    logs = "".join(p.read_text() for p in (node.dir / "log").iterdir()) + node.err.read_text()
    assert code_of(node) not in logs and f"{url}/first" in logs and "run/first-code" in logs


@test
def a_password_that_is_short_or_typed_differently_makes_no_account(w):
    node, url = started(w)
    browser = Browser(url)
    assert first(browser, code_of(node), password="коротко").status == 403
    assert first(browser, code_of(node), repeated="другой пароль").status == 422
    assert first(browser, code_of(node), name="с пробелом:").status == 403
    assert node.list("account") == [] and browser.get("/login").location == "/first?lang=en"


@test
def a_form_from_elsewhere_makes_no_account(w):
    node, url = started(w)
    browser = Browser(url)
    fields = [*browser.get("/first").hidden("/first"), ("code", code_of(node)), ("name", "evil"), ("new_password", PASSWORD),
              ("repeated", PASSWORD)]
    assert browser.post("/first", fields, Origin="http://evil.test").status == 403
    assert Browser(url).post("/first", fields).status == 403  # without the guest's cookie
    assert Browser(url).get("/first", Host="evil.test").status == 421
    assert node.list("account") == []


@test
def of_two_who_are_first_one_is(w):
    node, url = started(w)
    code, answers = code_of(node), []
    pages = [(browser, browser.get("/first").hidden("/first")) for browser in (Browser(url) for _ in range(4))]

    def sent(n):
        browser, hidden = pages[n]
        answers.append(browser.post("/first", [*hidden, ("code", code), ("name", f"first{n}"), ("new_password", PASSWORD),
                                               ("repeated", PASSWORD)]))
    runners = [threading.Thread(target=sent, args=(n,)) for n in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(a.status for a in answers) == [200, 403, 403, 403]
    assert len(node.list("account")) == 1
    assert sum("Recovery code" in a.shown() for a in answers) == 1


@test
def when_there_is_an_account_the_first_start_is_over_for_good(w):
    node, url = started(w)
    code = code_of(node)
    page = Browser(url)
    fields = [*page.get("/first").hidden("/first"), ("code", code), ("name", "late"), ("new_password", PASSWORD), ("repeated", PASSWORD)]
    node.selenga("account", "add", "ivanov", "--role", "coordinator")  # from the command line
    assert not (node.dir / "run" / "first-code").exists()
    answer = page.post("/first", fields)
    assert answer.status == 403 and "has accounts already" in answer.shown()
    node.selenga("account", "lock", "ivanov")  # a locked one is one
    node.stop()
    node.run()
    assert not (node.dir / "run" / "first-code").exists()
    browser = Browser(node.status("console")["url"])
    assert browser.get("/first").location == "/login" and browser.get("/login").status == 200
    assert node.err.read_text().count("nobody can log in yet") == 1  # it was said before, and not again
    assert [r["body"]["name"] for r in node.list("account")] == ["ivanov"]


# --- the first account, and its sheet

@test
def the_first_account_is_an_operator_s_and_logs_in(w):
    node, url = started(w)
    browser = Browser(url, "ru")
    page = browser.get("/first")
    assert "Управление" in page.shown() and "вышестоящего узла нет" in page.shown(), page.shown()
    answer = first(browser, code_of(node))
    assert answer.status == 200, answer.shown()
    assert sheet(answer) and "petrova" in answer.shown() and PASSWORD not in answer.text
    assert browser.log_in("petrova", PASSWORD).status == 303
    (account,) = node.list("account")
    assert account["body"]["role"] == "operator" and account["body"]["state"] == "active"
    (entry,) = audited(node, "first-account")
    assert entry["about"] == "petrova" and entry["who"].startswith("console:")
    assert browser.get("/op/queues").status == 200 and browser.get("/k/identity").status == 403


@test
def the_language_goes_along_from_the_first_page_to_the_sheet(w):
    node, url = started(w)
    browser = Browser(url)
    page = browser.get(browser.get("/login?lang=ru").location)
    assert "Первый запуск" in page.shown()
    answer = browser.post("/first", [*page.hidden("/first"), ("code", code_of(node)), ("name", "petrova"), ("new_password", PASSWORD),
                                     ("repeated", PASSWORD)])
    assert "Код восстановления" in answer.shown() and sheet(answer)
    assert "/recover?lang=ru" in browser.get("/login?lang=ru").text and "Код восстановления" in browser.get("/recover?lang=ru").shown()


@test
def the_sheet_gives_one_new_password_and_the_next_sheet(w):
    node, url = started(w)
    browser = Browser(url)
    code = sheet(first(browser, code_of(node)))
    for wrong in ("", "xxxx-xxxx-xxxx"):
        assert recover(browser, wrong).status == 403
    assert "is wrong" in recover(browser, code, name="nobody").shown()
    assert recover(browser, code, password="коротко").status == 403
    answer = recover(browser, code)
    assert answer.status == 200 and sheet(answer) != code, answer.shown()
    assert browser.log_in("petrova", PASSWORD).status == 403
    assert browser.log_in("petrova", OTHER).status == 303
    assert recover(browser, code, password="третий пароль 3").status == 403  # once
    assert len(audited(node, "recovery")) == 1 and audited(node, "log-in-refused")
    assert all(code not in p.read_text(errors="replace") for p in (node.dir / "log").iterdir())


@test
def what_goes_where_is_told_before_anybody_has_logged_in(w):
    node, url = started(w)
    browser = Browser(url)
    shown = browser.get("/reach").shown()
    kinds = {row["kind"]: row for row in node.selenga("kinds")}
    assert all(row["label"] in shown for row in kinds.values() if row.get("label")), shown[:500]
    for title in ("Stays on this computer", "Goes all the way up"):
        assert title in shown, title
    assert '<html lang="ru">' in Browser(url, "ru").get("/reach").text


main()
