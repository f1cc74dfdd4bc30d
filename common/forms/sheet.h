// SPDX-License-Identifier: Apache-2.0
// Sheets: tables that people exchange, one row a record (staff: one row, three records written together).
// The columns of a sheet are the fields of its kinds, as proto/kinds declares them.
//
// An empty cell clears the field; a column that is absent leaves what was there. Dates are ISO 8601 only.
#pragma once
#include "common/forms/csv.h"
#include "common/schema/body.h"

typedef struct sheet sheet_t;

enum {
    SHEET_E_FAULT = 1,
    SHEET_ARENA = 64 * 1024, // arena_new(SHEET_ARENA) is enough for any row
};

// Names of all sheets: sheet_name(0), sheet_name(1) ... until NULL.
const char *sheet_name(size_t i);

// 0: destroy *ret_sheet. SHEET_E_FAULT: there is no such sheet.
int sheet_open(const char *name, sheet_t **ret_sheet, fault_t *ret_fault);
void sheet_destroy(sheet_t **sheet_p);

size_t sheet_n_columns(const sheet_t *sheet);
const char *sheet_column(const sheet_t *sheet, size_t i);
bool sheet_column_required(const sheet_t *sheet, size_t i);
const char *sheet_column_help(const sheet_t *sheet, size_t i); // in the reader's language
size_t sheet_n_kinds(const sheet_t *sheet);
const kind_rule_t *sheet_kind(const sheet_t *sheet, size_t i);

// Takes a file's header: which of its columns is which. 0, or SHEET_E_FAULT: a column that is unknown, there
// twice, or required and missing.
int sheet_header(sheet_t *sheet, const csv_row_t *header, fault_t *ret_fault);
// Makes a row into a group of items to put, in the arena (sheet_header first). 0 or SHEET_E_FAULT.
int sheet_row(const sheet_t *sheet, const csv_row_t *row, arena_t *arena, Selenga__Group **ret_group,
              fault_t *ret_fault);

// Writes the header with all columns, and a row from bodies: one for each kind of the sheet, NULL where there
// is none.
int sheet_write_header(const sheet_t *sheet, char separator, FILE *out);
int sheet_write_row(const sheet_t *sheet, char separator, const body_t *const *bodies, FILE *out);
