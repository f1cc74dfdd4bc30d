# SPDX-License-Identifier: Apache-2.0
"""Programs on a terminal: what they are told does not command it, and what they say themselves comes through whole."""
import os
import pty
import subprocess

import world
from world import BIN, patience, test

# an escape sequence, one of C1, a mark that turns the direction of writing
EVIL = "x\x1b]0;title\x07\x9b2J\u202ey"
SHOWN = "x\\u001b]0;title\\u0007\\u009b2J\\u202ey"


def on_terminal(*args, **env):
    """What the terminal is sent."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen([BIN / "selenga", *args], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env={**os.environ, **env})
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # how a terminal ends
        pass
    os.close(ours)
    program.wait(60)
    return said.decode().replace("\r\n", "\n")


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


world.main()
