# SPDX-License-Identifier: Apache-2.0
"""Whatever umask its operator has: no file of a node is open to others, no log, command line or environment tells a secret or a
person, and no file is written through a link that somebody planted."""
import os
import re
import shutil
import stat
from pathlib import Path

import world
from world import refused, test, wait_until

SCHOOL, OTHER = "03-08-01", "03-08-02"
LAST, FIRST, SNILS = "Канарейкина", "Зяблина", "11223344595"
STAFF = ("org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,manager_role,rate,main_place,external,"
         "from,to,experience_from,experience_break_days,subject,category\n")
PERSON = f"{SCHOOL},{{}},{LAST},{FIRST},,1987-06-05,{SNILS},учитель,{{}},,1,yes,no,2015-09-01,,2009-04-17,,химия,\n"
NODES = ("region", "hub", "school")


def scene(w):
    os.umask(0)
    w.dir.chmod(0o1777)  # a folder that all share
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL,))
    w.region, w.hub, w.school = nodes["03"], nodes["03-08"], nodes[SCHOOL]
    w.tokens = [w.hub.token(OTHER), w.hub.token(OTHER)]
    w.selenga("node", "join", w.file("other"), "-", stdin=w.tokens[0])
    w.phrase = w.school.selenga("node", "key", "phrase", "--yes")["phrase"]
    w.sheet = w.file("staff.csv")
    w.sheet.write_text(STAFF + PERSON.format("1", "pedagogue") + PERSON.format("2", "cook"))
    refused(1, w.school.sheet, "staff", w.sheet)
    w.book, w.people = w.file("report.xlsx"), w.file("people.xlsx")
    w.selenga("--node", w.school.dir, "report", "--period", "2024", "--xlsx", w.book)
    wait_until(lambda: w.hub.records("identity"), what="the municipality has the person")
    # Written a moment after a child was admitted, not with it.
    wait_until(lambda: any(w.dir.glob("*/admitted")), what="whom a node admitted stands beside its store")
    return w


def everything(directory):
    for path in directory.rglob("*"):
        yield path, path.lstat()


def secrets(w):
    """Of all nodes, as they are written, and as somebody would write them down."""
    found = [t.encode() for t in (*w.tokens, w.phrase)]
    for path in w.dir.glob("*/secret/*"):
        data = path.read_bytes()
        if path.name == "root.key":
            found += [data, data.hex().encode()]
        elif data[:40].isascii():
            found.append(data.splitlines()[1])  # the first line is public
    assert len(found) > 8 and all(len(f) >= 32 for f in found), found
    return found


@test
def no_file_of_a_node_is_open_to_others(w):
    seen = set()
    for name in (*NODES, "other"):
        directory = next(n.dir for n in w.nodes if n.name.startswith(name)) if name != "other" else w.file(name)
        assert directory.stat().st_mode & 0o007 == 0, directory
        for path, st in everything(directory):
            shape = stat.filemode(st.st_mode)
            assert st.st_mode & 0o027 == 0, f"{path} is {shape}"
            if path.relative_to(directory).parts[0] not in ("log",):
                assert st.st_mode & 0o077 == 0, f"{path} is {shape}"
            assert not stat.S_ISLNK(st.st_mode), path
            seen.add(path.name)
    for name in ("node.conf", "root.key", "data.mdb", "lock.mdb", "gate", "gate.pid", "selenga-gate.log", "admitted", "import.undo"):
        assert name in seen, f"{name} was not looked at: {sorted(seen)}"


@test
def what_is_written_beside_a_persons_file_is_his_alone(w):
    rejected = Path(f"{w.sheet}.rejected.csv")
    assert LAST in rejected.read_text()
    for path in (rejected, w.book):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, f"{path} is {stat.filemode(path.stat().st_mode)}"


@test
def no_log_tells_a_secret_or_a_person(w):
    needles = secrets(w) + [t.encode() for t in (LAST, FIRST, SNILS, "112-233-445", "1987-06-05")]
    logs = [p for n in w.nodes for p in [*n.dir.glob("log/*"), *n.dir.glob("run/*.trouble"), n.out, n.err]]
    logs = [p for p in logs if p.exists()]
    assert len(logs) > 15, logs
    for path in logs:
        data = path.read_bytes()
        assert not [n for n in needles if n in data], path


@test
def no_command_line_or_environment_of_a_running_program_does(w):
    needles = secrets(w) + [LAST.encode(), SNILS.encode()]
    for node in w.nodes:
        for pid in (node.process.pid, *node.pids().values()):
            for what in ("cmdline", "environ"):
                data = Path(f"/proc/{pid}/{what}").read_bytes()
                assert not [n for n in needles if n in data], f"{what} of {pid}"
            core = re.search(r"Max core file size +(\S+) +(\S+)", Path(f"/proc/{pid}/limits").read_text())
            # 1: not even a program that core_pattern names is handed the memory
            assert core.group(1) in ("0", "1"), f"{pid} of {node.name} may leave a core file: {core.group(0)}"


def attempt(w, node):
    """A start of the node, as far as it comes."""
    node.start()
    wait_until(lambda: node.process.poll() is not None or "ready\n" in node.out.read_text() or node.err.stat().st_size, what="it starts, or says why not")
    if node.process.poll() is None:
        node.stop()
    node.process = None
    node.err.write_text("")  # programs that ended at a planted link are no complaint


@test
def nothing_is_written_through_a_link_that_was_planted(w):
    """At each name that a node writes to, and at each name beside it that is renamed into its place."""
    w.school.stop()
    theirs = w.file("theirs")
    theirs.write_text("theirs")
    theirs.chmod(0o666)
    names = [p.relative_to(w.school.dir) for p, st in everything(w.school.dir) if stat.S_ISREG(st.st_mode) and p.parent.name in ("log", "run")]
    names += [Path("run") / f"{p}.{end}" for p in world.PROGRAMS for end in ("pid", "trouble")]
    assert len(names) > 10, names
    for name in sorted(set(names)):
        path = w.school.dir / name
        kept = path.read_bytes() if path.exists() else None
        path.unlink(missing_ok=True)
        path.symlink_to(theirs)
        attempt(w, w.school)
        assert theirs.read_text() == "theirs" and stat.S_IMODE(theirs.stat().st_mode) == 0o666, f"written through {name}"
        if path.is_symlink():
            path.unlink()
            if kept is not None:
                path.write_bytes(kept)
                path.chmod(0o600)
    beside = [p.with_name(p.name + ".new") for p, st in everything(w.school.dir) if stat.S_ISREG(st.st_mode)]
    for path in beside:
        path.symlink_to(theirs)
    w.school.run()
    refused(1, w.school.sheet, "staff", w.sheet)
    assert theirs.read_text() == "theirs"
    for path in beside:
        if path.is_symlink():
            path.unlink()


@test
def a_command_writes_through_no_link_in_the_nodes_directory(w):
    theirs = w.file("theirs")
    for name in ("import.undo", "import.undo.new"):
        path = w.school.dir / name
        path.unlink(missing_ok=True)
        path.symlink_to(theirs)
        try:
            w.school.text("event", f"code,kind,title,org,starts_on\nL-{len(name)},seminar,Встреча,{SCHOOL},2024-01-10\n")
        except world.Refused:
            pass
        assert theirs.read_text() == "theirs", name
        path.unlink(missing_ok=True)
    shutil.rmtree(w.file("linked"), ignore_errors=True)
    w.file("linked").symlink_to(w.file("elsewhere"))
    refused(1, w.selenga, "node", "join", w.file("linked"), "-", stdin=w.tokens[1])
    assert not w.file("elsewhere").exists()


world.main(scene)
