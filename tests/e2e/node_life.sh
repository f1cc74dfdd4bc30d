# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A node's life under its supervisor: ready, refused twins, a dead service comes back, ordered stop, no orphans.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
unset SELENGA_NODE
cd "$TEST_DIR"

pid_of() { # NODE PROGRAM: empty while it does not run
    cat "$TEST_DIR/$1/run/$2.pid" 2>/dev/null || true
}
runs() { # PID: and is no zombie
    [ -n "$1" ] && [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}
is_gone() { ! runs "$1"; }
is_well() { "$selenga" --node "$1" node status >status.txt 2>&1; }

"$selenga" node init one --org 03 --level region 2>/dev/null
start_node one
supervisor=${nodes[-1]}

# all five answer, each with what it is
is_well one
for program in gate registry diagnostics routing reporting; do grep -q "^$program .*well" status.txt; done
"$selenga" --node one --json node status | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert [r["program"] for r in rows] == ["gate", "registry", "diagnostics", "routing", "reporting"], rows
assert all(r["well"] and r["pid"] > 1 and r["version"] and r["memory_bytes"] > 0 for r in rows), rows'

# one node has one supervisor
refuses 1 "$selenga" node run one >twin.out 2>twin.err
grep -q "running already" twin.err
[ ! -s twin.out ]
is_well one

# its own organisation is there from the first start
"$selenga" --node one --json list organisation | python3 -c '
import json, sys
assert [r["body"]["code"] for r in json.load(sys.stdin)] == ["03"]'

# each program that dies comes back, and the node is well again
for program in registry reporting gate; do
    old=$(pid_of one $program)
    kill -KILL "$old"
    came_back() { local now; now=$(pid_of one "$program"); [ -n "$now" ] && [ "$now" != "$old" ] && runs "$now"; }
    expect_within 10 came_back
    expect_within 20 is_well one
done
grep -q 'selenga-registry' one.log

# SIGTERM stops everything in order and ends with 0
mapfile -t pids < <(cat one/run/*.pid)
[ "${#pids[@]}" = 5 ]
kill -TERM "$supervisor"
code=0
wait "$supervisor" || code=$?
[ "$code" = 0 ]
for pid in "${pids[@]}"; do is_gone "$pid"; done
[ -z "$(find one/run -name "*.pid")" ]
tail -n 1 one/log/selenga-gate.log | grep -q GATE-STOP
refuses 75 "$selenga" --node one node status 2>/dev/null

# a supervisor that is killed leaves no orphans, and its successor starts
start_node one
mapfile -t pids < <(cat one/run/*.pid)
kill -KILL "${nodes[-1]}"
for pid in "${pids[@]}"; do expect_within 10 is_gone "$pid"; done
start_node one
is_well one

# the programs may stand anywhere, and so may the node: its path is longer than a socket's may be
long=$(printf 'd%.0s' {1..100})
mkdir "$long"
"$selenga" node init "$long/two" --org 04 --level region 2>/dev/null
start_node "$long/two"
is_well "$long/two"
