// SPDX-License-Identifier: Apache-2.0
// Rows of persons and of any declared table, and the order of the made ones: methodists first, for "assigned"
// follows from them. What is counted of rows is in fold.c.
#include "services/reporting/scan.h"
#include "services/reporting/scan_methodists.h"
#include "services/reporting/scan_teams.h"
#include "services/reporting/touch.h"
#include <stdlib.h>

// A person with several careers, at the first of them: joined in each group that any of the year's rows is
// in.
static void count_shared(fold_t *fold, const methodists_t *m, const table_slice_t *slice, uint32_t first,
                         touch_t *touch)
{
    bool assigned = methodists_assigned(m, m->table->careers[first].person);
    touch_begin(touch);
    touch_person(touch, m->table, slice, first, m->period->cell);
    for (uint32_t i = 0; i < touch->n; i++) {
        uint32_t word = fact_normal(touch->flags[touch->list[i]]) | (assigned ? FACT_ASSIGNED : 0);
        fold_row(fold, touch->list[i], FOLD_HERE, &(row_t){.flags = word, .org = DICT_NONE});
    }
}

static void count_careers(fold_t *fold, const methodists_t *m, const table_slice_t *slice, touch_t *touch)
{
    const table_t *table = m->table;
    const groups_t *groups = touch->groups;
    for (uint32_t at = 0; at < table->n_careers; at++) {
        const table_career_t *career = &table->careers[at];
        uint32_t org = career->org;
        if (org & CAREER_SHARED) {
            if (table_first(table, career->person) == at) count_shared(fold, m, slice, at, touch);
            continue;
        }
        const content_t *row = table_row(table, slice, at);
        uint32_t word = row != NULL ? row->cells[m->period->cell] : 0;
        if (word == 0 || org >= groups->n_orgs || groups->of_org[org] == DICT_NONE) continue;
        if (closed_has(&m->closed, org)) continue;
        if (methodists_assigned(m, career->person)) word |= FACT_ASSIGNED;
        fold_row(fold, groups->of_org[org], FOLD_UP, &(row_t){.flags = word, .org = org});
    }
}

static void scan_persons(const methodists_t *m, const answers_t *answers)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    fold_t fold;
    touch_t touch;
    if (slice == NULL || !fold_begin(&fold, answers, TABLE_PERSON)) return;
    touch_init(&touch, answers->groups);
    touch.closed = &m->closed;
    count_careers(&fold, m, slice, &touch);
    touch_clear(&touch);
    fold_end(&fold);
}

// A declared table: each row counts for the organisation that its record is about.
static void scan_rows(uint32_t t, const answers_t *answers)
{
    const rows_table_t *rows = &answers->asked->rows->tables[t];
    const groups_t *groups = answers->groups;
    fold_t fold;
    if (!fold_begin(&fold, answers, t)) return;
    for (uint32_t i = 0; i < rows->n; i++) {
        uint32_t org = rows->org[i], group = org < groups->n_orgs ? groups->of_org[org] : DICT_NONE;
        if (group != DICT_NONE) fold_row(&fold, group, FOLD_UP, &(row_t){0, org, rows_values(rows, i)});
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

static void roll_up(uint32_t *own, const groups_t *groups, uint32_t n)
{
    for (uint32_t g = groups->n; g-- > 0;)
        for (uint32_t q = 0; q < n && groups->parent[g] != DICT_NONE; q++)
            own[(size_t)groups->parent[g] * n + q] += own[(size_t)g * n + q];
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
    for (uint32_t at = 0; slice != NULL && at < slice->n; at++) {
        const content_t *row = table_row(table, slice, at);
        if (row != NULL && (row->cells[period->cell] != 0 || table_parts(table, at, period->year) != NULL))
            add_unsettled(table, groups, row->made, table_org(table, at), ret_people);
    }
    for (uint32_t row = 0; row < numbers->n; row++)
        if (people_person(table->people, row) != DICT_NONE)
            add_unsettled(table, groups, table->people->made[row], numbers->org[row], staff);
    roll_up(ret_people, groups, 1);
    roll_up(staff, groups, 1);
    for (uint32_t g = 0; g < groups->n; g++)
        if (staff[g] > ret_people[g]) ret_people[g] = staff[g];
}
