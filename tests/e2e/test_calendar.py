# SPDX-License-Identifier: Apache-2.0
"""One calendar of a school, its municipality and region: what is in each other's way, and the same as a file for other calendars."""
import datetime

import world
from browser import Browser
from district import HUB, SCHOOL, inside
from district import scene as district
from world import refused, test, wait_until

TODAY = datetime.date.today()
MONTH = TODAY.replace(day=1)
DAY = (MONTH + datetime.timedelta(days=9)).isoformat()  # all that follows is on this day of the present month, or the next
NEXT = (MONTH + datetime.timedelta(days=10)).isoformat()
RANGE = ("--from", MONTH.isoformat(), "--to", (MONTH + datetime.timedelta(days=27)).isoformat())
NAMES = ("Доржиева", "Туяна", "Ли Вера", "Цыренов", "Абашеева", "Үнэн", "Һарбаловна")
LONG = "Семинар «Бурятский язык: Үгэ, Өвэр и Һарабша» для учителей; лист, запятая и \\ черта — " + "ө" * 60
EVENTS = f"""code,kind,title,org,starts_on,ends_on,place,held
E-1,seminar,"{LONG}",{HUB},{DAY},{NEXT},"Улан-Удэ, ул. Ленина, 1",planned
E-2,workshop,Мастер-класс,{SCHOOL},{DAY},,каб. 12,planned
E-3,workshop,Педсовет,{SCHOOL},{NEXT},,Каб.  12,planned
E-4,meeting,Совещание,{SCHOOL},{NEXT},,каб. 12,planned
E-5,meeting,Не состоится,{SCHOOL},{NEXT},,каб. 12,cancelled
E-6,webinar,Вебинар,03,{NEXT},,"Улан-Удэ, ул. Ленина, 1",planned
"""


def scene(w):
    district(w)
    w.school.text("event", "".join(line + "\n" for line in EVENTS.splitlines() if not line.startswith(("E-1", "E-6"))))
    w.hub.text("event", "".join(line + "\n" for line in EVENTS.splitlines()[:2]))
    w.region.text("event", "".join(line + "\n" for line in (EVENTS.splitlines()[0], EVENTS.splitlines()[6])))
    wait_until(lambda: len(w.school.list("event")) == 6 and len(w.hub.list("event")) == 6, what="all know of all events")
    return w


def look(node, *more):
    return node.selenga("calendar", *RANGE, *more)


def clashes(node, *more):
    return {tuple(sorted(c["refs"])): c for c in look(node, *more)["clashes"]}


def unfolded(path):
    """The file's lines, checked as RFC 5545 has them: at most 75 octets, each of them whole in UTF-8."""
    raw = path.read_bytes()
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode("utf-8")
    return raw.decode("utf-8").replace("\r\n ", "").split("\r\n")


def entries(lines):
    """{UID: {name: value}} of the events; what stands in an alarm is passed over."""
    found, one, alarm = {}, None, False
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            one = {}
        elif line == "END:VEVENT":
            assert one["UID"] not in found
            found[one["UID"]] = one
        elif name in ("BEGIN", "END"):
            alarm = line == "BEGIN:VALARM"
        elif one is not None and not alarm:
            assert name not in one, line
            one[name] = value
    return found


def exported(w, node):
    path = w.file("calendar.ics")
    path.unlink(missing_ok=True)
    w.selenga("--node", node.dir, "calendar", "--ics", path)
    return unfolded(path)


@test
def wrong_days_are_refused_with_what_to_write(w):
    refused(64, w.school.selenga, "calendar", "--from", "завтра", says="write it as 2024-09-01")
    refused(64, w.school.selenga, "calendar", "--from", "2024-02-30", says="write it as 2024-09-01")
    refused(64, w.school.selenga, "calendar", "--from", "2024-09-02", "--to", "2024-09-01", says="before the first")
    refused(64, w.school.selenga, "calendar", "--from", "1900-01-01", "--to", "2024-09-01", says="too many days")
    refused(1, w.selenga, "--node", w.school.dir, "calendar", "--ics", w.dir / "nowhere" / "x.ics", says="cannot be written")
    refused(64, w.school.selenga, "calendar", "--ics", w.file("x.ics"), says="exclude each other")
    refused(64, w.selenga, "--node", w.school.dir, "calendar", "--from", "завтра", prefix=("env", "LC_ALL=ru_RU.UTF-8"), says="не день")


@test
def what_is_cancelled_or_on_another_day_is_in_nobodys_way(w):
    met = clashes(w.school)
    assert not any("E-5" in pair for pair in met), met
    assert ("E-2", "E-3") not in met and ("E-2", "E-4") not in met, met
    assert {e["ref"] for e in look(w.school)["entries"]} >= {f"E-{i}" for i in range(1, 7)}
    later = w.school.selenga("calendar", "--from", "2099-01-01", "--to", "2099-12-31")
    assert later == {"entries": [], "clashes": [], "more": False}, later


@test
def two_at_one_place_or_of_one_organisation_on_a_day_are_told(w):
    met = clashes(w.school)
    room = met[("E-3", "E-4")]
    assert room["place"] and room["organisation"] and room["people"] == 0 and "каб. 12" in room["text"].lower(), room
    address = met[("E-1", "E-6")]
    assert address["place"] and not address["organisation"], address
    assert ("E-1", "E-2") not in met  # other organisations, other places, and nobody is busy with both


@test
def who_is_busy_with_both_is_counted_and_not_named(w):
    w.school.text("attendance", f"event,person\nE-1,{SCHOOL}:1\nE-2,{SCHOOL}:1\nE-1,{SCHOOL}:2\nE-2,{SCHOOL}:2\nE-6,{SCHOOL}:3\n")
    w.school.put("contribution", {"event": "E-1", "speaker": f"{SCHOOL}:3", "number": "1", "title": "Доклад", "state": "submitted"})
    met = clashes(w.school)
    assert met[("E-1", "E-2")]["people"] == 2, met
    assert met[("E-1", "E-6")]["people"] == 1, met
    w.settle()
    assert clashes(w.region)[("E-1", "E-2")]["people"] == 2
    said = w.selenga("--node", w.school.dir, "calendar", *RANGE)
    assert "2 people are busy with both" in said and not any(name in said for name in NAMES), said


@test
def stages_of_a_run_busy_who_learns_in_it_and_its_trainer(w):
    w.region.put("programme-run", {"code": "R-1", "programme": "PK-1", "provider": "03", "from": MONTH.isoformat(), "to": NEXT})
    w.region.put("run-stage", {"run": "R-1", "code": "1", "class": "lectures", "title": "Лекция", "org": "03", "from": DAY, "to": DAY})
    wait_until(lambda: w.school.list("run-stage"), what="the stage is at the school")
    w.school.put("enrolment", {"run": "R-1", "person": f"{SCHOOL}:1"})
    met = clashes(w.school)
    assert met[("E-2", "R-1:1")]["people"] == 1, met
    assert not any("R-1" in pair for pair in met), "a run of weeks is in nobody's way"
    w.school.put("enrolment", {"run": "R-1", "person": f"{SCHOOL}:1", "place": "waiting"})
    assert ("E-2", "R-1:1") not in clashes(w.school)


@test
def members_of_a_body_are_busy_on_the_day_of_its_session_while_they_belong_to_it(w):
    w.school.put("body", {"code": "MO", "class": "association", "title": "МО", "org": SCHOOL, "from": "2020-01-01"})
    w.school.put("session", {"body": "MO", "number": "1", "date": DAY, "org": SCHOOL, "questions": "План"})
    w.school.put("membership", {"body": "MO", "person": f"{SCHOOL}:2", "role": "member", "from": "2020-01-01"},
                 {"body": "MO", "person": f"{SCHOOL}:1", "role": "member", "from": "2020-01-01", "to": "2021-01-01"})
    assert clashes(w.school)[("E-1", "MO:1")]["people"] == 1


@test
def of_an_organisation_only_its_own_and_those_below_are_shown(w):
    refs = {e["ref"] for e in look(w.school, "--org", SCHOOL)["entries"]}
    assert "E-2" in refs and "E-1" not in refs and "E-6" not in refs, refs
    refs = {e["ref"] for e in look(w.hub, "--org", HUB)["entries"]}
    assert {"E-1", "E-2"} <= refs and "E-6" not in refs, refs


@test
def the_file_is_whole_icalendar_and_names_nobody(w):
    lines = exported(w, w.school)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2] == "END:VCALENDAR" and "METHOD:PUBLISH" in lines
    found = entries(lines)
    ids = {r["body"]["code"]: r["id"] for r in w.school.list("event")}
    one = found[f"{ids['E-1']}@selenga"]
    assert one["DTSTART;VALUE=DATE"] == DAY.replace("-", "")
    behind = datetime.date.fromisoformat(NEXT) + datetime.timedelta(days=1)
    assert one["DTEND;VALUE=DATE"] == behind.strftime("%Y%m%d"), one
    assert one["SUMMARY"] == LONG.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,"), one
    assert one["DTSTAMP"].endswith("Z") and 0 < int(one["SEQUENCE"]) < 2**31 and one["STATUS"] == "CONFIRMED"
    assert found[f"{ids['E-5']}@selenga"]["STATUS"] == "CANCELLED"
    text = "\n".join(lines)
    assert not any(name in text for name in NAMES) and f"{SCHOOL}:1" not in text


@test
def changed_keeps_its_uid_with_a_greater_sequence_and_deleted_is_in_no_file(w):
    before = entries(exported(w, w.school))
    ids = {r["body"]["code"]: r["id"] for r in w.school.list("event")}
    w.school.put("event", {"code": "E-3", "kind": "workshop", "title": "Педсовет, другой", "org": SCHOOL, "starts_on": DAY})
    w.school.selenga("delete", "event", "E-4", "--why", "ошибка")
    after = entries(exported(w, w.school))
    changed, gone = f"{ids['E-3']}@selenga", f"{ids['E-4']}@selenga"
    assert set(before) - set(after) == {gone} and all(e["DTSTART;VALUE=DATE"] >= "2" for e in after.values())
    assert int(after[changed]["SEQUENCE"]) > int(before[changed]["SEQUENCE"]) and "другой" in after[changed]["SUMMARY"]
    assert "E-4" not in {e["ref"] for e in look(w.school)["entries"]}
    # a neighbour's calendar forgets it, too
    wait_until(lambda: gone not in entries(exported(w, w.hub)), what="the hub's file has it no more")


@test
def the_console_shows_a_month_a_week_and_the_file_in_both_languages(w):
    anna = inside(w.school, "anna")
    page = anna.get(f"/calendar?day={DAY}")
    assert page.status == 200 and "Мастер-класс" in page.shown() and "In each other's way" in page.shown(), page.shown()
    assert "2 people are busy with both" in page.shown() and len(page.text.encode()) <= 60000
    assert not any(name in page.shown() for name in NAMES)
    week = anna.get(f"/calendar?span=week&day={DAY}")
    assert week.status == 200 and "Мастер-класс" in week.shown()
    assert anna.get("/calendar?day=%D0%BC&span=x&org=%3Cb%3E").status == 200
    russian = inside(w.school, "anna", "ru").get(f"/calendar?day={DAY}").shown()
    assert "Мешают друг другу" in russian and "заняты" in russian, russian
    answer = anna.get("/calendar.ics")
    assert answer.status == 200 and answer.text.startswith("BEGIN:VCALENDAR") and "attachment" in answer.headers["Content-Disposition"]
    assert anna.post("/calendar", anna.get("/calendar").hidden("/language")).status == 405


@test
def without_an_account_there_is_no_calendar(w):
    for path in ("/calendar", "/calendar.ics"):
        answer = Browser(w.school.status("console")["url"]).get(path)
        assert answer.status in (303, 401, 403) and "VEVENT" not in answer.text, answer.status


world.main(scene)
