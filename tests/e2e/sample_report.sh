# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The sample region through quickstart: what each node reports is what counting by hand finds.
"$SOURCE/deploy/quickstart" --programs "$BIN" --under "$TEST_DIR/region" \
    --then "'$PYTHON' '$SOURCE/tests/hand/compare.py' \"\$SELENGA_PROGRAMS/selenga\" \"\$SELENGA_REGION\" '$SOURCE/deploy/sample'"
