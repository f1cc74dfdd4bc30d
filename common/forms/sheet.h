// SPDX-License-Identifier: Apache-2.0
// Sheets: tables that people exchange, one row a record (staff: one row, three records written together).
// The columns of a sheet are the fields of its kinds, as proto/kinds declares them.
//
// An empty cell clears the field; a column that is absent leaves what was there. Columns are known by their
// names and labels in either language and by aliases, in any case and order; cells are read as value.h says.
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

const char *sheet_title(const sheet_t *sheet); // its name
size_t sheet_n_columns(const sheet_t *sheet);
const char *sheet_column(const sheet_t *sheet, size_t i);
bool sheet_column_required(const sheet_t *sheet, size_t i);
const field_rule_t *sheet_column_rule(const sheet_t *sheet, size_t i); // its type, words, label and help
size_t sheet_n_kinds(const sheet_t *sheet);
const kind_rule_t *sheet_kind(const sheet_t *sheet, size_t i);

// --- in ------------------------------------------------------------------------------------------

// A heading of people's files and the column that they want it to be; SHEET_NOTHING: none.
#define SHEET_NOTHING "-"
typedef struct sheet_alias {
    const char *heading, *column;
} sheet_alias_t;

enum { SHEET_FAULTS_MAX = 8 }; // of one row; there may be more

typedef struct sheet_result {
    Selenga__Group *group; // NULL: refused
    bool has_id;           // of the first kind, as far as the row has a key
    rid_t id;
    slice_t key; // valid as long as the arena's
    size_t n_faults;
    fault_t faults[SHEET_FAULTS_MAX];
} sheet_result_t;

// How many cells of the row are headings of the sheet: a title above a table has none.
size_t sheet_count_headings(const sheet_t *sheet, const csv_row_t *row, const sheet_alias_t *aliases,
                            size_t n_aliases);
// For a sheet whose key begins with an organisation: a file without that column is of this one. `org` must
// outlive the sheet; NULL: the column must be there. Before sheet_header.
void sheet_assume_org(sheet_t *sheet, const char *org);
// After sheet_header: the organisation that is taken because the file does not say one; NULL: it does.
const char *sheet_assumed_org(const sheet_t *sheet);
// Takes a file's header: which of its columns is which. 0, or SHEET_E_FAULT: a column that is there twice, or
// required and missing, or an alias for a column that the sheet lacks.
int sheet_header(sheet_t *sheet, const csv_row_t *header, const sheet_alias_t *aliases, size_t n_aliases,
                 fault_t *ret_fault);
// Cells of the header that are no column of the sheet, one by one; NULL at the end. The columns of a file of
// rejected rows are not among them, nor are the names that lists have beside references.
const char *sheet_ignored(const sheet_t *sheet, size_t i);
// After sheet_header, also one that was refused: the columns that a cell of the header fills; how many.
size_t sheet_fills(const sheet_t *sheet, size_t cell, size_t ret_columns[static SPLIT_MAX]);
// Is it the line or the reason of a file of rejected rows?
bool sheet_is_own(const sheet_t *sheet, size_t cell);
// How these two are called, in the language of the file's headings.
void sheet_own_headings(const sheet_t *sheet, const char **ret_line, const char **ret_reason);
// Do the headings speak Russian, or names of fields?
bool sheet_is_russian(const sheet_t *sheet);

// Makes a row into a group of items to put, in the arena (sheet_header first), or says all that is wrong with
// it. 0 or SHEET_E_FAULT.
int sheet_row(const sheet_t *sheet, const csv_row_t *row, arena_t *arena, sheet_result_t *ret_result);
// «Итого …»: the sum below a table, no row of it.
bool sheet_is_total(const sheet_t *sheet, const csv_row_t *row);
// What is wrong in the words of the sheet: its headings, and words by their labels.
const char *sheet_fault_text(const sheet_t *sheet, const fault_t *fault, lang_t lang, char *buf, size_t size);

// --- out -----------------------------------------------------------------------------------------

// Writes the header with all columns, and a row from bodies: one for each kind of the sheet, NULL where there
// is none.
int sheet_write_header(const sheet_t *sheet, char separator, FILE *out);
int sheet_write_row(const sheet_t *sheet, char separator, const body_t *const *bodies, FILE *out);
