# SPDX-License-Identifier: Apache-2.0
"""A region whose console three people use: a coordinator, an operator, and an analyst, who works without names."""
import world
from browser import Browser

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
PASSWORD = "длинный пароль 1"
PLANTED = "<script>alert(1)</script> \"'&"


def scene(w):
    w.region = w.node("region").init("03", name="Регион <b>").run()
    w.url = w.region.status("console")["url"]
    for name, role in (("anna", "coordinator"), ("oleg", "operator"), ("vera", "analyst")):
        once = w.region.selenga("account", "add", name, "--role", role)["password"]
        answer = Browser(w.url).log_in(name, once, PASSWORD)
        assert answer.status == 303, (answer.status, answer.shown())
    return w


def inside(w, name="anna", lang="en"):
    browser = Browser(w.url, lang)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def event(**fields):
    return [("f." + k, v) for k, v in {"code": "E-1", "kind": "seminar", "title": "Семинар", "org": "03", "starts_on": "2024-02-01",
                                       **fields}.items()]


def added(browser, **fields):
    page = browser.get("/k/event/new")
    return browser.post("/k/event/new", [*page.hidden(), *event(**fields)])
