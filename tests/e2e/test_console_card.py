# SPDX-License-Identifier: Apache-2.0
"""The card of a person: who he is, his work and his absences as one form, and what else is known of him."""
import datetime
import html
import re
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD, PLANTED
from world import test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
STAFF = "org,number,last_name,first_name,birth_date,post,post_class,from,to\n"
OURS, THEIRS = "03-1:1", "03-2:5"
ANNA = "/p/" + OURS


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-1,03,school,Первая\n03-2,03,school,Вторая\n")
    w.region.text("staff", STAFF + "03-1,1,Ёлкина,Анна,1970-01-01,учитель,pedagogue,2000-09-01,\n"
                  "03-1,2,Юнова,Вера,1999-05-05,учитель,pedagogue,2024-09-01,\n"
                  "03-2,5,Чужакова,Ольга,1980-01-01,учитель,pedagogue,2005-09-01,\n")
    w.region.put("absence", {"person": OURS, "kind": "sick", "from": "2024-02-01", "to": "2024-02-10"})
    w.region.put("absence", {"person": THEIRS, "kind": "military", "from": "2024-03-01"})
    w.url = w.region.status("console")["url"]
    w.inside = {}
    for name, role, org in (("anna", "coordinator", "03-1"), ("maria", "regional", "03"), ("vera", "analyst", "03"),
                            ("pavel", "privacy", "03-1"), ("oleg", "operator", "03"), ("lena", "teacher", "03-1")):
        person = ["--person", "03-1:2"] if role == "teacher" else []
        once = w.region.selenga("account", "add", name, "--role", role, "--org", org, *person)["password"]
        w.inside[name] = Browser(w.url)
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def fields(page):
    """What a browser sends of the page's own form, as its reader left it."""
    form = re.search(r'<form class="record".*?</form>', page.text, re.S)[0]
    sent = {n: html.unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)}
    for tag in re.findall(r"<input [^>]*>", form):
        has = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if has["type"] == "text" or (has["type"] == "radio" and tag.endswith(" checked>")):
            sent[has["name"]] = html.unescape(has["value"])
    return sent


def send(browser, page, path=ANNA, **changed):
    return browser.post(path, list({**fields(page), **{"f." + k.replace("__", "."): v for k, v in changed.items()}}.items()))


def body(w, kind, ref):
    found = [r["body"] for r in w.region.list(kind) if f"{r['body']['org']}:{r['body']['number']}" == ref]
    return found[0] if found else None


def everything(w):
    return [sorted(str(r) for r in w.region.list(kind)) for kind in ("identity", "employment", "person", "absence")]


# --- refusals

@test
def who_may_not_see_a_person_has_no_card_of_him(w):
    for name in ("vera", "oleg"):
        answer = w.inside[name].get(ANNA)
        assert answer.status == 403 and "Ёлкина" not in answer.text
    for name in ("anna", "pavel", "lena"):
        answer = w.inside[name].get("/p/" + THEIRS)
        assert answer.status == 404 and "Чужакова" not in answer.text, name
    assert w.inside["lena"].get(ANNA).status == 404
    for ref in ("x", "03-1:77", "03-1:1:2", "%3Cb%3E:1", "x" * 400 + ":1", ":", "03-1:"):
        assert w.inside["anna"].get("/p/" + ref).status == 404, ref
    # an arrival asked for tells nothing of who is there already
    for name, path in (("anna", "/p/03-2:5?new=1"), ("lena", ANNA + "?new=1"), ("pavel", "/p/03-1:77?new=1")):
        assert not re.search("Чужакова|Ёлкина", w.inside[name].get(path).text), path
    assert w.inside["lena"].get("/p").status == 403


@test
def who_may_only_read_has_no_form_and_cannot_send_one(w):
    was = everything(w)
    for name, path in (("pavel", ANNA), ("lena", "/p/03-1:2")):
        page = w.inside[name].get(path)
        assert page.status == 200 and 'class="record"' not in page.text, page.shown()
        token = w.inside[name].get("/").hidden("/logout")
        sent = [*token, ("v.work.", ""), ("f.work.post", "директор")]
        assert w.inside[name].post(path, sent).status == 403
    assert "Юнова" in w.inside["lena"].get("/p/03-1:2").text
    assert everything(w) == was


@test
def what_is_not_of_this_person_is_refused_whole(w):
    was, browser = everything(w), w.inside["maria"]
    page = browser.get(ANNA)
    for name, value in (("f.identity.number", "5"), ("f.identity.org", "03-2"), ("f.absence.person", THEIRS), ("f.work.org", "03-2"),
                        ("v.absence-2024-03-01.", ""), ("f.absence-2024-03-01.kind", "other"), ("f.absence-2024-02-01.from", "2020-01-01"),
                        ("f.absence-2024-02-01.person", THEIRS), ("f.person.pseudonym", "00"), ("f.x", "1"), ("v.", "1"), ("f.work.", "1")):
        answer = browser.post(ANNA, list({**fields(page), "f.work.post": "директор", name: value}.items()))
        assert answer.status == 422 and "not of this person" in answer.shown(), (name, answer.status, answer.shown())
    assert everything(w) == was


@test
def a_half_wrong_card_writes_nothing_and_keeps_what_was_typed(w):
    was, browser = everything(w), w.inside["anna"]
    page = browser.get(ANNA)
    for changed in ({"work__from": "вчера"}, {"work__to": "1999-01-01"}, {"identity__snils": "11111111111"}, {"identity__last_name": ""},
                    {"absence__from": "2024-05-01"}, {"absence__kind": "sick", "absence__from": "2024-05-02", "absence__to": "2024-05-01"},
                    {"absence__kind": "sick", "absence__from": "2024-02-01"}):
        answer = send(browser, page, **{"work__post": "директор", "identity__first_name": PLANTED, **changed})
        assert answer.status in (422, 409) and PLANTED not in answer.text, (changed, answer.status, answer.shown())
        again = fields(answer)
        assert again["f.work.post"] == "директор" and again["f.identity.first_name"] == PLANTED, changed
        assert everything(w) == was, changed


@test
def nobody_is_taken_on_at_an_organisation_of_others(w):
    was, browser = everything(w), w.inside["anna"]
    page = browser.get("/p/03-2:9?new=1")
    answer = send(browser, page, "/p/03-2:9", identity__last_name="Новая", identity__first_name="Ада", work__post="учитель",
                  work__post_class="pedagogue", work__from="2026-09-01")
    assert answer.status in (403, 422), answer.shown()
    assert everything(w) == was


@test
def two_tabs_lose_nothing(w):
    one, other = w.inside["anna"], w.inside["maria"]
    mine, theirs = one.get(ANNA), other.get(ANNA)
    assert send(other, theirs, work__post="методист", work__subject="физика").status == 303
    answer = send(one, mine, work__post="директор", identity__middle_name="Баировна")
    assert answer.status == 409 and "Somebody has changed" in answer.shown(), answer.shown()
    assert all(s in answer.shown() for s in ("учитель", "директор", "методист")) and "Баировна" in answer.text
    assert body(w, "employment", OURS)["post"] == "методист" and "middle_name" not in body(w, "identity", OURS)
    again = fields(answer)
    assert again["f.work.post"] == "директор" and again["f.work.subject"] == "физика"
    answer = send(one, answer)
    assert answer.status == 303 and answer.location == "/p/03-1:1?saved=1", answer.shown()
    now = body(w, "employment", OURS)
    assert (now["post"], now["subject"], body(w, "identity", OURS)["middle_name"]) == ("директор", "физика", "Баировна")
    # what he did not touch is neither sent nor in his way
    mine = one.get(ANNA)
    assert send(other, other.get(ANNA), work__post="учитель").status == 303
    assert send(one, mine, identity__middle_name="Ивановна").status == 303
    assert body(w, "employment", OURS)["post"] == "учитель"


@test
def what_was_typed_comes_back_from_a_draft(w):
    browser = w.inside["anna"]
    page = browser.get(ANNA)
    answer = send(browser, page, work__post="завуч", work__from="вчера")
    assert answer.status == 422
    link = f"{ANNA}?draft={fields(page)['form']}"
    assert f'href="{link}"' in browser.get(ANNA).text and link not in w.inside["maria"].get(ANNA).text
    assert "Staff card, 03-1:1" in browser.get("/").shown()
    again = fields(browser.get(link))
    assert (again["f.work.post"], again["f.work.from"]) == ("завуч", "вчера")
    answer = send(browser, browser.get(link), ANNA, work__from="2000-09-01")
    assert answer.status == 303 and body(w, "employment", OURS)["post"] == "завуч"
    assert link not in browser.get(ANNA).text


# --- what it is for

@test
def name_work_and_absence_are_saved_by_one_button(w):
    browser = w.inside["anna"]
    page = browser.get(ANNA)
    assert page.status == 200 and len(page.body) <= 60_000, len(page.body)
    answer = send(browser, page, **{"identity__first_name": "Нина", "work__category": "высшая", "absence__kind": "study", "absence__from":
                                    "2025-01-09", "absence-2024-02-01__to": "2024-02-20"})
    assert answer.status == 303, answer.shown()
    absences = {r["body"]["from"]: r["body"] for r in w.region.list("absence") if r["body"]["person"] == OURS}
    assert absences["2024-02-01"]["to"] == "2024-02-20" and absences["2025-01-09"]["kind"] == "study"
    assert body(w, "identity", OURS)["first_name"] == "Нина" and body(w, "employment", OURS)["category"] == "высшая"
    assert "Saved" in browser.get(answer.location).shown()


@test
def who_comes_gets_name_pseudonym_and_work_together(w):
    browser = w.inside["anna"]
    assert browser.get("/p?org=03-1&number=").status == 422
    answer = browser.get("/p?" + urllib.parse.urlencode({"org": "03-1", "number": "7"}))
    assert answer.status == 303 and answer.location == "/p/03-1:7?new=1"
    page = browser.get(answer.location)
    new = {"identity__last_name": "Новая", "identity__first_name": "Ада", "work__post": "учитель", "work__post_class": "pedagogue"}
    answer = send(browser, page, "/p/03-1:7?new=1", **new)
    assert answer.status == 422 and body(w, "identity", "03-1:7") is None, answer.shown()
    answer = send(browser, answer, "/p/03-1:7?new=1", work__from="2026-09-01")
    assert answer.status == 303, answer.shown()
    assert [bool(body(w, kind, "03-1:7")) for kind in ("identity", "person", "employment")] == [True] * 3
    answer = send(browser, browser.get("/p/03-1:7"), "/p/03-1:7", absence__kind="study", absence__from="2026-10-01")
    assert answer.status == 303 and any(r["body"]["person"] == "03-1:7" for r in w.region.list("absence")), answer.shown()
    again = send(browser, page, "/p/03-1:7?new=1", **{**new, "identity__first_name": "Иная", "work__from": "2026-09-01"})
    assert again.status == 409 and body(w, "identity", "03-1:7")["first_name"] == "Ада", again.shown()


@test
def who_leaves_gets_a_last_day(w):
    browser, yesterday = w.inside["anna"], datetime.date.today() - datetime.timedelta(days=1)
    assert "Юнова" in browser.get("/people").text
    answer = send(browser, browser.get("/p/03-1:2"), "/p/03-1:2", work__to=str(yesterday))
    assert answer.status == 303 and body(w, "employment", "03-1:2")["to"] == str(yesterday), answer.shown()
    assert "Юнова" not in browser.get("/people").text and "/p/03-1:2" in browser.get("/people?gone=yes").text


@test
def below_stands_what_else_is_known_of_him(w):
    browser = w.inside["anna"]
    w.region.put("route", {"code": "R-1", "person": OURS, "from": "2024-01-01", "state": "draft"})
    w.region.put("mentoring-pair", {"mentor": OURS, "mentee": "03-1:2", "from": "2024-09-02"})
    w.region.put("mentoring-meeting", {"mentor": OURS, "mentee": "03-1:2", "date": "2024-09-20", "topic": PLANTED})
    page = browser.get(ANNA)
    assert 'href="/routes/R-1"' in page.text and 'href="/k/identity/03-1:1/history"' in page.text and PLANTED not in page.text
    assert "Юнова Вера" in page.shown() and 'href="/p/03-1:2"' in page.text
    for path in ("/people", "/mentoring", "/search?q=" + urllib.parse.quote("Ёлкина"), "/k/identity/03-1:1"):
        assert 'href="/p/03-1:1"' in browser.get(path).text, path


@test
def a_full_card_is_a_small_page(w):
    w.region.text("absence", "person,kind,from,to\n" + "".join(f"{OURS},sick,2023-{m:02}-01,2023-{m:02}-05\n" for m in range(1, 13)))
    w.region.text("mentoring-meeting", "mentor,mentee,date\n" + "".join(f"{OURS},03-1:2,2024-10-{d:02}\n" for d in range(1, 31)))
    for lang in ("en", "ru"):
        page = w.inside["anna"].ask("GET", ANNA, headers={"Accept-Language": lang})
        assert page.status == 200 and len(page.body) <= 60_000, len(page.body)
    assert len(re.findall(r'name="v\.absence-', page.text)) == 6 and "/k/absence?person=03-1:1" in page.text


world.main(scene)
