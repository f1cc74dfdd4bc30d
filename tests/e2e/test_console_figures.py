# SPDX-License-Identifier: Apache-2.0
"""Indicators in the browser: the exact test beside what is printed, why down to persons where names may be seen, years, organisations."""
import http.client
import io
import json
import os
import re
import subprocess
import zipfile

import world
from browser import Browser
from inside import PASSWORD
from world import BIN, patience, test

SCHOOL, SILENT = "03-1", "03-2"
STAFF = ("org,number,last_name,first_name,birth_date,post,post_class,rate,main_place,external,from,experience_from\n"
         f"{SCHOOL},1,Иванов,Иван,1999-01-01,учитель,pedagogue,1,yes,no,2023-09-01,2023-09-01\n"
         f"{SCHOOL},2,Петров,Пётр,1970-01-01,учитель,pedagogue,1,yes,no,2015-09-01,1995-09-01\n"
         f"{SCHOOL},3,Сидоров,Сидор,2000-01-01,учитель,pedagogue,1,yes,no,2023-09-01,2023-09-01\n")
YOUNG = "I-5.3.2"


def put(node, of_kind, **body):
    return node.selenga("put", of_kind, stdin=json.dumps({"body": body}))


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", f"code,parent,kind,name\n03,,ministry,Министерство\n{SCHOOL},03,school,Первая <b>\n{SILENT},03,school,Вторая\n")
    w.region.text("staff", STAFF)
    w.region.text("mentoring-pair", f"mentor,mentee,from,to\n{SCHOOL}:2,{SCHOOL}:1,2024-01-10,\n")
    w.region.text("mentoring-meeting", f"mentor,mentee,date\n{SCHOOL}:2,{SCHOOL}:1,2024-03-01\n")
    put(w.region, "indicator", code="X-1", title="Почти семьдесят", unit="percent", decimals=1, valid_from="2020-01-01", target_op=">=", target_value=70,
        numerator="1399 * count(organisation where kind = ministry)", denominator="2000 * count(organisation where kind = ministry)")
    w.settle()
    for name, role, *more in (("rita", "regional"), ("vera", "analyst"), ("oleg", "operator"), ("anna", "coordinator", "--org", SCHOOL)):
        once = w.region.selenga("account", "add", name, "--role", role, *more)["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303, name
    return w


def inside(w, name, lang="en"):
    browser = Browser(w.url, lang)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def row(answer, key):
    """Cells of the line that begins with this."""
    for line in re.findall(r"<tr>(.*?)</tr>", answer.text, re.S):
        cells = [" ".join(re.sub(r"<[^>]*>", " ", c).split()) for c in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)]
        if cells and cells[0] == key:
            return cells
    raise AssertionError(f"no line {key}:\n{answer.shown()}")


@test
def figures_are_not_for_operators(w):
    for path in ("/r/2024", f"/r/2024/{YOUNG}", "/r/2024/export.csv", "/r/2024/export.xlsx"):
        assert inside(w, "oleg").get(path).status == 403, path


@test
def who_may_not_see_persons_is_shown_none(w):
    page = inside(w, "vera").get(f"/r/2024/{YOUNG}")
    assert page.status == 200
    for name in ("Иванов", f"{SCHOOL}:1", 'id="why"'):
        assert name not in page.text, name


@test
def another_organisation_is_refused(w):
    anna = inside(w, "anna")
    assert anna.get("/r/2024?org=03").status == 403
    assert anna.get(f"/r/2024/{YOUNG}?org={SILENT}").status == 403
    assert anna.get("/r/2024").status == 200  # of the own one
    assert "Вторая" not in anna.get("/r/2024").text


@test
def what_is_no_period_or_indicator_is_refused(w):
    rita = inside(w, "rita")
    for path, status in (("/r/someday", 422), ("/r/2024/I-0", 404), ("/r/2024?org=nowhere", None), ("/r/99999999999999999999", 422)):
        answer = rita.get(path)
        assert answer.status == status or (status is None and answer.status in (403, 404, 422)), (path, answer.status)
    for query in ("from=4294967294", "skip=99999999", "from=-1&skip=x", "from=1&skip=4294967295", "from=99999999999999999999"):
        assert rita.get(f"/r/2024/{YOUNG}?{query}").status == 200, query


@test
def a_value_that_is_printed_as_the_target_and_is_below_it_is_not_met(w):
    cells = row(inside(w, "rita", "ru").get("/r/2024"), "X-1")
    assert cells[2:6] == ["1399", "2000", "70,0 %", "≥ 70 %"] and "не достигнут" in cells[6], cells
    page = inside(w, "rita", "ru").get("/r/2024/X-1")
    assert "70,0 % · ▲ не достигнут" in " ".join(page.shown().split()) or "70,0 % · не достигнут" in " ".join(page.shown().split()), page.shown()


@test
def days_and_bounds_are_those_of_readers_of_russian(w):
    rita = inside(w, "rita", "ru")
    for path in ("/r/2024", "/r/2024/X-1", "/r/2024/I-5.3.1a"):
        shown = rita.get(path).shown()
        assert "31.12.2024" in shown or "01.01.2025" in shown, shown
        assert not re.search(r"\d{4}-\d\d-\d\d|[<>]=", shown), shown
    assert "≤ 250" in rita.get("/r/2024").shown()


@test
def why_goes_down_to_persons_with_names_and_rules(w):
    page = inside(w, "rita").get(f"/r/2024/{YOUNG}")
    told = {p: rule for p, _, rule in (row(page, name) for name in ("Иванов Иван", "Петров Пётр", "Сидоров Сидор"))}
    assert told["Иванов Иван"] == "counted"
    assert "34 or younger" in told["Петров Пётр"] and "mentored" in told["Сидоров Сидор"], told
    assert f'href="/k/person/{SCHOOL}:1"' in page.text
    assert SILENT in page.shown().split("Organisations without data")[1]


@test
def the_same_persons_are_told_as_the_command_line_tells(w):
    told = w.region.selenga("report", "--period", "2024", "--explain", YOUNG)
    page = inside(w, "rita").get(f"/r/2024/{YOUNG}")
    assert page.text.count('pill ok">counted') == len(told["counted"])
    for one in told["not_counted"]:
        assert one["rule"] in page.shown(), one


@test
def years_stand_in_a_drawing_and_in_a_table_beside_it(w):
    page = inside(w, "rita").get(f"/r/2024/{YOUNG}")
    assert page.text.count("<svg") == 1 and 'role="img"' in page.text and "<circle" in page.text
    years = page.text.split("<svg")[1]
    assert [y for y in ("2020", "2021", "2022", "2023", "2024") if f">{y}</text>" in years and f"<td>{y}</td>" in years] == \
        ["2020", "2021", "2022", "2023", "2024"]
    assert 'href="/r/2023/' in page.text and 'href="/r/2025/' in page.text
    academic = inside(w, "rita").get(f"/r/2023%2F24/{YOUNG}")
    assert academic.status == 200 and 'href="/r/2022%2F23/' in academic.text, academic.shown()
    academic = inside(w, "rita").get("/r/2023%2F24")
    assert 'href="/r/2022%2F23"' in academic.text, academic.shown()


@test
def organisations_stand_side_by_side(w):
    page = inside(w, "rita").get(f"/r/2024/{YOUNG}")
    assert f'/r/2024/{YOUNG}?org={SCHOOL}"' in page.text and "Первая &lt;b&gt;" in page.text
    below = inside(w, "rita").get(f"/r/2024/{YOUNG}?org={SCHOOL}")
    assert below.status == 200 and row(below, "2024")[1] == row(page, "2024")[1]


@test
def a_figure_of_which_data_is_missing_says_so(w):
    shown = inside(w, "rita").get("/r/2024").shown()
    assert "preliminary" in shown and "as of" in shown and "data of 1 organisations of 2" in shown, shown


@test
def files_hold_what_the_command_line_writes(w):
    rita = inside(w, "rita")
    answer = rita.get("/r/2024/export.csv")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    told = subprocess.run([BIN / "selenga", "--node", w.region.dir, "report", "--period", "2024", "--csv"], capture_output=True, text=True,
                          timeout=patience(60), check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("org,period,as_of,code") and any(l.startswith("03,2024,") and ",X-1," in l for l in lines), lines[:3]
    assert told.splitlines() == lines


@test
def a_workbook_is_whole(w):
    rita = inside(w, "rita")
    line = http.client.HTTPConnection(rita.netloc, timeout=patience(60))
    line.request("GET", "/r/2024/export.xlsx", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in rita.cookies.items()), "Connection": "close"})
    response = line.getresponse()
    book = zipfile.ZipFile(io.BytesIO(response.read()))
    line.close()
    assert response.status == 200 and "spreadsheetml" in response.headers["Content-Type"]
    assert "X-1" in book.read("xl/sharedStrings.xml").decode()


@test
def a_page_stays_small(w):
    for path in ("/r/2024", f"/r/2024/{YOUNG}"):
        assert len(inside(w, "rita").get(path).text.encode()) <= 60_000, path


if __name__ == "__main__":
    world.main(scene)
