// SPDX-License-Identifier: Apache-2.0
// The table of access, as the programs have it. It asks no node.
#pragma once
#include "services/cli/cli.h"

extern const struct argp_option ACCESS_OPTIONS[];
int access_run(const cli_t *cli);
