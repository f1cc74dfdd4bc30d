// SPDX-License-Identifier: Apache-2.0
// What the parts of sheet.h share: sheet.c, sheet_header.c, sheet_row.c.
#pragma once
#include "common/forms/sheet.h"

enum {
    PLACE_IGNORED = -1,
    PLACE_SPLIT = -2
}; // a place below PLACE_SPLIT + 1 is the split PLACE_SPLIT - place

struct sheet {
    const sheet_rule_t *rule;
    size_t width;                    // cells of the file's header
    int place[CSV_COLUMNS_MAX];      // column of each cell, or PLACE_IGNORED, or a split
    bool there[SHEET_COLUMNS_MAX];   // columns that the file gives
    char *headings[CSV_COLUMNS_MAX]; // as the file has them; owned
    bool own[CSV_COLUMNS_MAX];       // columns of a file of rejected rows
    const char *org;                 // for a file without a column of it; NULL: none
    int org_column;                  // the column that org fills, or PLACE_IGNORED
};

// The heading under which the file has the column; its name where it has none.
const char *sheet_heading(const sheet_t *sheet, size_t column);
