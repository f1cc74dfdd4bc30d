// SPDX-License-Identifier: Apache-2.0
// The report: JSON for programs, tables for people, CSV for spreadsheets.
#pragma once
#include "common/base/i18n.h"
#include "services/cli/cli.h"

extern const struct argp_option REPORT_OPTIONS[];

#define REPORT_TEXT                                                                                          \
    N_("Each indicator with its numerator and denominator, whether the target is met, and how much of what " \
       "was expected "                                                                                       \
       "has arrived. Without --period: the last calendar year that is over.")

int report_run(const cli_t *cli);
