// SPDX-License-Identifier: Apache-2.0
// `selenga history` and `selenga restore`: what people's changes have replaced, and bringing it back.
#pragma once
#include "services/cli/cli.h"

enum { OPTION_VERSION = CLI_KEY + 0x40 };

int history_run(const cli_t *cli);
int restore_run(const cli_t *cli);
