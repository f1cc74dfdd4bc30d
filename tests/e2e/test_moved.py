# SPDX-License-Identifier: Apache-2.0
"""An organisation moves to another hub: its computer joins again there, and what it writes holds from then on."""
import world
from world import SAMPLE, refused, test, wait_until

SCHOOL, FROM, TO = "03-08-01", "03-08", "03-01"
STAFF = "org,number,last_name,first_name,post,post_class,from\n" \
        f"{SCHOOL},1,Сойкина,Анна,учитель,pedagogue,2020-09-01\n{SCHOOL},2,Чижова,Ольга,учитель,pedagogue,2021-09-01\n"


def scene(w):
    nodes = w.tree(hubs=(FROM, TO), schools=(SCHOOL, "03-08-02"))
    w.region, w.old_hub, w.new_hub, w.school = nodes["03"], nodes[FROM], nodes[TO], nodes[SCHOOL]
    w.school.text("staff", STAFF)
    event(w.school, "M-1", "до переезда")
    w.settle()
    return w


def event(node, code, title):
    node.put("event", {"code": code, "kind": "seminar", "title": title, "org": SCHOOL, "starts_on": "2024-01-10"})


def title(node, code):
    return [r["body"]["title"] for r in node.list("event", "--where", f"code={code}")]


def nodes_of_the_school(node):
    return [(r["body"]["state"], r["home"]) for r in node.list("node") if r["body"]["org"] == SCHOOL]


def waits(node):
    return [(q["code"], q.get("kind")) for q in node.quarantine()]


def people(node):
    return {r["body"]["number"]: (r["home"], r["body"]["pseudonym"]) for r in node.list("person", "--org", SCHOOL)}


@test
def while_it_belongs_to_the_old_hub_the_new_one_does_not_invite_it(w):
    refused(1, w.new_hub.selenga, "node", "invite", "--org", SCHOOL, says="not in this part of the tree")


@test
def while_the_old_hub_has_not_revoked_it_the_region_says_so_and_keeps_its_node(w):
    body = [r["body"] for r in w.region.list("organisation") if r["body"]["code"] == SCHOOL][0]
    w.region.put("organisation", {**body, "parent": TO})
    for hub in (w.new_hub, w.old_hub):
        wait_until(lambda h=hub: [r for r in h.list("organisation") if r["body"].get("code") == SCHOOL and r["body"]["parent"] == TO],
                   what=f"{hub.name} hears that it moves")
    w.before = people(w.region)
    w.moved = w.node("moved").join(w.new_hub, SCHOOL)
    wait_until(lambda: ("NODE-ELSEWHERE", "node") in waits(w.region), what="the region shows that two claim to be its node")
    wait_until(lambda: ("NODE-ELSEWHERE", "node") in waits(w.new_hub), what="and so does the new hub")
    assert nodes_of_the_school(w.region) == [("active", w.old_hub.path)]
    assert "Revoke that one first" in world.spoken(w.new_hub, "quarantine", "list")


@test
def revoked_at_the_old_hub_it_is_the_new_one_s(w):
    w.old_hub.selenga("node", "revoke", SCHOOL, "--why", "переходит в другой район")
    wait_until(lambda: nodes_of_the_school(w.region) == [("active", w.new_hub.path)], what="the region has one node of it")
    wait_until(lambda: not w.region.quarantine() and not w.new_hub.quarantine(), what="nothing waits any more")
    w.school.stop()


@test
def what_it_writes_there_holds_at_the_region_in_the_place_of_what_it_wrote_before(w):
    w.nodes.remove(w.school)
    w.moved.run()
    wait_until(lambda: len(w.moved.records("organisation")) >= 14, what="it knows the organisations")
    w.moved.text("staff", STAFF)
    event(w.moved, "M-1", "после переезда")
    event(w.moved, "M-2", "новое")
    w.settle()
    assert title(w.region, "M-1") == ["после переезда"] and title(w.region, "M-2") == ["новое"]
    now = people(w.region)
    assert {number: home for number, (home, _) in now.items()} == {"1": w.moved.path, "2": w.moved.path}, now
    assert [p for _, p in now.values()] == [p for _, p in w.before.values()], "they are the same people"
    assert len(w.new_hub.list("identity", "--org", SCHOOL)) == 2
    for node in (w.region, w.old_hub, w.new_hub, w.moved):
        assert not node.quarantine(), (node.name, node.quarantine())


@test
def the_old_hub_s_word_of_before_brings_nothing_back(w):
    """Its store is read from the beginning; it still holds what the school wrote there."""
    w.region.stop()
    w.region.lose_store()
    w.region.run()
    for node, code in ((w.moved, "M-3"), (w.old_hub, "M-4")):
        org = SCHOOL if node is w.moved else FROM
        node.put("event", {"code": code, "kind": "seminar", "title": "после потери", "org": org, "starts_on": "2024-01-10"})
        wait_until(lambda c=code: title(w.region, c), what=f"all that {node.name} holds has been read again")
    assert nodes_of_the_school(w.region) == [("active", w.new_hub.path)]
    assert title(w.region, "M-1") == ["после переезда"]
    assert {home for home, _ in people(w.region).values()} == {w.moved.path}
    left = w.region.quarantine()  # what the old hub may say no more of an organisation that is not below it
    told = [(q["code"], q["kind"], q["from_org"]) for q in left]
    assert {(q["code"], q["from_org"]) for q in left} == {("ORG-FOREIGN", FROM)}, told
    w.region.selenga("quarantine", "discard", "--from", FROM, "--why", "школа перешла")
    assert not w.region.quarantine()


world.main(scene)
