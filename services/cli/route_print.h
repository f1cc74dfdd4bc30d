// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "services/cli/cli.h"

// Writes the printed route that the first argument names into the file. Returns CLI_DONE, or the failure
// after saying why.
int route_print(const cli_t *cli, const char *path);
