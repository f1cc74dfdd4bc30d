// SPDX-License-Identifier: Apache-2.0
// Lists of records as tables: which columns there are, which a reader chose, what stands in a cell and which
// of two rows comes first. A table is of one kind, or of a sheet, whose rows are records of several kinds.
// Beside a column of references there may be one of what is referred to: `person.name` beside `person`.
#pragma once
#include "common/forms/view.h"
#include "common/node/names.h"

enum { TABLE_NAME_MAX = 64, TABLE_COLUMNS_MAX = 2 * SHEET_COLUMNS_MAX + 2 };
_Static_assert((int)TABLE_COLUMNS_MAX <= (int)GRID_COLUMNS, "a grid has room for all");

typedef struct table_row {
    rid_t id;
    body_t *bodies[SHEET_KINDS_MAX]; // one for each kind; NULL: there is none
    const char *review;              // NULL: not known
    names_t *names;                  // NULL: nothing is known
} table_row_t;

typedef struct table {
    const char *name;
    const kind_rule_t *kinds[SHEET_KINDS_MAX];
    size_t n_kinds;
    bool sheet;                                // of a sheet, not of a kind
    sheet_column_t columns[TABLE_COLUMNS_MAX]; // all that there are
    size_t n_columns;
    int of[TABLE_COLUMNS_MAX];       // of a column of names, that of the references; else -1
    size_t shown[TABLE_COLUMNS_MAX]; // which of them are shown, in this order
    size_t n_shown;
} table_t;

// Of a kind, with the columns that its declaration makes those of lists, before them the id where it has no
// key, behind them what reviews say where it is reviewed.
void table_of_kind(const kind_rule_t *kind, table_t *ret_table);
// Of a sheet, with all its columns. False: there is no such sheet.
bool table_of_sheet(const char *name, table_t *ret_table);
// Shows behind each column of references that is shown that of the names, where there is one.
void table_show_names(table_t *table);

// The column of this name or label in either language, in any case; -1: there is none.
int table_column(const table_t *table, slice_t name);
// Chooses columns, names with ',' between them. 0, or -1 with the name that is none, cut to fit.
int table_choose(table_t *table, const char *names, char ret_unknown[static TABLE_NAME_MAX]);
bool table_shows(const table_t *table, const char *column);

const char *table_heading(const table_t *table, size_t column, view_t view);
bool table_is_number(const table_t *table, size_t column);
bool table_is_name(const table_t *table, size_t column);
// The kind and the body that have the column's value; -1: the row has none. *ret_field: its field.
int table_source(const table_t *table, size_t column, const table_row_t *row, size_t *ret_field);
// "" for nothing. Returns `buffer`, a text of the row, or a constant.
const char *table_cell(const table_t *table, size_t column, const table_row_t *row, view_t view,
                       char buffer[static VIEW_TEXT]);

// --- order

// What a cell is worth in sorting: numbers and days by size, words as they are read, ё as е, figures within
// them by size; rows without a value come last either way.
typedef struct table_rank {
    enum { RANK_NONE, RANK_NUMBER, RANK_TEXT } is;
    int64_t number;
    char *text; // owned
} table_rank_t;

table_rank_t table_rank(const table_t *table, size_t column, const table_row_t *row, lang_t lang);
void table_rank_free(table_rank_t *rank);
// < 0: `a` comes first.
int table_rank_compare(const table_rank_t *a, const table_rank_t *b, bool down);
