# SPDX-License-Identifier: Apache-2.0
"""The protocol of proto/README.md once more, by hand: protobuf's wire form, envelopes, records, CURVE sockets (libzmq by
ctypes) and plain ZMTP over a file descriptor. What the programs refuse to send, this sends."""
import ctypes
import os
import re
import socket
import struct
import threading
from pathlib import Path

# Numbers of proto/message.h.
HELLO, WELCOME, PING, PONG, JOIN, JOIN_REPLY = 1, 2, 3, 4, 7, 8
PULL, PUSH, GIVEBACK_ASK, GIVEBACK, REBASE, WAKE = 10, 11, 12, 13, 14, 15
PUT, PUT_REPLY, GET, LIST, RECORDS, ERROR, QUEUES, QUEUES_REPLY, STATUS, STATUS_REPLY = 20, 21, 22, 23, 24, 25, 26, 27, 33, 34
REVIEWS, REVIEWS_REPLY = 60, 61
QUARANTINE_LIST, QUARANTINE_RETRY, QUARANTINE_DISCARD, QUARANTINE_TAKE = 28, 30, 31, 44
ATTEMPT, ATTEMPT_ACT = 80, 82
INVITE, REVOKE, REPORT, ROUTE_PROPOSE, ROUTE_CONFIRM, ROTATE_PSEUDONYMS, ADMIT, RUN_END = 37, 39, 40, 42, 43, 52, 56, 70
HISTORY, ACCOUNT_ACT, ACCOUNT_REPLY, LOGIN, FIRST_ACCOUNT, TEACHER_ACCOUNT, AUDIT = 64, 66, 67, 68, 69, 71, 72
EVALUATE, EVALUATED = 50, 51
SCREENING, SCREENING_REPLY, SCREENING_ANSWER = 84, 85, 86
# The list of services there, as {number: name}.
SERVICES = {int(number): name for number, name in re.findall(
    r"\bS\((\d+), [A-Z]+, ([a-z]+)\)", (Path(__file__).parents[2] / "proto" / "message.h").read_text())}
CLI, REGISTRY, DIAGNOSTICS, ROUTING, REPORTING, CONSOLE, GATE = 0, *SERVICES, 8, 9


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """int: varint, bytes or str: length-delimited, ('f4', n) and ('f8', n): fixed."""
    if isinstance(value, tuple):
        size = {"f4": (5, "<I"), "f8": (1, "<Q")}[value[0]]
        return varint(number << 3 | size[0]) + struct.pack(size[1], value[1])
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(**fields):
    """message(f1=…, f2=[…, …]); None is left out."""
    out = b""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                out += field(int(name[1:]), one)
    return out


def parse(data):
    """{number: [values]}; length-delimited as bytes."""
    out, at = {}, 0

    def take_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while at < len(data):
        tag = take_varint()
        kind = tag & 7
        if kind == 0:
            value = take_varint()
        elif kind == 2:
            size = take_varint()
            value, at = data[at:at + size], at + size
        else:
            size = {5: 4, 1: 8}[kind]
            value, at = int.from_bytes(data[at:at + size], "little"), at + size
        out.setdefault(tag >> 3, []).append(value)
    return out


def sint(n):
    return n << 1 if n >= 0 else (-n << 1) - 1


def envelope(kind, to, frm=CLI, body=b"", call=None, peer=None, account=None):
    return message(f1=1, f2=kind, f3=to, f4=frm, f5=("f4", peer) if peer is not None else None, f7=call, f10=account, f9=body or None)


def record(rid, kind, home, seq, boot, body=b"", org=None, inc=1, up=0, down=0, to=None, deleted=False, author="rogue"):
    return message(f1=rid, f2=kind, f3=home, f4=inc, f5=seq, f6=("f8", boot), f7=org, f8=author, f9=1 if deleted else None,
                   f10=None if deleted else body, f11=up or None, f12=down or None, f13=to)


def entries(records):
    return b"".join(struct.pack(">I", len(r)) + r for r in records)


# --- libzmq

_zmq = ctypes.CDLL("libzmq.so.5", use_errno=True)
_zmq.zmq_ctx_new.restype = _zmq.zmq_socket.restype = _zmq.zmq_msg_data.restype = ctypes.c_void_p
_zmq.zmq_msg_size.restype = ctypes.c_size_t
_zmq.zmq_msg_data.argtypes = _zmq.zmq_msg_size.argtypes = [ctypes.c_void_p]
_context = ctypes.c_void_p(_zmq.zmq_ctx_new())
_DEALER, _ROUTER, _LINGER, _RCVTIMEO, _SERVER, _PUBLICKEY, _SECRETKEY, _SERVERKEY = 5, 6, 17, 27, 47, 48, 49, 50


def key_pair(secret=None):
    """(public, secret), 32 bytes each."""
    public = ctypes.create_string_buffer(41)
    hidden = ctypes.create_string_buffer(41)
    if secret is None:
        _zmq.zmq_curve_keypair(public, hidden)
    else:
        _zmq.zmq_z85_encode(hidden, secret, ctypes.c_size_t(32))
        _zmq.zmq_curve_public(public, hidden)
    raw = [ctypes.create_string_buffer(32) for _ in range(2)]
    _zmq.zmq_z85_decode(raw[0], public)
    _zmq.zmq_z85_decode(raw[1], hidden)
    return raw[0].raw, raw[1].raw


def unz85(text):
    raw = ctypes.create_string_buffer(33)
    assert _zmq.zmq_z85_decode(raw, text)
    return raw.raw[:32]


class Socket:
    """Of libzmq, with CURVE; may be used by several threads. Whole messages: lists of frames."""

    def __init__(self, kind, options):
        self.lock = threading.Lock()
        self.socket = ctypes.c_void_p(_zmq.zmq_socket(_context, kind))
        for option, value in ((_LINGER, 0), *options):
            if isinstance(value, int):
                value = struct.pack("=i", value)
            assert _zmq.zmq_setsockopt(self.socket, option, value, ctypes.c_size_t(len(value))) == 0

    def send(self, *frames):
        with self.lock:
            for i, frame in enumerate(frames):
                more = 2 if i + 1 < len(frames) else 0  # ZMQ_SNDMORE
                if self.socket:
                    _zmq.zmq_send(self.socket, frame, ctypes.c_size_t(len(frame)), more | 1)

    def receive_all(self, timeout_s):
        """The next message's frames, or None in time."""
        with self.lock:
            wait = ctypes.c_int(max(0, int(timeout_s * 1000)))
            if not self.socket:
                return None
            _zmq.zmq_setsockopt(self.socket, _RCVTIMEO, ctypes.byref(wait), ctypes.c_size_t(4))
            frames, more = [], True
            while more:
                frame = ctypes.create_string_buffer(64)
                _zmq.zmq_msg_init(frame)
                if _zmq.zmq_msg_recv(frame, self.socket, 0) < 0:
                    return None
                frames.append(ctypes.string_at(_zmq.zmq_msg_data(frame), _zmq.zmq_msg_size(frame)))
                more = _zmq.zmq_msg_more(frame)
                _zmq.zmq_msg_close(frame)
            return frames

    def receive(self, timeout_s):
        """The first frame of the next message, or None in time."""
        frames = self.receive_all(timeout_s)
        return frames and frames[0]

    def close(self):
        with self.lock:
            if self.socket:
                _zmq.zmq_close(self.socket)
            self.socket = None


class Dealer(Socket):
    """To a hub; keys: (public, secret)."""

    def __init__(self, endpoint, hub_key, keys):
        super().__init__(_DEALER, ((_SERVERKEY, hub_key), (_PUBLICKEY, keys[0]), (_SECRETKEY, keys[1])))
        assert _zmq.zmq_connect(self.socket, endpoint.encode()) == 0


class Router(Socket):
    """A hub's side. Without an authenticator of its own libzmq lets every key in."""

    def __init__(self, endpoint, keys):
        super().__init__(_ROUTER, ((_SERVER, 1), (_SECRETKEY, keys[1])))
        assert _zmq.zmq_bind(self.socket, endpoint.encode()) == 0, os.strerror(ctypes.get_errno())


# --- ZMTP 3 without libzmq, for sockets of our own

def greeting(mechanism=b"NULL"):
    return b"\xff" + bytes(8) + b"\x7f\x03\x00" + mechanism.ljust(20, b"\0") + b"\0" + bytes(31)


READY = b"\x04\x26\x05READY\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER" + b"\x08Identity" + struct.pack(">I", 0)
READY = b"\x04" + bytes([len(READY) - 2]) + READY[2:]


def frame(data):
    """One message of one frame."""
    if len(data) < 256:
        return b"\0" + bytes([len(data)]) + data
    return b"\x02" + struct.pack(">Q", len(data)) + data


def local(directory):
    """A raw connection to a node's own socket, as libzmq would make."""
    run = os.open(directory / "run", os.O_PATH)
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(120)
    sock.connect(f"/proc/self/fd/{run}/gate")
    os.close(run)
    return sock


def take(sock, size):
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data


def local_ready(directory):
    """The same, greeted: messages may follow."""
    sock = local(directory)
    sock.sendall(greeting() + READY)
    take(sock, 64 + len(READY))
    return sock


def take_message(sock):
    """The next message of one frame; ZMTP's own commands are passed over."""
    while True:
        flags = take(sock, 1)[0]
        data = take(sock, int.from_bytes(take(sock, 8 if flags & 2 else 1), "big"))
        if not flags & 4:
            return data


def ask_each(directory, requests, timeout_s=120):
    """Requests of a local caller, (kind, service, body), over one connection; the answers' envelopes."""
    answers = []
    with local_ready(directory) as sock:
        sock.settimeout(timeout_s)
        for kind, service, body in requests:
            sock.sendall(frame(envelope(kind, service, body=body, call=7)))
            answers.append(take_message(sock))
    return answers


def ask_at_once(directory, requests):
    """The same requests in one piece, so that they come into one turn of the service; answers as they come."""
    with local_ready(directory) as sock:
        sock.sendall(b"".join(frame(envelope(kind, service, body=body, call=7)) for kind, service, body in requests))
        return [take_message(sock) for _ in requests]


def ask(directory, kind, service, body):
    """One request of a local caller; the answer's envelope."""
    return ask_each(directory, [(kind, service, body)])[0]
