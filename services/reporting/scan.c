// SPDX-License-Identifier: Apache-2.0
// The pass over persons, the one over any declared table, and the order of the made ones: methodists first,
// for "assigned" follows from them.
#include "services/reporting/scan.h"
#include "services/reporting/scan_methodists.h"
#include "services/reporting/scan_teams.h"
#include "services/reporting/touch.h"
#include <stdlib.h>

enum {
    BATCH = 64,      // queries of one pass: bits of a mask
    CACHE_BITS = 10, // words of flags whose masks are kept; a region has about a hundred different ones
    CACHE = 1 << CACHE_BITS,
};

typedef struct pass {
    const query_t *queries[BATCH];
    size_t at[BATCH]; // their places among all queries
    uint32_t n;
    uint32_t words[CACHE]; // 0: an empty place, for a word without flags is never looked up
    uint64_t masks[CACHE];
} pass_t;

static uint64_t matching(const pass_t *pass, uint32_t word)
{
    uint64_t mask = 0;
    for (uint32_t q = 0; q < pass->n; q++)
        if (query_matches(pass->queries[q], NULL, &(row_t){.flags = word})) mask |= 1ULL << q;
    return mask;
}

static inline uint64_t mask_of(pass_t *pass, uint32_t word)
{
    uint32_t at = (word * 2654435761u) >> (32 - CACHE_BITS);
    if (pass->words[at] != word) {
        pass->masks[at] = matching(pass, word);
        pass->words[at] = word;
    }
    return pass->masks[at];
}

static inline void count(uint32_t *counts, uint64_t mask)
{
    for (; mask; mask &= mask - 1) counts[__builtin_ctzll(mask)]++;
}

// A person with several rows, at the first of them: joined in each group that any of the rows is in.
static void count_shared(pass_t *pass, const table_slice_t *slice, uint32_t first, period_cell_t cell,
                         bool assigned, touch_t *touch, uint32_t *joined)
{
    touch_begin(touch);
    touch_person(touch, slice, first, cell);
    for (uint32_t i = 0; i < touch->n; i++) {
        uint32_t word = fact_normal(touch->flags[touch->list[i]]) | (assigned ? FACT_ASSIGNED : 0);
        count(joined + (size_t)touch->list[i] * pass->n, mask_of(pass, word));
    }
}

// Counts all rows: single persons into `own` of their deepest group, the others into `joined` of every group.
static void count_rows(pass_t *pass, const table_slice_t *slice, const methodists_t *m,
                       const groups_t *groups, uint32_t *own, uint32_t *joined)
{
    const uint32_t *cells = slice->cells[m->period->cell];
    touch_t touch;
    touch_init(&touch, groups);
    for (uint32_t row = 0; row < slice->n; row++) {
        uint32_t word = cells[row], org = slice->org[row];
        if (org & ROW_SHARED) {
            if (slice->prev[row] == DICT_NONE)
                count_shared(pass, slice, row, m->period->cell, methodists_assigned(m, slice->person[row]),
                             &touch, joined);
            continue;
        }
        if (word == 0 || org >= groups->n_orgs || groups->of_org[org] == DICT_NONE) continue;
        if (methodists_assigned(m, slice->person[row])) word |= FACT_ASSIGNED;
        count(own + (size_t)groups->of_org[org] * pass->n, mask_of(pass, word));
    }
    touch_clear(&touch);
}

static void roll_up(uint32_t *own, const groups_t *groups, uint32_t n)
{
    for (uint32_t g = groups->n; g-- > 0;)
        for (uint32_t q = 0; q < n && groups->parent[g] != DICT_NONE; q++)
            own[(size_t)groups->parent[g] * n + q] += own[(size_t)g * n + q];
}

static void run_pass(pass_t *pass, const methodists_t *m, const answers_t *answers)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    const groups_t *groups = answers->groups;
    if (!slice || pass->n == 0) return;
    uint32_t *own = xcalloc((size_t)groups->n * pass->n + 1, sizeof *own);
    uint32_t *joined = xcalloc((size_t)groups->n * pass->n + 1, sizeof *joined);
    count_rows(pass, slice, m, groups, own, joined);
    roll_up(own, groups, pass->n);
    for (uint32_t g = 0; g < groups->n; g++)
        for (uint32_t q = 0; q < pass->n; q++)
            answers->values[g * answers->n + pass->at[q]].number =
                (int64_t)own[(size_t)g * pass->n + q] + joined[(size_t)g * pass->n + q];
    free(own);
    free(joined);
}

static void scan_persons(const methodists_t *m, const answers_t *answers)
{
    for (size_t q = 0; q < answers->n;) {
        AUTO(xfree) pass_t *pass = xcalloc(1, sizeof *pass);
        for (; q < answers->n && pass->n < BATCH; q++) {
            if (answers->queries[q]->table != TABLE_PERSON) continue;
            pass->queries[pass->n] = answers->queries[q];
            pass->at[pass->n++] = q;
        }
        run_pass(pass, m, answers);
    }
}

// A declared table: each row counts for the organisation that its record is about.
static void scan_rows(uint32_t t, const answers_t *answers)
{
    const rows_table_t *rows = &answers->asked->rows->tables[t];
    const groups_t *groups = answers->groups;
    fold_t fold;
    if (!fold_begin(&fold, answers, t, true)) return;
    for (uint32_t i = 0; i < rows->n; i++) {
        uint32_t org = rows->org[i], group = org < groups->n_orgs ? groups->of_org[org] : DICT_NONE;
        if (group != DICT_NONE) fold_row(&fold, group, &(row_t){0, org, rows_values(rows, i)});
    }
    fold_end(&fold);
}

value_t *scan_run(const table_t *table, const groups_t *groups, const period_t *period,
                  const query_t *const *queries, size_t n)
{
    asked_t asked = {table->rows, period};
    answers_t answers = {&asked, groups, queries, n, xcalloc((size_t)groups->n * n + 1, sizeof(value_t))};
    for (size_t i = 0; i < (size_t)groups->n * n; i++)
        answers.values[i].null = queries[i % n]->fn == QUERY_MAX || queries[i % n]->fn == QUERY_MIN;
    methodists_t methodists;
    methodists_init(&methodists, table, period);
    scan_persons(&methodists, &answers);
    methodists_scan(&methodists, &answers);
    methodists_clear(&methodists);
    teams_scan(table, &answers);
    for (uint32_t t = N_MADE_TABLES; t < shape_count(); t++) scan_rows(t, &answers);
    return answers.values;
}

void scan_coverage(const table_t *table, const groups_t *groups, const period_t *period,
                   uint32_t *ret_received, uint32_t *ret_expected)
{
    const table_slice_t *slice = table_slice(table, period->year);
    memset(ret_received, 0, groups->n * sizeof *ret_received);
    memset(ret_expected, 0, groups->n * sizeof *ret_expected);
    for (uint32_t org = 0; org < groups->n_orgs; org++) {
        uint32_t group = groups->of_org[org];
        if (group == DICT_NONE || !orgs_unit(table->orgs, org)) continue;
        if (!orgs_valid_on(table->orgs, org, period->last_day)) continue;
        ret_expected[group]++;
        if (slice && slice_rows_of(slice, org) > 0) ret_received[group]++;
    }
    roll_up(ret_expected, groups, 1);
    roll_up(ret_received, groups, 1);
}

static void add_unsettled(const table_t *table, const groups_t *groups, uint32_t made, uint32_t org,
                          uint32_t *people)
{
    bool inside = org < groups->n_orgs && groups->of_org[org] != DICT_NONE;
    if (inside && !table_is_settled(table, made)) people[groups->of_org[org]]++;
}

void scan_provisional(const table_t *table, const groups_t *groups, const period_t *period,
                      uint32_t *ret_people)
{
    const table_slice_t *slice = table_slice(table, period->year);
    const rows_table_t *numbers = &table->rows->tables[TABLE_PERSON];
    AUTO(xfree) uint32_t *staff = xcalloc((size_t)groups->n + 1, sizeof *staff);
    memset(ret_people, 0, groups->n * sizeof *ret_people);
    for (uint32_t row = 0; slice != NULL && row < slice->n; row++)
        if (slice->cells[period->cell][row] != 0 || slice->parts_at[row] != DICT_NONE)
            add_unsettled(table, groups, slice->made[row], slice->org[row] & ~ROW_SHARED, ret_people);
    for (uint32_t row = 0; row < numbers->n; row++)
        if (people_person(table->people, row) != DICT_NONE)
            add_unsettled(table, groups, table->people->made[row], numbers->org[row], staff);
    roll_up(ret_people, groups, 1);
    roll_up(staff, groups, 1);
    for (uint32_t g = 0; g < groups->n; g++)
        if (staff[g] > ret_people[g]) ret_people[g] = staff[g];
}
