// SPDX-License-Identifier: Apache-2.0
// A file of people read as a sheet, from its title to its last row: the header found, rows made into groups
// or refused with all that is wrong, keys compared with those above. Whoever reads decides what to do with
// them.
#pragma once
#include "common/forms/sheet.h"

typedef struct reading reading_t;

enum {
    READING_END = 1,
    READING_E_FILE = 2,
    READING_HEADER_ROWS = 20, // the header is among so many
    READING_TOTALS_MAX = 8,   // sums that are told; there may be more
};

typedef struct reading_options {
    const sheet_alias_t *aliases;
    size_t n_aliases;
    const char *org; // of a file that names none, where the sheet's key begins with it; NULL: it must
} reading_options_t;

typedef struct reading_row {
    csv_row_t cells;       // as they were
    Selenga__Group *group; // NULL: refused
    const sheet_result_t *result;
    size_t n_warnings;
    const fault_t *warnings;
} reading_row_t;

// `in`, the aliases and the organisation must outlive the reading. 0, or READING_E_FILE with the reason.
int reading_open(const char *sheet, FILE *in, const reading_options_t *options, reading_t **ret_reading,
                 fault_t *ret_fault);
// The same, for who shows what was found: a file whose header lacks something is opened, too, and *ret_fault
// says what (code "": nothing). Its rows are all refused.
int reading_look(const char *sheet, FILE *in, const reading_options_t *options, reading_t **ret_reading,
                 fault_t *ret_fault);
void reading_close(reading_t **reading_p);

const sheet_t *reading_sheet(const reading_t *reading);
const csv_row_t *reading_header(const reading_t *reading);
char reading_separator(const reading_t *reading); // of the file; `;` where it has none
const char *reading_charset(const reading_t *reading);
// Rows below the header that are sums; at most READING_TOTALS_MAX of them.
size_t reading_totals(const reading_t *reading, const size_t **ret_rows);

// 0, READING_END, or READING_E_FILE: do not read on. A row is valid until the next call.
int reading_next(reading_t *reading, reading_row_t *ret_row, fault_t *ret_fault);
