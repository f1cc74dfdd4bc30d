# SPDX-License-Identifier: Apache-2.0
"""A hostile child against its share of the hub's quarantine: its own feed stops and says why, and nobody else notices; the
operator counts and discards by neighbour, and the feed goes on by itself."""
import ctypes
import time

import wire
import world
from feeds import chain
from rogue import Rogue, key_id
from wire import REGISTRY, message, sint
from world import patience, refused, test, wait_until

ORG, OTHER = "03-08-02", "03-08-01"
CONFLICT, VERDICT, EVENT = 1, 3, 116
SHARE, SLICE, FLOOD = 2000, 1000, 4500
MIB = 1 << 20


class Flooder(Rogue):
    """Pushes compressed slices, each within the credit, whatever it is told."""
    trouble = None  # with which the hub gave no credit

    def __init__(self, token):
        super().__init__(token)
        self.verdicts = set()  # what those that came down are about

    def push(self, service, session, after):
        records = self.records[service][after:after + SLICE]
        data = wire.entries(records)
        packed = zstd(data)
        self.feed(wire.PUSH, service, message(f1=("f8", session), f2=after, f3=after + len(records), f4=chain(after + len(records)),
                                              f5=len(records), f6=1, f7=len(data), f8=packed))

    def serve(self, until, deadline_s=30):
        """Connects anew: whoever says nothing while the test does something else is taken for gone."""
        self.close()
        self.connect()
        super().serve(until, deadline_s)

    def _keep(self, service, body):
        super()._keep(service, body)
        for data in self.received[service]:
            r = wire.parse(data)
            if r[2] == [VERDICT] and 10 in r:
                self.verdicts.add(wire.parse(r[10][0])[1][0])
        self.received[service] = []

    def take(self, envelope):
        if envelope[2][0] == wire.PULL and envelope[3][0] == REGISTRY:
            pull = wire.parse(envelope[9][0])
            if pull[3] == [0]:
                self.trouble = pull.get(9, [b""])[0].decode()
        super().take(envelope)


def zstd(data):
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_compress.restype = lib.ZSTD_compressBound.restype = ctypes.c_size_t
    room = lib.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = lib.ZSTD_compress(out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)), 1)
    return out.raw[:size]


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(OTHER,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[OTHER]
    w.rogue = Flooder(w.hub.token(ORG)).connect()
    w.n = 0
    return w


def event(code, org=ORG):
    body = message(f1=code, f2="seminar", f3="Семинар", f4=org, f5=sint(19700))
    return {"kind": EVENT, "rid": key_id(EVENT, code), "org": org, "body": body}


def paused(w):
    rows = w.hub.queues(flow="down", peer=ORG, service="registry")
    return rows[0]["paused"] if rows else None


def waiting(w, **where):
    rows = w.hub.selenga("quarantine", "summary")
    return sum(r["items"] for r in rows if all(r[k] == v for k, v in where.items()))


def store_bytes(w):
    return (w.hub.dir / "store" / "registry" / "data.mdb").stat().st_blocks * 512


def sibling_gets_through(w):
    """Its record is at the region; how long that took."""
    w.n += 1
    begun = time.monotonic()
    w.school.put("event", {"code": f"S-{w.n}", "kind": "seminar", "title": "Мой", "org": OTHER, "starts_on": "2024-01-10"})
    wait_until(lambda: w.region.list("event", "--where", f"code=S-{w.n}"), what="the sibling's record is at the region")
    return time.monotonic() - begun


@test
def a_flood_of_refusals_stops_at_the_share(w):
    before = store_bytes(w)
    for n in range(FLOOD):
        w.rogue.offer(REGISTRY, **event(f"F-{n}"), up=0)
    w.rogue.serve(lambda: w.rogue.trouble == "PEER-QUOTA")
    assert paused(w) == "PEER-QUOTA"
    assert waiting(w, **{"from": ORG, "code": "REACH"}) == SHARE
    assert store_bytes(w) - before < 24 * MIB, store_bytes(w) - before


@test
def its_sibling_and_the_hubs_people_do_not_notice(w):
    assert sibling_gets_through(w) < patience(10)
    begun = time.monotonic()
    w.hub.put("event", {"code": "H-1", "kind": "seminar", "title": "Наш", "org": "03-08", "starts_on": "2024-01-10"})
    assert time.monotonic() - begun < patience(5)
    assert all(q["paused"] is None for q in w.hub.queues() if q["peer"] != ORG)


@test
def knocking_and_connecting_anew_do_not_help(w):
    w.rogue.close()
    w.rogue.connect()
    for _ in range(20):
        w.rogue.feed(wire.WAKE, REGISTRY, b"")
    w.rogue.push(REGISTRY, w.rogue.sessions[REGISTRY], 0)
    sibling_gets_through(w)
    assert waiting(w, **{"from": ORG}) == SHARE


@test
def the_list_is_shown_in_part_where_it_is_asked_for(w):
    assert len(w.hub.selenga("quarantine", "list", "--limit", 7)) == 7
    assert len(w.hub.selenga("quarantine", "list", "--from", ORG)) == SHARE
    assert not w.hub.selenga("quarantine", "list", "--code", "BAD-VALUE")
    assert not w.hub.selenga("quarantine", "list", "--from", "parent")
    assert len({q["id"] for q in w.hub.quarantine()}) == SHARE
    refused(1, w.hub.selenga, "quarantine", "list", "--from", "03-99", says="03-99")
    refused(64, w.hub.selenga, "quarantine", "discard", "--why", "all")
    refused(64, w.hub.selenga, "quarantine", "discard", "--from", ORG)


@test
def to_try_all_again_lets_in_nothing_that_is_still_wrong(w):
    answer = w.hub.selenga("quarantine", "retry", "--from", ORG, "--code", "REACH")
    assert answer == {"met": SHARE, "done": 0}, answer


@test
def to_discard_by_neighbour_frees_the_share_and_the_feed_goes_on(w):
    rounds = 0
    while not w.rogue.all_acked():
        answer = w.hub.selenga("quarantine", "discard", "--from", ORG, "--code", "REACH", "--why", "поток мусора")
        assert answer["met"] == answer["done"] > 0, answer
        rounds += 1
        w.rogue.trouble = None
        w.rogue.serve(lambda: w.rogue.all_acked() or w.rogue.trouble == "PEER-QUOTA")
    assert rounds == FLOOD // SHARE, rounds
    w.hub.selenga("quarantine", "discard", "--from", ORG, "--code", "REACH", "--why", "поток мусора")
    assert waiting(w, **{"from": ORG}) == 0
    w.rogue.offer(REGISTRY, **event("GOOD"))
    w.rogue.serve(w.rogue.all_acked)
    wait_until(lambda: w.region.list("event", "--where", "code=GOOD"), what="what is good gets through")
    assert paused(w) is None
    w.hub.says("registry", "поток мусора")


@test
def a_few_ids_are_discarded_at_once(w):
    for n in range(3):
        w.rogue.offer(REGISTRY, **event(f"ID-{n}"), up=0)
    w.rogue.serve(w.rogue.all_acked)
    ids = [q["id"] for q in w.hub.quarantine()]
    assert len(ids) == 3
    w.hub.selenga("quarantine", "discard", *ids, "--why", "три")
    assert not w.hub.quarantine()


@test
def one_id_that_many_homes_use_is_discarded_at_once(w):
    """Nothing keeps a child from giving records of all nodes below it one id."""
    rid = w.rogue.new_id()
    for n in range(1, 151):
        w.rogue.offer(REGISTRY, **{**event("SAME"), "rid": rid, "home": w.rogue.path + n.to_bytes(4, "big")}, up=0)
    w.rogue.serve(w.rogue.all_acked)
    assert waiting(w) == 150
    w.hub.selenga("quarantine", "discard", rid.hex(), "--why", "все")
    assert waiting(w) == 0


@test
def conflicts_of_a_school_are_discarded_from_above(w):
    """They are the school's records: the hub's decision goes to it, and the hub shows them no more."""
    inner = wire.record(rid=w.rogue.new_id(), home=w.rogue.path, kind=EVENT, seq=1, boot=1, body=b"", up=3, org=ORG)
    for n in range(300):
        w.rogue.offer(REGISTRY, kind=CONFLICT, body=message(f1=inner), down=3, to=w.rogue.path)
    w.rogue.serve(w.rogue.all_acked)
    assert waiting(w, **{"from": ORG, "code": "CONFLICT"}) == 300
    answer = w.hub.selenga("quarantine", "discard", "--from", ORG, "--code", "CONFLICT", "--why", "две копии узла")
    assert answer == {"met": 300, "done": 300}, answer
    assert waiting(w) == 0
    w.rogue.serve(lambda: len(w.rogue.verdicts) == 300)
    wait_until(lambda: w.region.selenga("quarantine", "summary"), what="the region still shows them")


@test
def nobody_below_decides_for_others(w):
    body = message(f1=w.rogue.new_id(), f2=1, f3="прочь")
    w.rogue.offer(REGISTRY, kind=VERDICT, body=body, down=3, to=bytes.fromhex(w.hub.path.replace(".", "")))
    w.rogue.serve(w.rogue.all_acked)
    items = w.hub.quarantine()
    assert [q["code"] for q in items] == ["HOME-FOREIGN"], items
    w.hub.selenga("quarantine", "discard", items[0]["id"], "--why", "ложь")


@test
def more_than_its_credit_is_dropped_and_its_feed_alone_waits(w):
    w.rogue.offer(REGISTRY, **event("BEFORE"))
    w.rogue.serve(w.rogue.all_acked)
    service, session = REGISTRY, w.rogue.sessions[REGISTRY]
    records = [wire.record(rid=w.rogue.new_id(), home=w.rogue.path, kind=EVENT, seq=9000 + n, boot=w.rogue.boot, body=bytes(40000),
                           up=3, org=ORG) for n in range(20)]
    data = wire.entries(records)
    after = len(w.rogue.records[service])
    w.rogue.feed(wire.PUSH, service, message(f1=("f8", session), f2=after, f3=after + 20, f4=message(f2=after + 20, f3=1, f4=("f8", w.rogue.boot)),
                                              f5=20, f6=0, f7=len(data), f8=data))
    wait_until(lambda: paused(w) == "PEER-CREDIT", what="it is paused for its credit")
    assert waiting(w) == 0
    assert sibling_gets_through(w) < patience(10)


world.main(scene)
