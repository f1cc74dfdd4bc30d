# SPDX-License-Identifier: Apache-2.0
"""A browser that means harm, or no browser at all: what it sends is refused, fills no log, and nobody else notices."""
import concurrent.futures
import random
import socket
import urllib.parse

import world
from browser import FORM, Browser
from inside import PASSWORD, event, inside, scene
from patience import memory_kib
from world import patience, test, wait_until

world.without_quarantine()


def raw(w, data, source="127.0.0.1", wait=True):
    """The answer to these bytes, as far as there is one."""
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=patience(40), source_address=(source, 0)) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)  # else it waits fifteen seconds for more
            while wait and (more := line.recv(65536)):
                got += more
    except TimeoutError:
        raise
    except OSError:  # it is cut, as it may be
        pass
    return got


def head(w, method="GET", path="/login", more=b""):
    return b"%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n" % (method.encode(), path.encode(), w.url.split("//")[1].encode(), more)


def status(answer):
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else None


def unharmed(w):
    assert inside(w).get("/k").status == 200
    assert w.region.list("event") == []


@test
def bytes_that_are_no_request_are_ended_without_a_page(w):
    dice = random.Random(11)
    for i in range(60):
        answer = raw(w, dice.randbytes(dice.randrange(1, 400)) + b"\r\n\r\n", f"127.0.1.{i + 1}")
        assert status(answer) in (None, 400, 405, 413, 414, 421, 431, 501, 505), answer[:80]
    for line in (b"GET /login\r\n\r\n", b"GET http://evil.test/login HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /login HTTP/9.9\r\n\r\n",
                 b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(32), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        assert status(raw(w, line, "127.0.2.1")) != 200, line
    unharmed(w)


@test
def heads_of_any_size_and_number_are_refused(w):
    for more in (b"X: " + b"x" * 40000 + b"\r\n", b"".join(b"X-%d: 1\r\n" % i for i in range(4000)), b"Cookie: " + b"a=b; " * 9000 + b"\r\n",
                 b"Host: evil.test\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n"):
        assert status(raw(w, head(w, more=more) + b"abcdef")) in (None, 400, 413, 421, 431), more[:40]
    assert status(raw(w, head(w, path="/login?" + "a" * 20000))) in (None, 400, 414, 431)
    assert status(raw(w, head(w, path="/login?" + "&".join(f"a{i}=1" for i in range(1100))))) in (None, 400, 414)
    unharmed(w)


@test
def bodies_that_lie_about_their_size_or_their_kind_are_refused(w):
    browser = inside(w)
    fields = urllib.parse.urlencode([*browser.get("/k/event/new").hidden(), *event(code="E-H")]).encode()
    own = b"Origin: %s\r\nCookie: %s\r\n" % (w.url.encode(), "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode())
    form = b"Content-Type: %s\r\n" % FORM.encode()
    chunk = b"%x\r\n%s\r\n" % (len(fields), fields)
    big = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    for more, body in ((form + b"Transfer-Encoding: chunked\r\n", big * 17 + b"0\r\n\r\n"),
                       (form + b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffffff\r\n"),
                       (form + b"Transfer-Encoding: chunked\r\n", b"zz\r\n" + fields),
                       (form + b"Content-Length: 1048577\r\n", b"a" * 1048577),
                       (b"Content-Type: multipart/form-data\r\nContent-Length: 4\r\n", b"--x-"),
                       (b"Content-Type: multipart/form-data; boundary=\r\nContent-Length: 4\r\n", b"----"),
                       (b"Content-Type: multipart/form-data; boundary=" + b"b" * 3000 + b"\r\nContent-Length: 4\r\n", b"----"),
                       (b"Content-Type: text/plain\r\nContent-Length: %d\r\n" % len(fields), fields),
                       (b"Content-Length: %d\r\n" % len(fields), fields)):
        answer = raw(w, head(w, "POST", "/k/event/new", own + more) + body)
        assert status(answer) in (None, 400, 403, 413, 415, 422), (more[:60], answer[:80])
        unharmed(w)
    # One request in another one's body is no second request.
    assert raw(w, head(w, "POST", "/login", own + form + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") +
               b"0\r\n\r\n" + head(w, "POST", "/k/event/new", own + form + b"Content-Length: %d\r\n" % len(fields)) + fields).count(b"HTTP/1.1 303") == 0
    assert chunk and w.region.list("event") == []


@test
def a_request_that_says_two_lengths_is_refused_and_nothing_is_read_after_it(w):
    second = head(w, "GET", "/reach")
    for method, lengths in (("POST", (4, 5)), ("POST", (5, 4)), ("POST", (0, len(second))), ("POST", (4, 4)), ("GET", (0, len(second))), ("GET", (7, 8))):
        twice = b"".join(b"Content-Length: %d\r\n" % n for n in lengths)
        answer = raw(w, head(w, method, more=twice).replace(b"Connection: close\r\n", b"") + b"a=b&c=d"[:lengths[0]] + second)
        assert status(answer) == 400 and answer.count(b"HTTP/1.1 ") == 1, (method, lengths, answer[:200])
    one = raw(w, head(w, "POST", more=b"Content-Type: %s\r\nContent-Length: 3\r\n" % FORM.encode()) + b"a=b")
    assert status(one) == 403, one[:200]  # as before: it comes from nowhere
    unharmed(w)


@test
def a_session_that_somebody_else_chose_is_worth_nothing_before_and_after_the_log_in(w):
    browser = Browser(w.url)
    for planted in ("1" * 64, inside(w, "oleg").cookies["selenga-guest"], "", "../../etc/passwd", "a" * 5000):
        browser.cookies = {"selenga": planted}
        assert browser.get("/").status in (303, 400, 431), planted[:70]
    browser.cookies = {"selenga": "1" * 64, "selenga-guest": "2" * 64}
    assert browser.log_in("anna", PASSWORD).status == 303
    assert browser.cookies["selenga"] != "1" * 64


@test
def what_is_refused_a_thousand_times_is_told_once(w):
    lines = lambda: w.region.log("console").count("CONSOLE-REFUSED")
    for _ in range(3):
        inside(w).post("/k/event/new", event(code="E-X"), Origin="http://evil.test")
    before = lines()
    browser = Browser(w.url)
    for i in range(1000):
        assert browser.ask("POST", "/k/event/new", "a=b", {"Content-Type": FORM, "Origin": f"http://evil{i}.test"}).status == 403
    assert browser.get("/nothing").status in (303, 404)
    assert lines() - before <= 3, lines() - before
    unharmed(w)


@test
def heads_that_the_library_refuses_by_itself_leave_nothing_in_memory(w):
    console = int((w.region.dir / "run/console.pid").read_text())
    full = head(w, path="/login?" + "&".join(f"a{i}=1" for i in range(900)))

    def ask(i):
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(w.url).port), timeout=1, source_address=(f"127.0.4.{i % 30 + 1}", 0)) as line:
            try:
                line.sendall(full)
                line.recv(1)
            except OSError:  # no answer within a second, or cut
                pass

    ask(0)
    before = memory_kib(console, "RssAnon")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(400)))
    # Some 85 KiB of each were kept once.
    wait_until(lambda: memory_kib(console, "RssAnon") < before + 8 * 1024, what="it holds no more than before")
    unharmed(w)


world.main(scene)
