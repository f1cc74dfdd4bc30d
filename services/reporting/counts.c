// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/counts.h"
#include "common/base/vec.h"
#include "services/reporting/day.h"
#include "services/reporting/scan.h"
#include <assert.h>
#include <stdlib.h>

// The last of each code that is in force on the period's last day.
static void choose(definition_t *const *definitions, size_t n, counts_t *counts)
{
    counts->list = xcalloc(n + 1, sizeof *counts->list);
    for (size_t i = 0; i < n; i++) {
        const definition_t *d = definitions[i];
        if (!day_within(counts->period.last_day, d->valid_from, d->valid_to)) continue;
        if (counts->n > 0 && strcmp(counts->list[counts->n - 1]->code, d->code) == 0) counts->n--;
        counts->list[counts->n++] = d;
    }
}

static uint32_t query_number(counts_t *counts, const query_t *query)
{
    uint32_t i = 0;
    while (i < counts->n_queries && memcmp(counts->queries[i], query, sizeof *query) != 0) i++;
    if (i < counts->n_queries) return i;
    *vec_add(counts->queries, counts->n_queries, counts->queries_room) = query;
    return i;
}

static void gather_from(counts_t *counts, const expr_t *expr)
{
    if (expr == NULL) return;
    count_asked_t *asked = vec_add(counts->asked, counts->n_asked, counts->asked_room);
    *asked = (count_asked_t){.expr = expr};
    for (size_t i = 0; i < expr->n_queries; i++) asked->at[i] = query_number(counts, &expr->queries[i]);
}

static void gather(counts_t *counts)
{
    for (size_t i = 0; i < counts->n; i++) {
        gather_from(counts, counts->list[i]->numerator);
        gather_from(counts, counts->list[i]->denominator);
        for (size_t k = 0; k < counts->list[i]->n_notes; k++)
            gather_from(counts, counts->list[i]->notes[k].expr);
    }
}

counts_t *counts_make(definition_t *const *definitions, size_t n, const table_t *table,
                      const period_t *period)
{
    counts_t *counts = xcalloc(1, sizeof *counts);
    counts->period = *period;
    choose(definitions, n, counts);
    gather(counts);
    counts->groups = groups_of_all(table->orgs, counts->period.last_day);
    counts->values = scan_run(table, counts->groups, period, counts->queries, counts->n_queries);
    counts->received = xcalloc(counts->groups->n + 1, sizeof *counts->received);
    counts->expected = xcalloc(counts->groups->n + 1, sizeof *counts->expected);
    scan_coverage(table, counts->groups, period, counts->received, counts->expected);
    counts->provisional = xcalloc(counts->groups->n + 1, sizeof *counts->provisional);
    scan_provisional(table, counts->groups, period, counts->provisional);
    return counts;
}

void counts_destroy(counts_t **counts)
{
    if (!counts || !*counts) return;
    free((*counts)->list);
    free((*counts)->queries);
    free((*counts)->asked);
    groups_destroy(&(*counts)->groups);
    free((*counts)->values);
    free((*counts)->received);
    free((*counts)->expected);
    free((*counts)->provisional);
    free(*counts);
    *counts = NULL;
}

value_t counts_value(const counts_t *counts, uint32_t group, const expr_t *expr)
{
    value_t queries[EXPR_QUERIES_MAX];
    size_t i = 0;
    while (i < counts->n_asked && counts->asked[i].expr != expr) i++;
    assert(i < counts->n_asked); // all of the definitions in force were gathered
    for (size_t k = 0; k < expr->n_queries; k++)
        queries[k] = counts->values[group * counts->n_queries + counts->asked[i].at[k]];
    return expr_value(expr, queries);
}
