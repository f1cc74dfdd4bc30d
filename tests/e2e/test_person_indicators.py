# SPDX-License-Identifier: Apache-2.0
"""Indicators about people's documents and measures (N-1, N-2, N-4, N-8) at three levels, each equal to the recount of tests/hand."""
import csv
import io
import sys

import world
from world import SAMPLE, SOURCE, test

sys.path.insert(0, str(SOURCE / "tests/hand"))
from count import Recount  # noqa: E402

REGION, HUB, SCHOOL = "03", "03-08", "03-08-01"
CODES = ("N-1", "N-2", "N-4", "N-8")
PERIODS = ("2023", "2024", "2024-H1", "2024-Q4", "2023/24", "2025")
STAFF = "org,number,last_name,first_name,birth_date,snils,post,post_class,main_place,external,from,to\n"
# Sheets by the node where they are written, in the order of their entry.
SHEETS = (
    (REGION, "programme", """code,title,kind,hours,target_group
PK,Курсы,pk,36,учителя
PP,Переподготовка,retraining,256,учителя
ST,Стажировка,internship,24,учителя
"""),
    (REGION, "programme-run", """code,programme,provider,provider_class,from,to
R-PK,PK,ИРО,institute,2023-11-01,2023-12-20
R-C,PK,03-cnppm,cnppm,2024-02-01,2024-03-01
R-PP,PP,ИРО,institute,2024-02-01,2024-06-01
R-ST,ST,ИРО,institute,2024-02-01,2024-06-01
R-F,PK,Академия,federal,2023-02-01,2023-06-01
"""),
    (REGION, "staff", STAFF + """03-cnppm,1,Иванова,Анна,1980-01-01,,методист,pedagogue,yes,no,2015-09-01,
03-cnppm,2,Петрова,Анна,1980-01-02,,специалист,other,yes,no,2015-09-01,
03-cnppm,3,Сидорова,Анна,1980-01-03,,методист,pedagogue,yes,no,2015-09-01,2024-08-31
03-cnppm,4,Фомина,Анна,1980-01-04,,методист,pedagogue,no,yes,2015-09-01,
"""),
    (SCHOOL, "staff", STAFF + """03-08-01,1,Белова,Анна,1980-01-05,,учитель,pedagogue,yes,no,2015-09-01,
03-08-01,2,Серова,Анна,1980-01-06,,учитель,pedagogue,yes,no,2015-09-01,
03-08-01,3,Чернова,Анна,1980-01-07,,директор,manager,yes,no,2015-09-01,
03-08-01,4,Рыжова,Анна,1980-01-08,,учитель,pedagogue,yes,no,2015-09-01,2024-05-31
03-08-01,5,Краснова,Анна,1980-01-09,,учитель,pedagogue,yes,no,2015-09-01,
03-08-01,6,Синева,Анна,1980-01-10,,учитель,pedagogue,no,yes,2015-09-01,
03-08-01,7,Зеленова,Анна,1980-01-11,,учитель,pedagogue,yes,no,2015-09-01,
"""),
    (SCHOOL, "absence", """person,kind,from,to
03-08-01:7,childcare,2023-10-01,2025-06-30
"""),
    (REGION, "certificate", """run,person,number,issued_on,valid_to
R-PK,03-08-01:1,Н-1,2024-01-15,
R-C,03-08-01:2,Н-2,2024-03-01,
R-C,03-08-01:1,Н-3,2024-03-01,
R-PP,03-08-01:5,Н-4,2024-06-01,
R-ST,03-08-01:3,Н-5,2024-06-01,
R-C,03-08-01:4,Н-6,2024-03-01,
R-C,03-08-01:6,Н-7,2024-03-01,
R-C,03-08-01:7,Н-8,2024-03-01,
R-F,03-cnppm:1,Н-9,2023-06-01,2024-06-30
R-F,03-cnppm:2,Н-10,2023-06-01,
R-F,03-cnppm:3,Н-11,2023-06-01,2026-12-31
R-C,03-cnppm:1,Н-12,2024-03-01,
"""),
    (REGION, "instrument", """code,title,class,org,version,countable,state
T,Тест,test,03,1,,approved
S,Самооценка,self-assessment,03,1,,approved
SC,Самооценка с проверкой,self-assessment,03,1,yes,approved
"""),
    (REGION, "competency", """framework,code,title,class
F,S1,Предмет,subject
"""),
    (REGION, "campaign", """code,title,framework,org,from,to,instruments
C-T,Тест,F,03,2024-01-01,2024-12-31,T
C-S,Самооценка,F,03,2024-01-01,2024-12-31,S
C-SC,Самооценка с проверкой,F,03,2024-01-01,2025-12-31,SC
"""),
    (SCHOOL, "result", """campaign,person,competency,score,max,taken_on
C-T,03-08-01:1,S1,5,10,2024-03-01
C-T,03-08-01:4,S1,5,10,2024-03-01
C-S,03-08-01:2,S1,5,10,2024-03-01
C-SC,03-08-01:5,S1,5,10,2024-11-01
"""),
)


def scene(w):
    nodes = w.nodes_of = w.tree(hubs=(HUB,), schools=(SCHOOL,))
    w.rows = {"organisation": list(csv.DictReader((SAMPLE / "region/organisation.csv").open(encoding="utf-8-sig")))}
    for home, sheet, text in SHEETS:
        w.settle()
        answer = nodes[home].text(sheet, text)
        assert answer["rejected"] == 0, (sheet, answer)
        for row in csv.DictReader(io.StringIO(text)):
            w.rows.setdefault(sheet, []).append({**dict.fromkeys(("experience_from", "experience_break_days"), ""), **row})
    w.settle()
    return w


def reported(node, org, period):
    reply = node.selenga("report", "--org", org, "--period", period)
    return {i["code"]: {"numerator": i["numerator"], "denominator": i["denominator"]} for i in reply["indicators"]}


def differing(w):
    for period in PERIODS:
        by_hand = Recount(w.rows, period)
        for name, org in ((REGION, REGION), (REGION, HUB), (REGION, SCHOOL), (REGION, "03-cnppm"), (HUB, HUB), (SCHOOL, SCHOOL)):
            found, expected = reported(w.nodes_of[name], org, period), by_hand.organisation(org, False)
            for code in CODES:
                if found[code] != expected[code]:
                    return code, period, name, org, found[code], expected[code]
    return None


@test
def shares_of_people_are_counted_as_by_hand(w):
    assert differing(w) is None, differing(w)
    region = Recount(w.rows, "2024").organisation(REGION, False)
    # who left, an external part-timer and who is away all year are in none of them
    assert region["N-1"] == {"numerator": 2, "denominator": 3}, region["N-1"]
    assert region["N-2"] == {"numerator": 4, "denominator": 4}, region["N-2"]
    assert region["N-4"] == {"numerator": 2, "denominator": 4}, region["N-4"]
    assert region["N-8"] == {"numerator": 1, "denominator": 2}, region["N-8"]


@test
def what_else_is_told_of_documents_stands_beside_the_value(w):
    reply = w.nodes_of[REGION].selenga("report", "--org", REGION, "--period", "2024")
    note = next(i for i in reply["indicators"] if i["code"] == "N-1")["note"]
    assert "(CNPPM): 2." in note and "retraining, not counted here: 1." in note, note


world.main(scene)
