# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For end-to-end tests: source it first. A test ends at its first failing command and says which; what it started with
# start_node is stopped on the way out. $BIN, $SOURCE, $TEST_DIR and $PYTHON (python3 may be a script that looks for one) come from ctest.
set -Eeuo pipefail
trap 'echo "FAILED at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND" >&2' ERR
trap stop_all EXIT
nodes=()
# How much longer than on a machine of our own something may take before it counts as a hang; world.py has the same.
patience=${SELENGA_TEST_PATIENCE_S:-${ASAN_OPTIONS:+240}}
slow=$((${patience:-120} / 60))
((slow > 0)) || slow=1
export PYTHON=${PYTHON:-python3}

# expect_within SECONDS COMMAND...: runs the command until it succeeds. Never waits longer than it must.
exec {idle}<> <(:)
expect_within() {
    local end=$((SECONDS + $1 * slow))
    shift
    until "$@"; do
        ((SECONDS < end)) || { echo "not in time: $*" >&2; return 1; }
        read -rt 0.1 -u "$idle" _ || true
    done
}

# refuses CODE COMMAND...: the command must end with this exit code.
refuses() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    ((code == wanted)) || { echo "exit $code instead of $wanted: $*" >&2; return 1; }
}

# start_node NAME: runs the node in $TEST_DIR/NAME in the background until it says ready.
start_node() {
    : >"$TEST_DIR/$1.out" # an earlier run's word does not count
    setsid "$BIN/selenga" node run "$TEST_DIR/$1" >"$TEST_DIR/$1.out" 2>"$TEST_DIR/$1.log" </dev/null &
    nodes+=($!)
    expect_within 30 grep -qx ready "$TEST_DIR/$1.out" || { tail -n 30 "$TEST_DIR/$1.log" >&2; return 1; }
}

# no_sanitizer_reports DIR: nothing under it speaks of what a sanitizer saw (in the preset asan).
no_sanitizer_reports() {
    ! grep -rlE 'ERROR: (Address|Leak)Sanitizer|runtime error:' --include='*.log' --include='*.out' "$1"
}

stop_all() {
    local pid code=$?
    for pid in "${nodes[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${nodes[@]}"; do
        expect_within 20 bash -c "! kill -0 $pid 2>/dev/null" || kill -KILL -- "-$pid"
    done
    nodes=()
    exit "$code"
}

# free_port: sets $port to a loopback port that nobody listens on, below those that the kernel hands out to clients.
next_port=$((10000 + RANDOM % 10000))
# shellcheck disable=SC2034 # for the test that sourced us
free_port() {
    local hex
    while ((next_port < 32768)); do
        next_port=$((next_port + 1))
        printf -v hex ':%04X ' "$next_port"
        grep -qsF "$hex" /proc/net/tcp /proc/net/tcp6 || { port=$next_port; return; }
    done
    next_port=10000
    free_port
}

# stop_node: stops the node that was started last, in order.
stop_node() {
    local pid=${nodes[-1]}
    kill -TERM "$pid"
    wait "$pid"
    unset 'nodes[-1]'
}

# json EXPRESSION: a Python expression over the JSON on stdin, in `d`; true means success.
json() { "$PYTHON" -c "import json, sys; d = json.load(sys.stdin); sys.exit(0 if ($1) else 1)"; }
