#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In JSON a time is RFC 3339; what ends with _s is a span of seconds, never a time.
# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

port=$((20000 + RANDOM % 10000))
"$BIN/selenga" node init "$TEST_DIR/hub" --org 03 --level region --listen "tcp://127.0.0.1:$port"
start_node hub
printf 'code,parent,kind,name\n03-08,03,municipal_authority,District\n' >"$TEST_DIR/organisation.csv"
"$BIN/selenga" --node "$TEST_DIR/hub" import organisation "$TEST_DIR/organisation.csv"
"$BIN/selenga" --node "$TEST_DIR/hub" --json node invite --org 03-08 >"$TEST_DIR/invitation"
grep -Eq '"expires": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"' "$TEST_DIR/invitation"
for verb in "node invite --org 03-08" "node status" queues links "quarantine list"; do
    # shellcheck disable=SC2086
    "$BIN/selenga" --node "$TEST_DIR/hub" --json $verb | { ! grep -E '_s": 1[0-9]{9}'; }
done
