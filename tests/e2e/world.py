# SPDX-License-Identifier: Apache-2.0
"""Real nodes for tests: made, run, killed, asked through the command line. Python's own library only.

A test file holds functions marked @test, whose names are sentences, and ends with world.main(). Each function gets what the
file's scene(world) returned, or a fresh World where there is no scene. $BIN, $SOURCE and $TEST_DIR come from ctest.
"""
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import looks
from patience import (BIN, PATIENCE_S, SANITIZED, Late, Refused, alive, free_port, memory_kib, patience, refused, spoken, wait_until,
                      without_quarantine)

SOURCE = Path(os.environ["SOURCE"])
SAMPLE = SOURCE / "deploy" / "sample"
SERVICES = tuple(looks.SERVICES.values())
PROGRAMS = ("gate", *SERVICES)
# A test has no minute to wait until a dead line is noticed.
QUICK = {"gate": {"ping_ms": 300, "silence_ms": 2000, "backoff_base_ms": 50, "backoff_max_ms": 400}, "console": {"listen": ""}}
# Under sanitizers half of a command's time is the search for leaks at its end. Whoever looks again and again has them sought the
# first times only.
LOOKS = ("list", "links", "queues", "get", "quarantine list", "node status", "node list", "report")
LOOKED_ENOUGH = 3


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Node:
    """One node's directory and the supervisor that runs it."""

    def __init__(self, world, name):
        self.world, self.name, self.dir = world, name, world.dir / name
        self.process = None
        self.port = None
        self.killed = 0  # programs that the test killed itself
        self.prefix = []  # before each of its commands: another network, say
        self.address = "127.0.0.1"  # where it listens

    # --- commands

    def selenga(self, *args, stdin=None, timeout_s=None):
        """Runs a verb at this node; returns what it printed, as JSON where it is that."""
        return self.world.selenga("--node", self.dir, "--json", *args, stdin=stdin, timeout_s=timeout_s, prefix=self.prefix)

    def put(self, kind, *bodies):
        return self.selenga("put", kind, stdin=json.dumps([{"body": b} for b in bodies]))

    def list(self, kind, *options):
        return self.selenga("list", kind, *options)

    def sheet(self, sheet, path):
        return self.selenga("import", sheet, path)

    def text(self, sheet, text, encoding="utf-8"):
        """Imports a sheet given as text."""
        path = self.world.file(f"{self.name}.{sheet}.csv")
        path.write_bytes(text.encode(encoding))
        return self.sheet(sheet, path)

    def records(self, kind):
        """What list shows, byte for byte as stored: {id: record}, without the command's start."""
        number, service = self.world.kind(kind)
        try:
            return looks.records(self.dir, number, service)
        except looks.NotNow as error:
            raise Refused(("list", kind), 75, [], str(error)) from None

    def export(self, sheet):
        return self.world.selenga("--node", self.dir, "export", sheet)

    def queues(self, **where):
        """What `queues` shows, without the command's start."""
        try:
            return [q for q in looks.queues(self.dir) if all(q[k] == v for k, v in where.items())]
        except looks.NotNow as error:
            raise Refused(("queues",), 75, [], str(error)) from None

    def waiting(self, flow="up"):
        return sum(q["waiting"] for q in self.queues(flow=flow))

    def view(self, *args):
        """What a view of the node's health shows, also where its exit status says that somebody should look."""
        try:
            return self.selenga(*args)
        except Refused as error:
            if error.code not in (1, 2) or not isinstance(error.out, list):
                raise
            return error.out

    def links(self, role=None):
        return [l for l in self.view("links") if role in (None, l["role"])]

    def status(self, program="registry"):
        """What `node status` says of a program, well or not."""
        return next(row for row in self.view("node", "status") if row["program"] == program)

    def provisional(self):
        """How many people of this node have no real pseudonym yet."""
        try:
            return looks.status(self.dir)["provisional"]
        except looks.NotNow as error:
            raise Refused(("node", "status"), 75, [], str(error)) from None

    def quarantine(self):
        return self.selenga("quarantine", "list")

    # --- life

    def init(self, org, level="region", name=None):
        self.port = free_port()
        self.world.selenga("node", "init", self.dir, "--org", org, "--level", level, "--name", name or org,
                           "--listen", f"tcp://{self.address}:{self.port}", prefix=self.prefix)
        return self._made()

    def join(self, hub, org, listen=False, via=None):
        """via: a Line of world.line(hub), which the node will use from now on."""
        self._join(hub.token(org), listen)
        if via:
            self.set_parent_port(via.port)
        return self

    def _join(self, token, listen=False):
        options = []
        if listen:
            self.port = free_port()
            options = ["--listen", f"tcp://{self.address}:{self.port}"]
        self.world.selenga("node", "join", self.dir, token, *options, prefix=self.prefix)
        return self._made()

    def _made(self):
        self.configure(QUICK)
        self.path = re.search(r'path = "([^"]*)"', self.conf.read_text()).group(1)
        return self

    def token(self, org, *options):
        return self.selenga("node", "invite", "--org", org, *options)["token"]

    @property
    def conf(self):
        return self.dir / "node.conf"

    def configure(self, sections):
        with self.conf.open("a") as file:
            for section, settings in sections.items():
                file.write(section + "\n" + "".join(f'    {k} = "{v}"\n' for k, v in settings.items()))
            file.flush()
            os.fsync(file.fileno())  # a power cut is the programs' trial, not the harness's

    def set_parent_port(self, port):
        text = self.conf.read_text()
        self.conf.write_text(re.sub(r"(endpoint = \"tcp://127\.0\.0\.1:)\d+", rf"\g<1>{port}", text))

    def start(self):
        """Starts it without waiting."""
        assert self.process is None, f"{self.name} runs already"
        self.out, self.err = self.world.dir / f"{self.name}.out", self.world.dir / f"{self.name}.err"
        with self.out.open("w") as out, self.err.open("a") as err:
            self.process = subprocess.Popen([*self.prefix, BIN / "selenga", "node", "run", self.dir], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err, start_new_session=True, preexec_fn=_die_with_parent)
        return self

    def ready(self):
        def said():
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode}"
            return "ready\n" in self.out.read_text()
        wait_until(said, what=f"{self.name} is ready")
        return self

    def run(self):
        return self.start().ready()

    def pids(self):
        """Of the programs that run now."""
        found = {}
        for program in PROGRAMS:
            try:
                found[program] = int((self.dir / "run" / f"{program}.pid").read_text())
            except (OSError, ValueError):
                pass
        return found

    def pid(self, program):
        return wait_until(lambda: self.pids().get(program), what=f"{program} of {self.name} has a pid")

    def kill(self, program):
        """SIGKILL to one program; the supervisor starts it again. False: it did not run."""
        pid = self.pids().get(program)
        if not pid or not alive(pid):
            return False
        self.killed += 1
        os.kill(pid, signal.SIGKILL)
        return True

    def kill_all(self):
        """SIGKILL to the supervisor; its programs go with it."""
        pids = self.pids().values()
        self.process.kill()
        self.process.wait()
        self.process = None
        wait_until(lambda: not any(map(alive, pids)), what=f"all programs of {self.name} are gone")

    def stop(self):
        """In order, by SIGTERM. Returns the exit code."""
        if self.process is None:
            return None
        pids = self.pids().values()
        self.process.terminate()
        try:
            code = self.process.wait(patience(30))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.process = None
            raise Late(f"{self.name} does not stop") from None
        self.process = None
        left = [pid for pid in pids if alive(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert not left, f"{self.name} left processes behind: {left}"
        return code

    def log(self, program=None):
        programs = [program] if program else PROGRAMS
        paths = [self.dir / "log" / f"selenga-{p}.log" for p in programs]
        return "".join(p.read_text(errors="replace") for p in paths if p.exists())

    def says(self, program, *texts):
        """The program's log, once it holds these texts: lines come through the supervisor, and later than answers."""
        def said():
            log = self.log(program)
            return log if all(text in log for text in texts) else None
        return wait_until(said, what=f"the log of {self.name}'s {program} holds {texts}")

    # --- stores

    def keep_store(self, name="kept"):
        """A copy of the stopped node's stores."""
        assert self.process is None
        copy = self.world.dir / f"{self.name}.{name}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.dir / "store", copy)
        return copy

    def put_back(self, copy):
        assert self.process is None
        shutil.rmtree(self.dir / "store", ignore_errors=True)
        shutil.copytree(copy, self.dir / "store")

    def lose_store(self):
        assert self.process is None
        for service in SERVICES:
            shutil.rmtree(self.dir / "store" / service)
            (self.dir / "store" / service).mkdir(mode=0o700)


class World:
    """A scratch directory with nodes in it. Whatever was started is stopped at the end."""

    def __init__(self, directory):
        self.dir = Path(directory)
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.nodes = []
        self.lines = self.kinds_known = None
        self.looks = {}

    def node(self, name):
        node = Node(self, name)
        self.nodes.append(node)
        return node

    def file(self, name):
        return self.dir / name

    def _environment(self, args):
        """Of a command; None: this process's own."""
        words = [str(a) for a in args if a != "--json"]
        words = " ".join(words[2:4] if words[0] == "--node" else words[:2])
        look = next((look for look in LOOKS if words == look or words.startswith(look + " ")), None)
        if not SANITIZED or not look:
            return None
        self.looks[look] = self.looks.get(look, 0) + 1
        light = ":detect_leaks=0:detect_stack_use_after_return=0" if self.looks[look] > LOOKED_ENOUGH else ""
        return {**os.environ, "ASAN_OPTIONS": os.environ["ASAN_OPTIONS"] + light}

    def selenga(self, *args, stdin=None, timeout_s=None, prefix=()):
        done = subprocess.run([*prefix, BIN / "selenga", *map(str, args)], input=stdin, text=True, capture_output=True,
                              timeout=timeout_s or patience(120), check=False, env=self._environment(args))
        try:
            out = json.loads(done.stdout)
        except ValueError:
            out = done.stdout
        if done.returncode != 0:
            raise Refused(args, done.returncode, out, done.stderr)
        return out

    def kind(self, name):
        """Its number and its service's."""
        services = {name: number for number, name in looks.SERVICES.items()}
        self.kinds_known = self.kinds_known or {k["kind"]: (k["number"], services[k["service"]]) for k in self.selenga("--json", "kinds")}
        return self.kinds_known[name]

    def line(self, hub, port=None):
        """A proxy between children and this hub; see proxy.py."""
        import proxy
        self.lines = self.lines or proxy.Proxy()
        return self.lines.line(port or free_port(), hub.port)

    def tree(self, hubs=("03-01", "03-08"), schools=("03-01-01", "03-01-02", "03-08-01", "03-08-02"), lines=False):
        """Three levels with the sample's organisations; nodes by organisation code. lines: each link through a proxy."""
        nodes = {"03": self.node("region").init("03").run()}
        nodes["03"].sheet("organisation", SAMPLE / "region" / "organisation.csv")
        for org in hubs:
            via = self.line(nodes["03"]) if lines else None
            nodes[org] = self.node(f"hub-{org}").join(nodes["03"], org, listen=True, via=via)
            nodes[org].line = via
            nodes[org].start()
        for org in hubs:
            nodes[org].ready()
        for org in hubs:
            wait_until(lambda: len(nodes[org].records("organisation")) >= 14, what=f"{org} knows the organisations")
        for org in schools:
            hub = nodes[org[:5]]
            via = self.line(hub) if lines else None
            nodes[org] = self.node(f"school-{org}").join(hub, org, via=via)
            nodes[org].line = via
            nodes[org].start()
        for org in schools:
            nodes[org].ready()
        return nodes

    # --- what must become true

    def unsettled(self):
        """What still waits, or is not connected, as one text; empty when every feed of every running node is done."""
        children = {}
        for node in self.nodes:
            if node.process is not None:
                parent = node.path.rpartition(".")[0]
                children[parent] = children.get(parent, 0) + 1
        running = [n for n in self.nodes if n.process is not None]
        # upwards in order, so that what moves is seen at the next one
        for node in sorted(running, key=lambda n: -len(n.path)):
            try:
                queues = node.queues()
            except Refused as error:
                return f"{node.name}: {error}"
            up = sum(q["flow"] == "up" and q["state"] != "offline" for q in queues)
            down = sum(q["flow"] == "down" and q["state"] != "offline" for q in queues)
            if up < (len(SERVICES) if "." in node.path else 0) or down < len(SERVICES) * children.get(node.path, 0):
                return f"{node.name}: {up} feeds up, {down} down"
            for q in queues:
                if q["waiting"] or (q["state"] != "live" and q["state"] != "offline"):
                    return f"{node.name}: {q}"
            if up and node.provisional():
                return f"{node.name}: pseudonyms of {node.provisional()} are provisional"
        return ""

    def settle(self, deadline_s=None):
        """Until nothing waits anywhere, three looks in a row: some records come of others."""
        calm = last = 0
        def settled():
            nonlocal calm, last
            last = self.unsettled()
            calm = 0 if last else calm + 1
            return calm == 3
        try:
            wait_until(settled, deadline_s)
        except Late:
            raise Late(f"not in time: everything arrives; {last}") from None

    def conserved(self):
        """Produced = applied + quarantined + waiting, at each feed of each running node."""
        for node in self.nodes:
            for q in node.view("queues") if node.process is not None else []:
                if q["state"] != "offline":
                    assert q["produced"] == q["applied"] + q["quarantined"] + q["waiting"], f"{node.name}: {q}"

    # --- the end

    def stop(self):
        faults = []
        for node in sorted(self.nodes, key=lambda n: -len(getattr(n, "path", ""))):
            try:
                node.stop()
            except AssertionError as fault:
                faults.append(str(fault))
        if self.lines:
            self.lines.close()
        return faults

    def complaints(self):
        """Programs that ended by themselves, failed assertions, what sanitizers said."""
        found = []
        for node in self.nodes:
            err = self.dir / f"{node.name}.err"
            said = err.read_text(errors="replace") if err.exists() else ""
            ends = [l for l in said.splitlines() if " ended (" in l and "signal 9" not in l and "SIGKILL" not in l]
            found += [f"{node.name}: {line}" for line in ends]
            for line in (said + node.log()).splitlines():
                if re.search(r"Sanitizer|runtime error:|Assertion|stack smashing|double free", line):
                    found.append(f"{node.name}: {line}")
        return found

    def tails(self, n=15):
        for node in self.nodes:
            logs = [self.dir / f"{node.name}.err", *sorted((node.dir / "log").glob("*.log"))]
            for path in logs:
                if path.exists() and path.stat().st_size:
                    lines = path.read_text(errors="replace").splitlines()[-n:]
                    print(f"--- {path}", *lines, sep="\n")


# --- running a file's tests

_tests = []


def test(function):
    _tests.append(function)
    return function


def main(scene=None, pick=None):
    """Runs the file's tests; ends the process with 0, or 1 and everything that helps to see why."""
    directory = Path(os.environ["TEST_DIR"])
    wanted = [t for t in _tests if not sys.argv[1:] or t.__name__ in sys.argv[1:]]
    shared = None
    failed = 0
    for function in wanted:
        world = shared[0] if shared else World(directory / function.__name__ if not scene else directory / "scene")
        begun = time.monotonic()
        try:
            if scene and not shared:
                shared = (world, scene(world))
            function(shared[1] if shared else world)
            if not shared:
                faults = world.stop() + world.complaints()
                assert not faults, "\n".join(faults)
            print(f"ok      {function.__name__.replace('_', ' ')}  ({time.monotonic() - begun:.1f} s)", flush=True)
        except BaseException as error:  # also Ctrl-C: what runs must be stopped
            failed += 1
            print(f"FAILED  {function.__name__.replace('_', ' ')}  ({time.monotonic() - begun:.1f} s)")
            traceback.print_exc(file=sys.stdout)
            world.stop()
            print(*world.complaints(), sep="\n")
            world.tails()
            print(f"kept: {world.dir}", flush=True)
            if scene or not isinstance(error, Exception):
                break
    if shared and not failed:
        faults = shared[0].stop() + shared[0].complaints()
        if faults:
            failed += 1
            print("FAILED  at the end", *faults, sep="\n")
            shared[0].tails()
            print(f"kept: {shared[0].dir}")
    if not failed:
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if failed else 0)
