# SPDX-License-Identifier: Apache-2.0
"""What polls look at, asked over the node's own socket: a hundredth of what a program's start costs, above all under sanitizers.
The same names as the command line prints with --json."""
import wire

SERVICES = wire.SERVICES
TEXTS = {3: "flow", 4: "state", 5: "reason", 20: "paused"}
NUMBERS = {6: "waiting", 7: "oldest_s", 8: "in_flight_bytes", 9: "head", 10: "acked", 11: "sent_per_s", 12: "quarantined",
           13: "last_progress_s", 14: "produced", 15: "applied"}
FLOWS = ("local", "up", "down")
PARENT = 0xFFFFFFFF
ANSWER_S = 10  # a program that is killed meanwhile answers never


class NotNow(Exception):
    """The node, or a service of it, does not answer, or says no."""


def _bodies(directory, kind, reply, services, body=b""):
    try:
        answers = wire.ask_each(directory, [(kind, service, body) for service in services], ANSWER_S)
    except OSError as error:
        raise NotNow(f"{directory}: {error}") from None
    found = []
    for answer in map(wire.parse, answers):
        if answer[2] != [reply]:
            raise NotNow(f"{directory}: {answer}")
        found.append(wire.parse(answer.get(9, [b""])[0]))
    return found


def _peer(row):
    label = row.get(2, [0])[0]
    own = "parent" if label == PARENT else SERVICES.get(label, f"{label:08x}")
    return row.get(16, [b""])[0].decode() or own


def _queue(row):
    queue = {"service": SERVICES[row[1][0]], "peer": _peer(row)}
    queue.update((name, row.get(n, [b""])[0].decode() or None) for n, name in TEXTS.items())
    queue.update((name, row.get(n, [0])[0]) for n, name in NUMBERS.items())
    return queue


def queues(directory):
    rows = []
    for body in _bodies(directory, wire.QUEUES, wire.QUEUES_REPLY, SERVICES):
        rows += sorted(map(_queue, map(wire.parse, body.get(1, []))), key=lambda q: (FLOWS.index(q["flow"]), q["peer"]))
    return rows


def status(directory, service=wire.REGISTRY):
    """Its trouble (empty: it is well) and the number of people whose pseudonym is provisional."""
    body, = _bodies(directory, wire.STATUS, wire.STATUS_REPLY, [service])
    return {"trouble": body.get(8, [b""])[0].decode(), "provisional": body.get(9, [0])[0]}


def held(directory, kind, rid, service=wire.REGISTRY):
    """The record of this kind (its number) and id, byte for byte as stored; None: the node has none."""
    try:
        answer = wire.parse(wire.ask_each(directory, [(wire.GET, service, wire.message(f1=kind, f2=rid))], ANSWER_S)[0])
    except OSError as error:
        raise NotNow(f"{directory}: {error}") from None
    body = wire.parse(answer.get(9, [b""])[0])
    if answer[2] == [wire.RECORDS]:
        return body[1][0]
    if answer[2] != [wire.ERROR] or wire.parse(body[1][0])[1] != [b"NOT-FOUND"]:
        raise NotNow(f"{directory}: {answer}")
    return None


def records(directory, kind, service=wire.REGISTRY):
    """What a list of this kind (its number) shows, byte for byte as stored: {id: record}."""
    found, after = {}, None
    while True:
        page, = _bodies(directory, wire.LIST, wire.RECORDS, [service], wire.message(f1=kind, f4=1000, f5=after))
        found.update((wire.parse(data)[1][0], data) for data in page.get(1, []))
        after = page.get(2, [None])[0]
        if not after:
            return found
