# SPDX-License-Identifier: Apache-2.0
"""A terminal for a program that is looked at on one."""
import os
import pty
import subprocess

from world import BIN


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
