// SPDX-License-Identifier: Apache-2.0
// One aggregate of an expression, compiled, and the test of one row. A condition is a few (mask, value) terms
// over one 64-bit word per row: its flags in the lower half, the outcome of each comparison in the upper, so
// that testing a row is a handful of integer operations.
#pragma once
#include "services/reporting/rows.h"

enum {
    QUERY_TERMS_MAX = 48,    // of one condition
    QUERY_COMPARES_MAX = 8,  // of one condition
    QUERY_COMPARE_BIT = 32,  // comparison i is bit QUERY_COMPARE_BIT + i of the word
    QUERY_STEPS_MAX = 4,     // columns of a path
    QUERY_COLUMN_ORG = 0xff, // in place of a column, at the end: the row's organisation
};

typedef enum query_fn { QUERY_COUNT, QUERY_DISTINCT, QUERY_SUM, QUERY_MAX, QUERY_MIN } query_fn_t;

// Columns one after the other, each but the last a reference to the record that has the next.
typedef struct query_path {
    uint8_t n;
    uint8_t at[7];
} query_path_t;

typedef enum compare_op { OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_NE, OP_IN_PERIOD, OP_KNOWN } compare_op_t;
typedef enum compare_with { WITH_NUMBER, WITH_COLUMN, WITH_PERIOD_FIRST, WITH_PERIOD_LAST } compare_with_t;

typedef struct query_compare {
    query_path_t left;
    uint32_t op;   // compare_op_t
    uint32_t with; // compare_with_t
    query_path_t right;
    int64_t number;
} query_compare_t;

typedef struct query_term {
    uint64_t mask;
    uint64_t value;
} query_term_t;

typedef struct query { // equal aggregates are equal byte for byte
    uint32_t table;
    uint32_t fn;         // query_fn_t
    query_path_t column; // of all but QUERY_COUNT
    uint32_t n_terms;    // 0: no row matches
    uint32_t n_compares;
    query_term_t terms[QUERY_TERMS_MAX];
    query_compare_t compares[QUERY_COMPARES_MAX];
} query_t;

typedef struct row { // of the query's table
    uint32_t flags;
    uint32_t org;
    const int64_t *columns; // of its shape; may be NULL where the table has none
} row_t;

typedef struct asked { // what all rows have in common
    const rows_t *rows;
    const period_t *period;
} asked_t;

// VALUE_ABSENT where the row or one on the way has no such value.
int64_t query_value(const query_t *query, const query_path_t *path, const asked_t *asked, const row_t *row);
// `asked` may be NULL where the query has no comparisons.
bool query_matches(const query_t *query, const asked_t *asked, const row_t *row);
