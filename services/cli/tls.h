// SPDX-License-Identifier: Apache-2.0
// What other computers need to open the node's console.
#pragma once
#include "services/cli/cli.h"

int tls_run(const cli_t *cli); // node tls
