# SPDX-License-Identifier: Apache-2.0
"""Pseudonyms as RFC 9497 and proto/README.md, 7, say, by libsodium's group and hashlib: for whoever has a key, or asks for the product;
and what of a capture of disk and memory could be such a key."""
import ctypes
import hashlib
import os
import re

sodium = ctypes.CDLL("libsodium.so.23")
POINT = SCALAR = 32
CONTEXT = b"OPRFV1-\x00-ristretto255-SHA512"
RANDOM_BYTES = 20  # a key of 32 random bytes has hardly ever fewer different ones


def _made(call, *args):
    out = ctypes.create_string_buffer(POINT)
    return out.raw if getattr(sodium, call)(out, *args) == 0 else None


def _expand(message, dst, size=64, block=128):
    """expand_message_xmd of RFC 9380 with SHA-512, for one block of output."""
    dst += bytes([len(dst)])
    first = hashlib.sha512(bytes(block) + message + size.to_bytes(2, "big") + b"\0" + dst).digest()
    return hashlib.sha512(first + b"\1" + dst).digest()


def point_of(text):
    return _made("crypto_core_ristretto255_from_hash", _expand(text, b"HashToGroup-" + CONTEXT))


def times(scalar, point):
    return _made("crypto_scalarmult_ristretto255", scalar, point)


def blinded(text):
    """A blind, and the point to ask for."""
    blind = ctypes.create_string_buffer(SCALAR)
    sodium.crypto_core_ristretto255_scalar_random(blind)
    return blind.raw, times(blind.raw, point_of(text))


def pseudonym(text, product):
    """product: k times the input's point, without a blind."""
    data = len(text).to_bytes(2, "big") + text + len(product).to_bytes(2, "big") + product + b"Finalize"
    return hashlib.sha512(data).digest()[:16]


def unblinded(text, blind, answer):
    return pseudonym(text, times(_made("crypto_core_ristretto255_scalar_invert", blind), answer))


def mark(key):
    point = _made("crypto_scalarmult_ristretto255_base", key)
    return hashlib.blake2b(point, digest_size=32).digest()[:8] if point else None


# --- a capture

# What a sanitizer keeps in ranges like these says which bytes may be used, not what they are.
SANITIZED = "ASAN_OPTIONS" in os.environ
SHADOW_LEAST = 128 << 20


def memory_of(pid):
    """All that a process could write to, piece by piece. What it only reads stands in files."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("rw") or "[v" in line:
                continue
            start, end = (int(n, 16) for n in place.split("-"))
            if SANITIZED and end - start > SHADOW_LEAST:
                continue
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except OSError:
                continue  # nothing stands there


def forms(secret):
    """How a program may hold it."""
    return {secret, secret[::-1], secret.hex().encode(), secret.hex().upper().encode()}


# Ends where a scalar of the group may end. Looked for at each place but in runs of zeros, of which most of a capture is made; a
# key has three of them in a row once in half a million times.
_SCALAR = re.compile(rb"(?=(.{31}[\x00-\x10]))", re.S)
_ZEROS = re.compile(rb"\0{3,}")
EDGE = bytes(2)


def keys_in(data, marks, tried=None):
    """What of these bytes, at whatever place, is a key with one of these marks. tried: a set of what was none of them before, as
    programs of one node have much in common; what is tried now is added."""
    tried = set() if tried is None else tried
    for piece in _ZEROS.split(data):
        for found in _SCALAR.finditer(EDGE + piece + EDGE) if len(piece) > SCALAR - len(EDGE) else ():
            window = found.group(1)
            if len(set(window)) < RANDOM_BYTES or window in tried:
                continue
            if mark(window) in marks:
                yield window
            else:
                tried.add(window)
