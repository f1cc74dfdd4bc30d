# SPDX-License-Identifier: Apache-2.0
"""What a teacher sees of himself: his profile and his word against it, what he can learn, what is kept of him; and nothing of
anybody else's."""
import csv
import datetime
import io

import world
from browser import Browser
from inside import PASSWORD
from world import test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
STAFF = "org,number,last_name,first_name,birth_date,post,post_class,from\n"
SUBJ = "/my/dispute/F-1:S-1"


def scene(w):
    w.hub = w.node("hub").init("03").run()
    w.hub.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-1,03,school,Первая\n")
    w.region = w.node("school").join(w.hub, "03-1").run()
    wait_until(lambda: w.region.list("organisation"), what="the school has the tree")
    w.hub.text("competency", "framework,code,parent,class,title,required_percent\nF-1,S-1,,subject,Решение задач,80\n"
               "F-1,M-1,,methodical,Планирование урока,80\nF-1,I-1,,it,Электронный журнал,80\n")
    w.hub.text("campaign", "code,title,framework,org,from,to\nC-1,Кампания,F-1,03,2024-03-01,2024-04-30\n")
    w.hub.text("programme", "code,title,kind,hours\nP-1,Работа с классом,pk,36\n")
    soon = datetime.date.today() + datetime.timedelta(days=20)
    w.soon = soon
    w.hub.text("programme-run", f"code,programme,provider,from,to,seats\nPR-1,P-1,Институт,{soon},{soon},25\nPR-0,P-1,Институт,2020-01-01,2020-02-01,30\n")
    for code, title, day, held in (("E-1", "Скоро семинар", soon, "planned"), ("E-0", "Давний семинар", "2020-01-01", "held"),
                                   ("E-2", "Отменённый", soon, "cancelled")):
        w.hub.put("event", {"code": code, "kind": "seminar", "title": title, "org": "03", "starts_on": str(day), "held": held, "capacity": 40})
    wait_until(lambda: len(w.region.list("event")) == 3 and w.region.list("campaign") and len(w.region.list("competency")) == 3
               and len(w.region.list("programme-run")) == 2, what="the school has what the region announced")
    w.region.text("staff", STAFF + "03-1,1,Своякова,Анна,1990-01-01,учитель,pedagogue,2020-09-01\n"
                  "03-1,2,Чужакова,Вера,1985-01-01,учитель,pedagogue,2020-09-01\n")
    w.region.text("result", "campaign,person,competency,score,max,taken_on\nC-1,03-1:1,S-1,10,20,2024-03-10\nC-1,03-1:1,M-1,19,20,2024-03-11\n"
                  "C-1,03-1:2,S-1,3,20,2024-03-10\nC-1,03-1:2,I-1,3,20,2024-03-10\n")
    wait_until(lambda: len(w.region.list("deficit")) == 3, what="needs follow from results")
    w.region.put("consent", {"person": "03-1:1", "purpose": "publication", "given_on": "2024-01-15", "text_version": "1"})
    w.url = w.region.status("console")["url"]
    w.inside = {}
    for name, role, *person in (("anna", "teacher", "--person", "03-1:1"), ("nina", "teacher", "--person", "03-1:7"), ("petr", "coordinator")):
        once = w.region.selenga("account", "add", name, "--role", role, *person)["password"]
        w.inside[name] = Browser(w.url, "ru")
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def sent(browser, path, **fields):
    page = browser.get(path)
    return browser.post(path, [*page.hidden(), *fields.items()])


@test
def a_teacher_s_pages_are_for_teachers_and_nobody_reads_another_s_name_there(w):
    for path in ("/my/profile", "/my/learning", "/my/data", "/my/data/extract.csv", SUBJ):
        assert w.inside["petr"].get(path).status == 403, path
        assert Browser(w.url).get(path).status == 303, path
        assert "Чужакова" not in w.inside["anna"].get(path).text, path
    for path in ("/my/profile", "/my/data"):
        assert "Решение задач" not in w.inside["nina"].get(path).text, path
    assert w.inside["nina"].get(SUBJ).status == 404


@test
def what_is_no_need_of_his_cannot_be_disputed(w):
    anna, token = w.inside["anna"], w.inside["anna"].get("/").hidden("/logout")
    for ref in ("F-1:M-1", "F-1:I-1", "F-1:none", "%3Cb%3E"):  # no need, another's need, no competency, no reference
        assert anna.get("/my/dispute/" + ref).status == 404, ref
        assert anna.post("/my/dispute/" + ref, [*token, ("reason", "x")]).status == 404, ref
    assert anna.post(SUBJ, [("reason", "x")]).status == 403
    assert w.region.list("dispute") == []


@test
def needs_stand_by_class_in_words_that_judge_nobody(w):
    page = w.inside["anna"].get("/my/profile")
    shown = page.shown()
    assert "есть потребность: " in shown and "потребности нет" in shown and "50 %" in shown and "10.03.2024" in shown, shown
    assert shown.index("предметная") < shown.index("Решение задач") < shown.index("методическая") < shown.index("Планирование урока")
    assert "Электронный журнал" not in shown and page.text.count("/my/dispute/") == 1
    assert "Диагностика ещё не пройдена" in w.inside["nina"].get("/my/profile").shown()


@test
def an_objection_needs_a_reason_keeps_what_was_typed_and_is_given_once(w):
    anna = w.inside["anna"]
    empty = sent(anna, SUBJ, reason="  ")
    assert empty.status == 422 and w.region.list("dispute") == [], empty.shown()
    long = "я" * 1100
    refused = sent(anna, SUBJ, reason=long)
    assert refused.status == 422 and long in refused.text, refused.status
    answer = sent(anna, SUBJ, reason="Тест был прерван <b>")
    assert answer.status == 303 and answer.location.startswith("/my/profile"), answer.shown()
    one, = w.region.list("dispute")
    assert (one["body"]["person"], one["body"]["competency"], one["body"]["state"]) == ("03-1:1", "F-1:S-1", "opened"), one
    page = anna.get("/my/profile")
    assert "Вы не согласны: " in page.shown() and "/my/dispute/" not in page.text and "оспорен" in page.shown(), page.shown()
    assert anna.get(SUBJ).status == 404 and len(w.hub.list("dispute")) == 0


@test
def what_is_ahead_is_told_with_seats_and_what_is_over_or_cancelled_is_not(w):
    shown = w.inside["anna"].get("/my/learning").shown()
    assert "Скоро семинар" in shown and "Давний" not in shown and "Отменённый" not in shown and " 40 " in shown, shown
    assert shown.count("Работа с классом") == 1 and " 25 " in shown and " 36 " in shown and "вы зачислены" not in shown
    w.region.put("enrolment", {"run": "PR-1", "person": "03-1:1"})
    w.region.put("attendance", {"event": "E-0", "person": "03-1:1"})
    shown = w.inside["anna"].get("/my/learning").shown()
    assert "вы зачислены" in shown and "Давний семинар" in shown, shown
    assert "вы зачислены" not in w.inside["nina"].get("/my/learning").shown()


def row(browser, label):
    """The cells of a row of what is kept: how many records, how far, how many were handed over."""
    text = browser.get("/my/data").text
    cells = next(r for r in text.split("<tr>") if f">{label}</a>" in r).split("<td")[2:]
    return [c.split(">", 1)[1].split("</td>")[0] for c in cells]


@test
def what_is_kept_says_how_far_it_goes_and_what_was_handed_over(w):
    anna = w.inside["anna"]
    wait_until(lambda: row(anna, "Согласие")[2] == "1 из 1", what="the consent is handed over")
    result = row(anna, "Результат")
    assert result[0] == "2" and result[2] == "—", result
    assert "публикация практики" in anna.get("/my/data").shown()
    w.hub.stop()
    w.region.put("consent", {"person": "03-1:1", "purpose": "results", "given_on": "2024-01-16", "text_version": "1"})
    assert row(anna, "Согласие")[2] == "1 из 2", row(anna, "Согласие")
    w.hub.run()
    wait_until(lambda: row(anna, "Согласие")[2] == "2 из 2", what="the rest follows")


@test
def all_of_it_is_a_file_and_nothing_of_others_is_in_it(w):
    answer = w.inside["anna"].get("/my/data/extract.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    values = {(r[0], r[3]) for r in rows[1:]}
    assert len(rows[0]) == 6 and ("Результат", "19") in values and "Своякова" in text and "Чужакова" not in text and "03-1:2" not in text, text


world.main(scene)
