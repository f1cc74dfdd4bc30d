# SPDX-License-Identifier: Apache-2.0
"""Where a record is: whose it is, whether the node above has it, and who refused it; in a browser and on a terminal."""
import world
from browser import Browser
from inside import PASSWORD
from world import refused, test, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
ONE, OTHER = "03-1", "03-2"


def event(code, org, **more):
    return {"code": code, "kind": "seminar", "title": "Семинар", "org": org, "starts_on": "2024-02-01", **more}


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n03,,ministry,Министерство\n{ONE},03,school,Первая\n{OTHER},03,school,Вторая\n")
    w.one = w.node("one").join(w.region, ONE).run()
    w.other = w.node("other").join(w.region, OTHER).run()
    wait_until(lambda: all(len(n.list("organisation")) == 3 for n in (w.one, w.other)))
    w.inside = {}
    for name, role, node in (("anna", "coordinator", w.other), ("vera", "analyst", w.other), ("olga", "regional", w.region)):
        once = node.selenga("account", "add", name, "--role", role)["password"]
        w.inside[name] = Browser(node.status("console")["url"], "ru" if name == "anna" else "en")
        assert w.inside[name].log_in(name, once, PASSWORD).status == 303
    return w


def trace(node, kind, ref):
    return node.selenga("trace", kind, ref)


@test
def who_may_not_read_a_record_does_not_see_where_it_is(w):
    w.other.text("staff", f"org,number,last_name,first_name,birth_date,post,post_class,from\n{OTHER},1,Юнова,Вера,1980-05-05,учитель,pedagogue,2000-09-01\n")
    assert w.inside["anna"].get(f"/k/identity/{OTHER}:1/trace").status == 200
    assert w.inside["vera"].get(f"/k/identity/{OTHER}:1/trace").status == 403
    assert Browser(w.inside["vera"].url).get(f"/k/identity/{OTHER}:1/trace").status == 303  # to the log-in


@test
def of_what_is_not_here_nothing_is_told(w):
    for path in ("/k/event/E-0/trace", "/k/nothing/E-0/trace"):
        assert w.inside["anna"].get(path).status == 404, path
    refused(1, w.other.selenga, "trace", "event", "E-0")
    refused(1, w.other.selenga, "trace", "nothing", "E-0")
    assert w.inside["anna"].post("/k/event/E-0/trace", []).status in (403, 405)


@test
def what_stays_at_home_does_not_go_up(w):
    found = trace(w.other, "identity", f"{OTHER}:1")
    assert (found["home"], found["home_org"], found["above"], found["above_org"]) == ("here", OTHER, "stays", "03"), found
    assert "туда запись не передаётся" in w.inside["anna"].get(f"/k/identity/{OTHER}:1/trace").shown()


@test
def what_waits_is_delivered_when_the_node_above_has_acknowledged_it(w):
    w.region.stop()
    wait_until(lambda: all(q["state"] == "offline" for q in w.other.queues(flow="up")), what="the line is known to be off")
    w.other.put("event", event("E-1", OTHER))
    found = trace(w.other, "event", "E-1")
    assert (found["home"], found["above"], found["line"]) == ("here", "waiting", "offline") and found["waiting"] >= 1, found
    page = w.inside["anna"].get("/k/event/E-1")
    assert 'href="/k/event/E-1/trace"' in page.text
    page = w.inside["anna"].get("/k/event/E-1/trace")
    assert "ждёт передачи: там её ещё нет" in page.shown() and "нет связи" in page.shown(), page.shown()
    w.region.run()
    wait_until(lambda: trace(w.other, "event", "E-1")["above"] == "delivered", what="the region has it")
    assert w.region.list("event")
    assert "передана: вышестоящий узел подтвердил" in w.inside["anna"].get("/k/event/E-1/trace").shown()
    found = trace(w.region, "event", "E-1")
    assert (found["home"], found["home_org"], found["above"]) == ("below", OTHER, "root"), found


@test
def a_change_waits_again_while_the_first_version_is_there(w):
    w.region.stop()
    w.other.put("event", event("E-1", OTHER, title="Другой"))
    assert trace(w.other, "event", "E-1")["above"] == "waiting"
    w.region.run()
    wait_until(lambda: trace(w.other, "event", "E-1")["above"] == "delivered")


@test
def what_the_region_writes_is_told_by_how_many_below_have_it(w):
    w.region.put("event", event("E-R", "03"))
    wait_until(lambda: trace(w.region, "event", "E-R")["below_have"] == 2, what="both schools have it")
    found = trace(w.other, "event", "E-R")
    assert (found["home"], found["home_org"], found["above"]) == ("above", "03", "came"), found
    w.inside["olga"] = Browser(w.region.status("console")["url"])
    assert w.inside["olga"].log_in("olga", PASSWORD).status == 303
    assert "2 of 2 have it" in w.inside["olga"].get("/k/event/E-R/trace").shown()


@test
def who_refused_it_is_told_with_the_reason(w):
    w.one.put("event", event("E-2", ONE))
    wait_until(lambda: any(r["body"]["code"] == "E-2" for r in w.region.list("event")), what="the region has the first one's")
    w.other.put("event", event("E-2", OTHER))
    wait_until(lambda: trace(w.other, "event", "E-2")["above"] == "refused", what="the refusal came back")
    assert [r["code"] for r in trace(w.other, "event", "E-2")["refused"]] == ["KEY-TAKEN"]
    page = w.inside["anna"].get("/k/event/E-2/trace")
    assert "там отказано" in page.shown() and "Такой ключ уже у другой записи" in page.shown(), page.shown()


@test
def a_terminal_is_told_the_same_in_words(w):
    said = w.selenga("--node", w.other.dir, "trace", "event", "E-2")
    assert "home: here, at the node of 03-2" in said and "above: refused there" in said and "refused: version" in said, said
    w.other.selenga("delete", "event", "E-2", "--why", "дважды")
    wait_until(lambda: trace(w.other, "event", "E-2")["above"] == "delivered", what="the deletion went the same way")
    assert "deleted by" in w.selenga("--node", w.other.dir, "trace", "event", "E-2")


world.main(scene)
