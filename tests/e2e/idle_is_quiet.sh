# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Nodes that have nothing to tell each other write nothing to disk, also after a restart in which nothing was written.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"

written() { # bytes that the programs of both nodes have written to disk so far; empty while one is missing
    local pid total=0 bytes programs
    programs=$(cat "$TEST_DIR"/{hub,child}/run/*.pid)
    for pid in $programs; do
        bytes=$(awk '/^write_bytes/ { print $2 }' "/proc/$pid/io")
        total=$((total + bytes))
    done
    echo "$total"
}
quiet() { # for one second
    local before
    before=$(written)
    read -rt 1 -u "$idle" _ || true
    [ -n "$before" ] && [ "$before" = "$(written)" ]
}
connected() { [ "$("$BIN/selenga" --node "$TEST_DIR/child" --json queues | grep -c '"up"')" -ge 4 ]; }

port=$((20000 + RANDOM % 10000))
"$BIN/selenga" node init "$TEST_DIR/hub" --org 03 --level region --listen "tcp://127.0.0.1:$port"
start_node hub
printf 'code,parent,kind,name\n03-08,03,municipal_authority,District\n' >"$TEST_DIR/organisation.csv"
"$BIN/selenga" --node "$TEST_DIR/hub" import organisation "$TEST_DIR/organisation.csv"
token=$("$BIN/selenga" --node "$TEST_DIR/hub" node invite --org 03-08)
"$BIN/selenga" node join "$TEST_DIR/child" "$token"
start_node child
expect_within 30 connected
expect_within 20 quiet

for pid in "${nodes[@]}"; do kill -TERM "$pid" && wait "$pid"; done
nodes=()
start_node hub
start_node child
expect_within 30 connected
expect_within 20 quiet
