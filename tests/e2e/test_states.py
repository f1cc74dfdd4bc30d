# SPDX-License-Identifier: Apache-2.0
"""A state changes only as its kind declares: refused in words, by every way in, and nothing is changed halfway."""
import os
import subprocess

import world
from world import refused, test, wait_until

# What may follow, as the kind declares it. The first is where a record begins.
NEXT = {"draft": ["submitted", "agreed", "withdrawn"], "submitted": ["draft", "agreed", "withdrawn"], "agreed": ["active", "withdrawn"], "active": ["suspended", "closed", "withdrawn"],
        "suspended": ["active", "closed", "withdrawn"], "closed": [], "withdrawn": []}
RU = {"draft": "черновик", "submitted": "на согласовании", "agreed": "согласован", "active": "активен", "suspended": "приостановлен", "closed": "закрыт",
      "withdrawn": "отозван"}
ENDED = {"outcome": "done", "closed_on": "2024-12-20"}
STAFF = "org,number,last_name,first_name,post,post_class,from\n03,1,Доржиева,Туяна,учитель,pedagogue,2020-09-01\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("staff", STAFF)
    w.region.text("competency", "framework,code,class,title,required_percent\nF,C-1,subject,Умение,80\n")
    w.region.text("campaign", "code,title,framework,org,from,to\nD-1,Диагностика,F,03,2024-10-01,2024-10-31\n")
    w.region.text("result", "campaign,person,competency,score,max,taken_on\nD-1,03:1,C-1,1,20,2024-10-05\n")
    wait_until(lambda: w.region.list("deficit"), what="the need is found")
    return w


def word(state):
    return "`in review` (submitted)" if state == "submitted" else state


def route(w, code):
    return next(r["body"] for r in w.region.list("route", "--where", f"code={code}"))


def write(w, code, **fields):
    return w.region.put("route", {"code": code, "person": "03:1", "from": "2024-11-01", **fields})


def propose(w):
    """A draft, and the way to agree to it: only a person does."""
    return w.region.selenga("route", "propose", "03:1")[0]["body"]["code"]


def bring_to(w, code, state):
    """By allowed steps only."""
    if state == "draft":
        return
    if state in ("withdrawn", "submitted"):
        write(w, code, state=state)
        return
    w.region.selenga("route", "confirm", code, "--by", "А. Ли")
    for step in {"agreed": [], "active": ["active"], "suspended": ["active", "suspended"], "closed": ["active", "closed"]}[state]:
        write(w, code, state=step, **(ENDED if step == "closed" else {}))


@test
def a_route_begins_as_a_draft_and_as_nothing_else(w):
    for state in NEXT:
        if state == "draft":
            continue
        said = refused(1, write, w, "R-NEW", state=state, **ENDED)
        assert f"a new record does not become {word(state)}. What may follow: draft." in said, said
    assert w.region.list("route") == []


@test
def every_jump_that_is_not_declared_is_refused_with_what_may_follow(w):
    for state, allowed in NEXT.items():
        code = propose(w)
        bring_to(w, code, state)
        before = w.region.list("route", "--where", f"code={code}")
        assert before[0]["body"]["state"] == state, before
        for other in NEXT:
            if other == state or other in allowed:
                continue
            said = refused(1, write, w, code, state=other, **ENDED)
            follow = ", ".join(map(word, allowed)) or "nothing, it is final"
            assert f"{word(state)} does not become {word(other)}. What may follow: {follow}." in said, said
        assert w.region.list("route", "--where", f"code={code}") == before
        if state in ("draft", "submitted"):
            write(w, code, state="withdrawn")  # one draft at a time


@test
def a_route_goes_through_all_its_states(w):
    code = propose(w)
    write(w, code, state="submitted")
    write(w, code, state="draft")
    write(w, code, state="submitted")
    said = refused(1, write, w, code, state="agreed")
    assert "confirmed_by is computed" in said, said
    w.region.selenga("route", "confirm", code, "--by", "А. Ли")
    refused(1, w.region.selenga, "route", "confirm", code, "--by", "А. Ли")
    for step in ("active", "suspended", "active"):
        write(w, code, state=step)
        assert route(w, code)["state"] == step
    said = refused(1, write, w, code, state="closed")
    assert "outcome is missing: without it active does not become closed" in said, said
    refused(1, write, w, code, state="closed", outcome="done", says="closed_on is missing")
    write(w, code, state="closed", **ENDED)
    # What it needed stays with it; the rest may be put right.
    refused(1, write, w, code, outcome=None, says="outcome is missing")
    write(w, code, outcome="partial")
    assert (route(w, code)["state"], route(w, code)["outcome"]) == ("closed", "partial")


@test
def it_is_said_in_russian_too(w):
    code = propose(w)
    body = f'{{"code": "{code}", "person": "03:1", "from": "2024-11-01", "state": "active"}}'
    done = subprocess.run([world.BIN / "selenga", "--node", w.region.dir, "put", "route"], input=body, text=True, capture_output=True,
                          env={**os.environ, "LC_ALL": "ru_RU.UTF-8"}, check=False)
    assert done.returncode == 1, done
    for word in ("draft", "active", *NEXT["draft"]):
        assert f"«{RU[word]}» ({word})" in done.stderr, done.stderr
    write(w, code, state="withdrawn")


@test
def a_sheet_keeps_the_good_rows_and_gives_the_others_back_with_the_reason(w):
    code = propose(w)
    before = w.region.list("route", "--where", f"code={code}")
    try:
        w.region.text("route", f"code,person,from,state\n{code},03:1,2024-11-01,closed\nR-NEW,03:1,2024-11-01,draft\n")
        raise AssertionError("was not refused")
    except world.Refused as error:
        assert error.code == 1 and (error.out["new"], error.out["rejected"]) == (1, 1), error.out
        reasons = str(error.out)
    rejected = next(w.dir.glob("*route.csv.rejected.csv")).read_text(encoding="utf-8-sig")
    assert "STATE-CHANGE" in reasons + rejected or "draft does not become closed" in rejected, rejected
    assert w.region.list("route", "--where", f"code={code}") == before
    assert route(w, "R-NEW")["state"] == "draft"


world.main(scene)
