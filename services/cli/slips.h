// SPDX-License-Identifier: Apache-2.0
// account slips: teachers' accounts with a slip of paper each, as the console's page /slips makes them.
#pragma once
#include "services/cli/cli.h"

int slips_run(const cli_t *cli);
