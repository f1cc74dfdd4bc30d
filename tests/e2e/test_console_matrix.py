# SPDX-License-Identifier: Apache-2.0
"""Every address of the console, for every role and for accounts of another organisation: who may have it, and whose name stands
in it. The table is the console's own (`selenga-console --routes`), so that a new address is tried without a line here."""
import json
import subprocess
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD
from world import BIN, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
ROLES = "teacher coordinator methodist regional analyst operator privacy".split()
OURS, THEIRS = "03-08-01", "03-08-02"
OURS_NAME, THEIRS_NAME, SCHOOL_NAME = "Своякова", "Чужакова", "Канарейкина"  # last names that stand nowhere else
STAFF = "org,number,last_name,first_name,birth_date,post,post_class,from\n"
# Who sees names at all, and how far from his own organisation.
NAMELESS = ("analyst", "operator")
# What an address is of, by its first word: codes that are there. Of kinds it is each kind.
PEOPLE = [f"{THEIRS}:5", f"{OURS}:17", "03-09-01:1"]
FIRSTS = {"p": PEOPLE, "r": ["2024"], "routes": ["R-1", "R-2"], "load": ["M-1"], "definitions": ["I-5.3.2"], "events": ["E-1"]}
# Views that another organisation can be asked for.
OF_OTHERS = [f"{path}org={org}" for org in (THEIRS, OURS, "03-09-01")
             for path in ("/people?", "/people?gone=yes&", "/mentoring?", "/routes?", "/slips?", "/results?campaign=D-1&", "/results?campaign=D-2&",
                          "/events/E-1/attendance?", "/r/2024?", "/r/2024/I-5.3.2?", "/k/identity?", "/k/route?", "/k/identity/export.csv?")]
TO_LEAVE = ("/logout", "/assets/*")  # the first ends the session that asks, the others show nothing of the node


def scene(w):
    w.routes = json.loads(subprocess.run([BIN / "selenga-console", "--routes"], capture_output=True, check=True).stdout)
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-08,03,municipal_authority,Управление\n"
                  f"{OURS},03-08,school,Первая\n{THEIRS},03-08,school,Вторая\n03-09,03,municipal_authority,Другое\n"
                  "03-09-01,03-09,school,Третья\n")
    w.region.text("staff", STAFF + f"{OURS},17,{OURS_NAME},Анна,1990-01-01,учитель,pedagogue,2020-09-01\n"
                  f"{THEIRS},5,{THEIRS_NAME},Вера,1985-01-01,учитель,pedagogue,2020-09-01\n")
    w.region.put("event", {"code": "E-1", "kind": "seminar", "title": "Семинар", "org": OURS, "starts_on": "2024-02-01"})
    for i, (who, school) in enumerate(((f"{OURS}:17", OURS), (f"{THEIRS}:5", THEIRS)), 1):
        w.region.put("route", {"code": f"R-{i}", "person": who, "from": "2024-01-01", "state": "draft"})
        w.region.put("campaign", {"code": f"D-{i}", "title": "Диагностика", "framework": "F", "org": school, "from": "2024-01-01", "to": "2024-12-31"})
    w.region.put("methodist", {"code": "M-1", "person": f"{THEIRS}:5", "act": "Приказ", "from": "2022-01-10"})
    w.region.put("assignment", {"methodist": "M-1", "person": f"{OURS}:17", "from": "2022-01-10"})
    w.hub = w.node("hub").join(w.region, "03-09", listen=True).run()
    w.school = w.node("school").join(w.hub, "03-09-01").run()
    w.school.text("staff", STAFF + f"03-09-01,1,{SCHOOL_NAME},Ольга,1985-01-01,учитель,pedagogue,2020-09-01\n")
    wait_until(lambda: any(r["body"]["org"] == "03-09-01" for r in w.region.list("person")), what="the region has the school's people")
    w.url = w.region.status("console")["url"]
    w.kinds = [row["kind"] for row in w.region.selenga("kinds")]
    w.inside = {}
    for role in ROLES:
        for org in ("03", OURS):
            w.inside[role, org] = logged_in(w, f"{role}{org[2:]}", role, org)
    return w


def logged_in(w, name, role, org):
    person = ["--person", f"{OURS}:17"] if role == "teacher" else []
    once = w.region.selenga("account", "add", name, "--role", role, "--org", org, *person)["password"]
    browser = Browser(w.url, "ru")
    assert browser.log_in(name, once, PASSWORD).status == 303, name
    return browser


def filled(w, address, everything=False):
    """Addresses of this pattern: of kinds and records where it has a star."""
    stars = address.count("*")
    if stars == 0:
        return [address]
    kinds = w.kinds if everything else ["identity", "employment", "event"]
    word = address.split("/")[1]
    firsts = kinds if word == "k" else FIRSTS.get(word, [*PEOPLE[:2], "2024", "E-1"])
    rests = ([*PEOPLE, "I-5.3.2"] if word == "r" else PEOPLE) if stars > 1 else [""]
    found = []
    for first in firsts:
        for rest in rests:
            one = address
            for piece in (first, rest, rest):
                one = one.replace("*", urllib.parse.quote(piece, safe=":"), 1)
            found.append(one)
    return found


def may(route, role, org):
    return role in route["roles"] and (not route["own_node"] or org == "03")


@test
def every_route_says_who_may_have_it(w):
    assert len(w.routes) > 20
    open_to_all = {r["address"] for r in w.routes if not r["roles"]}
    known = {r["address"] for r in w.routes}
    assert open_to_all & {"/login", "/assets/*"} == {"/login", "/assets/*"}
    assert not {a for a in open_to_all if a.split("/")[1] in ("", "k", "op", "r", "search", "draft")}, open_to_all
    assert "/op/queues" in known and all(r["own_node"] for r in w.routes if r["address"].startswith("/op/"))


@test
def what_addresses_are_of_is_there(w):
    """Else a name could stand nowhere for want of a page."""
    browser = w.inside["regional", "03"]
    for address in (*(f"/routes/{c}" for c in FIRSTS["routes"]), "/load/M-1", "/r/2024", "/r/2024/I-5.3.2", "/definitions/I-5.3.2", "/events/E-1/attendance",
                    *(f"/p/{p}" for p in PEOPLE), *OF_OTHERS):
        assert browser.get(address).status == 200, address
    shown = "".join(browser.get(a).text for a in OF_OTHERS)
    assert OURS_NAME in shown and THEIRS_NAME in shown and "03-09-01:1" in shown


@test
def nobody_is_let_in_without_a_log_in(w):
    for route in w.routes:
        for address in filled(w, route["address"]) if route["roles"] else ():
            stranger = Browser(w.url)
            answer = stranger.get(address)
            if route["get"]:
                assert answer.status == 303 and answer.location.startswith("/login?then="), (address, answer.status)
            else:
                assert answer.status == 405, (address, answer.status)
            assert not route["post"] or stranger.post(address, [("f.code", "x")]).status == 403, address


@test
def who_is_not_in_a_route_s_row_gets_nothing_of_it(w):
    tried = 0
    for (role, org), browser in w.inside.items():
        for route in w.routes:
            if route["address"] in TO_LEAVE or not route["roles"] or may(route, role, org):
                continue
            for address in filled(w, route["address"]):
                if route["get"]:
                    assert browser.get(address).status == 403, (role, org, address)
                if route["post"]:
                    token = browser.get("/").hidden("/logout")
                    assert browser.post(address, token).status == 403, (role, org, address)
                tried += 1
    assert tried > 20


@test
def who_may_have_a_route_has_it_or_is_told_why_not(w):
    for (role, org), browser in w.inside.items():
        for route in w.routes:
            if route["address"] in TO_LEAVE or not route["get"] or not may(route, role, org):
                continue
            for address in filled(w, route["address"]):
                status = browser.get(address).status
                assert status in (200, 303, 403, 404, 422), (role, org, address, status)


def pages(w, browser, role, org):
    """What this account reads at every address, also at those that it may not have."""
    for route in w.routes:
        if route["get"] and route["address"] not in TO_LEAVE:
            for address in filled(w, route["address"], everything=route["address"].count("*") == 1):
                answer = browser.get(address)
                if not answer.body.startswith(b"%PDF"):  # what is in it, test_console_routes reads
                    yield address, answer.text
    for address in OF_OTHERS:
        yield address, browser.get(address).text


@test
def no_page_holds_a_name_of_whom_its_reader_may_not_see(w):
    for (role, org), browser in w.inside.items():
        may_not = {THEIRS_NAME} if org == OURS or role == "teacher" else set()
        may_not |= {OURS_NAME, THEIRS_NAME} if role in NAMELESS else set()
        for address, text in pages(w, browser, role, org) if may_not else ():
            assert not [name for name in may_not if name in text], (role, org, address)
        for name in may_not:
            for find in ("/search?q=", "/k/identity?find="):
                text = browser.get(find + urllib.parse.quote(name)).text
                assert text.count(name) == text.count(f'value="{name}"') + text.count(f">{name}</q>"), (role, org, find)


@test
def who_may_see_a_name_does(w):
    assert OURS_NAME in w.inside["coordinator", OURS].get("/k/identity").text
    assert THEIRS_NAME in w.inside["regional", "03"].get("/k/identity").text


@test
def no_page_of_the_region_holds_a_name_of_a_school_below(w):
    for (role, org), browser in w.inside.items():
        for address, text in pages(w, browser, role, org) if org == "03" else ():
            assert SCHOOL_NAME not in text, (role, address)


world.main(scene)
