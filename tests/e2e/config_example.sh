#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# config/node.conf shows every setting of every program, as the programs themselves print them.
# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"

{
    "$BIN/selenga-gate" --settings | sed '/^$/,$d'
    "$BIN/selenga-registry" --settings | sed -n '/^registry$/,$p'
    "$BIN/selenga-reporting" --settings
    "$BIN/selenga" node run --settings
    "$BIN/selenga-console" --settings
} >"$TEST_DIR/settings"
sed -n '/^gate$/,$p' "$SOURCE/config/node.conf" >"$TEST_DIR/shown"
diff -u "$TEST_DIR/settings" "$TEST_DIR/shown"

# A setting that no program knows is refused, with its name, before anything starts.
"$BIN/selenga" node init "$TEST_DIR/node" --org 03 --level region
printf 'reporting\n    frist_year = "2021"\n' >>"$TEST_DIR/node/node.conf"
refuses 1 "$BIN/selenga-reporting" "$TEST_DIR/node" 2>"$TEST_DIR/why"
grep -q frist_year "$TEST_DIR/why"
