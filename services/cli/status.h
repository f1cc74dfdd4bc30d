// SPDX-License-Identifier: Apache-2.0
// The node as a whole.
#pragma once
#include "services/cli/cli.h"

int status_run(const cli_t *cli);   // node status
int children_run(const cli_t *cli); // node list
