# SPDX-License-Identifier: Apache-2.0
"""Canary values in names, СНИЛС and birth dates, entered at a school: the municipality has them, the region has not, anywhere."""
import json

from wire import sint, varint
import world
from world import test, wait_until

SCHOOL = "03-08-01"
LAST, FIRST, MIDDLE = "Канарейкина", "Зяблина", "Щегловна"
SNILS, BIRTH, BIRTH_DAY = "11223344595", "1987-06-05", 6364
EXPERIENCE = "2009-04-17"
STAFF = ("org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,manager_role,rate,main_place,external,"
         "from,to,experience_from,experience_break_days,subject,category\n")


def person(number, snils, first=FIRST):
    return (f"{SCHOOL},{number},{LAST},{first},{MIDDLE},{BIRTH},{snils},учитель,pedagogue,,1,yes,no,2015-09-01,,{EXPERIENCE},,химия,\n")


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.school.text("staff", STAFF + person("1", SNILS) + person("2", "") + person("3", "112-233-446 96", "Чижова"))
    w.school.text("absence", f"person,kind,from,to\n{SCHOOL}:1,maternity,2024-01-10,2024-05-10\n")
    # changed, deleted, and refused on the way: none of it may leave more behind than the first writing did
    w.school.text("staff", STAFF + person("2", "", "Соловьёва"))
    w.school.text("mentoring-pair", f"mentor,mentee,from,to\n{SCHOOL}:1,{SCHOOL}:2,2024-01-10,\n")
    w.settle()
    w.region.text("event", "code,kind,title,org,starts_on\nE,seminar,Встреча,03,2024-05-05\n")
    wait_until(lambda: w.school.records("event"))
    w.school.text("attendance", f"event,person\nE,{SCHOOL}:1\n")
    w.settle()
    return w


def traces(directory):
    """Files below the directory that hold a canary, in any form that the programs could write it in."""
    texts = [LAST, FIRST, MIDDLE, "Чижова", "Соловьёва", SNILS, "112-233-445", BIRTH, EXPERIENCE]
    needles = [t.encode() for t in texts] + [t.encode("cp1251") for t in texts] + [t.encode("utf-16-le") for t in texts]
    # Identity's own fields: names 3 to 5, birth date 6 as days, СНИЛС 7
    needles.append(b"\x30" + varint(sint(BIRTH_DAY)) + b"\x3a\x0b")
    found = []
    for path in directory.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [(path, n) for n in needles if n in data]
    return found


@test
def the_school_has_them(w):
    body = w.school.selenga("get", "identity", f"{SCHOOL}:1")["body"]
    assert (body["last_name"], body["snils"], body["birth_date"]) == (LAST, SNILS, BIRTH), body
    assert traces(w.school.dir)


@test
def the_municipality_has_them(w):
    assert w.hub.list("identity") == w.school.list("identity")
    assert len(w.hub.list("identity")) == 3


@test
def the_region_has_the_people_and_not_their_names(w):
    people = w.region.list("person")
    assert len(people) == 3 and len({p["body"]["pseudonym"] for p in people}) == 3, people
    assert all(set(p["body"]) == {"org", "number", "pseudonym", "key"} for p in people), people
    assert len(w.region.list("employment")) == 3
    assert w.region.list("attendance") and w.region.list("mentoring-pair")


@test
def no_file_of_the_region_holds_them(w):
    assert not traces(w.region.dir), traces(w.region.dir)
    w.region.kill_all()
    assert not traces(w.region.dir), traces(w.region.dir)
    w.region.run()
    w.settle()


@test
def no_answer_of_the_region_holds_them(w):
    kinds = [k["kind"] for k in w.selenga("--json", "kinds")]
    assert "identity" in kinds and len(kinds) > 20
    said = ""
    for kind in kinds:
        said += json.dumps(w.region.list(kind), ensure_ascii=False)
        for ref in (f"{SCHOOL}:1", f"{SCHOOL}:2"):
            try:
                said += json.dumps(w.region.selenga("get", kind, ref), ensure_ascii=False)
            except world.Refused as error:
                said += error.err
    for sheet in ("staff", "absence", "attendance", "mentoring-pair", "result"):
        said += str(w.region.export(sheet))
    for verb in (["report", "--period", "2024"], ["queues"], ["links"], ["quarantine", "list"], ["node", "status"], ["node", "list"]):
        said += json.dumps(w.region.selenga(*verb), ensure_ascii=False)
    said += w.region.log() + (w.dir / "region.err").read_text()
    for canary in (LAST, FIRST, MIDDLE, "Чижова", "Соловьёва", SNILS, BIRTH, EXPERIENCE):
        assert canary not in said, canary
    assert "maternity" not in said, "a reason of absence"


@test
def identity_and_absence_stop_where_they_must(w):
    assert not w.region.list("identity") and not w.region.list("absence")
    assert not w.hub.list("absence") and len(w.school.list("absence")) == 1
    assert not w.region.quarantine() and not w.hub.quarantine()


@test
def a_restored_hub_does_not_spill_them_upwards(w):
    w.hub.stop()
    w.hub.lose_store()
    w.hub.run()
    w.settle()
    assert w.hub.list("identity") == w.school.list("identity")
    assert not w.region.list("identity")
    assert not traces(w.region.dir), traces(w.region.dir)


world.main(scene)
