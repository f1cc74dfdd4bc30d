# SPDX-License-Identifier: Apache-2.0
"""Sheets and records in and out, and the exit codes of contract.md."""
import json

import world
from patience import workbook
from world import SAMPLE, refused, test, wait_until

SCHOOL = "03-08-01"
STAFF = ("org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,manager_role,rate,main_place,external,"
         "from,to,experience_from,experience_break_days,subject,category\n")
EVENTS = "code,kind,title,org,starts_on,ends_on\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.school = w.node("school").join(w.region, SCHOOL).run()
    wait_until(lambda: len(w.school.list("organisation")) >= 14)
    return w


def counts(answer):
    return answer["new"], answer["changed"], answer["unchanged"], answer["rejected"]


def person(number, last_name="Иванова", **more):
    cells = {"org": SCHOOL, "number": number, "last_name": last_name, "first_name": "Анна", "birth_date": "1990-02-28",
             "post": "учитель", "post_class": "pedagogue", "rate": "1", "main_place": "yes", "external": "no",
             "from": "2020-09-01", **more}
    return ",".join(cells.get(column, "") for column in STAFF.strip().split(",")) + "\n"


# --- refusals

@test
def wrong_usage_is_64_and_changes_nothing(w):
    refused(64, w.school.selenga, "import", "staff")
    refused(1, w.school.selenga, "import", "no-such-sheet", SAMPLE / "region" / "event.csv")
    refused(64, w.school.selenga, "list", "event", "--where", "code")
    refused(64, w.school.selenga, "delete", "event", "X")


@test
def a_list_that_names_no_organisation_is_refused_where_there_are_several(w):
    path = w.file("no-org.csv")
    path.write_text("number,last_name,first_name,post,post_class,from\n901,Иванова,Анна,учитель,pedagogue,2020-09-01\n", encoding="utf-8")
    refused(1, w.region.selenga, "import", "staff", path, says="(org)")


@test
def what_is_not_there_is_refused_with_1(w):
    refused(1, w.school.selenga, "get", "event", "nowhere")
    refused(1, w.school.selenga, "get", "no-such-kind", "x")
    refused(1, w.school.selenga, "delete", "event", "nowhere", "--why", "test")
    refused(1, w.school.selenga, "import", "event", w.file("absent.csv"))


@test
def a_kind_is_written_only_where_it_may_be(w):
    refused(1, w.school.put, "methodist", {"code": "M-X", "person": f"{SCHOOL}:1", "from": "2024-01-01"})
    refused(1, w.region.put, "identity", {"org": SCHOOL, "number": "1", "last_name": "Я", "first_name": "Я"})
    refused(1, w.school.put, "deficit", {"person": f"{SCHOOL}:1", "competency": "A:B", "campaign": "C"})
    assert not w.school.list("methodist")


@test
def a_group_with_one_bad_record_is_not_written_at_all(w):
    bad = {"org": SCHOOL, "number": "77", "last_name": "Я", "first_name": "Я"}
    answer = refused(1, w.school.text, "staff", STAFF + person("77", post_class="cook"))
    assert answer
    assert not [r for r in w.school.list("identity") if r["body"]["number"] == bad["number"]]


@test
def rejected_rows_go_to_a_file_and_the_good_ones_are_kept(w):
    text = STAFF + person("1") + person("2", birth_date="1990-02-30") + person("3", snils="900-001") + person("4")
    try:
        w.school.text("staff", text)
        raise AssertionError("exit 0 in spite of rejected rows")
    except world.Refused as error:
        assert error.code == 1, error
        assert counts(error.out) == (2, 0, 0, 2), error.out
        lines = open(error.out["rejected_file"], encoding="utf-8-sig").read().splitlines()
    assert len(lines) == 3, lines
    assert "line" in lines[0] or "строка" in lines[0], lines[0]
    assert "birth_date" in lines[1] and "snils" in lines[2], lines
    assert sorted(r["body"]["number"] for r in w.school.list("identity")) == ["1", "4"]


@test
def a_file_that_is_no_sheet_changes_nothing(w):
    before = w.school.list("event")
    refused(1, w.school.text, "event", "code;kind;nonsense\nE;seminar;x\n")
    refused(1, w.school.text, "event", "")
    path = w.file("binary.csv")
    path.write_bytes(bytes(range(256)) * 40)
    refused(1, w.school.sheet, "event", path)
    assert w.school.list("event") == before


# --- ordinary

@test
def importing_twice_changes_nothing(w):
    text = EVENTS + f"E-1,seminar,Первый,{SCHOOL},2024-01-10,2024-01-10\nE-2,forum,Второй,{SCHOOL},2024-02-10,\n"
    assert counts(w.school.text("event", text)) == (2, 0, 0, 0)
    before = w.school.list("event")
    assert counts(w.school.text("event", text)) == (0, 0, 2, 0)
    assert w.school.list("event") == before


@test
def one_changed_row_is_one_change(w):
    text = EVENTS + f"E-1,seminar,Первый семинар,{SCHOOL},2024-01-10,2024-01-10\nE-2,forum,Второй,{SCHOOL},2024-02-10,\n"
    assert counts(w.school.text("event", text)) == (0, 1, 1, 0)


@test
def windows_1251_bom_and_semicolons_are_read(w):
    rows = f"E-3;meeting;Совет «Ёлка» № 5;{SCHOOL};2024-03-01;2024-03-01\r\n"
    head = EVENTS.strip().replace(",", ";") + "\r\n"
    assert counts(w.school.text("event", head + rows, "cp1251")) == (1, 0, 0, 0)
    assert counts(w.school.text("event", head + rows, "utf-8-sig")) == (0, 0, 1, 0)
    quoted = EVENTS + f'E-3,meeting,"Совет «Ёлка» № 5",{SCHOOL},2024-03-01,2024-03-01'
    assert counts(w.school.text("event", quoted, "utf-8-sig")) == (0, 0, 1, 0)
    assert w.school.selenga("get", "event", "E-3")["body"]["title"] == "Совет «Ёлка» № 5"


@test
def an_absent_column_leaves_and_an_empty_cell_clears(w):
    assert counts(w.school.text("staff", STAFF + person("5", middle_name="Ильинична", subject="химия"))) == (1, 0, 0, 0)
    columns = "org,number,last_name,first_name,post,post_class,from"
    row = f"{SCHOOL},5,Иванова,Анна,учитель,pedagogue,2020-09-01"
    assert counts(w.school.text("staff", f"{columns}\n{row}\n")) == (0, 0, 1, 0)
    assert w.school.selenga("get", "identity", f"{SCHOOL}:5")["body"]["middle_name"] == "Ильинична"
    assert counts(w.school.text("staff", f"{columns},middle_name\n{row},\n")) == (0, 1, 0, 0)
    assert "middle_name" not in w.school.selenga("get", "identity", f"{SCHOOL}:5")["body"]
    assert w.school.selenga("get", "employment", f"{SCHOOL}:5")["body"]["subject"] == "химия"


@test
def put_get_list_and_export_agree(w):
    body = {"code": "E-9", "kind": "webinar", "title": "С \"кавычками\", запятой\u00a0и №", "org": SCHOOL, "starts_on": "2024-05-05"}
    w.school.put("event", body)
    record = w.school.selenga("get", "event", "E-9")
    assert record["body"] == body and record["kind"] == "event" and record["org"] == SCHOOL and not record["deleted"], record
    assert w.school.selenga("get", "event", record["id"]) == record
    assert w.school.list("event", "--where", "code=E-9") == [record]
    assert record in w.school.list("event", "--org", SCHOOL)
    assert len(w.school.list("event", "--limit", "2")) == 2
    again = w.school.selenga("put", "event", stdin=json.dumps([record]))
    assert w.school.selenga("get", "event", "E-9") == record, again
    sheet = w.school.export("event")
    assert counts(w.school.text("event", sheet)) == (0, 0, len(w.school.list("event")), 0)
    staff = w.school.export("staff")
    assert counts(w.school.text("staff", staff))[1:] == (0, len(w.school.list("identity")), 0), staff


@test
def a_delete_travels_as_a_tombstone(w):
    w.school.selenga("get", "event", "E-9")
    wait_until(lambda: w.region.list("event", "--where", "code=E-9"), what="the event is at the region")
    w.school.selenga("delete", "event", "E-9", "--why", "entered twice")
    refused(1, w.school.selenga, "get", "event", "E-9")
    wait_until(lambda: not w.region.list("event", "--where", "code=E-9"), what="the region has heard that it is deleted")
    refused(1, w.region.selenga, "get", "event", "E-9")
    # and back again, under the same id
    w.school.put("event", {"code": "E-9", "kind": "webinar", "title": "Снова", "org": SCHOOL, "starts_on": "2024-05-05"})
    wait_until(lambda: w.region.list("event", "--where", "code=E-9"), what="the event is back at the region")
    assert w.region.selenga("get", "event", "E-9") == w.school.selenga("get", "event", "E-9")


@test
def what_is_imported_down_below_is_the_same_above(w):
    w.settle()
    for kind in ("event", "employment", "person"):
        assert sorted(w.region.list(kind), key=str) == sorted(w.school.list(kind), key=str)
    assert not w.region.list("identity")
    w.conserved()


@test
def a_workbook_says_what_the_report_says(w):
    path = w.dir / "report.xlsx"
    path.write_bytes(b"before")
    w.selenga("--node", w.school.dir, "report", "--period", "2024", "--xlsx", path)
    rows = workbook(path)
    for indicator in w.school.selenga("report", "--period", "2024")["indicators"]:
        row, = (row for row in rows if row["A"] == SCHOOL and row["C"] == indicator["code"])
        assert row["D"] == indicator["title"], row
        assert float(row["E"]) == indicator["numerator"], row
        assert row["G"] == "n/a" if indicator["value"] is None else float(row["G"]) == float(indicator["value"]), row


@test
def a_workbook_that_cannot_be_written_is_refused_and_leaves_nothing(w):
    taken = w.dir / "taken.xlsx"
    (taken / "in the way").mkdir(parents=True)
    for path, why in ((w.dir / "nowhere" / "report.xlsx", "No such file"), (taken, "irectory")):
        refused(1, w.selenga, "--node", w.school.dir, "report", "--period", "2024", "--xlsx", path, says=why)
    assert not list(w.dir.glob("*.xlsx.new"))
    refused(64, w.selenga, "--node", w.school.dir, "--json", "report", "--xlsx", w.dir / "report.xlsx")


@test
def what_is_written_beside_goes_through_nobodys_link(w):
    """Rejected rows and workbooks, in a folder where others write."""
    theirs = w.dir / "theirs"
    theirs.write_text("theirs")
    sheet = w.dir / "planted.csv"
    sheet.write_text("code,kind,title,org,starts_on\nP-1,party,X,03,2024-01-10\n")
    rejected, book = w.dir / "planted.csv.rejected.csv", w.dir / "planted.xlsx"
    for path in (rejected, book):
        path.with_name(path.name + ".new").symlink_to(theirs)
    refused(1, w.selenga, "--node", w.school.dir, "import", "event", sheet)
    refused(1, w.selenga, "--node", w.school.dir, "report", "--period", "2024", "--xlsx", book, says="exists")
    assert theirs.read_text() == "theirs" and not rejected.exists() and not book.exists()
    for path in (rejected, book):
        path.with_name(path.name + ".new").unlink()
        path.symlink_to(theirs)
    refused(1, w.selenga, "--node", w.school.dir, "import", "event", sheet)
    w.selenga("--node", w.school.dir, "report", "--period", "2024", "--xlsx", book)
    assert theirs.read_text() == "theirs" and not rejected.is_symlink() and not book.is_symlink()


@test
def a_report_of_more_organisations_than_a_message_holds_is_whole(w):
    schools = [f"03-{n}" for n in range(1001, 2501)]
    rows = "".join(f"{code},03,school,Школа {code},2000-01-01\n" for code in schools)
    assert counts(w.region.text("organisation", "code,parent,kind,name,valid_from\n" + rows)) == (1500, 0, 0, 0)
    def whole():
        found = [unit["org"] for unit in w.region.selenga("report", "--period", "2024")["children"]]
        return found == sorted(set(found)) and set(schools) <= set(found)
    wait_until(whole, what="all of them in the report")


@test
def a_node_that_is_stopped_is_75(w):
    w.school.stop()
    for verb in (["list", "event"], ["get", "event", "E-1"], ["queues"], ["report"]):
        refused(75, w.school.selenga, *verb)
    refused(75, w.school.export, "event")
    refused(75, w.school.put, "event", {"code": "E-1"})
    refused(75, w.school.text, "event", EVENTS)
    refused(1, w.selenga, "--node", w.dir / "nowhere", "list", "event")


world.main(scene)
