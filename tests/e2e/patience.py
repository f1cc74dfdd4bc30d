# SPDX-License-Identifier: Apache-2.0
"""What tests wait for and look at: conditions with a deadline, commands that are refused, ports and processes.
$BIN comes from ctest."""
import os
import random
import re
import socket
import subprocess
import threading
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

BIN = Path(os.environ["BIN"])
SANITIZED = "ASAN_OPTIONS" in os.environ
# A hang is what patience finds; a machine that is slow, or has other work, is no fault.
PATIENCE_S = float(os.environ.get("SELENGA_TEST_PATIENCE_S", 240 if SANITIZED else 120))

_idle = threading.Event()


class Late(AssertionError):
    """A condition did not come true in time."""


class Refused(Exception):
    """A command ended with another code than 0."""

    def __init__(self, args, code, out, err):
        super().__init__(f"exit {code}: selenga {' '.join(map(str, args))}\n{err.strip()}")
        self.code, self.out, self.err = code, out, err


def wait_until(condition, deadline_s=None, what=""):
    """Polls until condition() is true and returns its value. Rests as long as it looked: what is waited for needs the processor."""
    end = time.monotonic() + (deadline_s or PATIENCE_S)
    while True:
        begun = time.monotonic()
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Late(f"not in time: {what or condition.__name__}")
        _idle.wait(min(2, max(0.03, time.monotonic() - begun)))


def without_quarantine():
    """Where memory is measured: freed memory that the address sanitizer keeps (256 MiB of it by default) is not the programs'."""
    if SANITIZED:
        os.environ["ASAN_OPTIONS"] += ":quarantine_size_mb=4"


def patience(seconds):
    """What would be patience enough on a machine of our own, as this one needs it."""
    return seconds * PATIENCE_S / 60


def refused(code, call, *args, says=None, **options):
    """The command must end with this code; returns what it said."""
    try:
        call(*args, **options)
    except Refused as error:
        assert error.code == code, f"exit {error.code} instead of {code}: {error}"
        assert says is None or says in error.err, f"does not say '{says}': {error.err}"
        return error.err
    raise AssertionError(f"was not refused: {args}")


def spoken(node, *args):
    """What people read of a verb: its table and what stands below; whatever its exit status. node: None for a verb without."""
    done = subprocess.run([BIN / "selenga", *(["--node", node.dir] if node else []), *args], capture_output=True, text=True, timeout=patience(60), check=False)
    return done.stdout + done.stderr


def workbook(path):
    """The rows of a workbook's first sheet, as texts by the letter of the column."""
    sheet = ElementTree.fromstring(zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml"))
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    return [{cell.get("r")[0]: "".join(cell.itertext()) for cell in row.iterfind("x:c", space)} for row in sheet.iterfind(".//x:row", space)]


def free_port():
    """A loopback port that nobody listens on, below those that the kernel hands out to clients."""
    while True:
        port = random.SystemRandom().randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        return False


def memory_kib(pid, field="VmRSS"):
    match = re.search(rf"^{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(match.group(1)) if match else 0
