# SPDX-License-Identifier: Apache-2.0
"""Lists as people need them: columns, order, parts of words, CSV and workbooks, on a terminal and in a file."""
import json
import os
import re
import subprocess
import zipfile
from xml.etree import ElementTree

import world
from terminal import on_terminal
from world import BIN, SAMPLE, patience, refused, test, wait_until

SCHOOL = "03-08-01"
HEADINGS = "org,number,last_name,first_name,birth_date,post,post_class,rate,main_place,external,from\n"
PEOPLE = [("7", "Яковлева", "Анна", "1990-02-28", "учитель"), ("12", "Семёнова", "Ольга", "1971-05-03", "=1+1"),
          ("3", "Ёлкин", "Пётр", "1985-11-30", "-учитель"), ("100", "Жуков", "Иван", "2001-01-01", "учитель физики")]
SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    w.school = w.node("school").join(w.region, SCHOOL).run()
    wait_until(lambda: len(w.school.list("organisation")) >= 14)
    w.region.text("programme", "code,title,kind,hours\nP-1,Как учить,pk,36\n")
    w.region.text("programme-run", "code,programme,provider,from,to\nR-1,P-1,институт,2024-02-01,2024-02-20\n")
    w.school.text("staff", HEADINGS + "".join(f"{SCHOOL},{n},{last},{first},{born},{post},pedagogue,0.5,yes,no,2020-09-01\n"
                                              for n, last, first, born, post in PEOPLE))
    w.school.text("absence", "person,kind,from\n" + "".join(f"{SCHOOL}:{n},sick,2024-09-0{i}\n" for i, n in enumerate("73", 1)))
    wait_until(lambda: w.school.list("programme-run") and len(w.region.list("employment")) == 4)
    w.school.text("enrolment", f"run,person\nR-1,{SCHOOL}:7\n")
    wait_until(lambda: w.region.list("enrolment"))
    return w


def run(w, *args, lang="C.UTF-8", node=None):
    """stdout as bytes, and stderr."""
    said = subprocess.run([BIN / "selenga", "--node", (node or w.school).dir, "list", *args], capture_output=True, timeout=patience(60), check=True,
                          env={**os.environ, "LC_ALL": lang})
    return said.stdout, said.stderr.decode()


def numbers(w, *args):
    return [row["body"]["number"] for row in w.school.list("staff", *args)]


def book(path):
    """Its parts by name."""
    file = zipfile.ZipFile(path)
    return {name: file.read(name).decode() for name in file.namelist()}


@test
def what_cannot_be_listed_is_refused_and_says_what_there_is(w):
    for args in (("staff", "--columns", "colour"), ("staff", "--sort", "colour"), ("staff", "--where", "colour=1"), ("staf",),
                 ("identity", "--columns", "rate")):
        refused(1, w.school.selenga, "list", *args)
    for args in (("staff", "--page", "0"), ("staff", "--limit", "x"), ("staff", "--csv", "--xlsx", "x.xlsx"), ("staff", "--find", "x" * 201)):
        refused(64, w.school.selenga, "list", *args)


@test
def a_sheet_is_listed_with_what_stands_in_one_of_its_rows(w):
    rows = w.school.list("staff", "--sort", "number")
    assert [row["body"]["number"] for row in rows] == ["3", "7", "12", "100"], rows
    assert rows[0]["body"]["last_name"] == "Ёлкин" and rows[0]["body"]["post"] == "-учитель", rows[0]
    assert numbers(w, "--where", "post=учитель") == ["7"]


@test
def order_is_that_of_russian_words_of_days_and_of_numbers(w):
    assert numbers(w, "--sort", "last_name") == ["3", "100", "12", "7"]
    assert numbers(w, "--sort", "-Фамилия") == ["7", "12", "100", "3"]
    assert numbers(w, "--sort", "birth_date") == ["12", "3", "7", "100"]
    assert [r["body"]["number"] for r in w.school.list("identity", "--sort", "-number", "--limit", "2")] == ["100", "12"]


@test
def parts_of_words_are_found_without_case_and_yo(w):
    assert numbers(w, "--find", "СЕМЕН") == ["12"]
    assert numbers(w, "--find", "елк") == ["3"]
    assert numbers(w, "--find", "иван физик") == ["100"]
    assert numbers(w, "--find", "nobody") == []
    assert [r["body"]["number"] for r in w.school.list("identity", "--find", "ОЛЬГА семенов")] == ["12"]


@test
def a_long_list_is_found_through_page_by_page(w):
    rows = "".join(f"E-{n},seminar,Семинар № {n} {'ёжик' if n % 700 == 0 else ''},03,2024-01-10\n" for n in range(1, 2501))
    w.region.text("event", "code,kind,title,org,starts_on\n" + rows)
    found = [row["body"]["code"] for row in w.region.list("event", "--find", "ЕЖИК")]
    assert sorted(found) == ["E-1400", "E-2100", "E-700"], found
    pages = [w.region.list("event", "--sort", "code", "--limit", "1000", "--page", page) for page in "1234"]
    assert [len(page) for page in pages] == [1000, 1000, 500, 0]
    assert [row["body"]["code"] for page in pages for row in page] == [f"E-{n}" for n in range(1, 2501)]
    plain = [w.region.list("event", "--limit", "900", "--page", page) for page in "123"]
    assert len({row["id"] for page in plain for row in page}) == 2500


@test
def names_stand_beside_codes_where_the_node_holds_them(w):
    lines = run(w, "absence")[0].decode().splitlines()
    assert lines[0].split() == ["person", "person.name", "kind", "from", "to"], lines
    assert any("Ёлкин Пётр" in line for line in lines) and any("Яковлева Анна" in line for line in lines), lines
    text = run(w, "enrolment", "--csv", lang="ru_RU.UTF-8")[0].decode().lstrip("\ufeff")
    assert "Поток;Поток: Название;Слушатель;Слушатель: Фамилия Имя Отчество" in text.splitlines()[0], text
    assert f"R-1;Как учить;{SCHOOL}:7;Яковлева Анна" in text.splitlines()[1], text
    path = w.dir / "absence.xlsx"
    run(w, "absence", "--xlsx", path)
    assert "Person: Family name Given name Patronymic" in book(path)["xl/worksheets/sheet1.xml"] and "Ёлкин Пётр" in book(path)["xl/worksheets/sheet1.xml"]


@test
def a_name_that_the_node_does_not_hold_is_an_empty_cell(w):
    out, said = run(w, "enrolment", "--csv", node=w.region)  # who they are does not leave the municipality
    assert out.decode().splitlines()[1].startswith(f"R-1,Как учить,{SCHOOL}:7,,") and said == "", (out, said)


@test
def json_has_names_only_where_they_are_asked_for(w):
    assert all("names" not in row and set(row["body"]) >= {"person", "kind"} for row in w.school.list("absence"))
    rows = w.school.list("absence", "--columns", "person,person.name", "--sort", "person.name")
    assert [row["body"] for row in rows] == [{"person": f"{SCHOOL}:3"}, {"person": f"{SCHOOL}:7"}], rows
    assert [row["names"] for row in rows] == [{"person": "Ёлкин Пётр"}, {"person": "Яковлева Анна"}], rows
    assert [row["names"] for row in w.region.list("enrolment", "--columns", "person.name,run.name")] == [{"run": "Как учить"}]
    refused(1, w.school.selenga, "list", "absence", "--where", "person.name=x")
    rows = w.school.list("absence", "--columns", "person,person.name,kind,from")
    w.school.selenga("put", "absence", stdin=json.dumps(rows))  # names are passed over
    assert w.school.list("absence", "--columns", "person,person.name,kind,from") == rows


@test
def a_list_of_staff_is_the_sheet_and_comes_back_in_every_form(w):
    for lang in ("C.UTF-8", "ru_RU.UTF-8"):
        csv, path = w.dir / "staff.csv", w.dir / "staff.xlsx"
        csv.write_bytes(run(w, "staff", "--csv", lang=lang)[0])
        run(w, "staff", "--xlsx", path, lang=lang)
        for file in (csv, path):
            answer = w.school.sheet("staff", file)
            assert (answer["new"], answer["changed"], answer["unchanged"], answer["rejected"]) == (0, 0, 4, 0), (file, answer)
            assert not answer["ignored_columns"], answer
    columns = w.selenga("template", "staff").split("\n")[0].strip().lstrip("\ufeff").split(",")
    listed = run(w, "staff", "--csv")[0].decode().splitlines()[0].split(",")
    assert run(w, "staff")[0].decode().splitlines()[0].split() == listed
    form = run(w, "staff", "--csv", "--columns", ",".join(columns))[0].decode().splitlines()
    assert listed[:2] == ["org", "org.name"] and form[0].split(",") == [c for c in listed if c != "org.name"], (listed, form)
    answer = w.school.text("staff", "".join(line + "\n" for line in (",".join(columns), *form[1:])))  # the form, filled in
    assert (answer["new"], answer["changed"], answer["unchanged"]) == (0, 0, 4), answer


@test
def pages_of_a_sheet_hold_each_row_once_and_whole(w):
    for node, names in ((w.school, 4), (w.region, 0)):  # at the region rows have no names
        whole = node.list("staff")
        pages = [node.list("staff", "--limit", "1", "--page", str(page)) for page in range(1, 6)]
        assert [len(page) for page in pages] == [1, 1, 1, 1, 0], pages
        assert [row for page in pages for row in page] == whole, (pages, whole)
        assert sum("last_name" in row["body"] for row in whole) == names and all("post" in row["body"] for row in whole), whole
        assert node.list("staff", "--limit", "3", "--page", "2") == whole[3:]
        for condition, found in (("post=учитель", ["7"]), ("number=12", ["12"]), ("last_name=Жуков", ["100"] if names else []), ("to=", 4),
                                 ("post=", 0)):
            rows = node.list("staff", "--where", condition)
            assert [r["body"]["number"] for r in rows] == found if isinstance(found, list) else len(rows) == found, (condition, rows)
            assert node.list("staff", "--where", condition, "--limit", "9") == rows, condition
    assert numbers(w, "--where", "post=учитель", "--where", "last_name=Жуков") == []
    assert sorted(numbers(w, "--find", "учител", "--limit", "9")) == ["100", "3", "7"]
    assert sorted(numbers(w, "--find", "1")) == sorted(numbers(w, "--find", "1", "--sort", "number")) == ["100", "12", "3", "7"]  # in all kinds, once
    assert numbers(w, "--find", " ", "--limit", "9") == numbers(w)
    assert [len(numbers(w, "--find", "н", "--limit", "1", "--page", str(page))) for page in range(1, 6)].count(1) == len(numbers(w, "--find", "н"))


@test
def what_is_not_shown_is_said(w):
    out, said = run(w, "staff", "--sort", "number", "--limit", "1", "--columns", "number")
    assert out == b"number\n3\n" and "3" in said and "--page 2" in said, (out, said)
    out, said = run(w, "identity", "--limit", "3")
    assert out.count(b"\n") == 4 and ": 1;" in said, (out, said)
    assert run(w, "staff", "--sort", "number", "--limit", "2", "--page", "2")[1] == ""


@test
def csv_for_people_computes_nothing_and_comes_back(w):
    out, _ = run(w, "staff", "--csv", "--sort", "number", "--columns", "org,number,birth_date,post,rate", lang="ru_RU.UTF-8")
    text = out.decode()
    assert text.startswith("\ufeff") and text.splitlines()[1] == f"{SCHOOL};3;30.11.1985;'-учитель;0,5", text
    assert f"{SCHOOL};12;03.05.1971;'=1+1;0,5" in text.splitlines(), text
    english = run(w, "staff", "--csv", "--sort", "number", "--columns", "number,post")[0].decode()
    assert english.splitlines() == ["number,post", "3,'-учитель", "7,учитель", "12,'=1+1", "100,учитель физики"], english
    answer = w.school.text("staff", w.school.export("staff"))
    assert (answer["new"], answer["changed"], answer["unchanged"]) == (0, 0, 4), answer


@test
def a_workbook_has_text_days_numbers_a_frozen_head_and_what_columns_mean(w):
    path = w.dir / "staff.xlsx"
    run(w, "staff", "--xlsx", path, "--sort", "number", "--columns", "number,birth_date,post,rate", lang="ru_RU.UTF-8")
    parts = book(path)
    sheet = ElementTree.fromstring(parts["xl/worksheets/sheet1.xml"])
    assert sheet.find(".//x:pane", SPACE).get("state") == "frozen"
    assert len(sheet.findall(".//x:cols/x:col", SPACE)) == 4
    cells = {cell.get("r"): cell for cell in sheet.iterfind(".//x:c", SPACE)}
    assert sheet.find(".//x:f", SPACE) is None
    assert cells["C4"].get("t") == "inlineStr" and "".join(cells["C4"].itertext()) == "=1+1"
    assert cells["A2"].get("t") == "inlineStr"  # 007 would lose its zeros
    assert "".join(cells["B2"].itertext()) == "31381" and float("".join(cells["D2"].itertext())) == 0.5
    assert "Фамилия" not in parts["xl/worksheets/sheet2.xml"] and "Доля ставки" in parts["xl/worksheets/sheet2.xml"]


@test
def a_report_as_a_workbook_has_charts_and_definitions(w):
    path = w.dir / "report.xlsx"
    w.selenga("--node", w.region.dir, "report", "--period", "2024", "--xlsx", path)
    parts = book(path)
    charts = [text for name, text in parts.items() if name.startswith("xl/charts/chart")]
    columns = {column for text in charts for column in re.findall(r"<c:val><c:numRef><c:f>(\w+!\$[A-Z]+)\$2:", text)}
    shares = [i for i in w.region.selenga("report", "--period", "2024")["indicators"] if i["unit"] == "percent"]
    assert len(shares) > 2 and {"Charts!$B", *(f"Organisations!${chr(ord('C') + n)}" for n in range(len(shares)))} == columns and all("<c:barChart>" in text for text in charts), columns
    titles = [sheet.get("name") for sheet in ElementTree.fromstring(parts["xl/workbook.xml"]).iterfind(".//x:sheet", SPACE)]
    assert titles == ["Report", "Charts", "Organisations", "Definitions"], titles
    assert "I-5.3.2" in parts["xl/worksheets/sheet4.xml"] and 'state="frozen"' in parts["xl/worksheets/sheet4.xml"]


@test
def a_time_is_a_time_wherever_people_read_it_and_a_number_in_json(w):
    w.region.token("03-08-03")
    programs, people, number = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"\d\d\.\d\d\.\d{4} \d\d:\d\d", r"\d{10}"
    expires, = {i["body"]["expires_s"] for i in w.region.list("invite", "--where", "org=03-08-03")}
    assert isinstance(expires, int)
    path = w.dir / "invitation.xlsx"
    assert re.search(people, run(w, "invite", lang="ru_RU.UTF-8", node=w.region)[0].decode())
    for lang in ("C.UTF-8", "ru_RU.UTF-8"):
        run(w, "invite", "--xlsx", path, lang=lang, node=w.region)
        for said in (run(w, "invite", lang=lang, node=w.region)[0].decode(), run(w, "invite", "--csv", lang=lang, node=w.region)[0].decode(),
                     book(path)["xl/worksheets/sheet1.xml"]):
            assert re.search(f"{programs}|{people}", said) and not re.search(number, re.sub("[0-9a-f]{64}", "", said)), said


@test
def a_page_of_what_is_sorted_is_the_same_as_of_all_that_is(w):
    """More records than the command line keeps of them while it looks for a page."""
    w.region.text("event", "code,kind,title,org,starts_on\n" + "".join(
        f"MANY-{n},seminar,{n * 7919 % 6007},03,2024-01-01\n" for n in range(6000)))
    whole = [row["body"]["code"] for row in w.region.list("event", "--sort", "title", "--find", "MANY")]
    assert len(whole) == 6000
    for order, codes in (("title", whole), ("-title", whole[::-1])):
        for page in (1, 3, 60):
            rows = w.region.list("event", "--sort", order, "--find", "MANY", "--limit", "100", "--page", str(page))
            assert [row["body"]["code"] for row in rows] == codes[100 * (page - 1):100 * page], (order, page)
    _, said = run(w, "event", "--sort", "title", "--find", "MANY", "--limit", "100", "--page", "2", node=w.region)
    assert "rows that are not shown: 5800" in said, said


@test
def a_table_fits_the_terminal_and_nothing_is_cut_in_a_file(w):
    args = ("--node", str(w.school.dir), "list", "staff", "--columns", "number,last_name,first_name,post,birth_date,from")
    for cells in (30, 60):
        for lang in ("C.UTF-8", "ru_RU.UTF-8"):
            lines = on_terminal(*args, COLUMNS=str(cells), LC_ALL=lang).splitlines()
            table = [line for line in lines if not line.startswith("selenga:")]
            assert len(table) == 5 and max(map(len, table)) <= cells, table
            hidden = [line for line in lines if line.startswith("selenga:")]
            assert bool(hidden) == (cells == 30) and all("from" in line or "В должности с" in line for line in hidden), lines
    assert "учитель физики" in run(w, *args[3:])[0].decode()


world.main(scene)
