// SPDX-License-Identifier: Apache-2.0
// CSV as table programs write it: RFC 4180 quoting; `;`, tab or `,`, as `sep=` says or as most lines agree;
// any charset that charset.h can tell; lines ended by LF, CR LF or CR. Strict in all else: a stray quotation
// mark is a fault of its row, not a guess. Rows are read one by one in bounded memory; a bad row delays only
// itself.
#pragma once
#include "common/schema/fault.h"
#include <stdbool.h>
#include <stdio.h>

enum {
    CSV_CELL_MAX = 64 * 1024, // bytes of a cell
    CSV_ROW_MAX = 256 * 1024, // bytes of all cells of a row
    CSV_COLUMNS_MAX = 256,
};

enum {
    CSV_E_END = 1,  // no more rows
    CSV_E_ROW = 2,  // this row is refused; the next call reads on
    CSV_E_FILE = 3, // no sense can be made of the file; do not read on
};

typedef struct csv csv_t;

typedef struct csv_row {
    size_t line;              // on which it begins, from 1
    size_t number;            // as table programs number rows: from 1, a `sep=` line is none
    size_t n;                 // cells
    const char *const *cells; // UTF-8; valid until the next call
} csv_row_t;

// Looks through the whole file once for its charset. A pipe, and what is no UTF-8, is first copied to an
// unnamed temporary file. `in` is not owned and is read from where it stands. 0, or CSV_E_FILE with the
// reason.
int csv_open(FILE *in, csv_t **ret_csv, fault_t *ret_fault);
void csv_close(csv_t **csv_p);

// The next row that has any cell that is not blank. On CSV_E_ROW ret_row holds the cells read before the
// fault.
int csv_next(csv_t *csv, csv_row_t *ret_row, fault_t *ret_fault);
char csv_separator(const csv_t *csv);      // ',', ';' or tab
const char *csv_charset(const csv_t *csv); // as iconv names it

// Writes one row with a line feed; cells are quoted where they must be. 0, or -EIO.
int csv_write(FILE *out, char separator, const char *const *cells, size_t n);

// A table program computes a cell that begins with = + - @, tab or CR. In files for people such a cell gets
// an apostrophe in front, and so does one that has apostrophes before such a character: csv_read_plain takes
// one away again, and every text comes back as it was. Numbers as -12.5 stay as they are.
int csv_write_plain(FILE *out, char separator, const char *const *cells, size_t n);
const char *csv_read_plain(const char *cell);
// Would a table program compute it?
bool csv_is_formula(const char *cell);
