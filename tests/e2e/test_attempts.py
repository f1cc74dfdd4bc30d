# SPDX-License-Identifier: Apache-2.0
"""A teacher takes tests in the browser: whatever is killed meanwhile, no answer that was confirmed is lost; answers are nobody
else's and in no store but the school's; keys come when their maker releases them."""
import datetime
import os
import re
import signal

import world
from browser import Browser
from inside import PASSWORD
from world import refused, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
STAFF = "org,number,last_name,first_name,birth_date,post,post_class,from\n"
CANARY = "канарейкаХ7319"
TASKS = 40
TEST, OWN = "/attempt/C-1/T-1", "/attempt/C-1/T-2"


def gift():
    """36 of one kind and one of each other; the first option is right."""
    singles = "\n\n".join(f"Вопрос {n}? {{=верно ~неверно ~совсем неверно}}" for n in range(1, 37))
    return (f"$CATEGORY: курс/S-1\n\n{singles}\n\n$CATEGORY: M-1\n\nСлово? {{={CANARY}}}\n\nДважды два? {{#4:0.5}}\n\n"
            "Чётные? {~%50%2 ~%50%4 ~%-50%5}\n\nСоотнесите {=Россия -> Москва =Китай -> Пекин}\n")


RIGHT = {37: [("text", CANARY.upper())], 38: [("text", "4,2")], 39: [("chosen", "1"), ("chosen", "2")], 40: [("partner", "1"), ("partner", "2")]}


def scene(w):
    w.hub = w.node("hub").init("03").run()
    w.hub.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-1,03,school,Первая\n")
    w.school = w.node("school").join(w.hub, "03-1").run()
    wait_until(lambda: w.school.list("organisation"), what="the school has the tree")
    w.hub.text("competency", "framework,code,parent,class,title\nF-1,S-1,,subject,Решение задач\nF-1,M-1,,methodical,Планирование урока\n")
    made = {"class": "test", "version": 1, "state": "approved"}
    w.hub.put("instrument", {"code": "T-1", "title": "Большой тест", "org": "03", "time_limit": 120, **made})
    w.hub.selenga("instrument", "import", "T-1", file(w, "t1", gift()))
    w.school.put("instrument", {"code": "T-2", "title": "Свой тест", "org": "03-1", **made})
    w.school.selenga("instrument", "import", "T-2", file(w, "t2", "$CATEGORY: M-1\n\nДа? {T}\n\nОпишите урок. {}\n"))
    wait_until(lambda: w.hub.list("instrument", "--where", "code=T-2"), what="the region has the school's instrument")
    w.until = datetime.date.today() + datetime.timedelta(days=20)
    campaign(w, w.until)
    wait_until(lambda: len(w.school.list("question")) == TASKS + 2 and w.school.list("campaign") and len(w.school.list("competency")) == 2,
               what="the school has the test")
    w.school.text("staff", STAFF + "03-1,1,Своякова,Анна,1990-01-01,учитель,pedagogue,2020-09-01\n"
                  "03-1,2,Чужакова,Вера,1985-01-01,учитель,pedagogue,2020-09-01\n")
    w.inside = {}
    for name, role, *person in (("anna", "teacher", "--person", "03-1:1"), ("vera", "teacher", "--person", "03-1:2"), ("petr", "coordinator")):
        once = w.school.selenga("account", "add", name, "--role", role, *person)["password"]
        w.inside[name] = Browser(w.school.status("console")["url"], "ru")
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    wait_until(lambda: w.inside["anna"].get("/attempt").status == 200, what="diagnostics knows the accounts")
    return w


def file(w, name, text):
    path = w.file(f"{name}.txt")
    path.write_text(text, encoding="utf-8")
    return path


def campaign(w, until):
    w.hub.put("campaign", {"code": "C-1", "title": "Кампания", "framework": "F-1", "org": "03", "from": "2024-03-01", "to": str(until),
                           "instruments": "T-1;T-2", "attempts": 2})


def again(w, name="anna"):
    """The same person after the console was killed: logged in anew."""
    def inside():
        browser = Browser(w.school.status("console")["url"], "ru")
        return browser if browser.log_in(name, PASSWORD).status == 303 else None

    def patiently():
        try:
            return inside()
        except (OSError, world.Refused, KeyError, AssertionError):
            return None
    w.inside[name] = wait_until(patiently, what="the console is back")
    return w.inside[name]


def act(browser, path, **fields):
    return browser.post(path, [*browser.get("/").hidden("/logout"), *fields.items()])


def answer(w, n, fields):
    """Sends an answer until it is confirmed, and says when it was written."""
    def sent():
        try:
            browser = w.inside["anna"]
            said = browser.post(TEST, [*browser.get("/").hidden("/logout"), ("task", str(n)), ("act", "answer"), *fields])
            return said if said.status == 303 and said.location.startswith("/attempt/") else None
        except (OSError, AssertionError):  # the console is a new one, at another port, and knows nobody
            return again(w) and None
    said = wait_until(sent, what=f"answer {n} is taken")
    assert f"saved={n}" in said.location, said.location
    return said.location


def answers(w):
    rows = w.school.list("attempt-answer", "--where", "person=03-1:1")
    return {row["body"]["number"]: row["body"].get("answer") for row in rows}


def attempt(w, instrument):
    return w.school.list("attempt", "--where", f"instrument={instrument}")[-1]["body"]


@test
def tests_are_for_teachers_and_who_has_not_begun_answers_nothing(w):
    for path in ("/attempt", TEST):
        assert w.inside["petr"].get(path).status == 403, path
        assert Browser(w.inside["anna"].url).get(path).status == 303, path
    assert act(w.inside["vera"], TEST, task="1", act="answer", chosen="1").status == 422
    assert act(w.inside["vera"], TEST, act="finish").status == 422
    assert w.inside["vera"].get("/attempt/C-9/T-1").status == 404
    assert act(w.inside["vera"], "/attempt/C-1/%3Cb%3E", act="begin").status == 422
    assert not w.school.list("attempt")


@test
def forty_answers_outlive_console_services_and_node(w):
    assert act(w.inside["anna"], TEST, act="begin").status == 303
    page = w.inside["anna"].get(TEST)
    assert "Вопрос 1 из 40" in page.shown() and re.search("Осталось: 1(19|20) мин", page.shown()), page.shown()
    given = {}
    for n in range(1, TASKS + 1):
        fields = RIGHT.get(n, [("chosen", "2" if n % 6 == 0 else "1")])
        where = answer(w, n, fields)
        given[n] = ";".join(value for _, value in fields)
        if n == 1:
            assert re.search(r"записано \d\d:\d\d:\d\d", " ".join(w.inside["anna"].get(where).shown().split()))
        if n == 10:
            kill_console(w)
        elif n == 20:
            assert w.school.kill("diagnostics")
        elif n == 30:
            w.school.kill_all()
            w.school.run()
        if n in (10, 20, 30):
            wait_until(lambda: answers_or_none(w) == given, what="what was confirmed is there")
    assert answers(w) == given
    assert act(w.inside["anna"], TEST, task="3", act="later", chosen="1").status == 303
    assert "Отмечено, чтобы вернуться: 1" in w.inside["anna"].get(TEST + "?finish=1").shown()


def kill_console(w):
    w.school.killed += 1
    os.kill(int((w.school.dir / "run/console.pid").read_text()), signal.SIGKILL)


def answers_or_none(w):
    try:
        return answers(w)
    except world.Refused:
        return None


@test
def what_is_no_answer_is_told_beside_the_question_and_changes_nothing(w):
    before = answers(w)
    for task, field in (("1", ("chosen", "4")), ("1", ("chosen", "1;1")), ("41", ("chosen", "1")), ("40", ("partner", "9")), ("x", ("text", "1"))):
        said = w.inside["anna"].post(TEST, [*w.inside["anna"].get("/").hidden("/logout"), ("task", task), ("act", "answer"), field])
        assert said.status == 422 and "Такого ответа" in said.shown(), (task, field, said.shown())
    assert answers(w) == before


@test
def nobody_else_sees_an_attempt_or_its_answers(w):
    code = attempt(w, "T-1")["code"]
    for name in ("vera", "petr"):
        again(w, name)
    for path in ("/k/attempt", "/k/attempt-answer", f"/k/attempt/{code}", f"/k/attempt-answer/{code}:37", TEST):
        page = w.inside["vera"].get(path)
        assert CANARY.upper() not in page.text and (path.endswith(code) is False or page.status == 404), (path, page.status)
    assert w.inside["petr"].get("/k/attempt-answer").status == 403
    assert CANARY.upper() in w.inside["anna"].get(f"/k/attempt-answer/{code}:37").text


@test
def without_keys_it_waits_until_their_maker_releases_them(w):
    assert act(w.inside["anna"], TEST, act="finish").status == 303
    assert "будут оценены" in w.inside["anna"].get(TEST).shown()
    assert attempt(w, "T-1")["state"] == "finished" and not w.school.list("result")
    refused(1, w.school.selenga, "instrument", "release", "T-1", says="belongs to another node")
    refused(1, w.hub.selenga, "instrument", "release", "T-1", says="is not over")
    assert not w.school.list("released-key")
    assert w.hub.selenga("instrument", "release", "T-1", "--early") == {"released": TASKS}
    wait_until(lambda: attempt(w, "T-1")["state"] == "marked", what="the attempt is marked")
    marked = attempt(w, "T-1")
    assert (float(marked["score"]), float(marked["max"])) == (34, 40), marked
    points = {r["body"]["competency"]: (float(r["body"]["score"]), float(r["body"]["max"])) for r in w.school.list("result")}
    assert points == {"S-1": (30, 36), "M-1": (4, 4)}, points
    assert "34.00 из 40" in w.inside["anna"].get(TEST).shown()
    assert act(w.inside["vera"], TEST, act="begin").status == 422  # what is right is known by now


@test
def an_own_test_is_marked_at_once_and_an_essay_brings_no_points(w):
    anna = w.inside["anna"]
    assert act(anna, OWN, act="begin").status == 303
    assert act(anna, OWN, task="1", act="answer", text="T").status == 303
    assert act(anna, OWN, task="2", act="answer", text="Две\r\nстроки").status == 303
    assert "Две строки" in anna.get(OWN + "?task=2").text
    assert act(anna, OWN, act="finish").status == 303
    assert "Баллы: 1.00 из 1." in anna.get(OWN).shown()
    assert [r["body"]["state"] for r in w.school.list("deficit", "--where", "competency=F-1:M-1")] == []


@test
def what_was_annulled_counts_no_more_and_may_be_taken_again(w):
    code = attempt(w, "T-2")["code"]
    refused(64, w.school.selenga, "attempt", "annul", code, says="--why")
    assert w.school.selenga("attempt", "annul", code, "--why", "отключали свет") == {"annulled": code}
    refused(1, w.school.selenga, "attempt", "annul", code, "--why", "x", says="annulled already")
    points = {r["body"]["competency"]: float(r["body"]["max"]) for r in w.school.list("result")}
    assert points == {"S-1": 36, "M-1": 4}, points  # those of the other attempt
    page = w.inside["anna"].get(OWN).shown()
    assert "аннулирована" in page and "отключали свет" in page
    assert act(w.inside["anna"], OWN, act="begin").status == 303


@test
def answers_are_in_no_store_of_the_hub_and_are_erased_with_a_reason(w):
    w.settle()
    stored = lambda node: b"".join(p.read_bytes() for p in node.dir.rglob("*") if p.is_file())
    assert CANARY.upper().encode() in stored(w.school)
    assert CANARY.upper().encode() not in stored(w.hub)
    assert not w.hub.list("attempt") and not w.hub.list("attempt-answer")
    refused(1, w.school.selenga, "attempt", "erase", "C-9", "--why", "x", says="no such record")
    said = w.school.selenga("attempt", "erase", "C-1", "--why", "срок апелляций прошёл")
    assert said == {"erased": TASKS + 2, "kept": 1}, said
    assert not w.school.list("attempt-answer")
    assert float(attempt_of(w, "marked")["score"]) == 34 and attempt_of(w, "marked")["erased"] == "срок апелляций прошёл"


def attempt_of(w, state):
    return next(a["body"] for a in w.school.list("attempt") if a["body"]["state"] == state)


world.main(scene)
