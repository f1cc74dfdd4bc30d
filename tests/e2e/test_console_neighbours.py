# SPDX-License-Identifier: Apache-2.0
"""Neighbours and keys in the browser: who may connect, an invitation with a token shown once, a child cut off with a reason."""
import html
import re

import world
from browser import Browser
from inside import PASSWORD
from world import refused, test, wait_until

SCHOOL, SECOND, UNDER = "03-1", "03-2", "03-1-1"
PAGE = "/op/neighbours"


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", f"code,parent,kind,name\n{SCHOOL},03,municipal_authority,Первая\n{UNDER},{SCHOOL},school,Нижняя\n"
                  f"{SECOND},03,school,Вторая <b>\n")
    w.hub = w.node("hub").join(w.region, SCHOOL, listen=True).run()
    w.school = w.node("school").join(w.hub, UNDER).run()
    for name, role in (("oleg", "operator"), ("rita", "regional"), ("vera", "analyst"), ("pavel", "privacy")):
        once = w.region.selenga("account", "add", name, "--role", role)["password"]
        assert Browser(w.url).log_in(name, once, PASSWORD).status == 303, name
    wait_until(lambda: any(r["body"]["org"] == UNDER for r in w.region.list("node")), what="the region knows the node below its child")
    return w


def inside(w, name="oleg", lang="en"):
    browser = Browser(w.url, lang)
    wait_until(lambda: browser.log_in(name, PASSWORD).status == 303, what=f"{name} is let in")
    return browser


def send(browser, *fields):
    token = [pair for pair in browser.get("/").hidden("/logout") if pair[0] == "token"]
    return browser.post(PAGE, [*token, *fields])


def invite(browser, org, *more):
    return send(browser, ("act", "invite"), ("org", org), *more)


def tokens(answer):
    return re.findall(r"selenga1\.[\w-]+", answer.text)


def audit(w, what):
    return [row for row in w.region.selenga("audit", "list") if row["what"] == what]


def open_invites(w):
    return [r["body"]["org"] for r in w.region.list("invite") if r["body"]["state"] == "open" and not r["body"].get("used_by")]


# --- refusals

@test
def who_is_no_operator_sees_and_does_nothing(w):
    for name in ("rita", "vera", "pavel"):
        browser = inside(w, name)
        assert browser.get(PAGE).status == 403 and f'href="{PAGE}"' not in browser.get("/").text, name
        assert invite(browser, SECOND).status == 403
        assert send(browser, ("act", "revoke"), ("name", SCHOOL), ("why", "x")).status == 403
        assert send(browser, ("act", "rotate"), ("sure", "on")).status == 403
    assert inside(w).post(PAGE, [("act", "revoke"), ("name", SCHOOL), ("why", "x")]).status == 403  # without token
    assert open_invites(w) == [] and w.region.links("child")[0]["state"] == "up"


@test
def what_is_no_act_is_refused(w):
    browser = inside(w)
    for fields in ([], [("act", "destroy")], [("act", "revoke")], [("act", "rotate")]):
        assert send(browser, *fields).status == 400, fields


@test
def an_invitation_is_refused_in_the_words_of_the_command_line(w):
    browser = inside(w)
    for org in (SCHOOL, "03"):
        answer = invite(browser, org)
        said = refused(1, w.region.selenga, "node", "invite", "--org", org)
        assert answer.status == 422 and tokens(answer) == [], answer.shown()
        said = re.sub(r"^selenga: |`", "", str(said)).strip()
        shown = re.search(r'class="note bad"[^>]*>(.*?)</p>', answer.text, re.S)[1]
        first = html.unescape(re.sub(r"<[^>]+>", "", shown)).split(".")[0]
        assert first[:30] in said, (first, said)


@test
def a_form_that_is_wrong_keeps_what_was_typed(w):
    browser = inside(w)
    for fields, words in (([("org", "")], "Choose the organisation"), ([("org", "a b/c")], "cannot be the code"),
                          ([("org", SECOND), ("endpoint", "http://x")], "not of the form"), ([("org", SECOND), ("life", "never")], "how long"),
                          ([("org", SECOND), ("level", "moon")], "")):
        answer = send(browser, ("act", "invite"), *fields)
        assert answer.status == 422 and words in answer.shown() and tokens(answer) == [], (fields, answer.shown())
    assert 'value="http://x"' in send(browser, ("act", "invite"), ("org", SECOND), ("endpoint", "http://x")).text
    assert open_invites(w) == []


@test
def nobody_is_cut_off_without_a_reason_or_by_a_wrong_name(w):
    browser = inside(w)
    answer = send(browser, ("act", "revoke"), ("name", SCHOOL), ("why", ""))
    assert answer.status == 422 and "Say why" in answer.shown(), answer.shown()
    answer = send(browser, ("act", "revoke"), ("name", "no-such"), ("why", "stolen"))
    assert answer.status == 422 and "No child of this hub" in answer.shown(), answer.shown()
    assert send(browser, ("act", "revoke"), ("name", "no-such")).status == 422
    refused(1, w.region.selenga, "node", "revoke", "no-such", "--dry-run", says="No child of this hub")
    assert w.region.links("child")[0]["state"] == "up" and audit(w, "revoke") == []


# --- what is shown and done

@test
def neighbours_stand_with_line_key_and_version(w):
    link = w.region.links("child")[0]
    for lang, words in (("en", "connected"), ("ru", "Отпечаток")):
        page = inside(w, "oleg", lang).get(PAGE)
        row = next(r for r in re.findall(r"<tr>.*?</tr>", page.text, re.S) if SCHOOL in r and link["key_fingerprint"] in r)
        assert link["version"] in row and len(page.text) < 60000, row
    assert "Вторая &lt;b&gt;" in page.text and not re.search(r">[^<`]*\b(Invite|Cut|Token|Level)\b", page.text), page.shown()
    found = inside(w).get(f"{PAGE}?find=%D0%9D%D0%B8%D0%B6%D0%BD").text
    assert f'value="{UNDER}"' in found and f'value="{SECOND}"' not in found


@test
def an_invitation_is_shown_once_and_a_node_joins_by_it(w):
    browser = inside(w)
    answer = invite(browser, SECOND, ("life", "24h"))
    (token,) = tokens(answer)
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store", answer.shown()
    page = browser.get(PAGE)
    assert tokens(page) == [] and "Invitations that nobody has used yet" in page.shown() and open_invites(w) == [SECOND]
    assert [(row["about"], row["who"]) for row in audit(w, "invite")][-1] == (SECOND, "account:oleg")
    second = w.node("second")
    w.selenga("node", "join", second.dir, "-", stdin=token + "\n")
    refused(1, w.selenga, "node", "join", w.file("third"), "-", stdin=token + "\n")
    assert open_invites(w) == []
    assert SECOND in {link["org"] for link in w.region.links("child")}


@test
def what_goes_with_a_child_is_counted_before_it_is_cut_off(w):
    browser = inside(w)
    w.region.selenga("node", "invite", "--org", SCHOOL, "--replace")
    w.hub.stop()
    answer = send(browser, ("act", "revoke"), ("name", SCHOOL))
    shown = answer.shown()
    dry = w.region.selenga("node", "revoke", SCHOOL, "--dry-run")
    assert (dry["nodes_below"], dry["invitations"], dry["state"], dry["dry_run"]) == (1, 1, "active", True), dry
    assert answer.status == 200 and "nodes below it: 1" in shown and "unused invitations of its organisation: 1" in shown, shown
    assert w.region.links("child")[0]["state"] != "revoked" and audit(w, "revoke") == [] and open_invites(w) == [SCHOOL]
    answer = send(browser, ("act", "revoke"), ("name", SCHOOL), ("why", "украден <i>"))
    assert answer.status == 200 and f"Cut off: {SCHOOL}" in answer.shown(), answer.shown()
    assert [(row["about"], row["who"]) for row in audit(w, "revoke")] == [(SCHOOL, "account:oleg")]
    assert open_invites(w) == [] and "<i>" not in browser.get(PAGE).text
    wait_until(lambda: {l["org"]: l["state"] for l in w.region.links("child")}[SCHOOL] == "revoked", what="it is cut off")
    row = next(r for r in re.findall(r"<tr>.*?</tr>", browser.get(PAGE).text, re.S) if SCHOOL in r)
    assert 'value="revoke"' not in row, row


@test
def a_new_key_of_pseudonyms_is_made_when_somebody_is_sure(w):
    keys = lambda: [r["body"] for r in w.region.list("pseudonym-key")]
    before = keys()
    assert "There is a new key of pseudonyms" in send(inside(w), ("act", "rotate"), ("sure", "on")).shown()
    wait_until(lambda: keys() != before, what="the key is another one")


if __name__ == "__main__":
    world.main(scene)
