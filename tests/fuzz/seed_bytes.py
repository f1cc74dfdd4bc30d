# SPDX-License-Identifier: Apache-2.0
"""Bytes of seeds by hand: protobuf's wire form, records, batches, messages of feeds, steps of a script."""
import hashlib
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def varint(n):
    out = b""
    n &= (1 << 64) - 1
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def zigzag(n):
    return n << 1 ^ n >> 63


def num(field, n):
    return varint(field << 3) + varint(n)


def f64(field, n):
    return varint(field << 3 | 1) + struct.pack("<Q", n)


def f32(field, n):
    return varint(field << 3 | 5) + struct.pack("<I", n)


def data(field, b):
    b = b.encode() if isinstance(b, str) else b
    return varint(field << 3 | 2) + varint(len(b)) + b


def save(target, name, content):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(content.encode() if isinstance(content, str) else content)


REGION, HUB, SCHOOL_A, SCHOOL_B = 0x101, 0x202, 0x303, 0x404


def path(*labels):
    return b"".join(struct.pack(">I", x) for x in labels)


def record(kind, home, seq, org="", body=b"", up=0, down=0, to=b"", rid=None, deleted=False, inc=1, boot=7):
    out = data(1, rid or (b"id" + struct.pack(">HQI", kind, seq, 1))) + num(2, kind) + data(3, home)
    out += num(4, inc) + num(5, seq) + f64(6, boot)
    out += (data(7, org) if org else b"") + (num(9, 1) if deleted else b"") + (data(10, body) if body else b"")
    return out + (num(11, up) if up else b"") + (num(12, down) if down else b"") + (data(13, to) if to else b"")


def entries(*records):
    return b"".join(struct.pack(">I", len(r)) + r for r in records)


def squeezed(*parts):
    """A zstd frame by hand: of each part its bytes as they are, then so many times 'x'."""
    size = sum(len(raw) + times for raw, times in parts)
    out = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", size)  # single segment, content size in four bytes
    for raw, times in parts:
        out += struct.pack("<I", len(raw) << 3)[:3] + raw + struct.pack("<I", times << 3 | 1 << 1)[:3] + b"x"
    return out + struct.pack("<I", 1)[:3]  # an empty last block


def envelope(kind, to, body=b"", peer=0, principal="", call=0):
    out = num(1, 1) + num(2, kind) + num(3, to) + (f32(5, peer) if peer else b"")
    out += data(6, principal) if principal else b""
    return out + (num(7, call) if call else b"") + (data(9, body) if body else b"")


def witness(head, *epochs):
    digest = 0
    for boot, start in epochs:
        link = struct.pack(">QQQ", digest, boot, start)
        digest = struct.unpack(">Q", hashlib.blake2b(link, digest_size=16).digest()[:8])[0]
    return num(2, head) + num(3, len(epochs)) + f64(4, digest)


def pull(position, wit=None, kinds=(), credit=100000):
    out = f64(1, 1) + num(2, position) + num(3, credit)
    return out + (num(4, 1) + data(5, wit) if wit is not None else b"") + b"".join(num(6, k) for k in kinds)


def push(after, upto, wit, content=b"", count=1, plain=None):
    size = num(7, len(content)) if plain is None else num(6, 1) + num(7, plain)
    return f64(1, 1) + num(2, after) + num(3, upto) + data(4, wit) + num(5, count) + size + data(8, content)


def giveback(after, upto, done, content=b"", count=1):
    return f64(1, 1) + num(2, after) + num(3, upto) + num(4, done) + num(5, count) + num(7, len(content)) + data(8, content)


def say(how, kind, body=b""):
    return bytes([how, kind]) + struct.pack(">H", len(body)) + body


def script(where, *messages):
    return bytes([where]) + b"".join(messages)
