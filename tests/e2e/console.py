# SPDX-License-Identifier: Apache-2.0
"""A console by hand: it greets the gate with the console's number, and asks in the name of accounts."""
import wire

CONSOLE_CALL = 7


class Denied(Exception):
    """The code of the fault, and whether it may be tried again."""

    def __init__(self, code, again):
        super().__init__(code)
        self.code, self.again = code, again


class Console:
    def __init__(self, node):
        self.sock = wire.local_ready(node.dir)
        self._send(wire.envelope(wire.HELLO, wire.GATE, wire.CONSOLE, wire.message(f1=wire.CONSOLE, f2="test")))
        wire.take_message(self.sock)  # WELCOME

    def _send(self, data):
        self.sock.sendall(wire.frame(data))

    def once(self, kind, service, body=b"", account=None):
        """(type, {field: [values]}) of the answer; raises Denied."""
        self._send(wire.envelope(kind, service, wire.CLI, body, CONSOLE_CALL, account=account))
        answer = wire.parse(wire.take_message(self.sock))
        kind, body = answer[2][0], wire.parse(answer.get(9, [b""])[0])
        if kind == wire.ERROR:
            raise Denied(wire.parse(body[1][0])[1][0].decode(), bool(body.get(2, [0])[0]))
        return kind, body

    def code(self, kind, service, body=b"", account=None):
        """The code of the fault, None where there is none. A put's is that of its first group."""
        try:
            kind, body = self.once(kind, service, body, account)
        except Denied as error:
            return error.code
        outcome = wire.parse(body[1][0]) if kind == wire.PUT_REPLY and 1 in body else {}
        return wire.parse(outcome[2][0])[1][0].decode() if 2 in outcome else None

    def log_in(self, name, password, new=None):
        return self.code(wire.LOGIN, wire.REGISTRY, wire.message(f1=name, f2=password, f3=new))

    def close(self):
        self.sock.close()


def put(*items):
    """A put of one group."""
    return wire.message(f1=wire.message(f1=list(items)))
