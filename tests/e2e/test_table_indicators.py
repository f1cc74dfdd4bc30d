# SPDX-License-Identifier: Apache-2.0
"""Indicators of tables (I-5.1.1, I-5.1.1e, I-5.1.2, N-7 to N-11) at three levels, each equal to the recount of tests/hand."""
import csv
import io
import sys
from datetime import date

import world
from world import SAMPLE, SOURCE, test, wait_until

sys.path.insert(0, str(SOURCE / "tests/hand"))
from tables import Tables  # noqa: E402

REGION, HUB, SCHOOL = "03", "03-08", "03-08-01"
PERIODS = {"2022": (date(2022, 1, 1), date(2022, 12, 31)), "2024": (date(2024, 1, 1), date(2024, 12, 31)),
           "2024-H1": (date(2024, 1, 1), date(2024, 6, 30)), "2025": (date(2025, 1, 1), date(2025, 12, 31)),
           "2023/24": (date(2023, 9, 1), date(2024, 8, 31))}
# Sheets by the node where they are written, in the order of their entry.
SHEETS = (
    (REGION, "roadmap", """code,class,title,org,from,to,state,approved_on
RM,roadmap,Карта региона,03,2022-02-01,2025-12-31,approved,2022-12-31
RP,plan,План,03,2022-01-01,2025-12-31,approved,2022-01-01
RD,roadmap,Проект,03,2022-01-01,2025-12-31,draft,
"""),
    (HUB, "roadmap", """code,class,title,org,from,to,state,approved_on
HM,roadmap,Карта района,03-08,2024-01-01,2024-12-31,approved,2024-01-31
"""),
    (HUB, "measure", """roadmap,code,title,org,due,state,done_on,cancelled_on,reason
RM,1,В срок,03-08,2024-04-01,done,2024-03-01,,
RM,2,В последний день,03-08,2024-05-01,done,2024-05-01,,
RM,3,Поздно,03-08,2024-06-30,done,2024-07-02,,
RM,4,Не сделано,03-08,2024-07-01,planned,,,
RM,5,Отменена до срока,03-08,2024-08-01,cancelled,,2024-07-31,Приказ
RM,6,Отменена в день срока,03-08,2024-08-01,cancelled,,2024-08-01,Приказ
RM,7,Другой год,03-08,2025-03-01,planned,,,
RP,8,Мера плана,03-08,2024-04-01,done,2024-03-01,,
RD,9,Мера проекта,03-08,2024-04-01,planned,,,
HM,1,Мера района,03-08,2024-02-01,done,2024-02-01,,
"""),
    (HUB, "measure-fact", """measure,date,org,percent,evidence
RM:1,2024-03-01,03-08,100,Отчёт
RP:8,2025-03-01,03-08,100,Не дорожная карта
"""),
    (REGION, "monitoring-programme", """code,title,org,from,to,approved_on
MP,Мониторинг,03,2024-01-01,,2024-01-15
"""),
    (REGION, "monitoring-variant", """programme,code,org,group
MP,town,03,Город
MP,small,03,Малокомплектные
"""),
    (REGION, "monitoring-round", """programme,code,org,from,to,expected,received,coverage,completed_on
MP,full,03,2024-02-01,2024-03-01,100,95,95,2024-03-10
MP,poor,03,2025-02-01,2025-03-01,1000,949,94.9,2025-03-10
"""),
    (REGION, "decision", """code,org,round,date,topic
D-1,03,MP:full,2024-04-01,По итогам
D-2,03,MP:poor,2025-04-01,По итогам
D-3,03,,2024-04-01,О другом
"""),
    (REGION, "programme", """code,title,kind,hours,form,decision,registry_valid_to
P-1,Первая,pk,16,network,accepted,2024-10-31
P-2,Вторая,pk,36,distance,accepted,2027-01-01
P-3,Третья,pk,36,full-time,declined,
"""),
    (REGION, "programme-run", """code,programme,provider,from,to
R-1,P-1,ИРО,2024-02-01,2024-03-01
R-2,P-2,ИРО,2024-09-01,2025-02-01
R-3,P-1,ИРО,2024-10-01,2024-11-01
R-4,P-3,ИРО,2023-10-01,2024-06-30
"""),
    (SCHOOL, "enrolment", """run,person,place,grounded
R-1,03-08-01:1,,yes
R-1,03-08-01:2,seat,no
R-1,03-08-01:3,waiting,yes
R-2,03-08-01:1,,
R-4,03-08-01:2,,yes
"""),
    (REGION, "event", """code,kind,title,org,starts_on,level,held,visitors
E-1,forum,Форум,03,2024-05-05,region,held,100
E-2,forum,Отменён,03,2024-05-06,region,cancelled,100
E-3,forum,Никто,03,2024-05-07,region,held,0
E-4,seminar,Год спустя,03,2025-01-01,region,held,5
"""),
    (SCHOOL, "event", """code,kind,title,org,starts_on,level,held,visitors
E-5,seminar,Школьный,03-08-01,2024-05-05,school,held,20
E-6,seminar,Региональный в школе,03-08-01,2024-12-31,region,held,20
"""),
)


def scene(w):
    nodes = w.nodes_of = w.tree(hubs=(HUB,), schools=(SCHOOL,))
    w.rows = {"organisation": [dict(row, home=row["code"]) for row in csv.DictReader(
        (SAMPLE / "region/organisation.csv").open(encoding="utf-8-sig"))]}
    for number in ("1", "2", "3"):
        nodes[SCHOOL].put("person", {"org": SCHOOL, "number": number})
    for home, sheet, text in SHEETS:
        w.settle()
        answer = nodes[home].text(sheet, text)
        assert answer["rejected"] == 0, (sheet, answer)
        for row in csv.DictReader(io.StringIO(text)):
            row = {**dict.fromkeys(("approved_on", "cancelled_on", "done_on"), ""), **row}
            row["home"] = row.get("org") or row.get("person", home).split(":")[0]
            w.rows.setdefault(sheet, []).append(row)
    w.settle()
    return w


def reported(node, org, period):
    reply = node.selenga("report", "--org", org, "--period", period)
    return {i["code"]: (i["numerator"], i["denominator"]) for i in reply["indicators"]}


def compare(w, codes):
    """At the region, for each of its three levels, and at the hub for what it has itself. How many values were more than 0."""
    seen = {code: set() for code in codes}
    for period, days in PERIODS.items():
        by_hand = Tables(w.rows, *days)
        for node, org in ((w.nodes_of[REGION], REGION), (w.nodes_of[REGION], HUB), (w.nodes_of[REGION], SCHOOL), (w.nodes_of[HUB], HUB)):
            found = reported(node, org, period)
            for code in codes:
                if code == "I-5.1.2" and days[1] < date(2023, 1, 1):
                    assert code not in found, "it is asked for from 2023 on"
                    continue
                expected = by_hand.all(org)[code]
                assert found[code] == expected, (code, period, node.name, org, found[code], expected)
                seen[code].add(expected)
    return seen


@test
def roadmaps_are_counted_as_by_hand(w):
    seen = compare(w, ("I-5.1.1", "I-5.1.1e"))
    assert seen["I-5.1.1"] == {(0, 0), (0, 1), (1, 1)}, seen
    assert (3, 6) in seen["I-5.1.1e"], seen


@test
def a_system_of_monitoring_is_counted_as_by_hand(w):
    assert compare(w, ("I-5.1.2",))["I-5.1.2"] == {(0, 0), (0, 1), (1, 1)}


@test
def shares_of_enrolments_and_programmes_are_counted_as_by_hand(w):
    seen = compare(w, ("N-7", "N-10", "N-10r"))
    assert (1, 3) in seen["N-7"] and (1, 2) in seen["N-10"] and (1, 2) in seen["N-10r"], seen


@test
def events_and_municipalities_are_counted_as_by_hand(w):
    seen = compare(w, ("N-9", "N-11"))
    assert (2, None) in seen["N-9"] and (1, 2) in seen["N-11"], seen


@test
def one_variant_is_no_system_of_variants(w):
    w.nodes_of[REGION].selenga("delete", "monitoring-variant", "MP:small", "--why", "проверка")
    w.rows["monitoring-variant"] = [row for row in w.rows["monitoring-variant"] if row["code"] != "small"]
    w.settle()
    assert compare(w, ("I-5.1.2",))["I-5.1.2"] == {(0, 0), (0, 1)}


world.main(scene)
