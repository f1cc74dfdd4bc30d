# SPDX-License-Identifier: Apache-2.0
"""Programs on a terminal: what they are told does not command it, and what they say themselves comes through whole."""
import hashlib
import os
import subprocess

import world
from forge import EVENT, TO_ALL, UP_REGION, key_id, pack, path, seal
from rogue import Rogue
from terminal import on_terminal
from wire import REGISTRY, message, sint
from world import BIN, patience, refused, test, wait_until

# an escape sequence, one of C1, a mark that turns the direction of writing
EVIL = "x\x1b]0;title\x07\x9b2J\u202ey"
SHOWN = "x\\u001b]0;title\\u0007\\u009b2J\\u202ey"


def piped(*args, **env):
    return subprocess.run([BIN / "selenga", *args], capture_output=True, text=True, timeout=patience(60), check=True, env={**os.environ, **env}).stdout


@test
def an_argument_in_a_sentence_commands_nothing(w):
    said = on_terminal("kinds", EVIL)
    assert not set("\x1b\x07\x9b\u202e") & set(said), ascii(said)
    said = on_terminal("--node", str(w.dir / EVIL), "queues")
    assert SHOWN in said and not set("\x1b\x07\x9b\u202e") & set(said), ascii(said)


@test
def long_russian_pages_come_through_whole(w):
    for args in (("--json", "kinds"), ("kinds", "employment"), ("kinds",)):
        pages = [call(*args, LC_ALL="ru_RU.UTF-8") for call in (on_terminal, piped)]
        assert pages[0] == pages[1], args
        assert any("а" <= c <= "я" for c in pages[1]), args
    assert len(piped("--json", "kinds", LC_ALL="ru_RU.UTF-8").encode()) > 8192  # more than stdio keeps


@test
def a_character_on_the_edge_of_a_buffer_is_not_torn(w):
    for shift in ("", "x"):
        long = shift + "Ж" * 10000
        assert long in on_terminal(long), shift


def seal_key(node):
    """libsodium's key derivation, subkey 1 (proto/README.md, 3 and 6)."""
    root = (node.dir / "secret" / "root.key").read_bytes()[:32]
    return hashlib.blake2b(digest_size=32, key=root, salt=(1).to_bytes(16, "little"), person=b"selenga1".ljust(16, b"\0")).digest()


@test
def a_record_that_was_kept_with_such_a_title_commands_nothing(w):
    """None is written today. One of an earlier version, handed back with the node's own seal, is not judged anew."""
    hub = w.node("hub").init("03").run()
    hub.text("organisation", "code,parent,kind,name\n03-08,03,municipal_authority,District\n")
    event = {"code": "EVIL", "kind": "seminar", "title": EVIL, "org": "03", "starts_on": "2024-01-10"}
    refused(1, hub.put, "event", event)
    child = Rogue(hub.token("03-08")).live()
    wait_until(lambda: child.sessions and child.received[REGISTRY], what="the child is served")
    mine = pack({"rid": key_id(EVENT, "EVIL"), "kind": EVENT, "home": path(hub.path), "inc": 1, "seq": 900, "boot": 77, "org": "03", "author": "x",
                 "body": message(f1="EVIL", f2="seminar", f3=EVIL, f4="03", f5=sint(19700)), "up": UP_REGION, "down": TO_ALL})
    wait_until(child.hand_back(REGISTRY, [seal(mine, seal_key(hub))]), what="the hub has taken what was handed back")
    wait_until(lambda: hub.list("event", "--where", "code=EVIL"), what="it is the hub's again")
    for verb in (("get", "event", "EVIL"), ("list", "event"), ("export", "event")):
        said = on_terminal("--node", str(hub.dir), *verb)
        assert "EVIL" in said and "title" in said and not set("\x1b\x07\x9b\u202e") & set(said), (verb, ascii(said))
    assert hub.list("event", "--where", "code=EVIL")[0]["body"]["title"] == EVIL, "what goes to a program is whole"
    child.close()


world.main()
