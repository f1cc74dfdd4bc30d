// SPDX-License-Identifier: Apache-2.0
// What was refused, and conflicts: the verbs' functions. Each returns an exit status of cli.h.
#pragma once
#include "services/cli/cli.h"

enum { QUARANTINE_FROM = CLI_KEY, QUARANTINE_CODE, QUARANTINE_LIMIT, QUARANTINE_WHY };

int quarantine_list(const cli_t *cli);
int quarantine_summary(const cli_t *cli);
int quarantine_retry(const cli_t *cli);
int quarantine_discard(const cli_t *cli);
int quarantine_take(const cli_t *cli);
