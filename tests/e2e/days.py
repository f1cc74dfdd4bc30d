# SPDX-License-Identifier: Apache-2.0
"""What the days of people share: a region, a hub and a school with the sample's people, accounts, and a person at a browser, each
screen of whom is looked at and kept in build/PRESET/screens/days."""
import re
from pathlib import Path

import world
from browser import Browser
from chromium import Chromium
from inside import PASSWORD
from looked import seen
from patience import Late, free_port
from world import SAMPLE, wait_until

SCHOOL, HUB, REGION = "03-08-01", "03-08", "03"
TEACHER = f"{SCHOOL}:5"
SHEETS = {"region": ("organisation", "staff", "competency", "programme", "programme-run", "campaign", "event"),
          "hub-03-08": ("staff", "campaign", "event"),
          "school-03-08-01": ("staff", "event", "mentoring-pair", "mentoring-meeting", "result", "attendance")}


def node(w, name):
    """Its console has an address that a restart does not change."""
    world.QUICK["console"] = {"listen": f"127.0.0.1:{free_port()}"}
    return w.node(name)


def fill(which, folder):
    for sheet in SHEETS[folder]:
        which.sheet(sheet, SAMPLE / folder / f"{sheet}.csv")


def account(which, name, role, *more):
    """Its password is PASSWORD."""
    once = which.selenga("account", "add", name, "--role", role, *more)["password"]
    assert Browser(which.status("console")["url"]).log_in(name, once, PASSWORD).status == 303, name


def scene(w):
    w.region = node(w, "region").init(REGION, name="Министерство образования").run()
    fill(w.region, "region")
    w.hub = node(w, "hub").join(w.region, HUB, listen=True).run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 14 and len(w.hub.list("competency")) > 5, what="the hub has the common lists")
    fill(w.hub, "hub-03-08")
    w.school = node(w, "school").join(w.hub, SCHOOL).run()
    wait_until(lambda: len(w.school.list("campaign")) == 2 and len(w.school.list("programme")) > 5 and len(w.school.list("competency")) > 5
               and len(w.school.list("event")) > 3, what="the school has the common lists")
    fill(w.school, "school-03-08-01")
    wait_until(lambda: w.school.list("deficit"), what="needs follow from the results")
    w.settle()
    w.region.text("methodist", f"code,person,act,from,subjects\nM-01,{SCHOOL}:8,Приказ,2022-01-10,математика;физика\n"
                  f"M-02,{HUB}:2,Приказ,2023-02-01,начальные классы\n")
    w.region.text("assignment", f"methodist,person,from,to\nM-01,{SCHOOL}:6,2024-02-01,\nM-01,{SCHOOL}:7,2024-02-01,\n")
    for which, name, role in ((w.school, "anna", "coordinator"), (w.hub, "boris", "methodist"), (w.region, "rita", "regional"),
                              (w.region, "vera", "analyst"), (w.region, "oleg", "operator")):
        account(which, name, role)
    w.settle()
    w.chromium = Chromium(Path(w.dir) / "chromium")
    return w


class Day:
    """A person at a node's console, from log-in to log-out. What is wrong with any screen is told at the end of the day, all of
    it."""

    def __init__(self, w, which, name, size=(1280, 1024, 1), password=PASSWORD, new=None):
        self.c, self.node, self.name, self.faults, self.n = w.chromium, which, name, [], 0
        self.url = self.c.url = which.status("console")["url"]
        self.c.cdp("Network.clearBrowserCookies")
        self.c.size(*size)
        self.see("/", "log-in")
        self.log_in(password)
        if new:
            self.look("own-password")
            self.write(password=password, new_password=new, repeated=new)
            self.press("Войти")
        assert self.c.path == "/", (self.c.path, self.c.text())

    def log_in(self, password=PASSWORD):
        self.write(name=self.name, password=password)
        self.press("Войти")

    # --- what he does

    def see(self, path, what):
        self.c.go(path)
        return self.look(what)

    def write(self, **fields):
        for name, text in fields.items():
            field = self.c.driver.find_element("css selector", f'[name="{name.replace("__", ".")}"]:not([type=hidden])')
            field.clear()
            field.send_keys(text)

    def press(self, words, what=None):
        """The first button or link with these words, pressed as with a mouse; then comes its page."""
        found = self.c.driver.find_elements("xpath", f"//main//button[contains(., '{words}')] | //main//a[contains(., '{words}')] | "
                                                     f"//nav//a[contains(., '{words}')] | //header//button[contains(., '{words}')]")
        assert found, f"{words!r} is nothing to press on {self.c.path}:\n{self.text}"
        old = self.c.driver.find_element("css selector", "html")
        self.c.js("arguments[0].scrollIntoView({block: 'center'})", found[0])
        found[0].click()
        self.c.until(lambda: self.c._is_over(old))
        return self.look(what) if what else self.text

    def tick(self, name, value):
        self.c.driver.find_element("css selector", f'input[name="{name}"][value="{value}"]').click()

    def log_out(self):
        self.press("Выйти", "logged-out")
        assert self.c.path.startswith("/login"), self.c.path
        self.c.go("/")
        assert self.c.path.startswith("/login"), "the session is over"
        self.c.size(1280, 1024)
        self.c.note()
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))
        assert not self.c.violations, self.c.violations

    # --- what he sees

    @property
    def text(self):
        return self.c.text()

    @property
    def facts(self):
        """The line at the bottom, asked anew."""
        self.c.driver.refresh()
        return self.c.driver.find_element("css selector", "#facts").text

    def look(self, what):
        self.n += 1
        self.c.screen(f"days/{self.name}-{self.n:02}-{what}")
        self.faults += [f"{self.name} {self.n:02} {what} {self.c.path}: {fault}" for fault in seen(self.c)]
        return self.text

    def comes(self, condition, what):
        """Looks at the page again and again until it says so; the line at the bottom is true within a few seconds."""
        def again():
            self.c.driver.refresh()
            return condition(self.text)
        try:
            wait_until(again, what=what)
        except Late as late:
            raise Late(f"{late}; {self.c.path}:\n{self.text}") from None

    def comes_by_itself(self, words):
        self.c.until(lambda: words in self.text)

    def shows(self, *words):
        text = self.text
        for word in words:
            assert word in text, f"{word!r} is not on {self.c.path}:\n{text}"
        return text

    def no(self, pattern):
        found = re.search(pattern, self.text)
        assert not found, f"{found[0]!r} is on {self.c.path}"
