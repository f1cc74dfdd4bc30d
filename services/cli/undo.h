// SPDX-License-Identifier: Apache-2.0
// `import --undo`: what the last import of this node wrote is taken back, if nobody has changed it since.
#pragma once
#include "services/cli/cli.h"

// The journal (common/forms/journal.h) in the node's directory.
#define IMPORT_JOURNAL "import.undo"

// args: SHEET and perhaps FILE, which must be those of the last import.
int undo_run(const cli_t *cli);
