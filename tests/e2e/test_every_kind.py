# SPDX-License-Identifier: Apache-2.0
"""Of every kind: its sheet goes round, it is told of and has its screens in both languages, and what is planted in it at a school,
a hub or the region is found in the stores of a three-level tree exactly where `reach.txt` lets it be."""
import os
import re
import subprocess

import rows
import world
from browser import Browser
from rows import HUB, REGION, SCHOOL, SIBLING, Rows
from world import BIN, SOURCE, Refused, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
PASSWORD = "длинный пароль 1"
PAGE = 60_000  # bytes of a page at most
PARENT = {SCHOOL: HUB, SIBLING: HUB, HUB: REGION, REGION: None}
# Nodes up to whose level a record goes.
UP = {"home": (), "school": (SCHOOL,), "municipality": (SCHOOL, HUB), "region": (SCHOOL, HUB, REGION), "all": (SCHOOL, HUB, REGION)}
# Written by programs or by verbs of their own: they have no sheet.
NO_SHEET = {"node", "invite", "pseudonym-key", "account", "deficit", "deficit-count", "tally", "visit-count", "screening-count", "attempt",
            "attempt-answer", "released-key", "review", "fact", "indicator"}
# Where a class of personal data may be at all, whatever a kind says (domain, PD-03).
HIGHEST = {"identity": HUB, "special": SCHOOL}


def declared(w):
    return w.selenga("--json", "kinds")


def columns():
    """Of each sheet, as the help of export tells them."""
    done = subprocess.run([BIN / "selenga", "export", "--help"], text=True, capture_output=True, check=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    sheets, name = {}, None
    for line in done[done.index("Sheets and their columns"):done.index("Examples:")].splitlines()[1:]:
        if line.startswith("      "):
            sheets[name] += [c.rstrip("*") for c in line.split()]
        elif line.startswith("  "):
            name = line.strip()
            sheets[name] = []
    return sheets


def scene(w):
    nodes = w.nodes_of = w.tree(hubs=(HUB,), schools=(SCHOOL, SIBLING))
    w.school = nodes[SCHOOL]
    w.rows = Rows(declared(w), columns())
    plain = dict(w.rows.cells["staff"], number="2", last_name="Вторая", first_name="Мария", middle_name="", snils="")
    head, row = ",".join(plain), ",".join(plain.values())
    w.school.text("staff", f"{head}\n{row}\n")
    w.replies = {sheet: entered(w, sheet) for sheet in w.rows.cells}
    w.settle()
    return w


def entered(w, sheet):
    """The answer to the import, as soon as what the row refers to is there."""
    node = w.nodes_of[rows.AT.get(sheet, SCHOOL)]
    path = w.file(f"{sheet}.csv")
    path.write_text(w.rows.text(sheet), encoding="utf-8")
    last = []

    def taken():
        try:
            return node.sheet(sheet, path)
        except Refused as error:
            last.append(error)
            text = str(error) + open(error.out["rejected_file"], encoding="utf-8-sig").read() if isinstance(error.out, dict) else str(error)
            assert "is not there" in text, (sheet, text)
            return None
    return wait_until(taken, what=f"{sheet} is taken")


def node_of(w, sheet):
    return w.nodes_of[rows.AT.get(sheet, SCHOOL)]


# --- what is declared

def frozen():
    lines = (SOURCE / "tests/e2e/reach.txt").read_text(encoding="utf-8").splitlines()
    return {kind: (up, down) for kind, up, down in (line.split() for line in lines)}


@test
def no_kind_reaches_further_or_less_far_than_is_written_down(w):
    ups = {"stays at its home": "home", "up to the school": "school", "up to the municipality": "municipality", "up to the region": "region",
           "all the way up": "all"}
    downs = {"not down": "none", "down to the node that serves its organisation": "serving", "down to everyone": "all"}
    said = {k["kind"]: (ups[k["up"]], downs[k["down"]]) for k in declared(w)}
    assert said == frozen(), sorted(set(said.items()) ^ set(frozen().items()))


@test
def every_kind_has_a_sheet_or_is_named_here(w):
    without = {k["kind"] for k in declared(w)} - {kind for sheet in w.rows.sheets for kind in w.rows.of(sheet)}
    assert without == NO_SHEET, without


@test
def every_kind_is_told_of_in_both_languages(w):
    for kind in w.rows.kinds.values():
        told = {}
        for language in ("C.UTF-8", "ru_RU.UTF-8"):
            told[language] = subprocess.run([BIN / "selenga", "kinds", kind["kind"]], env={**os.environ, "LC_ALL": language}, text=True,
                                            capture_output=True, check=True).stdout
            assert kind["kind"] in told[language], kind["kind"]
            for field in kind["fields"]:
                assert re.search(rf"^  {field['name']} ", told[language], re.M), (kind["kind"], field["name"])
        assert kind["help"] in told["C.UTF-8"] and kind["help"] not in told["ru_RU.UTF-8"], kind["kind"]
        assert re.search("[а-я]{3}", told["ru_RU.UTF-8"]), kind["kind"]


# --- sheets

@test
def every_sheet_goes_round(w):
    for sheet in w.rows.cells:
        node = node_of(w, sheet)
        out = node.export(sheet)
        lines = out.lstrip("\ufeff").splitlines()
        typed = w.rows.text(sheet).splitlines()
        assert lines[0] == typed[0], (sheet, lines[0])
        assert typed[1] in lines, (sheet, typed[1], lines)
        if sheet not in ("organisation", "staff", "scale"):  # those were there before: the tree, a colleague, the root's scale
            assert len(lines) == 2, (sheet, lines)
        answer = node.text(sheet, out)
        assert (answer["new"], answer["changed"], answer["rejected"]) == (0, 0, 0), (sheet, answer)
        assert answer["unchanged"] == len(lines) - 1, (sheet, answer)
        assert node.export(sheet) == out, sheet


# --- screens

@test
def every_kind_has_its_screens_in_both_languages(w):
    url = w.school.status("console")["url"]
    people = {}
    for role in ("coordinator", "operator", "privacy", "analyst"):
        once = w.school.selenga("account", "add", role, "--role", role)["password"]
        assert Browser(url).log_in(role, once, PASSWORD).status == 303
        for lang in ("en", "ru"):
            people[role, lang] = Browser(url, lang)
            assert people[role, lang].log_in(role, PASSWORD).status == 303
    labels = {lang: people["coordinator", lang].get("/k").text for lang in ("en", "ru")}
    assert all(len(text.encode()) <= PAGE for text in labels.values()), {lang: len(text.encode()) for lang, text in labels.items()}
    for kind in w.rows.kinds:
        shown = {}
        for lang in ("en", "ru"):
            answers = [people[role, lang].get(f"/k/{kind}") for role in ("coordinator", "operator", "privacy", "analyst")]
            seen = [a for a in answers if a.status == 200]
            assert seen or all(a.status == 403 for a in answers), (kind, [a.status for a in answers])
            if not seen:
                continue
            shown[lang] = re.search(r"<h1[^>]*>(.*?)</h1>", seen[0].text, re.S)[1].strip()
            new = people["coordinator", lang].get(f"/k/{kind}/new")
            assert new.status in (200, 403, 404), (kind, new.status)
            if new.status == 200:
                assert 'name="f.' in new.text or 'name="q.' in new.text, kind
                assert len(new.text.encode()) <= PAGE, (kind, len(new.text.encode()))
        if shown:
            assert re.search("[А-Яа-я]", shown["ru"]) and shown["ru"] != shown["en"], (kind, shown)
    assert labels["en"] != labels["ru"]


@test
def a_record_of_every_kind_of_the_school_has_its_card(w):
    browser = Browser(w.school.status("console")["url"])
    assert browser.log_in("coordinator", PASSWORD).status == 303
    for sheet in w.rows.cells:
        if rows.AT.get(sheet, SCHOOL) != SCHOOL:
            continue
        for kind in w.rows.of(sheet):
            answer = browser.get(f"/k/{kind}")
            assert answer.status in (200, 403), (kind, answer.status)
            if answer.status == 200:
                link = re.search(rf'href="(/k/{kind}/(?!new)[^"?/]+)"', answer.text)
                assert link, (kind, "no row")
                assert browser.get(link[1]).status == 200, link[1]


# --- reach

def up_from(home, up):
    found, node = set(), PARENT[home]
    while node:
        if node in UP[up]:
            found.add(node)
        node = PARENT[node]
    return found


def down_from(home, down):
    if down == "none":
        return set()
    below = {n for n in PARENT if n != home and (home == REGION or PARENT[n] == home)}
    return below if down == "all" else {n for n in below if n != SIBLING}  # every row is about the one school


def reached(sheet, kind):
    home = rows.AT.get(sheet, SCHOOL)
    up, down = frozen()[kind]
    return {home} | up_from(home, up) | down_from(home, down)


def canaries(w):
    """Each planted text, and the nodes that may hold it: those of every record in which it stands."""
    allowed = {}
    for sheet, cells in w.rows.cells.items():
        for kind in w.rows.of(sheet):
            for field in w.rows.kinds[kind]["fields"]:
                for text in re.findall(r"CANARY-[a-z_-]+\.", cells.get(field["name"], "")):
                    allowed.setdefault(text, set()).update(reached(sheet, kind))
    return allowed


def store_of(node):
    return b"".join(path.read_bytes() for path in sorted((node.dir / "store").rglob("*")) if path.is_file())


@test
def records_of_every_kind_are_where_they_may_be_and_nowhere_else(w):
    for sheet in w.rows.cells:
        for kind in w.rows.of(sheet):
            mine = {r["id"] for r in node_of(w, sheet).list(kind)} if sheet not in ("organisation", "scale") else set()
            for code, node in w.nodes_of.items():
                held = {r["id"] for r in node.list(kind)} & mine
                assert held == (mine if code in reached(sheet, kind) else set()), (kind, code, len(held), len(mine))


@test
def what_was_planted_is_in_the_stores_where_it_may_be_and_nowhere_else(w):
    planted = canaries(w)
    assert len(planted) > 100, len(planted)
    stores = {code: store_of(node) for code, node in w.nodes_of.items()}
    wrong = []
    for text, allowed in planted.items():
        found = {code for code, data in stores.items() if text.encode() in data}
        if found != allowed:
            wrong.append((text, sorted(found), sorted(allowed)))
    assert not wrong, wrong


@test
def no_class_is_above_where_the_law_lets_it_be(w):
    """Whatever reach.txt says: names stay in the municipality, reasons of absence at the school."""
    stores = {code: store_of(node) for code, node in w.nodes_of.items()}
    sought = 0
    for sheet, cells in w.rows.cells.items():
        for kind in w.rows.of(sheet):
            for field in w.rows.kinds[kind]["fields"]:
                highest = HIGHEST.get(field["pd_class"])
                if highest is None:
                    continue
                assert not reached(sheet, kind) & ({REGION} if highest == HUB else {HUB, REGION, SIBLING}), (kind, field["name"])
                text = cells.get(field["name"], "")
                if text.startswith("CANARY"):
                    sought += 1
                    assert text.encode() not in stores[REGION] and text.encode() not in stores[SIBLING], (kind, field["name"])
    assert sought >= 3, sought


world.main(scene)
