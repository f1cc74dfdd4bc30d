# SPDX-License-Identifier: Apache-2.0
"""What tests with liars share: a region with a hub and an honest school, a liar beside it, and looks at what changed."""
import json

import looks
import wire
from forge import NUMBERS, key_id, path, read
from rogue import Rogue
from wire import REGISTRY, message, sint
from world import SAMPLE, Late, wait_until

HUB, SCHOOL, LIAR = "03-08", "03-08-01", "03-08-02"
EVENT = 116


def scene(w, schools=(SCHOOL,), staff=True):
    """A region with its dictionaries, a hub, honest schools with staff."""
    nodes = w.tree(hubs=(HUB,), schools=schools)
    w.region, w.hub = nodes["03"], nodes[HUB]
    w.schools = [nodes[org] for org in schools]
    w.school = w.schools[0] if schools else None
    for org, node in nodes.items():
        node.org = org
    w.kinds = [k["number"] for k in w.selenga("--json", "kinds")]
    for sheet in ("competency", "programme", "event"):
        w.region.sheet(sheet, SAMPLE / "region" / f"{sheet}.csv")
    for org in schools if staff else ():
        nodes[org].sheet("staff", SAMPLE / f"school-{org}" / "staff.csv")
    w.said = 0
    w.settle()
    return w


def everything(w, node):
    """{id: bytes} of every living record of every kind that the node holds."""
    found, asked = {}, dict.fromkeys(w.kinds)
    while asked:
        requests = [(wire.LIST, kind // 100, message(f1=kind, f4=1000, f5=after)) for kind, after in asked.items()]
        more = {}
        for kind, answer in zip(asked, map(wire.parse, wire.ask_each(node.dir, requests))):
            assert answer[2] == [wire.RECORDS], answer
            page = wire.parse(answer.get(9, [b""])[0])
            found.update((wire.parse(data)[1][0], data) for data in page.get(1, []))
            if page.get(2, [b""])[0]:
                more[kind] = page[2][0]
        asked = more
    return found


def honest(w, node, liars=()):
    """What the node holds, without records of the liars' own subtrees."""
    homes = tuple(liar.path for liar in liars)
    return {rid: data for rid, data in everything(w, node).items() if not wire.parse(data)[NUMBERS["home"]][0].startswith(homes or b"\0")}


def brief(data):
    if data is None:
        return None
    r = read(data)
    body = b" ".join(v for values in wire.parse(r.get("body", b"")).values() for v in values if isinstance(v, bytes))
    return f"kind {r['kind']} {r['inc']}.{r['seq']}.{r['boot']:x} {'deleted' if 'deleted' in r else body.decode(errors='replace')[:60]}"


def difference(before, after):
    """Records that are not the same, for a message."""
    return [f"{brief(before.get(rid))} -> {brief(after.get(rid))}" for rid in before.keys() | after.keys() if before.get(rid) != after.get(rid)]


def event_fields(code, org, title="Семинар"):
    return {"kind": EVENT, "rid": key_id(EVENT, code), "org": org, "body": message(f1=code, f2="seminar", f3=title, f4=org, f5=sint(19700))}


def put_event(node, org, code, title="Семинар"):
    node.put("event", {"code": code, "kind": "seminar", "title": title, "org": org, "starts_on": "2024-01-10"})


def has_event(node, code, title=None):
    found = looks.held(node.dir, EVENT, key_id(EVENT, code))
    return found is not None and (title is None or wire.parse(read(found)["body"])[3] == [title.encode()])


def heard_out(w, liar, service=REGISTRY):
    """All that the liar offered has been read, and what is true behind it has gone its way."""
    w.said += 1
    code = f"TRUE-{w.said}"
    liar.offer(REGISTRY, **event_fields(code, liar.org))
    try:
        wait_until(lambda: liar.all_acked(service) and liar.all_acked())
    except Late:
        offered = {s: len(records) for s, records in liar.records.items()}
        raise Late(f"not in time: the hub has read all; of {offered} it has {liar.acked}, trouble {liar.troubles}") from None
    wait_until(lambda: has_event(w.region, code), what=f"{code} is at the region")
    return code


def settled(w):
    """A new record of the region is with everybody below, and a school's is with everybody above."""
    w.said += 1
    code = f"ALL-{w.said}"
    put_event(w.region, "03", code)
    for node in (w.hub, *w.schools):
        wait_until(lambda n=node: has_event(n, code), what=f"{code} is at {node.name}")
    for school in w.schools:
        mine = f"{code}-{school.name}"
        put_event(school, school.org, mine)
        wait_until(lambda m=mine: has_event(w.region, m), what=f"{mine} is at the region")


class Unchanged:
    """with Unchanged(w, liars): nothing outside the liars' subtrees changes at any honest node, beside what honest people write in
    settled() and the liars' own true words."""

    def __init__(self, w, *liars):
        self.w, self.liars = w, liars
        self.nodes = [w.region, w.hub, *w.schools]

    def __enter__(self):
        self.before = {n.name: honest(self.w, n, self.liars) for n in self.nodes}
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            settled(self.w)
            for node in self.nodes:
                after = honest(self.w, node, self.liars)
                codes = [rid for rid, data in after.items() if rid not in self.before[node.name] and b"ALL-" in data]
                found = difference(self.before[node.name], {rid: data for rid, data in after.items() if rid not in codes})
                assert not found, f"{node.name} changed, {len(found)} records: {found[:3]}"


def region_s_records(w, liar, kind=None):
    """What the region wrote and the liar was sent, as bytes."""
    where = {"home": path(w.region.path), **({"kind": kind} if kind else {})}
    def came():
        return {rid: data for s in range(1, 5) for rid, data in liar.held(s, **where).items()}
    return wait_until(came, what="the liar was sent the region's records")


def report(node, code, org="03", period="2024"):
    unit = node.selenga("report", "--period", period)
    return json.dumps([i for i in unit["indicators"] if i["code"] == code], sort_keys=True)


def stolen_child(world, node):
    """Whoever has the directory of a school is the school."""
    node.stop()
    return Rogue(stolen=node.dir).live()
