# SPDX-License-Identifier: Apache-2.0
"""What was refused above is told to its author, in his browser: which record, why, and what to do."""
import world
from browser import Browser
from inside import PASSWORD, event
from world import test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
ONE, OTHER = "03-1", "03-2"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n03,,ministry,Министерство\n{ONE},03,school,Первая\n{OTHER},03,school,Вторая\n")
    w.one = w.node("one").join(w.region, ONE).run()
    w.other = w.node("other").join(w.region, OTHER).run()
    wait_until(lambda: all(len(n.list("organisation")) == 3 for n in (w.one, w.other)))
    once = w.other.selenga("account", "add", "anna", "--role", "coordinator")["password"]
    w.anna = Browser(w.other.status("console")["url"], "ru")
    assert w.anna.log_in("anna", once, PASSWORD).status == 303
    return w


@test
def a_record_that_was_refused_above_is_told_where_it_was_written(w):
    w.one.put("event", {"code": "E-1", "kind": "seminar", "title": "Первый", "org": ONE, "starts_on": "2024-02-01"})
    wait_until(lambda: w.region.list("event"), what="the region has the first one's event")
    page = w.anna.get("/k/event/new")
    assert w.anna.post("/k/event/new", [*page.hidden(), *event(code="E-1", org=OTHER, title="Второй")]).status == 303
    wait_until(lambda: "отказано: 1" in w.anna.get("/").shown(), what="the line at the bottom says it")
    for path in ("/", "/op/quarantine"):
        page = w.anna.get(path)
        assert "Такой ключ уже у другой записи. Измените ту запись или выберите другой ключ" in page.shown(), page.shown()
        assert "KEY-TAKEN" not in page.shown() and 'href="/k/event/' in page.text.split("<main")[1], page.text
    assert [r["body"]["title"] for r in w.region.list("event")] == ["Первый"]


@test
def when_it_has_been_put_right_the_refusal_is_gone(w):
    page = w.anna.get("/k/event/E-1")
    assert w.anna.post("/k/event/E-1/delete", [*page.hidden("/k/event/E-1/delete"), ("reason", "такой уже есть")]).status == 303
    wait_until(lambda: "отказано: ничего" in w.anna.get("/").shown(), what="nothing is refused any more")
    page = w.anna.get("/k/event/new")
    assert w.anna.post("/k/event/new", [*page.hidden(), *event(code="E-2", org=OTHER, title="Второй")]).status == 303
    wait_until(lambda: len(w.region.list("event")) == 2, what="the region has both")
    assert "отказано: ничего" in w.anna.get("/").shown() and w.region.quarantine() == []


world.main(scene)
