// SPDX-License-Identifier: Apache-2.0
// Sheets in and out.
#pragma once
#include "common/base/i18n.h"
#include "services/cli/cli.h"

enum {
    IMPORT_OPTION_MAP = CLI_KEY,
    IMPORT_OPTION_STRICT,
    IMPORT_OPTION_DRY,
    IMPORT_OPTION_UNDO,
    TEMPLATE_OPTION_XLSX
};

#define IMPORT_OPTIONS                                                                                       \
    {"map",                                                                                                  \
     IMPORT_OPTION_MAP,                                                                                      \
     "HEADING=COLUMN",                                                                                       \
     0,                                                                                                      \
     N_("take the column under this heading for that of the sheet; remembered by the node"),                 \
     0},                                                                                                     \
        {"strict", IMPORT_OPTION_STRICT, NULL, 0, N_("reject rows that there is a warning about"), 0},       \
        {"dry-run",                                                                                          \
         IMPORT_OPTION_DRY,                                                                                  \
         NULL,                                                                                               \
         0,                                                                                                  \
         N_("write nothing; say what would be new, changed, unchanged, rejected"),                           \
         0},                                                                                                 \
        {"undo",                                                                                             \
         IMPORT_OPTION_UNDO,                                                                                 \
         NULL,                                                                                               \
         0,                                                                                                  \
         N_("take the last import of this node back, if nothing of it was changed since"),                   \
         0},                                                                                                 \
    {                                                                                                        \
        0                                                                                                    \
    }

#define IMPORT_TEXT                                                                                          \
    N_("FILE is a table as XLSX (its first sheet), or as CSV separated by ; , or tabs, in UTF-8, UTF-16 or " \
       "windows-1251, with or without a title above ('-': stdin). Columns are known by their names, by "     \
       "their labels in Russian or English, and by other usual headings; those that the sheet lacks are "    \
       "told and ignored. A row is found again by its key, so importing twice changes nothing. An empty "    \
       "cell clears what was there, an absent column leaves it. Rejected rows go to FILE.rejected.csv with " \
       "line and reasons; the good ones are kept. Put right, that file can be imported as it is.")

int import_run(const cli_t *cli);
int export_run(const cli_t *cli);
int template_run(const cli_t *cli);

// For help: each sheet with its columns.
void import_list_sheets(FILE *out, size_t width);
