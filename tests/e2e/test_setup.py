# SPDX-License-Identifier: Apache-2.0
"""A computer without a node: it is made in a browser, by who can read the terminal, whole or not at all."""
import fcntl
import os
import pty
import re
import signal
import subprocess
import termios

import world
from browser import Browser
from chromium import Chromium
from inside import PASSWORD
from patience import BIN, free_port, wait_until
from world import Refused, main, test

world.QUICK["console"] = {"listen": "127.0.0.1:0"}


class Setup:
    """`selenga node setup` of a folder, and its page."""

    def __init__(self, w, name="region"):
        self.w, self.node = w, w.node(name)
        self.dir, self.mark = self.node.dir, self.node.dir.with_name(name + ".setup")
        self.start()

    def start(self):
        self.said = self.w.dir / f"{self.node.name}.said"
        self.node.out = self.w.dir / f"{self.node.name}.out"
        with self.said.open("w") as err, self.node.out.open("w") as out:
            self.node.process = subprocess.Popen([BIN / "selenga", "node", "setup", self.dir], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                                 start_new_session=True, preexec_fn=world._die_with_parent)
        self.url = wait_until(lambda: re.search(r"open (\S+)/setup", self.said.read_text()), what="the page is open")[1]
        return self

    def end(self, how=signal.SIGTERM):
        self.node.process.send_signal(how)
        code = self.node.process.wait(30)
        self.node.process = None
        return code

    @property
    def code(self):
        return self.mark.read_text()

    def browser(self, lang="en"):
        return Browser(self.url, lang)

    def traces(self):
        """What lies beside and in the folder."""
        return sorted(p.name for p in self.w.dir.iterdir() if p.name.startswith(self.node.name) and p.suffix not in (".said", ".out"))


def send(browser, act, code, **fields):
    page = browser.get(f"/setup?as={act}")
    hidden = page.hidden("/setup") if 'action="/setup"' in page.text else browser.get("/setup?as=new").hidden("/setup")
    return browser.post("/setup", [*{**dict(hidden), "act": act}.items(), ("code", code), *fields.items()])


def came_of(browser):
    """The page when the command has ended."""
    def ended():
        page = browser.get("/setup")
        return None if "being made" in page.shown() or "создаётся" in page.shown() else page
    return wait_until(ended, what="the command has ended")


def tried(browser, act, code, **fields):
    answer = send(browser, act, code, **fields)
    assert answer.status == 303 and answer.location.startswith("/setup"), answer.shown()
    return came_of(browser)


def phrase_of(page):
    return re.search(r'<p class="code">([^<]*)</p>', page.text)[1]


def go(browser, fields):
    assert browser.post("/setup", fields).status == 303


NEW = {"org": "03", "level": "region", "name": "Управление", "listen": ""}


# --- refusals

@test
def a_folder_that_holds_something_else_is_not_offered(w):
    folder = w.dir / "papers"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear colleagues")
    try:
        w.selenga("node", "setup", folder)
    except Refused as error:
        assert error.code == 1 and "not empty" in str(error), error
    else:
        raise AssertionError("a folder of papers was taken")
    assert [p.name for p in folder.iterdir()] == ["letter.txt"] and not folder.with_name("papers.setup").exists()


@test
def without_the_code_no_node_is_made(w):
    setup = Setup(w)
    browser = setup.browser()
    for code in ("", "xxxx-xxxx-xxxx"):
        answer = send(browser, "new", code, **NEW)
        assert answer.status == 403 and "not the code" in answer.shown(), answer.shown()
        assert "Управление" in answer.text  # what was typed is not lost
    waits = [send(browser, "new", "xxxx-xxxx-xxxx", **NEW) for _ in range(3)][-1]
    assert waits.status == 403 and "too many attempts" in waits.shown(), waits.shown()
    assert setup.code not in setup.said.read_text() and "region.setup" in setup.said.read_text()
    assert setup.mark.stat().st_mode & 0o777 == 0o600
    assert setup.end() == 0 and setup.traces() == []


@test
def a_form_from_elsewhere_makes_no_node_and_nothing_else_is_there(w):
    setup = Setup(w)
    browser = setup.browser()
    fields = [*browser.get("/setup?as=new").hidden("/setup"), ("code", setup.code), *NEW.items()]
    assert browser.post("/setup", fields, Origin="http://evil.test").status == 403
    assert setup.browser().post("/setup", fields).status == 403  # without the guest's cookie
    assert setup.browser().get("/setup", Host="evil.test").status == 421
    for path in ("/", "/login", "/first", "/metrics", "/k/person", "/op/accounts"):
        assert setup.browser().get(path).location == "/setup?lang=en", path
    assert browser.post("/first", fields).status == 404
    assert setup.browser().get("/assets/console.css").status == 200
    assert setup.end() == 0 and setup.traces() == []


@test
def what_the_command_line_refuses_is_refused_in_its_words(w):
    setup = Setup(w)
    for wish, words in (({"org": ""}, "Say which organisation"), ({"org": "0" * 300}, "too long"),
                        ({"org": "a;b"}, "cannot be the code"), ({"name": "two\nlines"}, "in one line"),
                        ({"level": "village"}, "there is no level"), ({"listen": "udp://x"}, "tcp://HOST:PORT")):
        browser = setup.browser()
        answer = send(browser, "new", setup.code, **{**NEW, **wish})
        page = came_of(browser) if answer.status == 303 else answer
        assert words in page.shown() and "--help" not in page.shown(), page.shown()
        assert "name" in wish or "Управление" in page.text
        assert setup.traces() == ["region.setup"], setup.traces()
    browser = setup.browser("ru")
    page = tried(browser, "new", setup.code, **{**NEW, "org": "<b>:"})
    assert "не может быть кодом" in page.shown() and "&lt;b&gt;" in page.text and "<b>" not in page.text, page.shown()
    assert setup.end() == 0 and setup.traces() == []


@test
def a_token_that_is_none_or_used_leaves_nothing(w):
    hub = w.node("hub").init("03").run()
    hub.put("organisation", {"code": "03-08", "name": "Округ", "kind": "municipal_authority", "parent": "03"})
    token = hub.token("03-08")
    w.node("other")._join(token)
    setup = Setup(w, "school")
    for wrong, words in (("", "Paste the token"), ("selenga1.abc", "is damaged"), (token[:-4], "is damaged"), ("hello", "not an invitation"), (token, "already used")):
        browser = setup.browser()
        answer = send(browser, "join", setup.code, invitation=wrong, name="", listen="")
        page = came_of(browser) if answer.status == 303 else answer
        assert words in page.shown(), page.shown()
        assert setup.traces() == ["school.setup"], setup.traces()
    assert setup.end() == 0 and setup.traces() == []


@test
def who_ends_it_while_the_hub_is_silent_has_no_half_node_and_the_same_token_still_joins(w):
    hub = w.node("hub").init("03").run()
    hub.put("organisation", {"code": "03-08", "name": "Округ", "kind": "municipal_authority", "parent": "03"})
    token = hub.token("03-08")
    hub.stop()
    setup = Setup(w, "school")
    browser = setup.browser()
    assert send(browser, "join", setup.code, invitation=token, name="", listen="").status == 303
    page = browser.get("/setup")
    assert "being made" in page.shown() and 'http-equiv="refresh"' in page.text and token not in page.text
    assert "Type the code" in setup.browser().get("/setup").shown()
    wait_until((w.dir / "school.joining" / "token").exists, what="the key is kept")
    assert setup.end() == 0 and setup.traces() == ["school.joining"]  # the key that this token will join with
    hub.run()
    setup.start()
    page = tried(setup.browser(), "join", setup.code, invitation=token, name="", listen="")
    assert len(phrase_of(page).split()) == 34 and setup.traces() == ["school", "school.setup"]


@test
def the_phrase_is_for_who_has_the_code_alone(w):
    setup = Setup(w)
    browser, stranger = setup.browser(), setup.browser()
    page = tried(browser, "new", setup.code, **NEW)
    phrase = phrase_of(page)
    shown = stranger.get("/setup")
    assert phrase not in shown.text and "Type the code" in shown.shown()
    hidden = dict(shown.hidden("/setup"))
    go(stranger, [*{**hidden, "act": "go"}.items()])  # without the code: nothing goes on
    assert phrase not in stranger.get("/setup").text
    assert send(stranger, "resume", "xxxx-xxxx-xxxx").status == 403
    assert setup.mark.exists() and phrase_of(browser.get("/setup")) == phrase
    assert phrase not in setup.said.read_text()


@test
def two_first_starts_of_one_folder_are_one(w):
    setup = Setup(w)
    try:
        w.selenga("node", "setup", setup.dir)
    except Refused as error:
        assert "open already" in str(error), error
    else:
        raise AssertionError("both are open")
    assert setup.browser().get("/setup").status == 200 and setup.mark.exists()


@test
def on_a_terminal_the_code_is_shown_and_ctrl_c_leaves_nothing(w):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BIN / "selenga", "node", "setup", w.dir / "region"], stdin=theirs, stdout=theirs, stderr=theirs,
                               start_new_session=True, preexec_fn=lambda: (world._die_with_parent(), fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)))
    os.close(theirs)
    said = b""
    while not said.endswith(b"\n"):
        said += os.read(ours, 4096)
    url, code = re.search(r"open (\S+)/setup .* the code (\S+)\r\n", said.decode()).groups()
    assert send(Browser(url), "resume", code).status == 303 and code == (w.dir / "region.setup").read_text()
    os.write(ours, b"\x03")
    assert process.wait(30) == 0 and not list(w.dir.glob("region*"))
    os.close(ours)


# --- the five steps

@test
def a_region_is_made_its_phrase_printed_and_the_browser_goes_on_to_the_operator(w):
    setup = Setup(w)
    browser, port, code = setup.browser("ru"), free_port(), setup.code
    choice = browser.get("/setup")
    assert "Новый регион" in choice.shown() and 'aria-current="step"' in choice.text
    page = tried(browser, "new", code, **{**NEW, "listen": f"tcp://127.0.0.1:{port}"})
    phrase = phrase_of(page)
    assert len(phrase.split()) == 34 and setup.dir.is_dir()
    english = phrase_of(browser.get("/setup?lang=en"))
    assert english != phrase and w.selenga("--node", setup.dir, "node", "key", "phrase", "--yes").strip() == english
    go(browser, page.hidden("/setup"))
    setup.node.ready()
    first = wait_until(lambda: (at := browser.get("/setup")).status == 303 and at.location.startswith("/first") and browser.get(at.location),
                       what="the node has begun")  # where the browser was
    assert "Управление" in first.shown() and 'aria-current="step"' in first.text
    answer = browser.post("/first", [*first.hidden("/first"), ("code", code), ("name", "petrova"), ("new_password", PASSWORD),
                                     ("repeated", PASSWORD)])  # one code for all
    assert answer.status == 200 and 'class="steps"' in answer.text, answer.shown()
    assert browser.log_in("petrova", PASSWORD).status == 303
    assert 'class="steps"' in browser.get("/reach?first").text and 'class="steps"' not in browser.get("/reach").text
    assert browser.get("/setup").location.startswith("/login")
    assert not setup.mark.exists() and f'listen = "tcp://127.0.0.1:{port}"' in setup.node.conf.read_text()
    assert setup.node.status("console")["url"] == setup.url


@test
def in_chromium_with_the_script_off_somebody_goes_from_the_first_page_to_the_log_in(w):
    setup = Setup(w)
    chrome, code = Chromium(w.dir / "chromium"), setup.code
    chrome.url = setup.url

    def looked(name):
        chrome.scripts(True)
        assert chrome.faults() == [] and chrome.too_wide() <= 0, name
        for width, height in ((360, 740), (1024, 768)):
            chrome.size(width, height)
            assert chrome.too_wide() <= 0, (name, width)
            chrome.screen(f"{name}-{width}")
        assert len(chrome.driver.page_source) < 60000
        chrome.scripts(False)

    def typed(**values):
        for name, value in values.items():
            field = chrome.driver.find_element("name", name)
            field.clear()
            field.send_keys(value)
    chrome.go("/")
    chrome.click("a[href*='as=join']")
    looked("setup-join")
    chrome.go("/setup?as=new")
    typed(code=code, org="03", name="Управление", listen="нигде")
    chrome.click("button.main")
    chrome.until(lambda: "tcp://HOST:PORT" in chrome.driver.find_element("css selector", "[role=alert]").text)
    assert chrome.driver.find_element("name", "name").get_attribute("value") == "Управление"
    looked("setup-refused")
    typed(code=code, listen="")
    chrome.click("button.main")
    chrome.until(lambda: "Фраза восстановления узла" in chrome.text())
    looked("setup-phrase")
    phrase = chrome.driver.find_element("css selector", ".sheet .code").text
    chrome.pdf(w.file("phrase.pdf"))
    printed = subprocess.run(["pdftotext", "-layout", w.file("phrase.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert " ".join(phrase.split()) in " ".join(printed.split()) and "запустить узел" not in printed, printed
    chrome.click("button.main")
    chrome.until(lambda: chrome.path.startswith("/first"))  # by itself, through the end of one program and the start of six
    typed(code=code, name="petrova", new_password=PASSWORD, repeated=PASSWORD)
    chrome.click("button.main")
    looked("setup-sheet")
    chrome.click("a[href='/login']")
    typed(name="petrova", password=PASSWORD)
    chrome.click("button.main")
    assert "Учётные записи" in chrome.text()
    chrome.note()
    assert chrome.violations == [] and all(a.startswith(setup.url) or a.startswith("data:") for a in chrome.asked), chrome.asked
    chrome.close()


@test
def a_school_joins_by_its_token_and_is_connected(w):
    hub = w.node("hub").init("03").run()
    hub.put("organisation", {"code": "03-08", "name": "Округ", "kind": "municipal_authority", "parent": "03"})
    setup = Setup(w, "school")
    browser, token = setup.browser(), hub.token("03-08")
    page = tried(browser, "join", setup.code, invitation=f"  {token} ", name="", listen="")
    assert len(phrase_of(page).split()) == 34 and token not in page.text
    go(browser, page.hidden("/setup"))
    setup.node.ready()
    wait_until(lambda: [link["state"] for link in setup.node.links("parent")] == ["up"],
               what="the school is connected")


@test
def what_was_broken_off_goes_on_where_it_was(w):
    setup = Setup(w)
    phrase = phrase_of(tried(setup.browser(), "new", setup.code, **NEW))
    before = setup.code
    setup.end(signal.SIGKILL)
    setup.start()
    assert setup.code != before
    browser = setup.browser()
    assert phrase not in browser.get("/setup").text
    page = tried(browser, "resume", setup.code)
    assert phrase_of(page) == phrase
    go(browser, page.hidden("/setup"))
    setup.node.ready()
    setup.node.stop()
    setup.node.process = None
    again = w.node("region")
    with (w.dir / "again.out").open("w") as out:
        again.process = subprocess.Popen([BIN / "selenga", "node", "setup", setup.dir], stdin=subprocess.DEVNULL, stdout=out,
                                         stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=world._die_with_parent)
    again.out = w.dir / "again.out"
    again.ready()  # the same command starts the node


main()
