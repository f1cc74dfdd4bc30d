# SPDX-License-Identifier: Apache-2.0
"""Nothing that was typed is lost: drafts on the node, and the log-in in place."""
import os
import re
import signal
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD, event, inside, scene
from world import alive, test, wait_until

NEW = "/k/event/new"


def keep(browser, page, fields, path=NEW):
    """What the script does every three seconds."""
    return browser.post("/draft?for=" + urllib.parse.quote(path, safe=""), [*page.hidden(), *fields])


def offered(browser, path=NEW):
    """Links that bring drafts of this address back."""
    return re.findall(r'href="(%s\?draft=[0-9a-f]{16})"' % re.escape(path), browser.get(path).text)


def killed(w, program):
    """SIGKILL; the program that comes after it answers."""
    pid = int((w.region.dir / "run" / f"{program}.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    w.region.killed += 1
    wait_until(lambda: not alive(pid), what=f"{program} is gone")
    return again(w)


def again(w):
    def answers():
        try:
            w.url = w.region.status("console")["url"]
            return Browser(w.url).get("/login").status == 200
        except (OSError, KeyError, TypeError, AttributeError, StopIteration):
            return False
    wait_until(answers, what="the console answers")
    return w.url


def moved(browser, w):
    """The same browser, with its cookies, at the console that was started anew on another port."""
    browser.url, browser.netloc = w.url, urllib.parse.urlsplit(w.url).netloc
    return browser


def emptied(w, name="anna"):
    browser = inside(w, name)
    for link in set(re.findall(r'href="(/[^"]*\?draft=[0-9a-f]{16})"', browser.get("/").text)):
        path, form = link.split("?draft=")
        token = dict(browser.get("/").hidden("/logout"))["token"]
        browser.post("/draft/drop", [("token", token), ("for", path), ("form", form), ("back", "/")])
    return browser


# --- refusals

@test
def a_draft_of_another_account_is_neither_offered_nor_shown_nor_thrown_away(w):
    anna, oleg = emptied(w), inside(w, "oleg")
    page = anna.get(NEW)
    assert keep(anna, page, event(title="Тайна Анны")).status == 200
    link = offered(anna)[0]
    w.region.selenga("account", "add", "olga", "--role", "coordinator")
    once = w.region.selenga("account", "reset", "olga")["password"]
    olga = Browser(w.url)
    assert olga.log_in("olga", once, PASSWORD).status == 303
    for other in (oleg, olga):
        for path in ("/", NEW, link):
            assert "Тайна" not in other.get(path).text, path
        form = link.split("=")[1]
        token = dict(other.get("/").hidden("/logout"))["token"]
        assert other.post("/draft/drop", [("token", token), ("for", NEW), ("form", form), ("back", "/")]).status == 303
    assert offered(olga) == [] and offered(anna) == [link]
    assert "Тайна Анны" in anna.get(link).text


@test
def a_draft_without_a_token_or_for_no_form_is_refused(w):
    anna = emptied(w)
    page = anna.get(NEW)
    hidden = dict(page.hidden())
    assert anna.post("/draft?for=" + NEW, [("form", hidden["form"]), *event()]).status == 403
    assert Browser(w.url).post("/draft?for=" + NEW, [*page.hidden(), *event()]).status == 403
    for address in ("", "//evil.test", "/k", "/nothing", "/login", "/k/event/new?x=1", "/k/../x", "/k/" + "x" * 600 + "/new", "/op/queues"):
        assert keep(anna, page, event(), address).status == 404, address
    for form in ("", "x", "0" * 15, "g" * 16, "0" * 17):
        others = [(n, v) for n, v in page.hidden() if n != "form"]
        assert anna.post("/draft?for=" + NEW, [*others, ("form", form), *event()]).status == 507, form
    assert keep(anna, page, event(title="я" * 20000)).status == 507  # 120,000 bytes as a browser sends them
    assert offered(anna) == []


@test
def an_account_s_drafts_are_bounded_and_the_oldest_goes(w):
    anna = emptied(w)
    page = anna.get(NEW)
    others = [(n, v) for n, v in page.hidden() if n != "form"]
    for n in range(40):
        assert anna.post("/draft?for=" + NEW, [*others, ("form", f"{n:016x}"), *event(title=f"Набрано {n}")]).status == 200
    there = [n for n in range(40) if f"Набрано {n}<" in anna.get(f"{NEW}?draft={n:016x}").text
             or f'"Набрано {n}"' in anna.get(f"{NEW}?draft={n:016x}").text]
    assert len(there) == 32 and there[-1] == 39, there
    for n in range(40):
        anna.post("/draft/drop", [*others, ("for", NEW), ("form", f"{n:016x}"), ("back", "/")])


# --- what is kept

@test
def what_the_script_kept_is_offered_taken_back_and_goes_when_it_is_saved(w):
    anna = emptied(w)
    page = anna.get(NEW)
    assert 'data-draft="/draft?for=%2Fk%2Fevent%2Fnew"' in page.text
    answer = keep(anna, page, event(code="E-40", title="Набр"))
    assert answer.status == 200 and "Kept as a draft." in answer.text
    assert keep(anna, page, event(code="E-40", title="Набрано")).status == 200
    links = offered(anna)
    assert len(links) == 1
    shown = anna.get("/").shown()
    assert "Typed and not saved" in shown and "a new record" in shown
    back = anna.get(links[0])
    assert "Набрано" in back.text and 'value="E-40"' in back.text and "not saved yet" in back.shown()
    assert anna.post(NEW, [*back.hidden(), *event(code="E-40", title="Набрано")]).status == 303
    assert offered(anna) == [] and "Typed and not saved" not in anna.get("/").shown()


@test
def a_save_that_fails_keeps_what_was_typed_without_any_script(w):
    anna = emptied(w)
    page = anna.get(NEW)
    assert anna.post(NEW, [*page.hidden(), *event(title="", ends_on="Актовый зал")]).status == 422
    links = offered(anna)
    assert len(links) == 1 and "Актовый зал" in anna.get(links[0]).text


@test
def a_draft_can_be_thrown_away(w):
    anna = emptied(w)
    keep(anna, anna.get(NEW), event(title="Лишнее"))
    page = anna.get(NEW)
    assert anna.post("/draft/drop", page.hidden("/draft/drop")).location == NEW
    assert offered(anna) == []


@test
def two_tabs_that_add_records_keep_both(w):
    anna = emptied(w)
    first, second = anna.get(NEW), anna.get(NEW)
    keep(anna, first, event(title="Первая вкладка"))
    keep(anna, second, event(title="Вторая вкладка"))
    texts = "".join(anna.get(link).text for link in offered(anna))
    assert "Первая вкладка" in texts and "Вторая вкладка" in texts
    assert anna.post(NEW, [*first.hidden(), *event(code="E-41", title="Первая вкладка")]).status == 303
    assert len(offered(anna)) == 1


@test
def a_draft_of_a_change_goes_on_from_the_version_of_then(w):
    anna = emptied(w)
    page = anna.get(NEW)
    assert anna.post(NEW, [*page.hidden(), *event(code="E-42", title="Было")]).status == 303
    path = "/k/event/E-42/edit"
    typed = event(title="Моё")[1:]
    keep(anna, anna.get(path), typed, path)
    other = inside(w)
    page = other.get(path)
    assert other.post(path, [*page.hidden(), *event(title="Чужое")[1:]]).status == 303
    back = anna.get(offered(anna, path)[0])
    assert "Моё" in back.text
    answer = anna.post(path, [*back.hidden(), *typed])
    assert answer.status == 409, answer.status
    assert all(f"<td>{word}</td>" in answer.text for word in ("Было", "Моё", "Чужое"))
    assert len(offered(anna, path)) == 1  # still not saved
    assert anna.post(path, [*answer.hidden(), *typed]).status == 303
    assert offered(anna, path) == []


# --- who dies

@test
def after_sigkill_of_the_console_the_draft_is_there(w):
    anna = emptied(w)
    keep(anna, anna.get(NEW), event(title="Пережило пульт"))
    killed(w, "console")
    assert "Пережило пульт" in inside(w).get(offered(inside(w))[0]).text


@test
def after_sigkill_of_the_whole_node_the_draft_is_there(w):
    anna = emptied(w)
    keep(anna, anna.get(NEW), event(title="Пережило узел"))
    w.region.kill_all()
    w.region.run()
    again(w)
    assert "Пережило узел" in inside(w).get(offered(inside(w))[0]).text


@test
def a_service_that_dies_under_a_save_costs_nothing_that_was_typed(w):
    anna = emptied(w)
    page = anna.get(NEW)
    pid = w.region.pid("registry")
    w.region.process.send_signal(signal.SIGSTOP)  # so that nobody starts it again meanwhile
    try:
        w.region.kill("registry")
        answer = anna.post(NEW, [*page.hidden(), *event(code="E-43", title="Не дошло")])
        assert answer.status >= 500 and "What you typed is kept on this computer" in answer.shown(), answer.shown()
    finally:
        w.region.process.send_signal(signal.SIGCONT)
    wait_until(lambda: w.region.pid("registry") != pid and anna.get("/k/event").status == 200, what="the registry is back")
    wait_until(lambda: "Не дошло" in anna.get(NEW + "?draft=" + dict(page.hidden())["form"]).text, what="it is offered")


# --- the log-in in place

def ask_again(w, browser, fields, path=NEW):
    """Sends a form from a session that is over: the page with the question."""
    answer = browser.post(path, fields)
    assert answer.status == 403 and "Log in to go on" in answer.shown(), (answer.status, answer.shown())
    return answer


def answer_again(browser, question, name, password, path=NEW):
    return browser.post(path, [*question.hidden(path), ("again.name", name), ("again.password", password)])


@test
def after_the_password_the_save_goes_on_where_it_was(w):
    anna = emptied(w)
    fields = [*anna.get(NEW).hidden(), *event(code="E-50", title="Через вход")]
    killed(w, "console")
    question = ask_again(w, moved(anna, w), fields)
    assert 'value="anna"' in question.text
    assert len(offered(inside(w))) == 1  # kept, whether he goes on or not
    wrong = answer_again(anna, question, "anna", "не тот пароль")
    assert wrong.status == 403 and "is wrong" in wrong.shown()
    waits = answer_again(anna, wrong, "anna", PASSWORD)
    if waits.status == 403:  # delays are those of the log-in
        assert "seconds" in waits.shown(), waits.shown()

    def goes_on():
        answer = answer_again(anna, wrong, "anna", PASSWORD)
        return answer if answer.status == 303 else None
    done = waits if waits.status == 303 else wait_until(goes_on, what="the password is taken")
    assert done.location.endswith("?saved=1")
    assert anna.get("/").status == 200  # he is logged in
    assert w.region.selenga("get", "event", "E-50")["body"]["title"] == "Через вход"
    assert offered(anna) == []


@test
def what_is_wrong_in_the_form_is_said_after_the_log_in(w):
    anna = emptied(w)
    fields = [*anna.get(NEW).hidden(), *event(code="E-51", title="", ends_on="Зал")]
    anna.cookies.pop("selenga")
    answer = answer_again(anna, ask_again(w, anna, fields), "anna", PASSWORD)
    assert answer.status == 422 and 'href="#f-title"' in answer.text and "Зал" in answer.text
    assert anna.get("/").status == 200


@test
def another_account_that_logs_in_gets_nothing_of_it(w):
    anna = emptied(w)
    fields = [*anna.get(NEW).hidden(), *event(code="E-52", title="Тайна Анны")]
    anna.cookies.pop("selenga")
    answer = answer_again(anna, ask_again(w, anna, fields), "oleg", PASSWORD)
    assert answer.status == 303 and answer.location == "/" and "Тайна" not in answer.text
    assert "Тайна" not in anna.get("/").text and "Тайна" not in anna.get(NEW).text  # Oleg sits there now
    refused = anna.post(NEW, fields)  # from the tab that is still open
    assert refused.status == 403 and "Somebody else is logged in" in refused.shown()
    assert all(row["body"]["code"] != "E-52" for row in w.region.list("event"))
    owner = inside(w)
    assert "Тайна Анны" in owner.get(offered(owner)[0]).text


@test
def a_token_lives_as_long_as_its_account_s_sessions(w):
    anna = emptied(w)
    open_tab = [*anna.get(NEW).hidden(), *event(code="E-53", title="Старая вкладка")]
    anna.log_in("anna", PASSWORD)  # in another tab, after a lock
    assert anna.post(NEW, open_tab).status == 303


@test
def a_form_that_no_session_made_asks_for_no_password(w):
    anna = emptied(w)
    hidden = dict(anna.get(NEW).hidden())
    for change in ({"token": "0" * 64}, {"who": "oleg"}, {"who": ""}, {"token": hidden["token"][:-1] + ("0" if hidden["token"][-1] != "0" else "1")}):
        answer = Browser(w.url).post(NEW, [*{**hidden, **change}.items(), *event(title="x")])
        assert answer.status == 403 and "again.password" not in answer.text, change
    assert offered(anna) == []


@test
def the_question_itself_has_a_guest_s_token(w):
    anna = emptied(w)
    fields = [*anna.get(NEW).hidden(), *event(code="E-54", title="x")]
    anna.cookies.pop("selenga")
    question = ask_again(w, anna, fields)
    bare = [(n, v) for n, v in question.hidden(NEW) if n != "again.token"]
    answer = anna.post(NEW, [*bare, ("again.name", "anna"), ("again.password", PASSWORD)])
    assert answer.status == 403 and "selenga" not in anna.cookies


world.main(scene)
