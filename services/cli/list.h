// SPDX-License-Identifier: Apache-2.0
// `selenga list`: records of a kind, or rows of a sheet, as a table, CSV, a workbook or JSON.
#pragma once
#include "services/cli/cli.h"

enum {
    LIST_OPTION_ORG = CLI_KEY,
    LIST_OPTION_WHERE,
    LIST_OPTION_FIND,
    LIST_OPTION_COLUMNS,
    LIST_OPTION_SORT,
    LIST_OPTION_LIMIT,
    LIST_OPTION_PAGE,
    LIST_OPTION_CSV,
    LIST_OPTION_XLSX,
};

#define LIST_TEXT                                                                                            \
    N_("KIND may also be a sheet, as `staff`: then each row is what the sheet has in one. Columns are "      \
       "those "                                                                                              \
       "of the kind's declaration, or those that --columns names; names are those of `kinds KIND`, or "      \
       "labels in Russian or English. Beside a column that refers, as `person`, stands `person.name`: what " \
       "that one is called, as far as this node knows it. On a terminal long cells are cut; what there is "  \
       "no room for is said. "                                                                               \
       "Without --sort records come as they are stored. In CSV a cell that a table program would compute "   \
       "begins with an apostrophe, which `import` takes away.")

extern const struct argp_option LIST_OPTIONS[];

int list_run(const cli_t *cli);
