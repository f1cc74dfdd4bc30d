// SPDX-License-Identifier: Apache-2.0
// Verbs of attempts, for the tables of instrument.c.
#pragma once
#include "services/cli/cli.h"

extern const verb_t ATTEMPT_VERBS[];
extern const struct argp_option ATTEMPT_RELEASE_OPTIONS[];
int attempt_run_release(const cli_t *cli);
