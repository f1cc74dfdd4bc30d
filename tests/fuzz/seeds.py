#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of each target into corpus/: well-formed ones, from which libFuzzer goes on.
Run it when a format changes; inputs that once did harm lie in the same folders and stay."""
import datetime
import hashlib
import os
import struct

from seed_bytes import (HERE, HUB, REGION, SCHOOL_A, SCHOOL_B, data, entries, envelope, f32, f64, giveback, num, path,
                        pull, push, record, save, say, script, squeezed, varint, witness, zigzag)


# --- bodies of some kinds, in the order of KINDS by number

KINDS = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 150, 201, 202, 203, 204, 205, 301, 302, 303, 401, 402]
ORG = data(1, "03-08-09") + data(2, "03-08") + data(3, "school") + data(4, "School 9")
IDENTITY = data(1, "03-08-01") + data(2, "17") + data(3, "Иванова") + data(4, "Анна")
COMPETENCY = data(1, "FW") + data(2, "K1") + data(3, "Оценивание")
BODIES = {101: ORG, 103: IDENTITY, 201: COMPETENCY}

SCHOOL_A_PATH, HUB_PATH = path(REGION, HUB, SCHOOL_A), path(REGION, HUB)
ORG_RECORD = record(101, path(REGION), 9, "03-08-09", ORG, up=15, down=2)
IDENTITY_RECORD = record(103, SCHOOL_A_PATH, 5, "03-08-01", IDENTITY, up=2)
UNKNOWN_RECORD = record(190, SCHOOL_A_PATH, 6, "03-08-01", b"\x0a\x01x", up=15)

save("record", "organisation", ORG_RECORD)
save("record", "identity", IDENTITY_RECORD)
save("record", "unknown-kind", UNKNOWN_RECORD + num(14, 5))
save("record", "tombstone", record(103, SCHOOL_A_PATH, 7, "03-08-01", deleted=True, up=2))
save("record", "addressed", record(2, HUB_PATH, 3, "03-08-01", b"\x0a\x00", down=3, to=SCHOOL_A_PATH))

for number, body in BODIES.items():
    save("body", f"kind-{number}", bytes([KINDS.index(number)]) + body)

plain = entries(ORG_RECORD, IDENTITY_RECORD)
save("batch", "plain", b"\x00" + struct.pack(">I", len(plain)) + plain)

save("batch", "zstd", b"\x01" + struct.pack(">I", 104) + squeezed((struct.pack(">I", 100), 100)))

EPOCHS = witness(20, (7, 0), (8, 10))
BUNDLE, PULL, PUSH, ASK, GIVEBACK, REBASE, WAKE = range(9, 16)

save("envelope", "pull", envelope(PULL, 1, pull(0, EPOCHS), peer=SCHOOL_A, principal="node:1", call=3))
save("envelope", "bundle", envelope(BUNDLE, 1, entries(envelope(PULL, 1, pull(0, EPOCHS), peer=SCHOOL_A), envelope(WAKE, 1, peer=SCHOOL_B))))
save("envelope", "push", envelope(PUSH, 1, push(0, 9, EPOCHS, plain)))
save("envelope", "keys", envelope(5 + 1, 9, num(1, 1) + data(2, data(1, b"k" * 32) + num(2, 1) + f32(3, SCHOOL_A) + data(4, SCHOOL_A_PATH) + data(5, "03-08-01"))))
save("envelope", "join", envelope(7, 1, data(1, b"n" * 32) + data(2, "School 1")))
save("envelope", "reply", envelope(21, 0, data(1, num(1, 4) + data(2, data(1, "BAD-DATE") + data(2, "from") + data(3, "x")))))

# --- scripts for feed and request: see rig.h
SELF, GATE, PARENT, CHILD_A, CHILD_B, END, FIT, FULL, LATER, RESTART = 0, 1, 2, 3, 4, 8, 16, 32, 64, 128
SCHOOL, MUNICIPALITY, AT_REGION = 0, 4, 8  # + service - 1
save("feed", "child-pushes", script(MUNICIPALITY, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(IDENTITY_RECORD, UNKNOWN_RECORD)))))
save("feed", "parent-pushes", script(SCHOOL, say(PARENT | END | FIT, PUSH, push(0, 20, EPOCHS, entries(ORG_RECORD)))))
save("feed", "refused", script(MUNICIPALITY, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(ORG_RECORD, b"garbage")))))
save("feed", "child-pulls", script(AT_REGION, say(CHILD_A | END, PULL, pull(0, witness(0))), say(CHILD_A | END, PULL, pull(3))))
save("feed", "diverged", script(AT_REGION, say(CHILD_A | END, PULL, pull(9, EPOCHS)),
     say(CHILD_A | END, GIVEBACK, giveback(0, 9, 1, entries(record(101, path(REGION), 19, "03-08-09", ORG, up=15, down=2, boot=8)))),
     say(CHILD_A | END, PULL, pull(0, witness(4, (101, 0))))))
save("feed", "asked-to-give-back", script(MUNICIPALITY, say(PARENT | END | FIT, ASK, f64(1, 1) + num(2, 0)),
     say(PARENT | END | FIT, REBASE, f64(1, 1) + data(2, EPOCHS)), say(PARENT | END | LATER, WAKE)))
save("feed", "disk-full", script(MUNICIPALITY, say(CHILD_B | END | FIT | FULL, PUSH, push(0, 20, EPOCHS, entries(UNKNOWN_RECORD))),
     say(CHILD_B | END | LATER | RESTART, WAKE)))

# Pseudonyms: a point of the curve, the identity, and bytes that are no point; answered at the region, asked on at a hub
EVALUATE, EVALUATED, LINK = 50, 51, 5
POINT = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
UP = say(GATE | END, LINK, f32(1, 0xFFFFFFFF) + num(2, 1))
for name, points in (("good", POINT * 3), ("identity", POINT + bytes(32)), ("none", b"\xff" * 64), ("torn", POINT[:31])):
    asked = f64(1, 5) + data(2, b"m" * 8) + data(3, points)
    save("feed", f"evaluate-{name}", script(AT_REGION, say(CHILD_A | END, EVALUATE, asked)))
    save("feed", f"evaluate-on-{name}", script(MUNICIPALITY, UP, say(CHILD_A, EVALUATE, asked), say(CHILD_A | END, EVALUATE, asked),
         say(PARENT | END | LATER, EVALUATED, f64(1, 5) + data(2, b"m" * 8) + data(3, points)),
         say(PARENT | END, EVALUATED, f64(1, 5) + data(4, "PSEUDONYM-QUOTA"))))
save("envelope", "evaluate", envelope(EVALUATE, 1, f64(1, 5) + data(3, POINT), peer=SCHOOL_A))

# Both as large as a record may be, of two epochs that nobody can connect: one is kept as a conflict, which holds it whole.
def large(size, seq, boot):
    head = record(190, SCHOOL_A_PATH, seq, "03-08-01", up=15, rid=b"large-and-larger", boot=boot)
    rest = size - len(head) - 5
    head += varint(20 << 3 | 2) + varint(rest)
    return squeezed((struct.pack(">I", size) + head, rest))


for size in (48 * 1024 - 512, 48 * 1024):
    save("feed", f"large-conflict-{size}", script(MUNICIPALITY, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, large(size, 5, 7), plain=size + 4)),
         say(CHILD_A | END | FIT, PUSH, push(20, 21, witness(21), large(size, 6, 9), plain=size + 4))))


def item(kind, body, fields, rid=b""):
    return num(1, kind) + (data(2, rid) if rid else b"") + data(3, body) + b"".join(num(4, f) for f in fields)


def put(*groups):
    return b"".join(data(1, b"".join(data(1, i) for i in g)) for g in groups)


staff = [item(103, IDENTITY, [1, 2, 3, 4]), item(104, data(1, "03-08-01") + data(2, "17"), [1, 2]),
         item(105, data(1, "03-08-01") + data(2, "17") + data(3, "teacher") + data(4, "pedagogue") + num(9, zigzag(19000)), [1, 2, 3, 4, 9])]
save("request", "put", script(SCHOOL, say(SELF | END, 20, put(staff, [item(103, b"", [3])])), say(SELF | END, 23, num(1, 103) + data(2, "03-08-01"))))
save("request", "get", script(AT_REGION, say(SELF | END, 22, num(1, 101) + data(2, b"i" * 16)), say(SELF, 23, num(1, 101) + data(3, data(1, "kind") + data(2, "school")))))
save("request", "views", script(MUNICIPALITY, say(SELF, 26), say(SELF, 28), say(SELF, 30, data(1, b"i" * 16)), say(SELF, 31, data(1, b"i" * 16) + data(2, "why")), say(SELF | END, 33)))
save("request", "invite", script(MUNICIPALITY, say(SELF | END, 37, data(1, "03-08-02") + num(3, zigzag(1800000000)) + data(4, b"k" * 32)),
     say(GATE | END, 7, data(1, b"n" * 32) + data(2, "School 2")), say(SELF | END, 39, data(1, "03-08-01") + data(2, "lost"))))
save("request", "report", script(AT_REGION + 3, say(SELF | END, 40, data(1, "03") + data(2, "2024-Q3")), say(SELF | END, 40, data(2, "2023/24"))))
save("request", "route", script(SCHOOL + 2, say(SELF | END, 42, data(1, "03-08-01:17") + data(2, "C1")), say(SELF | END, 43, data(1, b"r" * 16) + data(2, "x") + data(3, "M-1"))))
save("request", "link", script(MUNICIPALITY + 1, say(GATE | END, 5, f32(1, SCHOOL_A) + num(2, 1)), say(5 | END | FIT, PUSH, push(0, 20, EPOCHS, entries(ORG_RECORD)))))

# --- stories: what services make of records that others of the node, or a neighbour, bring
def rid(kind, org, *key):
    """The id of a record by its natural key (common/schema/ids.c); org: as far as the key names it."""
    def part(text, size):
        return hashlib.blake2b(struct.pack(">I", kind) + text.encode(), digest_size=32).digest()[:size]
    return part(org, 6) + part("\x1f".join(key), 10)


def day(text):
    return zigzag((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)


def told(kind, key, body, org="", names_org=True, up=15, down=0, home=SCHOOL_A_PATH, seq=30):
    return record(kind, home, seq, org, body, up=up, down=down, rid=rid(kind, org if names_org else "", *key))


A, TEACHER, HELPER = "03-08-01", "03-08-01:17", "03-08-01:18"
REGISTRY, DIAGNOSTICS, ROUTING, REPORTING = 5, 6, 7, 3  # senders; the last is the offset of its scripts


def from_service(sender, *records):
    return say(sender | END | FIT, PUSH, push(0, 20, EPOCHS, entries(*records)))


def person(number, pseudonym):
    return told(104, (A, number), data(1, A) + data(2, number) + data(3, pseudonym * 16), A)


def employment(number, post, post_class, since):
    return told(105, (A, number), data(1, A) + data(2, number) + data(3, post) + data(4, post_class) + num(6, zigzag(100)) +
                num(7, 1) + num(9, day(since)), A)


def identity(number, born):
    return told(103, (A, number), data(1, A) + data(2, number) + data(3, "Иванова") + data(4, "Анна") + num(6, day(born)) + num(8, day("2022-09-01")), A, up=2)


PEOPLE = [identity("17", "1999-05-05"), identity("18", "1975-01-01"), person("17", b"p"), person("18", b"q"), employment("17", "teacher", "pedagogue", "2023-09-01"),
          employment("18", "head", "manager", "2010-09-01")]
PROGRAMME = told(112, ("P1",), data(1, "P1") + data(2, "Programme") + data(3, "pk") + num(4, zigzag(36)) + data(8, "FW:K1"), "03", False, down=2, home=path(REGION))
RUN = told(113, ("M1",), data(1, "M1") + data(2, "P1") + data(3, "03") + num(4, day("2024-03-01")) + num(5, day("2024-05-01")), "03", False, down=2, home=path(REGION))
LEARNING = [PROGRAMME, RUN, told(111, ("T1",), data(1, "T1") + data(2, A), A, False),
            told(114, ("M1", TEACHER), data(1, "M1") + data(2, TEACHER) + num(4, zigzag(36)), A),
            told(114, ("M1", HELPER), data(1, "M1") + data(2, HELPER) + data(3, "T1") + num(4, zigzag(30)), A),
            told(115, ("D-1",), data(1, "M1") + data(2, TEACHER) + data(3, "D-1") + num(4, day("2024-05-02")) + num(5, zigzag(36)), A, False)]
HELP = [told(109, (HELPER, TEACHER, "2024-01-10"), data(1, HELPER) + data(2, TEACHER) + num(3, day("2024-01-10")), A),
        told(107, ("C1",), data(1, "C1") + data(2, HELPER) + num(4, day("2020-01-01")), A, False),
        told(108, ("C1", TEACHER, "2024-01-01"), data(1, "C1") + data(2, TEACHER) + num(3, day("2024-01-01")), A),
        told(106, (HELPER, "2024-02-01"), data(1, HELPER) + data(2, "maternity") + num(3, day("2024-02-01")), A, up=1)]
ROUTE = told(301, ("R1",), data(1, "R1") + data(2, TEACHER) + num(5, day("2024-01-15")) + data(7, "active"), A, False)
ACT = told(303, (TEACHER, "C1", "visit", "2024-02-02"), data(1, TEACHER) + data(2, "C1") + data(3, "visit") + num(4, day("2024-02-02")), A)
DEFICIT = told(205, (TEACHER, "FW:K1"), data(1, TEACHER) + data(2, "FW:K1") + data(3, "CA") + data(4, "high") + num(5, zigzag(3000)) +
               num(6, zigzag(10000)) + data(7, "found"), A, up=1)
CAMPAIGN = [told(201, ("FW", "K1"), data(1, "FW") + data(2, "K1") + data(5, "Assessment"), "03", False, down=2, home=path(REGION)),
            told(202, ("standard",), data(1, "standard") + num(2, zigzag(80)) + num(3, zigzag(60)) + num(4, zigzag(40)) + num(5, day("2000-01-01")), "03", False,
                 down=2, home=path(REGION)),
            told(203, ("CA",), data(1, "CA") + data(2, "Campaign") + data(3, "FW") + data(4, "03") + num(5, day("2024-01-01")), "03", False, down=2, home=path(REGION))]
RESULT = data(1, "CA") + data(2, TEACHER) + data(3, "K1") + num(4, zigzag(3000)) + num(5, zigzag(10000)) + num(6, day("2024-02-01"))
FACT = told(401, ("70" * 16, A, "2024"), data(1, b"p" * 16) + data(2, A) + num(3, zigzag(2024)) + data(4, struct.pack(">8I", *[0x0003] * 8)) +
            data(5, data(1, data(1, "T1") + data(2, "M1") + num(3, day("2024-05-01")) + num(4, 1) + num(5, zigzag(36)))), A, up=3)

HISTORY = told(401, ("70" * 16, A, "0"), data(1, b"p" * 16) + data(2, A) + num(3, zigzag(0)) +
               data(9, struct.pack(">HH8I", 2022, 2023, *[0x0001] * 8) + struct.pack(">HH8I", 2025, 2030, *[0x0003] * 8)), A, up=3)

save("request", "people-are-counted", script(SCHOOL + REPORTING, from_service(REGISTRY, *PEOPLE, *LEARNING, *HELP), from_service(ROUTING, ROUTE, ACT),
     say(SELF | END, 40, data(1, A) + data(2, "2024"))))
save("request", "a-route-is-proposed-and-agreed", script(SCHOOL + 2, from_service(REGISTRY, *PEOPLE, PROGRAMME), from_service(DIAGNOSTICS, *CAMPAIGN, DEFICIT),
     say(SELF | END, 42, data(1, TEACHER)), say(SELF | END, 43, data(1, rid(301, "", "R-03-08-01-17-1")) + data(2, "Head") + data(3, HELPER))))
save("request", "a-result-shows-a-need", script(SCHOOL + 1, from_service(REGISTRY, *PEOPLE, *CAMPAIGN),
     say(SELF | END, 20, put([item(204, RESULT, [1, 2, 3, 4, 5, 6])])), say(SELF | END, 23, num(1, 205))))
save("request", "somebody-is-renamed", script(SCHOOL, say(SELF | END, 20, put(staff)),
     say(SELF | END, 20, put([item(103, IDENTITY + data(7, "11223344595"), [1, 2, 3, 4, 7])]))))
save("feed", "facts-come-up", script(AT_REGION + REPORTING, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(FACT, HISTORY)))))
save("feed", "needs-and-routes-go-up", script(MUNICIPALITY + 2, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(ROUTE, ACT)))))

# --- what a liar makes of what the store holds, points of pseudonyms, acts about what waits: say.h
BY_WAITING, BY_POINTS, BY_LIAR = 252, 253, 254
REPLACED = 12
GIVEN_BACK, OF_NEW_EPOCH = 1, 2
VERSION, HOME, SEAL, LINEAGE, REACH, SHAPE, WRAP, NAMES = 1, 2, 4, 8, 16, 32, 64, 128
RIGHT, FOREIGN, OLD, UNSEALED = range(4)
OF_REGION, OF_HUB, OF_A, OF_B = range(4)
INCS, SEQS = dict(kept=0, next=3, last_but_one=5, last=6, none=7), dict(kept=0, next=8, least=48, last=32)
CONFLICT, REFUSAL, VERDICT = range(3)


def version(inc="kept", seq="kept", epoch=0):
    return bytes([epoch, INCS[inc] + SEQS[seq]])


def lies(how, *records, flags=0, step=1):
    return say(how | END, BY_LIAR, bytes([flags, step]) + b"".join(records))


def held(n, what=0, changes=b""):
    return bytes([n, what]) + changes


def points(how, flags, n, *choices):
    return say(how | END, BY_POINTS, bytes([flags, n]) + bytes(choices))


def act(kind, which=0, flags=0, why=0):
    return say(SELF | END, BY_WAITING, bytes([kind, which, flags, why]))


LIST, RETRY, DISCARD, TAKE = range(4)
QUERY, FROM, CODE, BEHIND, COUNTS, LIMITED = 1, 2, 4, 8, 16, 32
ACTS = [act(LIST), act(LIST, flags=COUNTS), act(LIST, flags=FROM | CODE | LIMITED), act(LIST, flags=BEHIND | LIMITED, which=1), act(RETRY), act(TAKE), act(DISCARD, why=5),
        act(RETRY, flags=QUERY | CODE), act(DISCARD, flags=QUERY | LIMITED, which=1, why=5), act(DISCARD, flags=QUERY | FROM, why=5)]
EVERYTHING = range(12)
SELF_OF = {SCHOOL: OF_A, MUNICIPALITY: OF_HUB, AT_REGION: OF_REGION}
PRESENT, OF_EPOCH_8 = 0x84, 0x80  # in a past: the version as it stands, and one of epoch 8 with its number


def past(*which):
    return bytes([len(which), *which, 0])


def all_held(sender, what, changes, flags=0, step=1):
    return lies(sender, *[held(n, what, changes) for n in EVERYTHING], flags=flags, step=step)


def unknown_epoch(seal):  # what another says, of an epoch that nobody knows
    return VERSION | NAMES | SEAL, version("kept", "kept", 2) + bytes([2, seal])


def answers(seal, which):  # the home's word on that, or on what it is upon
    return VERSION | LINEAGE | SEAL, version("next", "next") + past(which) + bytes([seal])


def leaves(which):
    return VERSION | LINEAGE | SHAPE, version("next", "kept") + past(which) + b"\x03"


def decide(subject, home, to):
    return lies(PARENT, held(0, WRAP, bytes([VERDICT, home, to, subject, 5, SEAL, RIGHT])))


for where, name, sender in ((SCHOOL, "school", PARENT), (MUNICIPALITY, "hub", CHILD_A), (MUNICIPALITY, "hub-by-parent", PARENT), (AT_REGION, "region", CHILD_A)):
    new_school = say(SELF | END, 20, put([item(101, ORG, [1, 2, 3, 4])], staff))
    for seal, word in ((RIGHT, "sealed"), (UNSEALED, "unsealed")):
        newest = [held(n, VERSION | SEAL, version("last", "last", 1) + bytes([seal])) for n in EVERYTHING]
        save("feed", f"liar-{name}-newest-{word}", script(where, new_school, lies(sender, *newest, step=0x11), *ACTS, lies(sender, *newest, flags=GIVEN_BACK, step=2)))
    others = [held(n, VERSION | HOME | SEAL, version("next", "next") + bytes([n % 4, RIGHT])[:1] + bytes([RIGHT])) for n in EVERYTHING]
    save("feed", f"liar-{name}-other-homes", script(where, new_school, lies(sender, *others), *ACTS))
    gone = [held(n, VERSION | SHAPE, version("kept", "next") + bytes([3])) for n in EVERYTHING]
    save("feed", f"liar-{name}-gone", script(where, new_school, lies(sender, *gone), lies(sender, *[held(n) for n in EVERYTHING])))
    epochs = [held(n, VERSION | LINEAGE | SEAL, version("next", "kept", 2) + bytes([2, 0x80, 0x81, 9, 1, 0x83]) + bytes([RIGHT])) for n in EVERYTHING]
    save("feed", f"liar-{name}-epochs", script(where, new_school, lies(sender, *epochs), lies(sender, *[held(n, VERSION | SEAL, version("kept", "least", 3) + bytes([RIGHT])) for n in EVERYTHING])))
    for kind, word in ((CONFLICT, "conflicts"), (REFUSAL, "refusals"), (VERDICT, "verdicts")):
        notices = [held(n, WRAP | VERSION | SEAL, version("next", "next", 1) + bytes([RIGHT, kind, OF_REGION if sender == PARENT else OF_A, SELF_OF[where]]) + bytes([n, n, 0][:2 if kind == REFUSAL else 2 * (kind == VERDICT)]) +
                 bytes([SEAL, RIGHT])) for n in EVERYTHING]
        save("feed", f"liar-{name}-{word}", script(where, new_school, lies(sender, *notices), *ACTS))
    same = [held(n, REACH | NAMES | SEAL, bytes([n, 2 * n + 1, RIGHT])) for n in EVERYTHING]
    save("feed", f"liar-{name}-reach", script(where, lies(sender, *same), *ACTS))
PEOPLE_COME = say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(*PEOPLE)))
for where, name in ((SCHOOL, "school"), (MUNICIPALITY, "hub"), (AT_REGION, "region")):
    for home, other in ((PARENT, CHILD_A), (CHILD_A, PARENT), (CHILD_A, CHILD_B)):
        # Somebody hands over what the home then answers, or says is gone; the home's side speaks twice.
        who = f"{name}-{'parent' if home == PARENT else 'child'}-{'parent' if other == PARENT else 'child'}"
        save("feed", f"aside-answered-{who}", script(where, PEOPLE_COME, all_held(other, *unknown_epoch(RIGHT)), all_held(other, 0, b""), all_held(home, *answers(RIGHT, OF_EPOCH_8)), all_held(home, 0, b"")))
        save("feed", f"aside-gone-{who}", script(where, PEOPLE_COME, all_held(other, *unknown_epoch(RIGHT)), all_held(home, *leaves(OF_EPOCH_8)), all_held(other, *unknown_epoch(RIGHT)), all_held(home, *leaves(OF_EPOCH_8))))
    for sender, word in ((PARENT, "parent"), (CHILD_A, "child")):
        # Two versions of ours of which neither tells of the other; a person, and one above, decide.
        save("feed", f"two-of-ours-{name}-{word}", script(where, say(SELF | END, 20, put(staff)), all_held(sender, *unknown_epoch(RIGHT)), *ACTS[:6], all_held(sender, *unknown_epoch(RIGHT)), act(DISCARD, why=5),
             decide(0, OF_REGION, SELF_OF[where]), decide(1, OF_REGION, SELF_OF[where]), all_held(sender, *answers(RIGHT, PRESENT))))
        save("feed", f"ours-in-a-conflict-{name}-{word}", script(where, say(SELF | END, 20, put(staff)), *[lies(sender, *[held(n, WRAP | VERSION | SEAL, version("next", "kept", epoch) + bytes([RIGHT, CONFLICT,
             OF_REGION if sender == PARENT else OF_A, SELF_OF[where], SEAL, RIGHT])) for n in EVERYTHING]) for epoch in (2, 0)], *ACTS))
save("feed", "what-was-refused-is-decided-above", script(MUNICIPALITY, say(CHILD_A | END | FIT, PUSH, push(0, 20, EPOCHS, entries(*[told(104, (A, n), data(1, A) + data(2, n), A, up=0) for n in ("17", "18")], b"garbage"))),
     lies(CHILD_A, *[held(n, REACH | SEAL, bytes([0, RIGHT])) for n in EVERYTHING]), *[decide(n, OF_REGION, OF_HUB) for n in range(4)], act(LIST)))
for where, name, sender in ((SCHOOL, "school", PARENT), (MUNICIPALITY, "hub", CHILD_A), (AT_REGION, "region", CHILD_A)):
    save("feed", f"ours-of-a-lost-epoch-{name}", script(where, say(SELF | END, 20, put(staff)), all_held(sender, VERSION | LINEAGE | SEAL, version("none", "kept", 2) + past(PRESENT) + bytes([RIGHT])),
         all_held(sender, VERSION | LINEAGE | SEAL, version("next", "next", 2) + past(PRESENT) + bytes([RIGHT]))))


def of_17(pseudonym, seq, boot=7, epochs=b"", gone=False):
    body = b"" if gone else data(1, A) + data(2, "17") + data(3, pseudonym * 16)
    out = record(104, SCHOOL_A_PATH, seq, "" if gone else A, body, up=0 if gone else 15, rid=rid(104, A, A, "17"), deleted=gone, boot=boot)
    return out + (num(15, 1) if gone else b"") + (data(16, epochs) if epochs else b"") + (b"" if gone else data(17, b"s" * 16))


def turns(*pushes):  # by whom, what; positions go on
    at, out = {}, b""
    for how, *records in pushes:
        after = at.get(how, 0)
        at[how] = after + 60 - after % 60
        out += say(how | END | FIT, PUSH, push(after, at[how], witness(at[how]), entries(*records)))
    return out


EPOCH_9 = struct.pack(">QQ", 9, 40)
for where, name, other in ((MUNICIPALITY, "hub", PARENT), (AT_REGION, "region", CHILD_B), (MUNICIPALITY, "hub-by-a-sibling", CHILD_B)):
    save("feed", f"person-aside-{name}", script(where, turns((CHILD_A, *PEOPLE), (other, of_17(b"x", 40, 9)), (CHILD_A, of_17(b"p", 50, 7, EPOCH_9)), (CHILD_A, of_17(b"p", 50, 7, EPOCH_9)))))
    save("feed", f"person-gone-{name}", script(where, turns((other, of_17(b"x", 40, 9)), (CHILD_A, of_17(b"", 50, 7, EPOCH_9, True)), (other, of_17(b"x", 40, 9)), (CHILD_A, of_17(b"", 50, 7, EPOCH_9, True)))))
    save("feed", f"person-of-two-epochs-{name}", script(where, turns((CHILD_A, of_17(b"p", 30)), (CHILD_A, of_17(b"x", 40, 9)), (CHILD_A, of_17(b"y", 41, 10))), *ACTS,
         say(CHILD_A | END, PULL, pull(9, EPOCHS)), say(CHILD_A | END | FIT, GIVEBACK, giveback(0, 9, 1, entries(of_17(b"z", 2, 11)))), decide(0, OF_REGION, OF_HUB)))
MARK_RECORD = told(150, ("03",), data(1, "03") + data(2, b"n" * 8) + data(3, b"m" * 8), "03", True, down=2, home=path(REGION))
save("feed", "another-key-of-pseudonyms", script(SCHOOL, say(SELF | END, 20, put(staff)), UP, points(PARENT, 0, 0, 0, 4), say(PARENT | END | FIT, PUSH, push(0, 20, EPOCHS, entries(MARK_RECORD))),
     say(SELF | END | LATER, 33), points(PARENT, 0, 0, 0, 4)))
save("feed", "points-asked-again", script(MUNICIPALITY, UP, points(CHILD_B, 0, 2, 2, 1), points(CHILD_B | LATER, 0, 2, 2, 1), points(CHILD_B | LATER, 0, 1, 2, 1), points(PARENT, 0, 0, 0, 1)))
for where, name, sender in ((SCHOOL + REPLACED, "school", PARENT), (MUNICIPALITY + REPLACED, "hub", PARENT)):
    save("feed", f"taken-at-the-word-{name}", script(where, say(SELF | END, 20, put(staff)), all_held(sender, *answers(UNSEALED, PRESENT)), all_held(sender, *unknown_epoch(UNSEALED)), *ACTS))
for where, name, sender in ((SCHOOL + REPLACED, "school", PARENT), (MUNICIPALITY + REPLACED, "hub", CHILD_A), (MUNICIPALITY + REPLACED, "hub-by-parent", PARENT)):
    newest = [held(n, VERSION | SEAL, version("next", "next", 1) + bytes([UNSEALED])) for n in EVERYTHING]
    save("feed", f"replaced-{name}", script(where, say(SELF | END, 20, put(staff)), lies(sender, *newest), *ACTS, say(PARENT | END, PULL, pull(9, EPOCHS)),
         lies(sender, *newest, flags=GIVEN_BACK, step=2), lies(sender, *newest, flags=GIVEN_BACK, step=3), *ACTS))
ALL_POINTS = [points(CHILD_A, 0, 3, 1, 5, 6), points(CHILD_A, 2, 0xf7, 2, 7), points(CHILD_A, 8, 0xf7, 3), points(CHILD_A, 0, 2, 0xfe, 0xff), points(CHILD_B, 4, 2, 1, 9)]
save("feed", "points-at-the-region", script(AT_REGION, *ALL_POINTS, say(SELF | END, 52), *ALL_POINTS))
save("feed", "points-through-a-hub", script(MUNICIPALITY, UP, *ALL_POINTS, points(PARENT, 0, 0, 0, 1), points(PARENT, 1, 0, 2, 1), points(PARENT, 16, 0, 0), points(PARENT, 2, 0, 1),
     points(CHILD_A | LATER, 0, 3, 1, 5, 6), say(GATE | END, LINK, f32(1, 0xFFFFFFFF) + num(2, 0))))
for name, flags in (("answered", 0), ("answered-in-part", 1), ("refused", 16), ("by-another-key", 2), ("without-a-mark", 8)):
    save("feed", f"points-of-staff-{name}", script(SCHOOL, say(SELF | END, 20, put(staff)), UP, say(SELF | END, 33), points(PARENT, flags, 0, 0, 4, 9), say(SELF | END, 33),
         say(PARENT | END | LATER, WAKE), points(PARENT, 0, 0, 0, 4, 9), points(PARENT, 0, 0, 0, 0xff)))
save("feed", "clone", script(MUNICIPALITY, say(GATE | END, LINK, f32(1, SCHOOL_A) + num(3, 1)), say(CHILD_A | END, PULL, pull(0, witness(0))),
     say(GATE | END, LINK, f32(1, SCHOOL_A) + num(3, 0)), say(SELF | END, 26), say(GATE | END, 25, data(1, data(1, "SERVICE-TWICE")))))
CARD = data(1, "03-08-02") + data(2, "School 2") + data(3, "school") + data(4, path(REGION, HUB, SCHOOL_B)) + data(5, b"\x03" + bytes(31)) + data(6, b"r" * 16)
save("request", "admit", script(MUNICIPALITY, say(SELF | END, 56, CARD), say(SELF | END, 56, CARD.replace(b"03-08-02", b"03-08-07")),
     say(SELF | END, 56, CARD.replace(b"03-08-02", b"03-08-07").replace(path(SCHOOL_B), path(0x505)).replace(b"\x03" + bytes(31), b"\x33" + bytes(31))),
     say(SELF | END, 56, CARD.replace(path(REGION), path(0x999))), say(SELF | END, 39, data(1, "03-08-07") + data(2, "lost")), say(SELF | END, 33)))
JOIN = data(1, b"n" * 32) + data(2, "School 2") + data(4, b"r" * 16) + num(5, 1)
save("request", "invite-to-replace", script(MUNICIPALITY, say(SELF | END, 37, data(1, "03-08-02") + num(3, zigzag(1800000000)) + data(4, b"k" * 32) + num(5, 1)),
     say(GATE | END, 7, JOIN), say(GATE | END, 7, JOIN), say(GATE | END, 7, data(1, b"N" * 32) + data(4, b"R" * 16) + num(5, 1))))
save("request", "rotate", script(AT_REGION, say(SELF | END, 20, put([item(103, data(1, "03") + data(2, "17") + data(3, "Иванова") + data(4, "Анна"), [1, 2, 3, 4]), item(104, data(1, "03") + data(2, "17"), [1, 2])])),
     say(SELF | END, 52), say(SELF | END | LATER, 33), say(SELF | END | RESTART, 33)))

# --- what the gate and a joining node hear
def key_row(key, role, label=0, where=b""):
    return data(1, key) + num(2, role) + (f32(3, label) if label else b"") + (data(4, where) if where else b"")


def keys(seq, *rows, whole=True, more=False, gone=()):
    body = num(1, whole) + b"".join(data(2, r) for r in rows) + b"".join(data(3, g) for g in gone)
    body += num(4, seq) + num(5, more)
    return struct.pack(">H", len(body)) + body


CHILD_ROW, INVITATION_ROW = key_row(b"a" * 32, 1, SCHOOL_A, SCHOOL_A_PATH), key_row(b"b" * 32, 2)
save("keys", "whole", keys(1, CHILD_ROW, INVITATION_ROW))
save("keys", "pages-and-a-change", keys(1, CHILD_ROW, more=True) + keys(2, INVITATION_ROW, whole=False) +
     keys(3, key_row(b"a" * 32, 3, SCHOOL_A, SCHOOL_A_PATH), whole=False, gone=[b"b" * 32]))
save("keys", "revoked-and-told-why", keys(1, CHILD_ROW, key_row(b"c" * 32, 3) + data(8, "theft")))
save("join", "answer", data(1, SCHOOL_A_PATH) + data(2, "03-08-01") + data(3, "school") + data(4, 'Школа "Заря"') +
     data(6, "03-08") + num(7, 1) + num(8, 1))

# --- what services and children tell the gate, and files of a node
GIVE, TAKE_BACK, TAKEN, FORGET, GREET, ANSWER, PASS, WASTE = range(8)


def hears(what, choice=0, body=b"", size=None):
    return bytes([what, choice]) + struct.pack(">H", len(body) if size is None else size) + body


def packed(field, fmt, *numbers):
    return data(field, b"".join(struct.pack("<I", n) if fmt == "I" else varint(n) for n in numbers))


DONE = packed(1, "I", SCHOOL_A, SCHOOL_B, 9, 0) + packed(2, "v", 5000, 1 << 63, 7) + packed(3, "v", 1, 0)
HELLOS = [num(1, 0) + data(2, "0.1.0") + num(3, 7) + f64(5, n) for n in (0, 1, 2)]
save("gate", "taken", hears(GIVE, 8, size=0x4000) + hears(GIVE, 12, size=100) + hears(GIVE, 4, size=7) + hears(TAKEN, 0, DONE) + hears(TAKE_BACK, 8, size=1) +
     hears(WASTE, 8, size=0xffff) + hears(FORGET))
save("gate", "many", b"".join(hears(GIVE, 0x80 + i, size=i) for i in range(40)) + b"".join(hears(TAKE_BACK, 0x80 + i, size=0xffff) for i in range(40)) +
     b"".join(hears(GIVE, 0xc0 + i, size=i) for i in range(40)))
save("gate", "a-copy", hears(GREET, 0, HELLOS[1]) + hears(ANSWER) + hears(GREET, 0, HELLOS[2]) + hears(PASS, size=100) + hears(ANSWER) + hears(GREET, 0, HELLOS[2]) + hears(GREET, 0, HELLOS[1]))
save("gate", "one-that-is-gone", hears(GREET, 0, HELLOS[1]) + hears(GREET, 0, HELLOS[2]) + hears(PASS, size=6000) + hears(GREET, 0, HELLOS[2]) + hears(GREET, 0, HELLOS[0]))
save("files", "root", b"\0" + b"r" * 32)
save("files", "root-short", b"\0" + b"r" * 31)
save("files", "trouble", b"\1" + b"2026-01-01T00:00:00Z registry error STORE-IN-USE store/registry: process 7 has it open\n")


def meta(**rows):
    return b"\2" + b"".join(letter.encode() + bytes([len(value)]) + value for letter, value in rows.items())


EMPTY = dict(H=bytes(8), X=bytes(8), I=struct.pack(">I", 1), R=b"\0", V=b"0.1.0")
for store_format in (7, 8, 9):
    save("files", f"store-{store_format}", meta(F=bytes([store_format]), L=b"", **EMPTY))
save("files", "store-new", meta())

# --- texts
save("token", "token", "selenga1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCYAAAQBrSdIACDAzLTA4LTAxFnRjcDovL2h1Yi5leGFtcGxlOjU2MDDw7qaWXjdxsQ")
invitation = b"k" * 32 + b"s" * 32 + bytes([0x80, 0, 1]) + struct.pack(">q", 1800000000)[3:] + b"\x0803-08-01" + b"\x16tcp://hub.example:5600"
save("phrase", "english", (
    "anchor camel elbow island needle quail tiger answer carpet engine jewel nickel question train arrow chalk "
    "falcon keeper oatmeal railway tunnel attic clay fiddle knight october recipe umbrella bakery clover forest "
    "lamp heron pencil "))
save("phrase", "russian", (
    "аист восток жокей кухня ответ солнце холм альбом газета забор лампа перец стихи цветок аптека гитара заря "
    "лента пирог сундук часы архив гнездо зерно локоть победа театр черника афиша градус зонтик лыжи кнопка ритм "))
save("phrase", "card", "selenga-card1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcJCQkJCQkJCQkJCQkJCQkJAQgKCwwNESIzRAUwMy0wOANNTVNeIO0XwhU8TQ")
save("token", "content", b"\0" + invitation)
ORGANISATIONS, STAFF, ENROLMENTS = b"\x00", b"\x01", b"\x0a"
save("sheet", "staff", STAFF + ("org;number;last_name;first_name;birth_date;snils;post;post_class;rate;main_place;from\r\n"
     "03-08-01;17;Иванова;Анна;1990-02-28;112-233-445 95;\"учитель; физика\";pedagogue;0,5;yes;2023-09-01\r\n").encode())
save("sheet", "enrolment", ENROLMENTS + b"run,person,team,attended_hours\nM1,03-08-01:17,T1,36\nM1,03-08-01:18,,36\n")
save("sheet", "comma", STAFF + "org,number,last_name\n03-08-01,17,\"Иванова, А.\"\n\"a\"\"b\",\"c\nd\",e\n".encode())
save("sheet", "cp1251", STAFF + "org;number;last_name\r\n03-08-01;17;Иванова\r\n".encode("cp1251"))
save("sheet", "bom", ORGANISATIONS + "\ufeffcode;kind;name\n03-08-09;school;Школа\n".encode())
save("json", "body", b"\x00" + '{"code":"03-08-09","kind":"school","name":"Школа"}'.encode())
save("json", "record", b"\x02" + '[{"kind":"identity","body":{"org":"03-08-01","number":"17","birth_date":"1990-02-28","snils":null}}]'.encode())
save("json", "numbers", b"\x04" + b'{"org":"03-08-01","number":"17","rate":0.25,"main":true}')
save("expr", "share", "count(person where young_age and (support_a or not left))")
save("expr", "sums", "ceil(sum(team.managers where attended >= 3 and not pk) / count(org of team)) * 100 - zero(max(methodist.load))")
save("expr", "tables", "count(distinct assignment.methodist where from in period and not (methodist.from <= 2024-01-31 or known to)) "
     "- count(organisation where parent.kind <> school and valid_from < period.last) * min(methodist.load)")
WORDS = """count sum max min distinct in period first last known organisation assignment kind school parent settlement valid_from valid_to from to
2024-01-31 1.25 ceil zero where and or not org of person methodist team . ( ) < <= = >= > <> + - * /
load managers attended completed hours active on_leave pk retraining internship municipal pedagogue manager external_pedagogue
external_manager young_age over_age young_exp over_exp long_leave leave_over_30 support_a support_b former_a left no_data assigned""".split()
for target in ("expr", "indicator"):
    with open(os.path.join(HERE, target + ".dict"), "w") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0\n# Written by seeds.py.\n" + "".join(f'"{word}"\n' for word in WORDS))
save("indicator", "conditions", data(1, "1.3") + data(2, "Count") + data(4, "count") + data(6, "count(person where (pedagogue or manager) and not left)") +
     data(12, "FEW = count(team where hours >= 36 and attended < 5)") + num(13, zigzag(19000)))
save("indicator", "share", data(1, "1.1") + data(2, "Доля") + data(4, "percent") + num(5, zigzag(1)) + data(6, "count(person)") + data(7, "count(person)") +
     data(8, ">=") + num(9, zigzag(7000)) + num(10, zigzag(2024)) + data(11, "1.2;1.3") + data(12, "!LATE = count(methodist); FEW = 3 - count(team)") + num(13, zigzag(19000)))
save("conf", "school", """# a node
node
    path = "00000101.00000202.00000303"
    org = "03-08-01"
    level = "school"
    rank = "0"
    name = 'Школа "Заря"'
parent
    endpoint = "tcp://127.0.0.1:5600"
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    org = "03-08"
    rank = "1"
gate
    ping_ms = "5000"
""")
save("conf", "region", "node\n    path = \"00000101\"\n    org = 03\n    level = region\n    rank = 2\n    listen = tcp://*:5600\n")
for name, text in {"person": "03-08-01:17", "path": "00000101.00000202", "id": "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "date": "2024-02-29",
                   "period": "2023/24", "quarter": "2024-Q3", "pair": "M-1:03-08-01:17:2024-09-01", "list": "a;b; c "}.items():
    save("words", name, text)
for name, text in {"form": "token=aa&f.name=%D0%90%D0%BD%D0%BD%D0%B0+%D0%9A&f.set=a&f.set=b&f.note=1%0D%0A2", "address": "/k/person/03-08-01%3A17/edit?sort=-name&find=%D0%B0",
                   "planted": "<script>\"'&</script>\u202e", "cookie": "selenga-lang=ru; selenga=0123", "host": "localhost:7780"}.items():
    save("form", name, text)
