# SPDX-License-Identifier: Apache-2.0
"""Records as a liar makes them: read, changed, made greater, with seals that are copied, garbled or left out."""
import hashlib
import os
import struct

import wire
from wire import message

CONFLICT, REFUSAL = 1, 2
ORGANISATION, NODE, IDENTITY, PERSON, EMPLOYMENT, ABSENCE, METHODIST, PROGRAMME, EVENT = 101, 102, 103, 104, 105, 106, 107, 112, 116
INDICATOR = 402
UP_REGION, UP_ALL = 3, 15
TO_SERVING, TO_ALL, TO_NODE = 1, 2, 3
NUMBERS = {"rid": 1, "kind": 2, "home": 3, "inc": 4, "seq": 5, "boot": 6, "org": 7, "author": 8, "deleted": 9, "body": 10, "up": 11,
           "down": 12, "to": 13, "bulk": 14, "gone": 15, "past": 16, "seal": 17}


def key_id(kind, key, org=""):
    """The id that follows from a natural key (proto/README.md, 2); org where the key names an organisation or a person."""
    def part(text):
        return hashlib.blake2b(struct.pack(">I", kind) + text.encode(), digest_size=32).digest()
    return part(org)[:6] + part(key)[:10]


def staff_id(org, number, kind=EMPLOYMENT):
    return key_id(kind, f"{org}\x1f{number}", org)


def path(text):
    return bytes.fromhex(text.replace(".", ""))


def read(data):
    """Fields of a record by name, absent ones left out."""
    found = wire.parse(data)
    return {name: found[number][-1] for name, number in NUMBERS.items() if number in found}


def pack(fields):
    """The wire form, the seal last; None and 0 are left out."""
    values = {}
    for name, number in NUMBERS.items():
        value = fields.get(name)
        if value or name == "body" and value is not None:
            values[f"f{number}"] = ("f8", value) if name == "boot" else int(value) if isinstance(value, bool) else value
    return message(**values)


def seal(data, key):
    """The record with the seal of this key behind it (proto/README.md, 3)."""
    return data + message(f17=hashlib.blake2b(data, digest_size=16, key=key).digest())


def body_with(body, **fields):
    """A body with some fields changed; None takes one out."""
    values = {f"f{n}": v for n, v in wire.parse(body).items()}
    values.update(fields)
    return message(**dict(sorted(values.items(), key=lambda item: int(item[0][1:]))))


def _past(r):
    return (r.get("past", b"") + struct.pack(">QQ", r["boot"], r["seq"]))[-1024:]


# Versions above one that was read. The first three descend from it as far as anybody can tell from them.
def same_epoch(r, by=1000):
    return {"seq": r["seq"] + by}


def next_epoch(r):
    return {"inc": r["inc"] + 1, "seq": 1, "boot": _boot(), "past": _past(r)}


def thrown(r):
    """The greatest there is."""
    return {"inc": 2**32 - 2, "seq": 2**64 - 1, "boot": _boot(), "past": _past(r)}


def stranger(r):
    """Of an epoch that nobody knows, from nothing."""
    return {"inc": r["inc"] + 3, "seq": r["seq"] + 7, "boot": _boot(), "past": None}


VERSIONS = (same_epoch, next_epoch, thrown, stranger)


def _boot():
    return int.from_bytes(os.urandom(8), "little")


def garbled(r):
    return bytes(b ^ 0x5A for b in r.get("seal", bytes(16)))


SEALS = (lambda r: r.get("seal"), garbled, lambda r: None, lambda r: os.urandom(16))  # copied, garbled, none, invented


def edit(data, version=same_epoch, sealed=SEALS[0], body=None, **changes):
    """The record as if its home had gone on; body: fields of the body to change."""
    r = read(data)
    new = {**r, **version(r), "seal": sealed(r), **changes}
    if body is not None:
        new["body"] = body_with(r.get("body", b""), **body)
    if new.get("deleted"):
        new["body"] = None
    return pack(new)


def variants(data, body=None, **changes):
    """Every version with every seal, the last word the greatest."""
    return [edit(data, version, sealed, body, **changes) for version in VERSIONS for sealed in SEALS]


def invent(kind, home, key, body, down=TO_ALL, up=UP_ALL, org="", of="", **more):
    """A record that never was, with the id of its key; of: the organisation that the key names."""
    return pack({"rid": key_id(kind, key, of), "kind": kind, "home": home, "inc": 1, "seq": 5000, "boot": _boot(), "org": org,
                 "author": "invented", "body": body, "up": up, "down": down, "seal": os.urandom(16), **more})


def gone(rid, kind, home, inc=2**32 - 2, seq=2**64 - 1, **more):
    """Word that a record has left the receiver's reach, up to this version."""
    return pack({"rid": rid, "kind": kind, "home": home, "inc": inc, "seq": seq, "boot": _boot(), "deleted": True, "gone": True, **more})


def conflict(finder, subject, to=None, **more):
    """A conflict of this finder about a version."""
    return pack({"rid": os.urandom(16), "kind": CONFLICT, "home": finder, "inc": 1, "seq": 5000, "boot": _boot(), "author": "finder",
                 "body": message(f1=subject), "up": UP_ALL, "down": TO_NODE if to else 0, "to": to, "seal": os.urandom(16), **more})
