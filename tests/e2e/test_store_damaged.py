# SPDX-License-Identifier: Apache-2.0
"""A store that cannot be used: whatever is wrong with it is said in words, and no program dies without any."""
import os
import random
import re
import resource
import shutil
import signal
import subprocess

import world
from world import SANITIZED, patience, test, wait_until

PAGE = 4096
FORMAT = b"\x01\0\0\0\0\0\x01\0F"  # the node of a page that holds the store's format


def many_organisations(w):
    header, *_ = (world.SAMPLE / "region" / "organisation.csv").read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    rows = [{"code": f"03-77-{i}", "name": f"Школа {i}", "kind": "school", "parent": "03"} for i in range(600)]
    path = w.dir / "many.csv"
    path.write_text("\n".join([header, *(",".join(row.get(name, "") for name in names) for row in rows)]) + "\n", encoding="utf-8")
    return path


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", world.SAMPLE / "region" / "organisation.csv")
    w.region.stop()
    w.kept = w.region.keep_store()
    w.region.run().sheet("organisation", many_organisations(w))
    w.region.stop()
    w.large = w.region.keep_store("large")  # of the small one, what is cut off may be free pages alone
    w.region.put_back(w.kept)
    return w


def data(w):
    return w.region.dir / "store" / "registry" / "data.mdb"


def words(w, code, spoil, before=()):
    """Spoils the store, lets the service start on it and returns what it said; then all is as before."""
    spoil(data(w))
    done = subprocess.run([*before, world.BIN / "selenga-registry", w.region.dir], capture_output=True, text=True, timeout=patience(30), check=False)
    said = done.stderr
    w.region.put_back(w.kept)
    assert done.returncode in (1, 78), f"exit {done.returncode}: {said}"
    assert f" error {code}: " in said and "store/registry" in said, said
    return said


def set_format(value):
    def spoil(path):
        text = path.read_bytes()
        assert FORMAT in text
        path.write_bytes(re.sub(re.escape(FORMAT) + b".", lambda _: FORMAT + bytes([value]), text, flags=re.S))
    return spoil


@test
def a_store_cut_in_half_or_emptied_is_said_to_be_damaged(w):
    for part in (0.5, 0.25, 0.75, 0):
        w.region.put_back(w.large)
        said = words(w, "STORE-DAMAGED", lambda path: os.truncate(path, int(path.stat().st_size * part)))
        assert "neighbours hold copies" in said and "backup" in said, said


@test
def zeros_and_noise_in_all_pages_are_said_to_be_damage(w):
    words(w, "STORE-DAMAGED", lambda path: path.write_bytes(bytes(path.stat().st_size)))
    noise = random.Random(8)
    words(w, "STORE-DAMAGED", lambda path: path.write_bytes(noise.randbytes(path.stat().st_size)))
    words(w, "STORE-DAMAGED", lambda path: path.write_bytes(
        path.read_bytes()[:2 * PAGE] + noise.randbytes(path.stat().st_size - 2 * PAGE)))


@test
def noise_in_some_pages_never_ends_a_program_without_words(w):
    """A page that is not read when the store is opened may be met later, or never."""
    noise = random.Random(9)
    for _ in range(8):
        pages = data(w).stat().st_size // PAGE
        with data(w).open("r+b") as file:
            for page in noise.sample(range(2, pages), max(1, pages // 8)):
                file.seek(page * PAGE)
                file.write(noise.randbytes(PAGE))
        done = subprocess.Popen([world.BIN / "selenga-registry", w.region.dir], stderr=subprocess.PIPE, text=True)
        lines = []
        for line in done.stderr:
            lines.append(line)
            if "SERVICE-READY" in line:
                done.terminate()
        done.wait(30)
        # Noise may make LMDB write past a page of its own; a sanitizer stops it there, and has the last word.
        said = " error (STORE-[A-Z]+|CRASHED): |AddressSanitizer.*liblmdb"
        assert done.returncode == 0 or re.search(said, "".join(lines), re.S), (done.returncode, lines)
        w.region.put_back(w.kept)


@test
def a_store_of_another_format_is_not_called_damaged(w):
    said = words(w, "STORE-NEWER", set_format(99))
    assert "Update" in said and ", format 99; this one reads format 9)" in said and "(version " in said, said
    assert ", format 1; this one reads format 9)" in words(w, "STORE-OLDER", set_format(1))


@test
def a_store_of_the_format_before_is_upgraded_at_the_start(w):
    w.region.run()
    before = w.region.records("organisation")
    w.region.stop()
    set_format(8)(data(w))
    w.region.run()
    try:
        assert before and w.region.records("organisation") == before
    finally:
        w.region.stop()
        w.region.put_back(w.kept)


@test
def a_directory_that_cannot_be_used_is_named(w):
    def spoil(path):
        shutil.rmtree(path.parent)
        path.parent.write_text("no directory")
    try:
        words(w, "STORE-OPEN", spoil)
    finally:
        if data(w).parent.is_file():
            data(w).parent.unlink()


@test
def a_file_that_may_not_be_read_is_no_damage(w):
    """root reads everything, but for those of its powers that it gives up."""
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    assert "owner of its folder" in words(w, "STORE-FORBIDDEN", lambda path: path.chmod(0), drop)


@test
def a_store_for_which_there_is_no_address_space_names_the_setting(w):
    if SANITIZED:
        return  # a sanitizer's own memory needs more than any limit that would tell
    said = words(w, "STORE-MEMORY", lambda path: None, ("prlimit", f"--as={512 << 20}"))
    assert "`map_mib`" in said and "ulimit -v" in said, said


@test
def a_lock_is_not_taken_through_a_link(w):
    """Nor does what somebody has put there in its place hold the program."""
    other = w.region.dir.parent / "somebodys"
    def link(path):
        (path.parent / "in-use").unlink()
        (path.parent / "in-use").symlink_to(other)
    def fifo(path):
        (path.parent / "in-use").unlink()
        os.mkfifo(path.parent / "in-use")
    words(w, "STORE-OPEN", link)
    words(w, "STORE-OPEN", fifo)
    assert not other.exists()


@test
def a_second_service_on_the_same_store_is_refused(w):
    w.region.run()
    try:
        done = subprocess.run([world.BIN / "selenga-registry", w.region.dir], capture_output=True, text=True, timeout=patience(30), check=False)
        assert done.returncode == 1 and " error STORE-IN-USE: " in done.stderr, done
        assert f"({w.region.pid('registry')})" in done.stderr, done
        assert len(w.region.list("organisation")) >= 14
    finally:
        w.region.stop()


@test
def no_program_leaves_a_core_file(w):
    w.region.run()
    try:
        for pid in [*w.region.pids().values(), w.region.process.pid]:
            with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
                line = next(l for l in limits if l.startswith("Max core file size"))
            # 1 keeps the memory from a program that core_pattern names, too; 0 where nothing else is allowed.
            assert line.split()[4:6] in (["1", "1"], ["0", "0"]), line
    finally:
        w.region.stop()


def crashed(w, signal_number, **environment):
    """Runs the registry by itself, sends it the signal; how the kernel says that it ended."""
    program = str(world.BIN / "selenga-registry")
    log = os.open(w.region.dir.parent / "crashed.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    pid = os.posix_spawn(program, [program, str(w.region.dir)], {**os.environ, **environment}, file_actions=[(os.POSIX_SPAWN_DUP2, log, 2)])
    os.close(log)
    text = w.region.dir.parent / "crashed.err"
    try:
        wait_until(lambda: "SERVICE-READY" in text.read_text(), what="the service is ready")
    finally:
        os.kill(pid, signal_number)
        _, status = os.waitpid(pid, 0)
    return status


@test
def a_crash_is_told_and_leaves_no_core(w):
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        status = crashed(w, signal.SIGSEGV)
        said = (w.region.dir.parent / "crashed.err").read_text()
        assert " error CRASHED: " in said, said
        # A sanitizer has the last word.
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV or "AddressSanitizer" in said, (status, said)
        assert not os.WCOREDUMP(status)
        assert not os.WCOREDUMP(crashed(w, signal.SIGABRT))
        assert not list(w.region.dir.glob("core*"))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@test
def a_store_cut_under_a_running_service_ends_it_with_words(w):
    w.region.run()
    err = w.region.dir.parent / "region.err"
    try:
        os.truncate(data(w), 2 * PAGE)
        try:
            w.region.selenga("node", "status")
        except world.Refused:
            pass
        wait_until(lambda: "selenga-registry cannot work until somebody acts (status 78)" in err.read_text(), what="the service ends with words")
        log = w.region.says("registry", "STORE-DAMAGED: ")
        assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ selenga-registry error STORE-DAMAGED: ", log, re.M)
    finally:
        w.region.stop()
        w.region.put_back(w.kept)


def spoil_record(path, marker):
    """In each copy of the record with this text: the format of its place in the log."""
    row = re.compile(rb"\0\0\x08\0\0\0\0\0\0\0..\x08", re.S)  # of a node of LMDB: flags, size of the key, key, format
    with path.open("r+b") as file:
        text = file.read()
        at = [m.start() for m in re.finditer(re.escape(marker), text)]
        for end in at:
            file.seek([m for m in row.finditer(text, max(0, end - 400), end)][-1].end() - 1)
            file.write(b"\x63")
    assert at


@test
def a_record_spoiled_under_a_running_service_ends_it_with_words(w):
    """The pages are sound, and what stands in one is not."""
    w.region.run()
    err = w.region.dir.parent / "region.err"
    before = len(err.read_text())
    try:
        w.region.put("event", {"code": "EV-SPOILED", "kind": "seminar", "title": "Семинар", "org": "03", "starts_on": "2024-01-10"})
        spoil_record(data(w), b"EV-SPOILED")
        world.refused(75, w.region.list, "event")
        wait_until(lambda: "selenga-registry cannot work until somebody acts (status 78)" in err.read_text()[before:], what="it ends")
        wait_until(lambda: w.region.status()["trouble"].startswith("STORE-DAMAGED: "), what="status says it")
    finally:
        w.region.stop()
        w.region.put_back(w.kept)


def is_well(w, program):
    try:
        return w.region.status(program)["well"]
    except (StopIteration, world.Refused):  # the node does not answer yet
        return False


@test
def the_supervisor_says_what_is_wrong_and_waits(w):
    os.truncate(data(w), data(w).stat().st_size // 2)
    err = w.region.dir.parent / "region.err"
    w.region.start()
    try:
        wait_until(lambda: "STORE-DAMAGED" in err.read_text(), what="the supervisor says it")
        assert "selenga-registry cannot work until somebody acts" in err.read_text()
        assert "signal" not in err.read_text()
        wait_until(lambda: is_well(w, "routing"), what="routing is well")
        row = w.region.status()
        assert not row["well"] and row["trouble"].startswith("STORE-DAMAGED: ") and "store/registry" in row["trouble"], row
    finally:
        w.region.stop()
        w.region.put_back(w.kept)


world.main(scene)
