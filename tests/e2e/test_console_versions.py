# SPDX-License-Identifier: Apache-2.0
"""Two versions after a store was put back, in the browser: both are seen side by side, one is kept, with a reason where one is given up."""
import re

import world
from browser import Browser
from inside import PASSWORD
from world import test, wait_until

ORG = "03-08-01"
DEAD_PORT = 9  # where nobody listens


def body(title):
    return {"code": "S-1", "class": "association", "title": title, "org": ORG, "from": "2024-01-10"}


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n{ORG},03,school,Первая\n")
    w.school = w.node("school").join(w.region, ORG).run()
    w.settle()
    for name, role in (("oleg", "operator"), ("kira", "coordinator")):
        once = w.school.selenga("account", "add", name, "--role", role)["password"]
        assert Browser(url(w)).log_in(name, once, PASSWORD).status == 303, name
    return w


def url(w):
    return w.school.status("console")["url"]


def inside(w, name, lang="en"):
    browser = Browser(url(w), lang)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def send(browser, path, *fields):
    token = [pair for pair in browser.get("/").hidden("/logout") if pair[0] == "token"]
    return browser.post(path, [*token, *fields])


def make_conflict(w, ours, theirs):
    """The school writes `ours`, which the region gets; is put back; writes `theirs` before it hears of that."""
    w.school.put("body", body("Первый " + ours))
    w.settle()
    w.school.stop()
    image = w.school.keep_store()
    w.school.run()
    w.school.put("body", body(ours))
    w.settle()
    w.school.stop()
    w.school.put_back(image)
    w.school.set_parent_port(DEAD_PORT)
    w.school.run()
    w.school.put("body", body(theirs))
    w.school.stop()
    w.school.set_parent_port(w.region.port)
    w.school.run()
    wait_until(w.school.quarantine, what="the school hears of the conflict")
    w.settle()


def keys(page):
    return set(re.findall(r'name="item" value="([^"]+)"', page.text))


@test
def an_operator_is_not_offered_what_is_for_offices(w):
    make_conflict(w, "Утраченный", "Нынешний")
    page = inside(w, "oleg").get("/op/versions")
    assert keys(page) and "is to hold" not in page.text
    assert send(inside(w, "oleg"), "/op/versions", ("act", "take"), ("item", keys(page).pop())).status == 403


@test
def both_stand_side_by_side_with_what_differs_marked(w):
    page = inside(w, "kira", "ru").get("/op/versions")
    assert re.search(r'<tr class="differs"><td>[^<]*</td><td>Нынешний</td><td>Утраченный</td></tr>', page.text), page.shown()
    assert re.search(r"<tr><td>[^<]*</td><td>S-1</td><td>S-1</td></tr>", page.text)


@test
def nothing_is_given_up_without_a_reason(w):
    oleg = inside(w, "oleg")
    key = keys(oleg.get("/op/versions")).pop()
    for pressed, act in (("R", "retry"), ("D", "discard")):
        assert re.search(f'<button aria-keyshortcuts="{pressed}"[^>]* value="{act}"', oleg.get("/op/quarantine").text), pressed
    asked = send(oleg, "/op/quarantine", ("act", "discard"), ("item", key))
    assert asked.status == 200 and "1 item is given up" in asked.shown()
    assert w.school.quarantine()
    again = send(oleg, "/op/quarantine", ("act", "discard"), ("item", key), ("why", ""))
    assert "Say why" in again.shown() and w.school.quarantine()


@test
def what_was_kept_aside_is_made_to_hold(w):
    kira = inside(w, "kira")
    key = keys(kira.get("/op/versions")).pop()
    done = send(kira, "/op/versions", ("act", "take"), ("item", key))
    assert done.status == 200 and "holds now" in done.shown(), done.shown()
    assert w.school.selenga("get", "body", "S-1")["body"]["title"] == "Утраченный"
    wait_until(lambda: not w.school.quarantine(), what="nothing waits any more")


@test
def the_present_one_stays_where_the_other_is_given_up(w):
    make_conflict(w, "Забытый", "Верный")
    oleg = inside(w, "oleg")
    for key in keys(oleg.get("/op/versions")):
        done = send(oleg, "/op/quarantine", ("act", "discard"), ("item", key), ("why", "решили оставить верный"))
        assert done.status == 200 and "given up" in done.shown(), done.shown()
    wait_until(lambda: not w.school.quarantine(), what="nothing waits any more")
    assert w.school.selenga("get", "body", "S-1")["body"]["title"] == "Верный"
    assert [r for r in w.school.selenga("audit", "list") if r["who"] == "account:oleg" and "quarantine" in r["what"]], \
        w.school.selenga("audit", "list")
    w.school.says("registry", "решили оставить верный")


if __name__ == "__main__":
    world.main(scene)
