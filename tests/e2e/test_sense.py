# SPDX-License-Identifier: Apache-2.0
"""What keeps all rules and hardly means what it says: told by import and put in both languages, refused with --strict."""
import json
import os
import subprocess

from world import BIN, Refused, main, patience, test

LOCALES = {"en": "C.UTF-8", "ru": "ru_RU.UTF-8"}
HEAD = "org,number,last_name,first_name,birth_date,post,post_class,rate,from,experience_from\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("staff", HEAD + "03,1,Иванов,Иван,1980-01-01,учитель,pedagogue,1,2015-09-01,2005-09-01\n"
                  + "03,2,Петров,Пётр,1990-01-01,учитель,pedagogue,1,2015-09-01,\n")
    w.region.text("programme", "code,title,kind,hours\nP,Курс,pk,36\n")
    w.region.text("programme-run", "code,programme,provider,from,to\nR,P,ИРО,2024-02-01,2024-03-01\n")
    return w


def said(w, lang, *args, stdin=None):
    done = subprocess.run([BIN / "selenga", "--node", w.region.dir, *args], input=stdin, capture_output=True, text=True,
                          timeout=patience(60), check=False, env={**os.environ, "LC_ALL": LOCALES[lang]})
    return done.returncode, done.stdout, done.stderr


def sheet(w, name, text):
    path = w.file(name)
    path.write_text(text, encoding="utf-8")
    return path


def row(number, birth=None, rate="1", since="2015-09-01", experience=""):
    birth = birth or f"1980-01-{int(number) % 28 + 1:02d}"  # not one person under many numbers
    return f"03,{number},Сидоров,Иван,{birth},учитель,pedagogue,{rate},{since},{experience}\n"


@test
def with_strict_a_row_that_makes_no_sense_is_refused_and_the_others_are_kept(w):
    path = sheet(w, "strict.csv", HEAD + row("20", birth="2999-01-01") + row("21", rate="3", experience="1990-01-01") + row("22"))
    try:
        w.region.selenga("import", "staff", path, "--strict")
        raise AssertionError("exit 0 in spite of refusals")
    except Refused as error:
        answer = error.out
    assert (answer["new"], answer["rejected"]) == (1, 2), answer
    codes = [[r["code"] for r in reject["reasons"]] for reject in answer["rejects"]]
    assert codes == [["AGE-SENSE"], ["EXPERIENCE-EARLY", "RATE-SENSE"]], answer
    numbers = {r["body"]["number"] for r in w.region.list("identity")}
    assert "22" in numbers and not numbers & {"20", "21"}, numbers


@test
def put_refuses_with_strict_and_warns_without(w):
    body = {"run": "R", "person": "03:1", "attended_hours": 99}
    code, _, err = said(w, "en", "put", "enrolment", "--strict", stdin=json.dumps({"body": body}))
    assert code == 1 and "99 is more than the hours of the programme (36)" in err, err
    assert not w.region.list("enrolment")
    code, _, err = said(w, "ru", "put", "enrolment", stdin=json.dumps({"body": body}))
    assert code == 0 and "99 — больше, чем часов в программе (36)" in err, err
    code, out, _ = said(w, "en", "--json", "put", "enrolment", stdin=json.dumps({"body": body}))
    assert code == 0, out
    assert [x["code"] for x in json.loads(out)["records"][0]["warnings"]] == ["HOURS-ABOVE"], out


@test
def a_warned_row_is_taken_and_each_warning_has_row_field_code_and_sentence(w):
    text = HEAD + row("30", rate="3") + row("31", since="2999-01-01")
    answer = w.region.selenga("import", "staff", sheet(w, "warned.csv", text))
    assert (answer["new"], answer["rejected"]) == (2, 0), answer
    assert [(x["row"], x["field"], x["code"]) for x in answer["warnings"]] == [(2, "rate", "RATE-SENSE"), (3, "from", "DATE-FUTURE")], answer
    code, _, err = said(w, "en", "import", "staff", w.file("warned.csv"))
    assert code == 0 and "row 2: rate: 3 is more than two full posts" in err, err
    code, _, err = said(w, "ru", "import", "staff", w.file("warned.csv"))
    assert code == 0 and "строка 3: from: 01.01.2999 ещё не наступило" in err, err


@test
def a_meeting_of_who_is_no_pair_is_told_until_the_pair_is_there(w):
    meeting = sheet(w, "meeting.csv", "mentor,mentee,date\n03:1,03:2,2024-03-01\n")
    first = w.region.selenga("import", "mentoring-meeting", meeting)
    assert [x["code"] for x in first["warnings"]] == ["NO-PAIR"], first
    w.region.text("mentoring-pair", "mentor,mentee,from\n03:1,03:2,2024-01-01\n")
    assert w.region.selenga("import", "mentoring-meeting", meeting)["warnings"] == []


@test
def a_number_that_looks_like_one_that_is_here_is_told(w):
    answer = w.region.selenga("import", "staff", sheet(w, "alike.csv", HEAD + row("001") + row("40")))
    assert [(x["row"], x["code"]) for x in answer["warnings"]] == [(2, "KEY-HELD-ALIKE")], answer
    code, _, err = said(w, "ru", "import", "staff", sheet(w, "alike2.csv", HEAD + row("0002")), "--strict")
    assert code == 1 and "похоже на `2`" in err, err


@test
def kinds_lists_the_rules(w):
    code, out, _ = said(w, "ru", "kinds", "enrolment")
    assert code == 0 and "HOURS-ABOVE" in out and "предупреждения" in out, out


main(scene)
