// SPDX-License-Identifier: Apache-2.0
// A hub that came back without knowing its children, and they.
#pragma once
#include "services/cli/cli.h"

int admit_card(const cli_t *cli); // node card: who this node is, for its hub
int admit_run(const cli_t *cli);  // node admit: at the hub
