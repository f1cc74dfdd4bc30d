# SPDX-License-Identifier: Apache-2.0
"""A store is put back to an older copy, at a school, at a hub, at the region; or is gone altogether. The neighbours notice at the
next contact, and what any of them held comes back."""
import world
from forge import path
from wire import parse
from world import SAMPLE, refused, test, wait_until

SCHOOL, OTHER = "03-08-01", "03-08-02"
KINDS = ("organisation", "node", "person", "employment", "event", "programme", "campaign", "competency", "indicator", "scale")


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL, OTHER), lines=True)
    w.region, w.hub, w.school, w.other = nodes["03"], nodes["03-08"], nodes[SCHOOL], nodes[OTHER]
    for org in (SCHOOL, OTHER):
        nodes[org].sheet("staff", SAMPLE / f"school-{org}" / "staff.csv")
    w.region.sheet("competency", SAMPLE / "region" / "competency.csv")
    w.settle()
    return w


def event(node, org, code, title="Семинар"):
    node.put("event", {"code": code, "kind": "seminar", "title": title, "org": org, "starts_on": "2024-01-10"})


def title(node, code):
    found = node.list("event", "--where", f"code={code}")
    return found[0]["body"]["title"] if found else None


def whole(w):
    """Everything is settled, adds up, and is the same wherever it is held."""
    w.settle()
    w.conserved()
    for kind in KINDS:
        lists = {node.name: node.records(kind) for node in w.nodes}
        held = {}
        for name, records in lists.items():
            for rid, record in records.items():
                first = held.setdefault(rid, (name, record))
                assert first[1] == record, f"{first[0]} and {name} differ: {first[1]} {record}"
        if kind not in ("person", "employment", "event"):
            continue
        for school, org in ((w.school, SCHOOL), (w.other, OTHER)):
            at = {name: {rid for rid, r in records.items() if parse(r)[3] == [path(school.path)]} for name, records in lists.items()}
            for above in (w.hub, w.region):
                assert at[school.name] == at[above.name], f"{kind} of {org} at {above.name}"
    for node in w.nodes:
        wrong = [item for item in node.quarantine() if item["code"] != "CONFLICT"]
        assert not wrong, wrong


def conflicts(node):
    return [item for item in node.quarantine() if item["code"] == "CONFLICT"]


def store(node):
    return (node.dir / "store" / "registry" / "data.mdb").read_bytes()


@test
def what_a_restored_school_lacks_comes_back_by_itself(w):
    event(w.school, SCHOOL, "A-OLD", "до")
    w.settle()
    w.school.stop()
    copy = w.school.keep_store()
    w.school.run()
    event(w.school, SCHOOL, "A-NEW")
    event(w.school, SCHOOL, "A-OLD", "после")
    event(w.school, SCHOOL, "A-GONE")
    w.settle()
    w.school.selenga("delete", "event", "A-GONE", "--why", "test")
    w.settle()
    before = sorted(w.school.list("event"), key=str)
    w.school.stop()
    w.school.put_back(copy)
    w.school.run()
    whole(w)
    assert title(w.school, "A-NEW") == "Семинар" and title(w.school, "A-OLD") == "после"
    assert title(w.school, "A-GONE") is None and title(w.region, "A-GONE") is None
    assert sorted(w.school.list("event"), key=str) == before
    event(w.school, SCHOOL, "A-OLD", "ещё позже")
    whole(w)
    assert title(w.region, "A-OLD") == "ещё позже"


@test
def what_changed_on_both_sides_is_kept_and_shown(w):
    event(w.school, SCHOOL, "B", "начало")
    w.settle()
    w.school.stop()
    copy = w.school.keep_store()
    w.school.run()
    event(w.school, SCHOOL, "B", "в потерянной жизни")
    w.settle()
    w.school.line.down()
    w.school.stop()
    w.school.put_back(copy)
    w.school.run()
    event(w.school, SCHOOL, "B", "в новой жизни")
    event(w.school, SCHOOL, "B-2")
    w.school.line.up()
    whole(w)
    assert title(w.school, "B") == title(w.region, "B") == "в новой жизни"
    assert title(w.region, "B-2")
    # the other side's version is kept, under its own id, at the home and at whoever noticed
    assert all("в потерянной жизни".encode() in store(node) for node in (w.school, w.hub))
    shown = {node.name: [s["record"]["body"]["title"] for s in conflicts(node)] for node in (w.school, w.hub)}
    assert all("в потерянной жизни" in titles for titles in shown.values()), shown
    mine = next(s for s in conflicts(w.school) if s["at"] == "here")
    for above in [s for s in conflicts(w.school) if s["at"] != "here"]:
        refused(1, w.school.selenga, "quarantine", "discard", above["id"], "--why", "test", says="another node")
    for conflict in conflicts(w.school):
        if conflict["at"] == "here":
            w.school.selenga("quarantine", "discard", conflict["id"], "--why", "merged by hand")
    w.settle()
    for node in (w.school, w.hub, w.region):
        assert mine["id"] not in [s["id"] for s in conflicts(node)], node.name


@test
def a_restored_hub_is_given_back_what_it_passed_on(w):
    w.hub.stop()
    copy = w.hub.keep_store()
    w.hub.run()
    w.settle()
    event(w.hub, "03-08", "C-HUB", "своё")
    event(w.school, SCHOOL, "C-SCHOOL")
    event(w.region, "03", "C-REGION")
    w.settle()
    w.hub.stop()
    w.hub.put_back(copy)
    w.hub.run()
    whole(w)
    for node in w.nodes:
        assert title(node, "C-REGION"), node.name
        assert title(node, "C-HUB"), node.name
        assert node is w.other or title(node, "C-SCHOOL"), node.name


@test
def a_restored_hub_whose_region_was_down_gives_it_all_later(w):
    """What the hub alone had passed to nobody is the schools' still."""
    w.hub.stop()
    copy = w.hub.keep_store()
    w.hub.run()
    w.settle()
    w.region.stop()
    event(w.school, SCHOOL, "D-SCHOOL")
    event(w.other, OTHER, "D-OTHER")
    wait_until(lambda: title(w.hub, "D-SCHOOL") and title(w.hub, "D-OTHER"))
    w.hub.stop()
    w.hub.put_back(copy)
    w.hub.run()
    w.region.run()
    whole(w)
    assert title(w.region, "D-SCHOOL") and title(w.region, "D-OTHER")


@test
def a_restored_region_is_fed_again(w):
    w.region.stop()
    copy = w.region.keep_store()
    w.region.run()
    w.settle()
    event(w.region, "03", "E-REGION", "край")
    event(w.school, SCHOOL, "E-SCHOOL")
    w.region.text("organisation", "code,parent,kind,name\n03-08-05,03-08,school,Новая школа\n")
    w.settle()
    w.region.stop()
    w.region.put_back(copy)
    w.region.run()
    whole(w)
    assert title(w.region, "E-REGION") == "край" and title(w.region, "E-SCHOOL")
    assert [o for o in w.region.list("organisation") if o["org"] == "03-08-05"]


def loses_its_disk(w, node, kinds=KINDS):
    """An empty store in its place, the node's directory as it was: it becomes whole again, with the same versions."""
    before = {kind: sorted(node.list(kind), key=str) for kind in kinds}
    known = {s["id"] for s in conflicts(node)}
    node.stop()
    node.lose_store()
    node.run()
    whole(w)
    for kind, records in before.items():
        assert sorted(node.list(kind), key=str) == records, kind
    fresh = [s for s in conflicts(node) if s["id"] not in known]
    assert not fresh, fresh


@test
def a_hub_whose_disk_died_becomes_whole_without_anybody_s_help(w):
    event(w.hub, "03-08", "F-HUB")
    w.settle()
    loses_its_disk(w, w.hub, (*KINDS, "identity"))
    event(w.hub, "03-08", "F-AFTER")
    event(w.school, SCHOOL, "F-SCHOOL")
    whole(w)
    assert title(w.region, "F-AFTER") and title(w.other, "F-AFTER") and title(w.region, "F-SCHOOL")


@test
def a_school_whose_disk_died_becomes_whole_without_anybody_s_help(w):
    event(w.school, SCHOOL, "H-SCHOOL")
    w.settle()
    loses_its_disk(w, w.school, (*KINDS, "identity"))
    event(w.school, SCHOOL, "H-AFTER")
    whole(w)
    assert title(w.region, "H-AFTER")


def file_is_written(node, *things):
    """What a node keeps beside its store is about a second behind it."""
    def there():
        data = (node.dir / "admitted").read_bytes() if (node.dir / "admitted").exists() else b""
        return all(thing.encode() in data for thing in things)
    wait_until(there, what=f"{node.name} has written down whom it admitted")


@test
def a_region_whose_disk_died_lets_its_children_in_and_becomes_whole(w):
    """Its own records about its children are nobody else's: the node's directory has them."""
    event(w.region, "03", "I-REGION")
    w.region.put("indicator", {**w.region.list("indicator")[0]["body"], "title": "Исправлено аналитиком"})
    w.region.text("organisation", "code,parent,kind,name\n03-02,03,municipal_authority,Второй округ\n")
    w.settle()
    token = w.region.token("03-02")
    file_is_written(w.region, "03-08", "03-02")
    loses_its_disk(w, w.region)
    assert [i for i in w.hub.list("indicator") if i["body"]["title"] == "Исправлено аналитиком"]
    w.late = w.node("hub-03-02")
    w.late._join(token, listen=True)
    w.late.run()
    event(w.region, "03", "I-AFTER")
    event(w.school, SCHOOL, "I-SCHOOL")
    whole(w)
    assert title(w.school, "I-AFTER") and title(w.region, "I-SCHOOL")
    refused(1, w.node("thief")._join, token)  # what was used once stays used
    w.nodes.pop()


@test
def a_region_restored_to_before_a_change_of_its_children_knows_it(w):
    w.region.stop()
    copy = w.region.keep_store()
    w.region.run()
    w.region.selenga("node", "revoke", "03-02", "--why", "ключ украден")
    new = w.node("hub-03-01").join(w.region, "03-01", listen=True).run()
    w.late.stop()
    w.nodes.remove(w.late)
    w.settle()
    file_is_written(w.region, "03-01", "ключ украден")
    w.region.stop()
    w.region.put_back(copy)
    w.region.run()
    event(new, "03-01", "J-NEW")
    whole(w)
    assert title(w.region, "J-NEW")
    assert [l["state"] for l in w.region.links("child") if l["org"] == "03-02"] == ["revoked"], w.region.links()
    new.stop()
    w.nodes.remove(new)


@test
def all_three_levels_restored_at_once(w):
    w.settle()
    levels = (w.school, w.hub, w.region)
    for node in levels:
        node.stop()
    copies = [node.keep_store() for node in levels]
    for node in reversed(levels):
        node.run()
    event(w.other, OTHER, "G-OTHER")
    event(w.school, SCHOOL, "G-SCHOOL")
    w.settle()
    for node in levels:
        node.stop()
    # the school keeps its present store; what only the two above had seen is written again from it
    for node, copy in list(zip(levels, copies))[1:]:
        node.put_back(copy)
    for node in reversed(levels):
        node.run()
    whole(w)
    assert title(w.region, "G-OTHER") and title(w.region, "G-SCHOOL")


world.main(scene)
