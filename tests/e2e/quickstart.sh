#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# quickstart touches no folder that it did not make, and no region that runs.
# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

quickstart() { # folder
    exec "$SOURCE/deploy/quickstart" --programs "$BIN" --under "$1" --then true </dev/null
}

started() { (quickstart "$1" >"$TEST_DIR/said"); }

# Somebody's folder.
mkdir "$TEST_DIR/mine"
echo precious >"$TEST_DIR/mine/thesis"
refuses 1 started "$TEST_DIR/mine" 2>"$TEST_DIR/why"
grep -q "was not made by this command" "$TEST_DIR/why"
[ "$(cat "$TEST_DIR/mine/thesis")" = precious ] && [ "$(ls -A "$TEST_DIR/mine")" = thesis ]

# A node that somebody runs by hand in a folder of quickstart's.
mkdir "$TEST_DIR/hand"
: >"$TEST_DIR/hand/.quickstart"
"$BIN/selenga" node init "$TEST_DIR/hand/region" --org 03 --level region 2>/dev/null
start_node hand/region
before=$(cat "$TEST_DIR/hand/region/node.conf")
refuses 1 started "$TEST_DIR/hand" 2>"$TEST_DIR/why"
grep -q "a region is running here" "$TEST_DIR/why"
[ "$(cat "$TEST_DIR/hand/region/node.conf")" = "$before" ]
"$BIN/selenga" --node "$TEST_DIR/hand/region" node status >/dev/null

# A second one beside the first.
quickstart "$TEST_DIR/both" >"$TEST_DIR/first" 2>&1 &
first=$!
region_runs() { "$BIN/selenga" --node "$TEST_DIR/both/region" node status >/dev/null 2>&1; }
expect_within 60 region_runs
before=$(cat "$TEST_DIR/both/region/node.conf")
refuses 1 started "$TEST_DIR/both" 2>"$TEST_DIR/why"
grep -q "a region is running here" "$TEST_DIR/why"
[ "$(cat "$TEST_DIR/both/region/node.conf")" = "$before" ]
region_runs
kill -TERM "$first"
wait "$first" || true

# What it made itself it begins anew.
quickstart "$TEST_DIR/both" >"$TEST_DIR/second" 2>&1 &
second=$!
is_new() { region_runs && [ "$(cat "$TEST_DIR/both/region/node.conf")" != "$before" ]; }
expect_within 60 is_new
kill -TERM "$second"
wait "$second" || true
