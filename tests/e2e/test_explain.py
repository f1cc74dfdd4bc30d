# SPDX-License-Identifier: Apache-2.0
"""Why: whom an indicator counts, whom it does not and for which rule, and who is silent."""
import os

from world import main, refused, spoken, test

SCHOOL, SILENT = "03-1", "03-2"
STAFF = ("org,number,last_name,first_name,birth_date,post,post_class,rate,main_place,external,from,experience_from\n"
         f"{SCHOOL},1,Иванов,Иван,1999-01-01,учитель,pedagogue,1,yes,no,2023-09-01,2023-09-01\n"
         f"{SCHOOL},2,Петров,Пётр,1970-01-01,учитель,pedagogue,1,yes,no,2015-09-01,1995-09-01\n"
         f"{SCHOOL},3,Сидоров,Сидор,2000-01-01,учитель,pedagogue,1,yes,no,2023-09-01,2023-09-01\n")


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n03,,ministry,Министерство\n{SCHOOL},03,school,Первая\n{SILENT},03,school,Вторая\n")
    w.region.text("staff", STAFF)
    w.region.text("mentoring-pair", f"mentor,mentee,from,to\n{SCHOOL}:2,{SCHOOL}:1,2024-01-10,\n")
    w.region.text("mentoring-meeting", f"mentor,mentee,date\n{SCHOOL}:2,{SCHOOL}:1,2024-03-01\n")
    return w


def explain(w, code, *options):
    return w.region.selenga("report", "--period", "2024", "--explain", code, *options)


def reported(w, code):
    report = w.region.selenga("report", "--period", "2024")
    return next(i for i in report["indicators"] if i["code"] == code)


@test
def an_unknown_indicator_is_refused(w):
    refused(1, explain, w, "I-0", says="I-0")


@test
def who_is_counted_and_who_is_not_add_up_to_the_report(w):
    for code in [i["code"] for i in w.region.selenga("report", "--period", "2024")["indicators"]]:
        why, told = explain(w, code), reported(w, code)
        if not why["of_people"]:
            assert why["counted"] == why["not_counted"] == [], why
            continue
        assert len(why["counted"]) == told["numerator"], (code, why, told)
        assert len(why["counted"]) + len(why["not_counted"]) == 3, (code, why)


@test
def the_rule_that_keeps_somebody_out_is_told(w):
    why = explain(w, "I-5.3.2")
    assert why["counted"] == [f"{SCHOOL}:1"], why
    rules = {p["person"]: (p["in_denominator"], p["rule"]) for p in why["not_counted"]}
    assert set(rules) == {f"{SCHOOL}:2", f"{SCHOOL}:3"}, rules
    assert not rules[f"{SCHOOL}:2"][0] and "34 or younger" in rules[f"{SCHOOL}:2"][1], rules
    assert rules[f"{SCHOOL}:3"][0] and "mentored" in rules[f"{SCHOOL}:3"][1], rules


@test
def people_are_named_where_names_may_be_seen(w):
    why = explain(w, "I-5.3.2")
    assert why["names"] == {f"{SCHOOL}:1": "Иванов Иван", f"{SCHOOL}:2": "Петров Пётр", f"{SCHOOL}:3": "Сидоров Сидор"}, why
    text = spoken(w.region, "report", "--period", "2024", "--explain", "I-5.3.2")
    assert f"  {SCHOOL}:1  Иванов Иван\n" in text and f"  {SCHOOL}:3  Сидоров Сидор  is counted if" in text, text


@test
def organisations_without_data_are_told(w):
    assert SILENT in explain(w, "I-5.3.2")["silent"]
    assert explain(w, "I-5.3.2", "--org", SCHOOL)["silent"] == []


@test
def a_reader_of_russian_reads_it_in_russian(w):
    os.environ["LC_ALL"] = "ru_RU.UTF-8"
    told = spoken(w.region, "report", "--period", "2024", "--explain", "I-5.3.2")
    assert "Не учтены: 2" in told and "ounted" not in told and "mentored" not in told, told


if __name__ == "__main__":
    main(scene)
