// SPDX-License-Identifier: Apache-2.0
// What needs somebody.
#pragma once
#include "common/base/i18n.h"
#include "services/cli/cli.h"

extern const struct argp_option ATTENTION_OPTIONS[];

#define ATTENTION_TEXT                                                                                       \
    N_("What this node knows of the organisation and those below it. Exit status 0, also when there is "     \
       "something to do.")

int attention_run(const cli_t *cli);
