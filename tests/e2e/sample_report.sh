# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The sample region through quickstart: what each node reports is what counting by hand finds.
# shellcheck source=tests/e2e/lib.bash
. "$SOURCE/tests/e2e/lib.bash"

"$SOURCE/deploy/quickstart" --programs "$BIN" --under "$TEST_DIR/region" \
    --then "'$PYTHON' '$SOURCE/tests/hand/compare.py' \"\$SELENGA_PROGRAMS/selenga\" \"\$SELENGA_REGION\" '$SOURCE/deploy/sample'"
no_sanitizer_reports "$TEST_DIR/region"
