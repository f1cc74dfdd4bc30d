// SPDX-License-Identifier: Apache-2.0
// What a period's reports are made of, counted for every organisation in one pass. Used by indicators.c only.
#pragma once
#include "services/reporting/definition.h"
#include "services/reporting/orgs.h"
#include "services/reporting/table.h"

typedef struct count_asked { // an expression, and where the answers to its queries stand
    const expr_t *expr;
    uint32_t at[EXPR_QUERIES_MAX];
} count_asked_t;

typedef struct counts {
    period_t period;
    const definition_t **list; // in force, one of each code; not owned
    size_t n;
    const query_t **queries; // all different
    size_t n_queries, queries_room;
    count_asked_t *asked;
    size_t n_asked, asked_room;
    groups_t *groups; // every organisation heads its own
    value_t *values;  // by group and query
    uint32_t *received, *expected;
    uint32_t *provisional; // people, by group
} counts_t;

// Counts by these of `definitions`, which are in order of code and then of valid_from, that are in force on
// the period's last day. They must live as long as the result.
counts_t *counts_make(definition_t *const *definitions, size_t n, const table_t *table,
                      const period_t *period);
void counts_destroy(counts_t **counts);

// An expression of one of the definitions in force, for a group's subtree.
value_t counts_value(const counts_t *counts, uint32_t group, const expr_t *expr);
