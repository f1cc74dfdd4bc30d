#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# crash_is_told.sh RUN: RUN must say which target did harm, by either clock, and fail.
set -uo pipefail
run=$1
build=$(mktemp -d) || exit 1
trap 'rm -rf "$build"' EXIT
mkdir "$build/bin"
printf '#!/bin/sh\nexit 77\n' >"$build/bin/fuzz_token"
chmod +x "$build/bin/fuzz_token"
for clock in --seconds --cpu-seconds; do
    said=$(bash "$run" --build "$build" "$clock" 1 token) && { echo "$clock: passed"; exit 1; }
    [ "$(tail -n 1 <<<"$said")" = "1 targets, 1 failed" ] || { echo "$clock: $said"; exit 1; }
done
