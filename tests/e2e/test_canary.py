# SPDX-License-Identifier: Apache-2.0
"""Names, СНИЛС and birth dates of a school reach its municipality and no further (design 2.3, domain PD-03)."""
import datetime

import world
from world import test

SURNAME, NAME, MIDDLE = "Канарейкина", "Птахия", "Клеткиевна"
SNILS, BIRTH = "11223344595", "1991-07-13"
STAFF = ("org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,manager_role,rate,main_place,external,"
         "from,to,experience_from,experience_break_days,subject,category\n")
ROW = f"03-08-01,901,{SURNAME},{NAME},{MIDDLE},{BIRTH},{SNILS},учитель,pedagogue,,1,yes,no,2023-09-01,,2023-09-01,,физика,\n"
KINDS = ("organisation", "node", "identity", "person", "employment", "absence", "methodist", "assignment", "mentoring-pair",
         "mentoring-meeting", "team", "enrolment", "certificate", "attendance", "result", "deficit", "route", "support-act", "fact")


def scene(w):
    w.nodes_by_org = w.tree(hubs=("03-08",), schools=("03-08-01",))
    w.school, w.hub, w.region = (w.nodes_by_org[org] for org in ("03-08-01", "03-08", "03"))
    w.school.text("staff", STAFF + ROW)
    w.settle()
    return w


def canaries():
    """The values as text, as the days and digits that stores may hold, and the day as a protobuf number."""
    days = (datetime.date.fromisoformat(BIRTH) - datetime.date(1970, 1, 1)).days
    zigzag, varint = days << 1, b""
    while zigzag >= 0x80:
        varint += bytes([zigzag & 0x7f | 0x80])
        zigzag >>= 7
    birth_field = bytes([6 << 3]) + varint + bytes([zigzag])  # field 6 of Identity
    texts = [SURNAME, NAME, MIDDLE, SNILS, BIRTH, "112-233-445 95"]
    return [t.encode() for t in texts] + [birth_field]


def found_in_files(node):
    found = set()
    for path in node.dir.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found |= {c for c in canaries() if c in data}
    return found


@test
def the_canaries_are_where_they_were_entered(w):
    found = found_in_files(w.school)
    assert {SURNAME.encode(), SNILS.encode(), canaries()[-1]} <= found, found  # else this test could not fail


@test
def the_municipality_has_them(w):
    assert [r["body"]["last_name"] for r in w.hub.list("identity")] == [SURNAME]


@test
def the_region_has_the_person_under_a_pseudonym(w):
    assert [r["body"]["number"] for r in w.region.list("person")] == ["901"]
    assert [r["body"]["post"] for r in w.region.list("employment")] == ["учитель"]
    assert w.region.list("fact")


@test
def no_answer_of_the_region_holds_a_canary(w):
    answers = [str(w.region.list(kind)) for kind in KINDS]
    answers += [str(w.region.selenga("report", "--period", "2024")), str(w.region.selenga("queues")), w.region.export("staff")]
    for canary in (SURNAME, NAME, MIDDLE, SNILS, BIRTH):
        assert not [a for a in answers if canary in a], canary


@test
def no_file_of_the_region_holds_a_canary(w):
    w.region.stop()  # what it still had in memory is on disk now
    assert not found_in_files(w.region)


world.main(scene)
