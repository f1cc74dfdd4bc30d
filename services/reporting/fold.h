// SPDX-License-Identifier: Apache-2.0
// Rows of one table, counted into groups: what count, distinct, sum, max and min make of those that match.
// Used by the scans.
#pragma once
#include "services/reporting/expr.h"
#include "services/reporting/orgs.h"

typedef struct answers { // of all queries, for all groups
    const asked_t *asked;
    const groups_t *groups;
    const query_t *const *queries;
    size_t n;
    value_t *values; // of query q in group g at [g * n + q]
} answers_t;

// Does a row count in all groups above its own as well, or in that one alone?
typedef enum fold_how { FOLD_UP, FOLD_HERE, N_FOLD_HOWS } fold_how_t;

typedef struct fold {
    const answers_t *answers;
    size_t *at; // queries over the table
    size_t n;
    struct fold_plain *plain; // which queries match rows with these flags
    struct fold_part *parts;  // of rows that count so
    struct fold_seen *seen;
    size_t n_seen, room;
} fold_t;

// False when no query asks the table: there is nothing to clear then.
bool fold_begin(fold_t *fold, const answers_t *answers, uint32_t table);
void fold_row(fold_t *fold, uint32_t group, fold_how_t how, const row_t *row);
// Writes the answers and clears.
void fold_end(fold_t *fold);
