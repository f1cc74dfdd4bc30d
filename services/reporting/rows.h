// SPDX-License-Identifier: Apache-2.0
// Records of kinds with columns, in memory: for each table its rows, packed. Records are put and removed one
// by one, in any order: what a record refers to may come later, or never.
#pragma once
#include "common/base/dict.h"
#include "common/schema/body.h"
#include "services/reporting/period.h"
#include "services/reporting/shape.h"

static const int64_t VALUE_ABSENT = INT64_MIN; // also of a word that this program does not know

typedef struct rows_table {
    dict_t *ids; // of records that are here, or that one here refers to: their numbers
    uint32_t n;  // rows, by number
    size_t org_room, values_room;
    uint32_t *org;       // organisation that the record is about; DICT_NONE: it is not here
    int64_t *values;     // of the declared columns, row by row
    uint32_t n_declared; // columns
} rows_table_t;

typedef struct rows {
    struct orgs *orgs; // not owned
    rows_table_t *tables;
    uint64_t changes; // grows with every change
} rows_t;

rows_t *rows_new(struct orgs *orgs);
void rows_destroy(rows_t **rows);

// The record's number, given when new.
uint32_t rows_number(rows_t *rows, uint32_t table, const rid_t *id);
// The number of the record to which a text refers; DICT_NONE when it has not the shape of such a reference.
uint32_t rows_refer(rows_t *rows, uint32_t table, slice_t ref);

// Adds or replaces a row. `org`: code of the organisation that the record is about.
void rows_put(rows_t *rows, uint32_t table, const rid_t *id, slice_t org, const body_t *body);
void rows_remove(rows_t *rows, uint32_t table, const rid_t *id);

static inline bool rows_has(const rows_table_t *table, uint32_t row)
{
    return row < table->n && table->org[row] != DICT_NONE;
}

static inline const int64_t *rows_values(const rows_table_t *table, uint32_t row)
{
    return table->values + (size_t)row * table->n_declared;
}

// The declared columns of a row, absent where it is not here.
void rows_copy(const rows_table_t *table, uint32_t row, int64_t *ret_values);
// A date column of a row that is here: its day, DAY_NONE when absent.
int32_t rows_day(const rows_table_t *table, uint32_t row, uint32_t column);
