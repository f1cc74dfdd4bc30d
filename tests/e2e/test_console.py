# SPDX-License-Identifier: Apache-2.0
"""The console: people in a browser, and what others try with it."""
import os
import signal
import socket
import subprocess
import threading
import urllib.parse

import world
from browser import Browser
from inside import PASSWORD, PLANTED, added, event, inside, scene
from world import patience, test, wait_until

world.QUICK["console"].update({"idle_s": 5, "request_s": 10})


# --- refusals

@test
def another_host_is_refused(w):
    for host in ("evil.test", "evil.test:80", "localhost:1", ""):
        assert Browser(w.url).get("/login", Host=host).status == 421, host
    port = urllib.parse.urlsplit(w.url).port
    assert Browser(w.url).get("/login", Host=f"localhost:{port}").status == 200
    line = socket.create_connection(("127.0.0.1", port), timeout=patience(30))
    line.sendall(b"GET /login HTTP/1.0\r\n\r\n")
    assert b" 421 " in line.recv(100)
    line.close()


@test
def who_is_not_logged_in_is_led_to_the_log_in(w):
    for path in ("/", "/k", "/k/person", "/op/queues", "/k/event/E-1"):
        answer = Browser(w.url).get(path)
        assert answer.status == 303 and answer.location.startswith("/login?then="), (path, answer.status)
        assert urllib.parse.unquote(answer.location).endswith(path)
    assert Browser(w.url).post("/k/event/new", event()).status == 403


@test
def a_wrong_password_and_an_unknown_name_look_alike(w):
    wrong, unknown = (Browser(w.url).log_in(name, "nothing of the kind") for name in ("anna", "nobody"))
    assert wrong.status == unknown.status == 403
    assert wrong.text.count("is wrong") == unknown.text.count("is wrong") == 1
    assert 'value="nothing' not in wrong.text


@test
def a_form_from_elsewhere_is_refused(w):
    browser = inside(w)
    fields = [*browser.get("/k/event/new").hidden(), *event(code="E-X")]
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Origin": None}, {"Origin": w.url + ".evil.test"},
                    {"Origin": None, "Referer": "http://evil.test/"}):
        assert browser.post("/k/event/new", fields, **headers).status == 403, headers
    assert w.region.list("event") == []
    page = Browser(w.url).get("/login")
    assert Browser(w.url).post("/login", [*page.hidden("/login"), ("name", "anna"), ("password", PASSWORD)]).status == 403  # no cookie


@test
def a_form_without_the_session_s_token_is_refused(w):
    browser = inside(w)
    page = browser.get("/k/event/new")
    for token in ([], [("token", "")], [("token", "0" * 64)], inside(w, "oleg").get("/").hidden("/logout")):
        assert browser.post("/k/event/new", [*token, *event(code="E-X")]).status == 403, token
    others = [(n, v) for n, v in page.hidden() if n != "token"]
    assert browser.post("/k/event/new", [*others, *event(code="E-X")]).status == 403
    assert w.region.list("event") == []


@test
def what_changes_something_is_no_get_and_other_methods_are_none(w):
    browser = inside(w)
    for path in ("/logout", "/language", "/k/event/E-1/delete"):
        assert browser.get(path).status == 405, path
    for method in ("PUT", "DELETE", "TRACE", "OPTIONS", "PATCH"):
        assert browser.ask(method, "/").status == 405, method
    assert browser.get("/k/event/new?f.code=E-X&f.title=x").status == 200
    assert w.region.list("event") == []
    assert browser.get("/").status == 200  # still logged in


@test
def paths_lead_nowhere_but_to_pages(w):
    browser = inside(w)
    for path in ("/../node.conf", "/assets/../../node.conf", "/assets/%2e%2e", "/k/%2e%2e/x", "//", "/k//event", "/k/event%00", "/k/%ff",
                 "/assets/console.css/x", "/assets/node.conf", "/nothing", "/k/nothing", "/k/event/nothing:at:all", "/?x=%zz"):
        status = browser.get(path).status
        assert status in (400, 404), (path, status)
    assert browser.get("/" + "x" * 20000).status in (414, 431, 400)


@test
def a_role_sees_the_kinds_that_the_table_of_access_gives_it_and_no_other(w):
    reading = {(row["role"], row["kind"]): row["allowed"] for row in w.region.selenga("access") if row["action"] == "read"}
    for name, role in (("anna", "coordinator"), ("oleg", "operator"), ("vera", "analyst")):
        browser = inside(w, name)
        listed = browser.get("/k").text
        for kind in [row["kind"] for row in w.region.selenga("kinds")]:
            reads = reading[role, kind]
            assert browser.get("/k/" + kind).status == (200 if reads else 403), (role, kind)
            assert (f'href="/k/{kind}"' in listed) == bool(reads), (role, kind)


@test
def a_role_sees_its_own_pages_only(w):
    for name, path, status in (("oleg", "/k/identity", 403), ("oleg", "/op/queues", 200), ("oleg", "/r/2024", 403), ("vera", "/k/identity", 403),
                               ("vera", "/op/quarantine", 403), ("vera", "/r/2024", 200), ("anna", "/op/queues", 200), ("vera", "/k/event/new", 403)):
        page = inside(w, name).get(path)
        assert page.status == status, (name, path)
        assert status == 200 or "does not answer" not in page.shown(), "a page that asked nothing says nothing of the node"
    assert 'href="/r"' not in inside(w, "oleg").get("/").text


@test
def bodies_and_heads_are_bounded(w):
    browser = inside(w)
    token = browser.get("/k/event/new").hidden()
    line = socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=patience(30))
    line.sendall(b"POST /k/event/new HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                 b"Content-Length: 1048577\r\n\r\n" % (browser.netloc.encode(), w.url.encode()))
    assert b" 413 " in line.recv(100)  # before any of it has come
    line.close()
    assert browser.post("/k/event/new", [*token, *(("a", "b") for _ in range(2000))]).status == 400
    assert browser.ask("POST", "/k/event/new", b"{}", {"Content-Type": "application/json", "Origin": w.url}).status == 415
    line = socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=patience(30))
    head = b"GET / HTTP/1.1\r\nHost: " + browser.netloc.encode() + b"\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"x" * 1000) for i in range(64))
    try:
        line.sendall(head + b"\r\n")
        answer = line.recv(100)
    except ConnectionError:
        answer = b""
    assert answer == b"" or b" 4" in answer[:13], answer
    line.close()
    assert browser.get("/").status == 200


@test
def slow_bodies_are_cut_and_nobody_else_waits(w):
    browser = inside(w)
    idle, drops = (socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=patience(60)) for _ in range(2))
    for line in (idle, drops):
        line.sendall(b"POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                     b"Content-Length: 100000\r\n\r\nname=a" % (browser.netloc.encode(), w.url.encode()))
    assert browser.get("/").status == 200

    def is_cut():
        try:
            drops.sendall(b"a")
            return False
        except ConnectionError:
            return True
    wait_until(is_cut, what="who sends drop by drop is cut")
    assert idle.recv(100) == b""  # nothing came for five seconds
    idle.close()
    drops.close()


@test
def too_many_connections_of_one_address_are_turned_away(w):
    port = urllib.parse.urlsplit(w.url).port
    lines = [socket.create_connection(("127.0.0.1", port), timeout=patience(30)) for _ in range(40)]

    def kept():
        n = 0
        for line in lines:
            line.setblocking(False)
            try:
                n += line.recv(1) != b""
            except BlockingIOError:
                n += 1
            except ConnectionError:
                pass
        return n
    wait_until(lambda: kept() <= 8, what="at most eight are kept")
    for line in lines:
        line.close()
    browser = Browser(w.url)

    def answers():
        try:
            return browser.get("/login").status == 200
        except OSError:
            return False
    wait_until(answers, what="the console answers again")


@test
def an_id_that_a_stranger_planted_is_not_taken(w):
    browser = Browser(w.url)
    browser.cookies["selenga"] = "1" * 64
    assert browser.get("/").status == 303
    browser.log_in("anna", PASSWORD)
    first = browser.cookies["selenga"]
    assert first != "1" * 64 and len(first) == 64
    browser.cookies = {"selenga": first}
    page = browser.get("/login")
    assert browser.post("/login", [*page.hidden("/login"), ("name", "anna"), ("password", PASSWORD)]).status == 303
    assert browser.cookies["selenga"] != first


@test
def who_logs_out_is_out(w):
    browser = inside(w)
    kept = dict(browser.cookies)
    answer = browser.post("/logout", [*browser.get("/").hidden("/logout"), ("then", "/k/event?find=x")])  # as the script does
    assert answer.status == 303 and answer.location == "/login?then=%2Fk%2Fevent%3Ffind%3Dx", answer.location
    browser.cookies = kept
    assert browser.get("/").status == 303


@test
def who_is_locked_is_out_at_the_next_page(w):
    once = w.region.selenga("account", "add", "ivan", "--role", "coordinator")["password"]
    browser = Browser(w.url)
    assert browser.log_in("ivan", once, PASSWORD).status == 303 and browser.get("/k").status == 200
    w.region.selenga("account", "lock", "ivan")
    answer = browser.get("/k")
    assert answer.status == 303 and answer.location == "/login"
    assert browser.log_in("ivan", PASSWORD).status == 403


@test
def another_address_than_this_computer_s_is_refused_at_the_start(w):
    node = w.node("open").init("04")
    node.conf.write_text(node.conf.read_text().replace("127.0.0.1:0", "0.0.0.0:0"))
    done = subprocess.run([world.BIN / "selenga-console", node.dir], capture_output=True, text=True, timeout=patience(60))
    assert done.returncode == 78 and "0.0.0.0 is open to other computers" in done.stderr, done


# --- headers and pages

@test
def every_answer_guards_itself(w):
    browser = inside(w)
    for path, status in (("/", 200), ("/nothing", 404), ("/assets/console.js", 200), ("/login", 200), ("/k", 200)):
        answer = browser.get(path)
        assert answer.status == status
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == ("no-cache" if "assets" in path else "no-store")
    answer = Browser(w.url).log_in("anna", PASSWORD)
    cookies = answer.headers.get_all("Set-Cookie")
    assert all("HttpOnly" in c and "SameSite=Strict" in c for c in cookies), cookies


@test
def every_page_has_its_language_and_one_heading(w):
    for lang in ("en", "ru"):
        browser = inside(w, lang=lang)
        browser.cookies.pop("selenga-lang")
        for path in ("/", "/k", "/k/event", "/k/event/new", "/op/queues", "/op/quarantine", "/op/exchange", "/r/2024", "/r/2023%2F24", "/login", "/nothing"):
            text = browser.get(path).text
            assert f'<html lang="{lang}">' in text and text.count("<h1>") == 1, (lang, path)


@test
def the_language_is_chosen_and_kept(w):
    browser = inside(w)
    page = browser.get("/k/event?find=x")
    fields = [*page.hidden("/language"), ("lang", "ru")]
    answer = browser.post("/language", fields)
    assert answer.status == 303 and answer.location == "/k/event?find=x"
    assert '<html lang="ru">' in browser.get("/").text


@test
def the_head_of_a_page_is_answered_without_the_page(w):
    answer = inside(w).ask("HEAD", "/k")
    assert answer.status == 200 and answer.text == "" and int(answer.headers["Content-Length"]) > 1000


@test
def a_planted_script_shows_as_text_everywhere(w):
    browser = inside(w)
    assert added(browser, code="E-14", title=PLANTED).status == 303
    for path in ("/k/event", "/k/event?sort=title", "/k/event/E-14", "/k/event/E-14/edit", "/k/event?find=" + urllib.parse.quote(PLANTED),
                 "/k/" + urllib.parse.quote(PLANTED, safe=""), "/k/event?" + urllib.parse.quote(PLANTED) + "=1", "/login?then=" + urllib.parse.quote(PLANTED)):
        text = browser.get(path).text
        assert "<script>alert" not in text and "<b>" not in text, path
    assert PLANTED in browser.get("/k/event/E-14").shown()


@test
def the_three_facts_stand_on_every_page(w):
    browser = inside(w)
    for path in ("/", "/k/event", "/op/queues"):
        shown = browser.get(path).shown()
        assert "written: everything" in shown and "no node above" in shown and "refused: nothing" in shown, path


@test
def while_a_service_is_silent_others_are_served(w):
    browser = inside(w)
    pid = w.region.pid("registry")
    os.kill(pid, signal.SIGSTOP)
    try:
        waits = threading.Thread(target=browser.get, args=("/k/event",))
        waits.start()
        for _ in range(3):
            assert Browser(w.url).get("/login").status == 200
        assert waits.is_alive()  # it waits for the node; the console does not
    finally:
        os.kill(pid, signal.SIGCONT)
    waits.join(patience(60))
    assert not waits.is_alive() and browser.get("/k/event").status == 200


@test
def a_service_that_is_gone_costs_a_sentence_and_no_session(w):
    browser = inside(w)
    w.region.kill("registry")

    def back():
        answer = browser.get("/k/event")
        assert answer.status == 200 or (answer.status == 503 and "<h1>Not now</h1>" in answer.text), (answer.status, answer.text)
        return answer.status == 200
    wait_until(back, what="the registry is back")


@test
def a_node_without_a_console_has_none(w):
    node = w.node("quiet").init("05")
    node.conf.write_text(node.conf.read_text().replace("127.0.0.1:0", ""))
    node.run()
    assert [row["program"] for row in node.view("node", "status")] == ["gate", "registry", "diagnostics", "routing", "reporting"]
    node.stop()


@test
def without_a_line_the_page_says_what_waits_and_afterwards_that_all_was_passed_on(w):
    w.region.put("organisation", {"code": "03-1", "parent": "03", "kind": "school", "name": "Школа 1"})
    school = w.node("school").join(w.region, "03-1").run()
    once = school.selenga("account", "add", "olga", "--role", "coordinator")["password"]
    browser = Browser(school.status("console")["url"])
    assert browser.log_in("olga", once, PASSWORD).status == 303
    wait_until(lambda: "passed on: everything" in browser.get("/").shown(), what="all is passed on")
    w.region.stop()
    page = browser.get("/k/event/new")
    answer = browser.post("/k/event/new", [*page.hidden(), *event(code="E-20", org="03-1")])
    assert answer.status == 303, answer.shown()
    wait_until(lambda: "passed on: not yet" in browser.get("/").shown(), what="the page says that something waits")
    shown = browser.get("/").shown()
    assert "written: everything" in shown and "Work on: nothing is lost." in shown, shown
    w.region.run()
    wait_until(lambda: "passed on: everything" in browser.get("/").shown(), what="all is passed on again")
    assert w.region.selenga("get", "event", "E-20")["org"] == "03-1"


world.main(scene)
