# SPDX-License-Identifier: Apache-2.0
"""What an import would do is told before, and what it did is taken back: both by the services' own rules."""
import os
import random
import signal
import subprocess
from pathlib import Path

from world import BIN, Refused, main, refused, test, wait_until

HEAD = "org,number,last_name,first_name,post,post_class,rate,from\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    return w


def row(n, name="Иванов", post="учитель", rate="1"):
    return f"03,{n},{name},Иван,{post},pedagogue,{rate},2015-09-01\n"


def sheet(w, name, text):
    path = w.file(name)
    path.write_text(text, encoding="utf-8")
    return path


def imported(w, sheet_name, path, *options):
    """What the import says, also where it rejects rows."""
    try:
        return w.region.selenga("import", sheet_name, path, *options)
    except Refused as error:
        assert error.code == 1 and isinstance(error.out, dict), vars(error)
        return error.out


@test
def a_dry_run_says_what_the_import_then_does_and_writes_nothing(w):
    w.region.sheet("staff", sheet(w, "before.csv", HEAD + row(1) + row(2) + row(3)))
    as_it_was = w.region.export("staff")
    after = sheet(w, "after.csv", HEAD + row(1, post="завуч", rate="0.5") + row(2) + row(4) + row(5, name=""))
    plan = imported(w, "staff", after, "--dry-run")
    assert w.region.export("staff") == as_it_was
    assert plan["rejected_file"] is None and not w.file("after.csv.rejected.csv").exists(), plan
    assert [c["row"] for c in plan["changes"]] == [2], plan
    fields = {f["field"]: (f["before"], f["after"]) for f in plan["changes"][0]["fields"]}
    assert fields == {"post": ("учитель", "завуч"), "rate": ("1", "0.5")}, fields
    assert plan["missing"] == ["03:3"], plan
    assert [r["row"] for r in plan["rejects"]] == [5], plan
    done = imported(w, "staff", after)
    for key in ("new", "changed", "unchanged", "rejected", "missing", "rejects"):
        assert plan[key] == done[key], (key, plan, done)
    assert [done[k] for k in ("new", "changed", "unchanged", "rejected")] == [1, 1, 1, 1], done


@test
def a_row_may_refer_to_one_above_it_also_in_a_dry_run(w):
    path = sheet(w, "tree.csv", "code,parent,kind,name\n03-7,03,municipal_authority,Район\n03-7-1,03-7,school,Школа\n03-7-2,03-9,school,Чужая\n")
    plan = imported(w, "organisation", path, "--dry-run")
    assert (plan["new"], plan["rejected"]) == (2, 1), plan
    assert plan["rejects"][0]["reasons"][0]["code"] == "REF-UNKNOWN", plan


@test
def an_import_is_taken_back_to_the_byte(w):
    w.region.sheet("staff", sheet(w, "first.csv", HEAD + row(1) + row(2) + row(3)))
    as_it_was = w.region.export("staff")
    second = sheet(w, "second.csv", HEAD + row(1, post="директор") + row(2) + row(8, name="Новый"))
    w.region.sheet("staff", second)
    assert w.region.export("staff") != as_it_was
    back = w.region.selenga("import", "staff", second, "--undo")
    assert (back["restored"], back["sheet"]) == (1, "staff"), back
    assert w.region.export("staff") == as_it_was
    refused(1, w.region.selenga, "import", "staff", "--undo", says="no import of this node")


@test
def what_was_changed_since_keeps_all_of_it(w):
    path = sheet(w, "changed.csv", HEAD + row(21) + row(22))
    w.region.sheet("staff", path)
    w.region.put("employment", {"org": "03", "number": "22", "post": "директор"})
    as_it_is = w.region.export("staff")
    refused(1, w.region.selenga, "import", "staff", path, "--undo", says="employment 03:22")
    assert w.region.export("staff") == as_it_is


@test
def what_others_refer_to_keeps_all_of_it(w):
    path = sheet(w, "events.csv", "code,kind,title,org,starts_on\nE-1,seminar,Т,03,2024-01-01\nE-2,seminar,Т,03,2024-01-01\n")
    w.region.sheet("staff", sheet(w, "one.csv", HEAD + row(31)))
    w.region.sheet("event", path)
    w.region.put("attendance", {"event": "E-1", "person": "03:31"})
    refused(1, w.region.selenga, "import", "event", path, "--undo", says="event E-1")
    assert [w.region.selenga("get", "event", code)["body"]["title"] for code in ("E-1", "E-2")] == ["Т", "Т"]


@test
def only_the_last_import_is_taken_back(w):
    first = sheet(w, "a.csv", HEAD + row(41))
    w.region.sheet("staff", first)
    w.region.sheet("staff", sheet(w, "b.csv", HEAD + row(42)))
    refused(1, w.region.selenga, "import", "staff", first, "--undo", says="b.csv")


def begun(w, path):
    """An import under way: its journal says so before anything is sent."""
    command = [BIN / "selenga", "--node", w.region.dir, "import", "staff", path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = w.region.dir / "import.undo.new"
    wait_until(lambda: journal.exists() and journal.stat().st_size > 0)
    return process


def asleep(pid):
    """Waits for an answer: it sleeps however often one looks."""
    states = {Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] for _ in range(200)}
    return states == {"S"}


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def undo(w, path):
    """Taken back, or there was nothing to take back."""
    try:
        return w.region.selenga("import", "staff", path, "--undo")
    except Refused as error:
        assert "no import of this node" in error.err, vars(error)
        return {"removed": 0, "restored": 0}


@test
def whenever_an_import_is_killed_all_that_it_wrote_is_taken_back(w):
    w.region.sheet("staff", sheet(w, "stay.csv", HEAD + "".join(row(n) for n in range(1000, 1600))))
    (w.region.dir / "import.undo").unlink()
    as_it_was = w.region.export("staff")
    path = sheet(w, "many.csv", HEAD + "".join(row(n, post="завуч") for n in range(1000, 4000)))
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    wrote = 0
    for _ in range(6):
        process = begun(w, path)
        try:
            process.wait(chance.uniform(0, 0.3))
        except subprocess.TimeoutExpired:
            pass
        kill(process)
        back = undo(w, path)
        wrote += back["removed"] + back["restored"] > 0
        assert w.region.export("staff") == as_it_was, back
        assert not (w.region.dir / "import.undo.new").exists()
    assert wrote > 0


@test
def a_message_that_the_killed_import_heard_no_answer_to_is_taken_back(w):
    as_it_was = w.region.export("staff")
    path = sheet(w, "unheard.csv", HEAD + "".join(row(n) for n in range(5000, 5400)))
    registry = w.region.pid("registry")
    process = begun(w, path)
    os.kill(registry, signal.SIGSTOP)
    try:
        wait_until(lambda: asleep(process.pid))
    finally:
        kill(process)
        os.kill(registry, signal.SIGCONT)
    undo(w, path)
    assert w.region.export("staff") == as_it_was


@test
def thousands_of_people_are_taken_back_one_import_after_the_other(w):
    """The node's other services keep in mind whom they may not refer to any more, no longer than they need."""
    as_it_was = w.region.export("staff")
    path = sheet(w, "thousands.csv", HEAD + "".join(row(n) for n in range(30000, 33000)))
    for _ in range(2):
        w.region.sheet("staff", path)
        assert w.region.selenga("import", "staff", path, "--undo")["removed"] == 9000
    assert w.region.export("staff") == as_it_was


@test
def a_killed_import_that_is_imported_again_is_taken_back_as_one(w):
    as_it_was = w.region.export("staff")
    path = sheet(w, "again.csv", HEAD + "".join(row(n) for n in range(6000, 8000)))
    journal = w.region.dir / "import.undo.new"
    process = begun(w, path)
    wait_until(lambda: journal.stat().st_size > 1000)
    kill(process)
    with journal.open("a") as half:
        half.write("105 318bb202-beaf")  # as whoever is killed in the middle of a line leaves it
    assert w.region.export("staff") != as_it_was
    other = sheet(w, "again.csv", HEAD + "".join(row(n, post="завуч") for n in range(6000, 8000)))
    w.region.sheet("staff", other)
    w.region.selenga("import", "staff", path, "--undo")
    assert w.region.export("staff") == as_it_was


@test
def what_was_changed_after_the_import_was_killed_keeps_all_of_it(w):
    path = sheet(w, "since.csv", HEAD + "".join(row(n) for n in range(9000, 12000)))
    journal = w.region.dir / "import.undo.new"
    process = begun(w, path)
    wait_until(lambda: journal.stat().st_size > 1000)
    kill(process)
    w.region.put("employment", {"org": "03", "number": "9001", "post": "директор"})
    as_it_is = w.region.export("staff")
    refused(1, w.region.selenga, "import", "staff", path, "--undo", says="employment 03:9001")
    assert w.region.export("staff") == as_it_is
    journal.unlink()


@test
def an_import_under_way_is_not_taken_back(w):
    """Its first word is the journal, which nobody else may have."""
    path = sheet(w, "slow.csv", HEAD + "".join(row(n) for n in range(20000, 24000)))
    process = begun(w, path)
    process.send_signal(signal.SIGSTOP)
    try:
        refused(1, w.region.selenga, "import", "staff", path, "--undo", says="under way")
    finally:
        process.send_signal(signal.SIGCONT)
    assert process.wait() == 0
    w.region.selenga("import", "staff", path, "--undo")


if __name__ == "__main__":
    main(scene)
