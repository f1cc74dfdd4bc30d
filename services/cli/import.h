// SPDX-License-Identifier: Apache-2.0
// Sheets in and out.
#pragma once
#include "common/base/i18n.h"
#include "services/cli/cli.h"

#define IMPORT_TEXT                                                                                          \
    N_("FILE is UTF-8 or windows-1251, separated by , or ; ('-': stdin). A row is found again by its key, "  \
       "so importing "                                                                                       \
       "twice changes nothing. An empty cell clears what was there, an absent column leaves it. Rejected "   \
       "rows go to "                                                                                         \
       "FILE.rejected.csv with line and reason; the good ones are kept.")

int import_run(const cli_t *cli);
int export_run(const cli_t *cli);

// For help: each sheet with its columns.
void import_list_sheets(FILE *out, size_t width);

// "staff absence …": the sheets there are, on stderr, with the nearest to `name`. Returns CLI_REFUSED.
int import_no_sheet(const char *name);
