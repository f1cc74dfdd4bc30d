# SPDX-License-Identifier: Apache-2.0
"""What needs somebody is listed, by each watcher in both languages; what is in order is not, nor what is elsewhere or for others."""
import csv
import datetime
import io
import json
import os
import re
import subprocess

from patience import workbook
from world import BIN, main, patience, refused, spoken, test, wait_until

LOCALES = {"en": "C.UTF-8", "ru": "ru_RU.UTF-8"}
TODAY = datetime.date.today()
HEAD = "org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,rate,main_place,external,from,to,experience_from\n"
A, CLOSED, B, SILENT, ELSEWHERE, HANGING = "03-1-1", "03-1-2", "03-1-3", "03-1-4", "03-2", "03-9"


def day(ahead):
    return (TODAY + datetime.timedelta(ahead)).isoformat()


def snils(number):
    digits = f"{number:09d}"
    check = sum(int(d) * (9 - i) for i, d in enumerate(digits)) % 101
    return digits + f"{check % 100:02d}"


def staff(org, number, name, code, birth="1980-01-01", rate="1", main="yes", external="no", to="", since="2015-09-01"):
    return f"{org},{number},{name},{birth},{snils(code)},учитель,pedagogue,{rate},{main},{external},{since},{to},{since}\n"


STAFF = HEAD + "".join((
    staff(A, 1, "Иванов,Иван,Иванович", 100000001),
    staff(B, 11, "Иванов,Иван,Иванович", 100000001, main="no", external="yes"),
    staff(A, 2, "Юный,Юрий,Юрьевич", 100000002, birth=f"{TODAY.year - 24}-01-01", since=f"{TODAY.year - 1}-09-01"),
    staff(CLOSED, 5, "Петров,Пётр,", 100000005),
    staff(CLOSED, 6, "Сидоров,Пётр,", 100000006, to="2020-08-31"),
    staff(A, 7, "Дважды,Дарья,", 100000007),
    staff(A, 8, "Дважды,Дарья,", 100000007),
    staff(A, 9, "Двойников,Семён,Ильич", 100000009, birth="1975-05-05"),
    staff(B, 9, "Двойников,Семен,Ильич", 100000019, birth="1975-05-05"),
    staff(A, 10, "Местов,Олег,", 100000010),
    staff(B, 10, "Местов,Олег,", 100000010),
    staff(A, 12, "Тройкин,Яков,", 100000012, rate="3"),
))


def put(node, of_kind, **body):
    return node.selenga("put", of_kind, stdin=json.dumps({"body": body}))


def route(w, code, state, **more):
    """Agreed to by a person, then brought into this state."""
    w.hub.text("route", f"code,person,tutor,from,to,state\n{code},{A}:1,{more.pop('tutor', '')},2024-01-10,{more.pop('to', '')},draft\n")
    if state == "closed":
        w.hub.text("activity", f"route,code,person,title,form,reason\n{code},1,{A}:1,Прочитать,self,Нужно\n")
    w.hub.selenga("route", "confirm", code, "--by", "А. Ли")
    put(w.hub, "route", code=code, state="active")
    if state != "active":
        put(w.hub, "route", code=code, state=state, **more)


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name,valid_to\n03-1,03,municipal_authority,Район,\n"
                  + f"{A},03-1,school,Школа,\n{CLOSED},03-1,school,Закрытая,2020-08-31\n{B},03-1,school,Вторая,\n"
                  + f"{SILENT},03-1,school,Молчит,\n{ELSEWHERE},03,school,Другая,\n{HANGING},,school,Ничья,\n")
    w.hub = w.node("hub").join(w.region, "03-1").run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 7, what="the municipality knows the organisations")
    w.hub.text("staff", STAFF)
    w.settle()
    route(w, "R-LATE", "active", tutor=f"{A}:12", to="2024-06-30")
    route(w, "R-ALONE", "active")
    route(w, "R-DONE", "closed", tutor=f"{A}:12", outcome="done", closed_on="2024-06-30")
    w.hub.text("mentoring-pair", f"mentor,mentee,from,to\n{A}:1,{A}:2,2024-01-10,{day(5)}\n{A}:7,{A}:2,2024-01-10,{day(40)}\n")
    w.region.text("methodist", f"code,person,from,to,tutor_until,state\nM-1,{A}:1,2024-01-10,{day(30)},,appointed\n"
                  + f"M-2,{A}:12,2024-01-10,{day(-1)},,\nM-3,{A}:2,2024-01-10,,{day(0)},certified\nM-4,{A}:9,2024-01-10,,,candidate\n"
                  + f"M-5,{A}:10,2024-01-10,,{day(-2)},\nM-6,{A}:8,2024-01-10,,,\n")
    w.region.text("assignment", f"methodist,person,from,to\nM-1,{A}:7,2024-01-10,{day(0)}\n"
                  + "".join(f"M-{i},{A}:7,2024-01-10,\n" for i in (2, 3, 4, 5)) + f"M-6,{A}:7,2024-01-10,{day(-1)}\n")
    w.region.token(ELSEWHERE)
    w.settle()
    return w


def attention(node, *options, lang="en"):
    done = subprocess.run([BIN / "selenga", "--node", node.dir, "--json", "attention", *options], capture_output=True, text=True,
                          timeout=patience(60), check=False, env={**os.environ, "LC_ALL": LOCALES[lang]})
    assert done.returncode == 0, done
    found = json.loads(done.stdout)
    assert all(set(x) == {"what", "org", "ref", "since", "text"} for x in found), found
    return found


def places(found, what):
    return [(x["org"], x["ref"]) for x in found if x["what"] == what]


def told(node, what, places_told, en, ru):
    """This watcher finds these and nothing else, and says so in both languages."""
    for lang, words in (("en", en), ("ru", ru)):
        found = attention(node, lang=lang)
        assert sorted(places(found, what)) == sorted(places_told), found
        texts = [x["text"] for x in found if x["what"] == what]
        assert all(any(word in text for word in words) for text in texts), texts
        assert all(any(word in text for text in texts) for word in words), texts


@test
def a_role_that_nothing_is_for_is_refused(w):
    for role in ("teacher", "director"):
        refused(64, attention_of_role, w, role, says=f"nothing is for the role '{role}'")


def attention_of_role(w, role):
    return w.hub.selenga("attention", "--role", role)


@test
def routes_that_are_overdue_or_without_tutor(w):
    told(w.hub, "route-overdue", [(A, "R-LATE")], ["its last day is over"], ["его срок истёк"])
    told(w.hub, "route-without-tutor", [(A, "R-ALONE")], ["has no tutor"], ["тьютор"])
    assert [x["since"] for x in attention(w.hub) if x["what"] == "route-overdue"] == ["2024-06-30"]


@test
def open_rows_at_a_closed_school_are_something_to_do(w):
    told(w.hub, "closed-organisation", [(CLOSED, f"{CLOSED}:5")], ["The organisation is closed"], ["Организация закрыта"])


@test
def a_term_that_ends_within_thirty_days_is_told_where_it_can_be_prolonged(w):
    invitations = [x["ref"] for x in attention(w.region) if x["what"] == "term-expires" and x["org"] == ELSEWHERE]
    assert len(invitations) == 1, invitations
    told(w.region, "term-expires", [("03", "M-1"), (A, f"M-1:{A}:7:2024-01-10"), (ELSEWHERE, invitations[0]), (A, f"{A}:1:{A}:2:2024-01-10")],
         [f"Methodist: the term ends on {day(30)}", f"Assignment: the term ends on {day(0)}", "Invitation: the term ends on",
          f"Mentoring pair: the term ends on {day(5)}"],
         ["Методист: срок истекает", "Закрепление: срок истекает", "Приглашение: срок истекает", "Наставническая пара: срок истекает"])
    told(w.hub, "term-expires", [(A, f"{A}:1:{A}:2:2024-01-10")], [day(5)], ["Наставническая пара: срок истекает"])


@test
def a_methodist_who_is_given_teachers_is_trained_as_a_tutor(w):
    told(w.region, "tutor-untrained", [("03", "M-1"), ("03", "M-5")], ["whose training as a tutor is missing or over"],
         ["подготовки к тьюторскому сопровождению нет"])
    assert [x["since"] for x in attention(w.region) if x["ref"] == "M-5"] == [day(-2)], attention(w.region)
    assert not places(attention(w.hub), "tutor-untrained"), "the region can mend it"


def fourth(w, **says):
    return put(w.region, "methodist", **{"code": "M-4", "person": f"{A}:9", "from": "2024-01-10", **says})


@test
def a_methodist_becomes_one_step_by_step(w):
    act, trained = {"act": "№ 7"}, {"tutor_until": day(40)}
    refused(1, fourth, w, state="appointed", says="act")
    refused(1, fourth, w, state="certified", says="certified", **act, **trained)
    fourth(w, state="appointed", **act)
    assert ("03", "M-4") in places(attention(w.region), "tutor-untrained"), "now he is one, and teachers are assigned to him"
    refused(1, fourth, w, state="certified", says="tutor_until", **act)
    fourth(w, state="certified", **act, **trained)
    assert ("03", "M-4") not in places(attention(w.region), "tutor-untrained")
    refused(1, fourth, w, state="ended", says="to", **act, **trained)
    fourth(w, state="ended", to=day(-1), **act, **trained)
    refused(1, fourth, w, state="appointed", says="ended", to=day(-1), **act, **trained)


@test
def somebody_who_is_probably_one_person_under_two_numbers(w):
    told(w.hub, "duplicate", [(A, f"{A}:8"), (A, f"{A}:9"), (B, f"{B}:9")],
         [f"stands in this staff list as {A}:7 too", f"{A}:9 has the same name", f"{B}:9 has the same name"],
         [f"записан в этом списке ещё и под номером {A}:7", f"у {A}:9 те же", f"у {B}:9 те же"])
    told(w.region, "duplicate", [(A, f"{A}:8")], ["stands in this staff list"], ["записан в этом списке"])


@test
def two_main_places_at_two_schools_are_told_at_both(w):
    for node in (w.hub, w.region):
        told(node, "two-main-places", [(A, f"{A}:10"), (B, f"{B}:10")], [f"as {A}:10 at another", f"as {B}:10 at another"],
             [f"и здесь, и как {A}:10", f"и здесь, и как {B}:10"])


@test
def what_was_stored_and_makes_little_sense(w):
    told(w.hub, "sense", [(A, f"{A}:12"), (A, "R-DONE"), (A, "R-DONE:1")],
         ["3 is more than two full posts", "Route: ", "Activity: "], ["больше двух ставок", "Маршрут: ", "Мероприятие маршрута: "])


@test
def a_school_from_which_nothing_has_come_is_silent(w):
    told(w.hub, "silent", [(SILENT, SILENT)], ["No data"], ["Нет данных"])
    told(w.region, "silent", [(SILENT, SILENT), (ELSEWHERE, ELSEWHERE)], ["No data"], ["Нет данных"])


@test
def young_teachers_are_named_where_names_may_be_seen(w):
    name = f"Юный Юрий Юрьевич ({A}:2)"
    told(w.hub, "young-without-support", [(A, "I-5.3.2")], [f"1 of 1. {name}"], [f"1 из 1. {name}"])
    told(w.region, "young-without-support", [("03-1", "I-5.3.2")], ["1 of 1."], ["1 из 1."])
    assert "Юный" not in json.dumps(attention(w.region), ensure_ascii=False)


@test
def an_organisation_that_hangs_nowhere_is_told_and_the_report_says_so_too(w):
    told(w.region, "hangs-nowhere", [(HANGING, HANGING)], ["No way leads"], ["нет пути"])
    assert places(attention(w.hub), "hangs-nowhere") == [], "who is above enters it"
    for node in (w.region, w.hub):
        assert node.selenga("report", "--period", "2024")["unattached"] == [HANGING]
    os.environ["LC_ALL"] = LOCALES["ru"]
    text = spoken(w.region, "report", "--period", "2024")
    del os.environ["LC_ALL"]
    assert [line for line in text.splitlines() if line.endswith(f": {HANGING}") and "Нигде не учтены" in line], text


def read_csv(w, lang, separator):
    done = subprocess.run([BIN / "selenga", "--node", w.region.dir, "report", "--period", "2024", "--csv"], capture_output=True,
                          timeout=patience(60), check=True, env={**os.environ, "LC_ALL": LOCALES[lang]})
    text = done.stdout.decode()
    assert text.startswith("\ufeff") == (lang == "ru"), text[:40]
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, strict=True))


@test
def a_report_in_a_file_has_the_readers_headings_and_says_who_hangs_nowhere(w):
    english, russian = read_csv(w, "en", ","), read_csv(w, "ru", ";")
    assert list(english[0]) == ["org", "period", "as_of", "code", "title", "numerator", "denominator", "value", "unit", "target_op", "target",
                                "met", "received", "expected", "state", "note"]
    assert not any(re.search("[a-z]", heading) for heading in russian[0]), list(russian[0])
    assert len(english) == len(russian) > 10
    for one, other in zip(english, russian):
        assert list(one.values())[3:7] == list(other.values())[3:7]
        assert one["value"].replace(".", ",") == other["значение"], (one, other)
    last = {**english[-1]}
    assert (last.pop("org"), last.pop("period")) == (HANGING, "2024") and last.pop("note").startswith("Counted nowhere"), last
    assert not any(value for name, value in last.items() if name != "as_of"), last
    path = w.file("report.xlsx")
    w.selenga("--node", w.region.dir, "report", "--period", "2024", "--xlsx", path)
    row, = (row for row in workbook(path) if row.get("A") == HANGING)
    assert row["N"].startswith("Counted nowhere"), row


@test
def only_what_is_of_the_organisation_and_for_the_role(w):
    of_b = attention(w.hub, "--org", B)
    assert {x["org"] for x in of_b} == {B} and {x["what"] for x in of_b} == {"duplicate", "two-main-places"}, of_b
    roles = {role: {x["what"] for x in attention(w.region, "--role", role)} for role in ("coordinator", "regional", "operator")}
    assert {"duplicate", "term-expires"} <= roles["regional"] and "silent" not in roles["coordinator"], roles
    assert roles["operator"] == {"hangs-nowhere", "term-expires"}, roles
    invitations = [x for x in attention(w.region, "--role", "operator") if x["what"] == "term-expires"]
    assert [x["org"] for x in invitations] == [ELSEWHERE], invitations


@test
def people_read_a_table_in_their_language(w):
    done = subprocess.run([BIN / "selenga", "--node", w.hub.dir, "attention"], capture_output=True, text=True,
                          timeout=patience(60), check=False, env={**os.environ, "LC_ALL": LOCALES["ru"]})
    assert done.returncode == 0 and "Организация закрыта" in done.stdout, done


@test
def provisional_pseudonyms_and_refusals(w):
    """The region is away while the municipality writes; both then hold an event of one code."""
    assert not places(attention(w.hub), "pseudonym") + places(attention(w.region), "refused")
    w.region.stop()
    w.hub.text("staff", HEAD + staff(B, 20, "Новый,Нил,", 100000020))
    put(w.hub, "event", code="E", kind="seminar", title="Наш", org="03-1", starts_on="2024-03-01")
    told(w.hub, "pseudonym", [(B, f"{B}:20")], ["provisional"], ["временный"])
    w.hub.stop()
    w.region.run()
    put(w.region, "event", code="E", kind="seminar", title="Областной", org="03", starts_on="2024-03-01")
    w.hub.run()
    wait_until(w.region.quarantine, what="the region has refused the other event")
    ref = w.region.quarantine()[0]["id"].replace("-", "")
    for lang, words in (("en", "already has this key"), ("ru", "Такой ключ уже")):
        found = [x for x in attention(w.region, lang=lang) if x["what"] == "refused"]  # here, and perhaps what the municipality refused
        assert {x["ref"] for x in found} == {ref} and all(words in x["text"] and x["since"] for x in found), found


main(scene)
