# SPDX-License-Identifier: Apache-2.0
"""Anonymous screenings: answered by command and in a browser, summed up at every tenth answer, and nothing of who answered is kept
or leaves the school."""
import pathlib
import struct
import subprocess

import world
from browser import Browser
from inside import PASSWORD
from world import BIN, Refused, refused, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
REGION, HUB, SCHOOL = "03", "03-08", "03-08-01"
CANARY, NUMBER = "kanarejka", "777111"  # an account and a staff number that stand for a person
FORM = ("Как часто вы чувствуете усталость?", "~никогда~иногда~часто"), ("Хотите сменить работу?", "~нет~да")


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=(SCHOOL,))
    w.region, w.hub, w.school = (nodes[code] for code in (REGION, HUB, SCHOOL))
    for code, kind, state in (("W-1", "screening", "approved"), ("W-2", "screening", "draft"), ("T-1", "test", "approved")):
        w.region.put("instrument", {"code": code, "title": f"Самочувствие {code}", "class": kind, "org": REGION, "version": 1, "state": state})
        for number, (text, options) in enumerate(FORM, 1):
            w.region.put("question", {"instrument": code, "number": number, "type": "single", "text": text, "options": options})
    w.settle()
    w.school.put("person", {"org": SCHOOL, "number": NUMBER})
    w.url = w.school.status("console")["url"]
    w.inside = {}
    for name, role, *person in ((CANARY, "teacher", "--person", f"{SCHOOL}:{NUMBER}"), ("petr", "coordinator"), ("oleg", "operator")):
        once = w.school.selenga("account", "add", name, "--role", role, *person)["password"]
        w.inside[name] = Browser(w.url, "ru")
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def answer(w, *choices):
    return w.school.selenga("screening", "answer", "W-1", *choices)


def sent(browser, code="W-1", **fields):
    page = browser.get("/screening/" + code)
    return browser.post("/screening/" + code, [*page.hidden(), *fields.items()])


def listed(w):
    try:
        return w.school.selenga("screening", "list")
    except Refused as error:
        assert error.code == 75, error
        return None


def chosen(node):
    """{(question, choice): (chosen, answers)}"""
    return {(b["number"], b["choice"]): (b.get("chosen"), b["answers"]) for b in (r["body"] for r in node.list("screening-count"))}


PAGE, BRANCH_OR_LEAF = 4096, 3


def held(path):
    """A file's bytes; of a store's pages what they hold, without the gap in each, in which a copy keeps what stood in its buffer before."""
    data = bytearray(path.read_bytes())
    if path.name == "data.mdb":
        for page in range(0, len(data), PAGE):
            flags, lower, upper = struct.unpack_from("<HHH", data, page + 10)
            if flags & BRANCH_OR_LEAF and lower < upper <= PAGE:
                data[page + lower:page + upper] = bytes(upper - lower)
    return bytes(data)


def traces(w):
    """How often the person stands in each file of the school's node."""
    files = (p for p in pathlib.Path(w.school.dir).rglob("*") if p.is_file())
    return {str(p): sum(held(p).count(word.encode()) for word in (CANARY, NUMBER)) for p in files}


@test
def what_is_no_open_screening_or_is_answered_in_part_is_refused_in_words(w):
    assert w.school.selenga("screening", "list") == [{"code": "W-1", "title": "Самочувствие W-1"}]
    for code in ("W-2", "T-1", "W-9"):
        refused(1, w.school.selenga, "screening", "show", code, says="no screening " + code)
        assert "опроса" not in w.inside[CANARY].get("/screening/" + code).shown()
    for choices in (("4", "1"), ("0", "1"), ("x", "1"), ("1", "3")):
        refused(1, answer, w, *choices, says="Nothing was taken")
    refused(64, answer, w, "1", says="questions: 2, answers given: 1")
    refused(1, w.school.selenga, "screening", "answer", "W-1", "--org", HUB, "1", "1", says="does not serve")
    refused(1, w.school.put, "screening-count", {"instrument": "W-1", "org": SCHOOL, "number": 1, "choice": 1, "text": "x", "answer": "y",
                                                 "chosen": 5, "answers": 10})
    part = sent(w.inside[CANARY], q0="3")
    assert part.status == 422 and "Вопрос 2 остался без ответа" in part.shown(), part.shown()
    assert 'value="3" checked' in part.text and "/draft?" not in part.text and "checked" not in w.inside[CANARY].get("/screening/W-1").text
    assert w.inside[CANARY].post("/screening/W-1", [("q0", "1"), ("q1", "1")]).status == 403  # no token
    assert w.inside["oleg"].get("/screening/W-1").status == 403 and Browser(w.url).get("/screening/W-1").status == 303
    assert chosen(w.school) == {}


def resting(w):
    """The same, once nothing of what was done before is written any more: a store copies the pages that it changes."""
    seen = []

    def same():
        seen.append(traces(w))
        return len(seen) > 10 and all(s == seen[-1] for s in seen[-10:])
    wait_until(same, what="the node's files rest")
    return seen[-1]


@test
def an_answer_in_the_browser_is_thanked_for_and_leaves_no_trace_of_who_gave_it(w):
    english = Browser(w.url, "en")
    assert english.log_in(CANARY, PASSWORD).status == 303
    page = w.inside[CANARY].get("/screening/W-1")
    assert "усталость" in page.shown() and "никогда" in page.shown() and len(page.body) < 60_000
    w.settle()  # what log-ins wrote has come to all programs
    before, told = resting(w), w.school.selenga("audit", "list")
    assert any(n > 0 for name, n in before.items() if "/store/registry" in name), "the person stands somewhere"
    done = sent(w.inside[CANARY], q0="1", q1="1")
    assert done.status == 303 and done.location == "/screening?taken=1", done.shown()
    assert "Спасибо" in w.inside[CANARY].get(done.location).shown()
    assert "Thank you" in english.get("/screening?taken=1").shown()
    grown = {name: n for name, n in traces(w).items() if n > before.get(name, 0)}
    assert not grown, grown
    assert w.school.selenga("audit", "list") == told


@test
def fewer_than_ten_show_nothing_and_a_killed_program_forgets_none(w):
    for _ in range(4):
        answer(w, 1, 1)
    assert w.school.kill("diagnostics")
    wait_until(lambda: listed(w), what="diagnostics answers again")
    for _ in range(4):
        answer(w, 3, 1)
    w.settle()
    assert chosen(w.school) == {} and chosen(w.hub) == {}


@test
def ten_show_the_summary_at_the_school_and_its_municipality_and_the_region_has_none(w):
    asked = subprocess.run([BIN / "selenga", "--node", w.school.dir, "screening", "answer", "W-1"], input="3\n1\n", text=True, capture_output=True)
    assert asked.returncode == 0 and "усталость" in asked.stdout and "3  часто" in asked.stdout and "thank you" in asked.stderr, asked
    ten = {(1, 1): (5, 10), (1, 2): (0, 10), (1, 3): (5, 10), (2, 1): (10, 10), (2, 2): (0, 10)}
    assert chosen(w.school) == ten, chosen(w.school)
    w.settle()
    assert chosen(w.hub) == ten and chosen(w.region) == {}
    assert "усталость" in w.inside["petr"].get("/k/screening-count").shown()
    assert w.inside[CANARY].get("/k/screening-count").status == 403


@test
def eleven_to_nineteen_change_nothing_and_the_twentieth_does(w):
    before = w.school.list("screening-count")
    for _ in range(9):
        answer(w, 2, 2)
        assert w.school.list("screening-count") == before
    assert sent(w.inside["petr"], q0="2", q1="2").status == 303
    twenty = {(1, 1): (5, 20), (1, 2): (10, 20), (1, 3): (5, 20), (2, 1): (10, 20), (2, 2): (10, 20)}
    assert chosen(w.school) == twenty
    w.settle()
    assert chosen(w.hub) == twenty and chosen(w.region) == {}


@test
def an_answer_to_questions_that_were_changed_meanwhile_is_not_taken(w):
    page = w.inside["petr"].get("/screening/W-1")
    w.region.put("question", {"instrument": "W-1", "number": 2, "type": "single", "text": "Другое?", "options": "~да~нет"})
    wait_until(lambda: "Другое" in w.inside["petr"].get("/screening/W-1").text, what="the school has the new question")
    late = w.inside["petr"].post("/screening/W-1", [*page.hidden(), ("q0", "1"), ("q1", "1")])
    assert late.status == 422 and "изменились" in late.shown() and "Другое" in late.text, late.shown()


world.main(scene)
