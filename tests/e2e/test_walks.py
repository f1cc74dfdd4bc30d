# SPDX-License-Identifier: Apache-2.0
"""Three people at their work, by what `--help` tells alone: walks.txt holds what they type and what they read.

`$ ` begins a command, `? N` tells its exit status where that is not 0, `~` waits until everything has arrived.
WALKS=write in the environment writes what is read now in place of what was expected.
"""
import os
import re
import subprocess
from pathlib import Path

import world
from world import BIN, SAMPLE, Late, patience, test, wait_until

SCRIPT = Path(__file__).with_name("walks.txt")
RUSSIAN = {"LC_ALL": "ru_RU.UTF-8", "PATH": f"{BIN}:{os.environ['PATH']}"}
LOOKS = ("list", "links", "queues", "report", "node status", "node list", "quarantine list", "quarantine summary", "route show")
# What differs from one run to the next.
VARYING = [
    (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "ИД"), (r"\b(?:[0-9a-f]{4}-){2}[0-9a-f]{4}\b", "ОТПЕЧАТОК"),
    (r"\b[0-9a-f]{8}(?:\.[0-9a-f]{8})+\b", "ПУТЬ"), (r"\b\d+\.\d+\.[0-9a-f]{16}\b", "ВЕРСИЯ"), (r"\b0\.\d+\.\d+\b", "ВЫПУСК"),
    (r"\bselenga\d?[:.][\w.:/+=@-]{40,}", "ПРИГЛАШЕНИЕ"), (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?", "ВРЕМЯ"),
    (r"(?<=127\.0\.0\.1:)\d+", "ПОРТ"), (r"\b\d+(?:[.,]\d+)? (?:мс|с|мин|ч|дн)(?!\w)", "СРОК"), (r"(?<= )\d+\.\d{3}(?= )", "ОТКЛИК"),
    (r"\b\d+(?:[.,]\d+)? [КМГ]иБ", "ОБЪЁМ"), (r"(?m)(ОБЪЁМ +)\d+$", r"\1ЧИСЛО"), (r"(СРОК +ВЫПУСК +)\d+", r"\1НОМЕР"),
]


def scene(w):
    w.nodes_by_org = w.tree(hubs=("03-08",), schools=("03-08-01", "03-08-02"))
    w.nodes_by_org["03"].sheet("competency", SAMPLE / "region" / "competency.csv")
    w.nodes_by_org["03"].sheet("event", SAMPLE / "region" / "event.csv")
    for name, org in (("region", "03"), ("hub", "03-08"), ("school", "03-08-01"), ("neighbour", "03-08-02")):
        w.file(name).exists() or w.file(name).symlink_to(w.nodes_by_org[org].dir)
    w.settle()
    return w


def typed(w, command):
    """What a person reads after typing it: both streams as one, and the exit status."""
    done = subprocess.run(["sh", "-c", command], cwd=w.dir, env={**os.environ, **RUSSIAN}, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=patience(120), check=False)
    text = done.stdout.replace(str(w.dir), "ПАПКА").replace("\ufeff", "")
    for what, name in VARYING:
        text = re.sub(what, name, text)
    lines = [re.sub(r" {2,}", "  ", re.sub(r"[─-]{4,}", "---", line)).strip() for line in text.splitlines()]
    return [line for line in lines if line] + ([f"? {done.returncode}"] if done.returncode else [])


def reads(command, lines):
    """No day of programs and no field's name stands in what a person reads, but where he asked for them or typed them."""
    if "--json" in command or "--csv" in command or command.startswith(("cat ", "echo ")):
        return
    for line in lines:
        for part in re.findall(r"(?<!JSON — )\b\d{4}-\d\d-\d\d\b|\b[a-z]+_[a-z_]+\b", line):
            assert part in command, f"`{part}` in what {command} says: {line}"


def helps(w, command):
    """The verb and its options are in the help, so that who can only read that could have typed it."""
    words = re.match(r"selenga(?: --node \S+)? ((?:[a-z-]+ ?)+)", command)
    if not words or "--help" in command:
        return
    verb = words[1].split()
    groups = ("node", "quarantine", "route", "review")
    verb = " ".join(verb[:2] if verb[0] in groups else verb[:1])
    assert re.search(rf"(?m)^  {verb}\b", "\n".join(w.help)), f"`{verb}` is not in `selenga --help`"
    told = subprocess.run([BIN / "selenga", *verb.split(), "--help"], env={**os.environ, **RUSSIAN}, text=True, capture_output=True, check=True)
    for option in re.findall(r" (--[a-z-]+)", command):
        assert option in told.stdout, f"{option} is not in `selenga {verb} --help`"


def sections():
    """{heading: [(command, [expected line])]}"""
    found, here = {}, None
    for line in SCRIPT.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            here = found[line[3:]] = []
        elif line.startswith(("$ ", "# ")) or line == "~":
            if here is not None:
                here.append((line.removeprefix("$ "), []))
        elif here and line:
            here[-1][1].append(line)
    return found


def walk(w, heading):
    w.help = subprocess.run([BIN / "selenga", "--help"], env={**os.environ, **RUSSIAN}, text=True, capture_output=True, check=True).stdout.splitlines()
    steps = sections()[heading]
    for i, (command, expected) in enumerate(steps):
        if command == "~":
            w.settle()
        if command[0] in "~#":
            continue
        helps(w, command)
        said = []

        def reads_as_expected(command=command, expected=expected):
            said[:] = typed(w, command)
            return said == expected
        again = any(re.search(rf"selenga(?: --node \S+)? {look}\b", command) for look in LOOKS)
        if os.environ.get("WALKS") == "write":
            steps[i] = (command, typed(w, command))
        else:
            try:
                good = wait_until(reads_as_expected, what=command) if again else reads_as_expected()
            except Late:
                good = False
            assert good, "\n".join([f"$ {command}", *said, "--- expected", *expected])
            reads(command, said)
    if os.environ.get("WALKS") == "write":
        write(heading, steps)


def write(heading, steps):
    before, _, rest = SCRIPT.read_text(encoding="utf-8").partition(f"== {heading}\n")
    after = rest.partition("\n== ")[1:]
    lines = [line for command, said in steps for line in ([command] if command[0] in "~#" else [f"$ {command}", *said])]
    SCRIPT.write_text("\n".join([before + f"== {heading}\n", *lines, "".join(after)]), encoding="utf-8")


@test
def a_deputy_head_brings_in_the_staff_sees_what_is_missing_and_undoes_it(w):
    walk(w, "Заместитель директора школы")


@test
def a_municipal_methodist_finds_people_reads_a_report_and_a_route(w):
    walk(w, "Методист муниципальной службы")


@test
def a_regional_operator_invites_looks_after_the_tree_and_revokes(w):
    walk(w, "Администратор региона")


world.main(scene)
