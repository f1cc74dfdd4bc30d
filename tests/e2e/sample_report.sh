# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The sample region through quickstart: what each node reports is what counting by hand finds.
# shellcheck source=tests/e2e/lib.bash
. "$SOURCE/tests/e2e/lib.bash"

programs=$BIN periods=
if [ -n "${ASAN_OPTIONS:-}" ]; then # one period of each sort, and no search for leaks by hundreds of looks at what waits
    programs=$TEST_DIR/programs periods="2024 2023/24 2024-Q1"
    mkdir "$programs"
    cat >"$programs/selenga" <<END
#!/bin/bash
case "\$*" in
*--json\ queues | *--json\ node\ status) export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 ;;
esac
exec "$BIN/selenga" "\$@"
END
    chmod +x "$programs/selenga"
fi
"$SOURCE/deploy/quickstart" --programs "$programs" --under "$TEST_DIR/region" \
    --then "'$PYTHON' '$SOURCE/tests/hand/compare.py' \"\$SELENGA_PROGRAMS/selenga\" \"\$SELENGA_REGION\" '$SOURCE/deploy/sample' $periods"
no_sanitizer_reports "$TEST_DIR/region"
