// SPDX-License-Identifier: Apache-2.0
// A team is the managers who went to one run of a programme under one team code. Its row stands for one
// organisation:
//   - theirs, when all are of one organisation;
//   - of different organisations: the team's own. A school's team is made of the school's own managers, the
//   others
//     are guests; any other organisation's (a municipal team) of all of them. Where the team's record is not
//     known, nobody can say whose it is: no row.
#include "services/reporting/scan_teams.h"
#include <stdlib.h>

typedef struct member {
    uint32_t team, run, org, person;
    const table_part_t *part;
} member_t;

typedef struct team_row {
    uint32_t org;
    uint32_t flags;
    int64_t columns[N_TEAM_COLUMNS];
} team_row_t;

static int by_team(const void *a, const void *b)
{
    const member_t *x = a, *y = b;
    const uint32_t p[] = {x->team, x->run, x->person, x->org}, q[] = {y->team, y->run, y->person, y->org};
    for (size_t i = 0; i < ARRAY_SIZE(p); i++)
        if (p[i] != q[i]) return p[i] < q[i] ? -1 : 1;
    return 0;
}

static int by_org(const void *a, const void *b)
{
    const team_row_t *x = a, *y = b;
    return x->org < y->org ? -1 : x->org > y->org;
}

// The year of account is that of the run's last day.
static bool counts(const table_part_t *part, const period_t *period)
{
    return part->run_last_day >= period->first_day && part->run_last_day <= period->last_day;
}

static member_t *find_members(const table_slice_t *slice, const period_t *period, size_t *ret_n)
{
    size_t n = 0, room = 64;
    member_t *members = xcalloc(room, sizeof *members);
    for (uint32_t row = 0; row < slice->n; row++) {
        if (slice->parts_at[row] == DICT_NONE) continue;
        const table_parts_t *parts = &slice->parts[slice->parts_at[row]];
        for (uint32_t i = 0; i < parts->n; i++) {
            const table_part_t *part = &parts->parts[i];
            if (!counts(part, period)) continue;
            if (n == room) members = xrealloc(members, (room *= 2) * sizeof *members);
            members[n++] =
                (member_t){part->team, part->run, slice->org[row] & ~ROW_SHARED, slice->person[row], part};
        }
    }
    qsort(members, n, sizeof *members, by_team);
    *ret_n = n;
    return members;
}

// The organisation that a team counts for, DICT_NONE for none, and whether only its own managers make it up.
static uint32_t account(const table_t *table, const member_t *members, size_t n, bool *ret_own_only,
                        bool *ret_mixed)
{
    *ret_own_only = *ret_mixed = false;
    for (size_t i = 1; i < n; i++) *ret_mixed |= members[i].org != members[0].org;
    if (!*ret_mixed) return members[0].org;
    uint32_t org = table->roster->team_orgs[members[0].team];
    *ret_own_only = org != DICT_NONE && orgs_teaching(table->orgs, org);
    return org;
}

// Members are sorted by person: a manager of two organisations is still one.
static bool make_row(const table_t *table, const member_t *members, size_t n, team_row_t *ret_row)
{
    static const uint32_t PROGRAMMES[] = {0, TEAM_PK, TEAM_RETRAINING, TEAM_INTERNSHIP};
    bool own_only, mixed;
    uint32_t org = account(table, members, n, &own_only, &mixed), last = DICT_NONE;
    if (org == DICT_NONE) return false;
    const table_part_t *part = members[0].part;
    team_row_t row = {.org = org,
                      .flags = part->programme < ARRAY_SIZE(PROGRAMMES) ? PROGRAMMES[part->programme] : 0};
    if (mixed && !own_only) row.flags |= TEAM_MUNICIPAL;
    row.columns[TEAM_HOURS] = part->hours;
    for (size_t i = 0; i < n; i++) {
        if ((own_only && members[i].org != org) || members[i].person == last) continue;
        last = members[i].person;
        row.columns[TEAM_MANAGERS]++;
        row.columns[TEAM_ATTENDED] += members[i].part->attended;
        row.columns[TEAM_COMPLETED] += members[i].part->completed;
    }
    *ret_row = row;
    return true;
}

static team_row_t *make_rows(const table_t *table, const member_t *members, size_t n, size_t *ret_rows)
{
    team_row_t *rows = xcalloc(n + 1, sizeof *rows);
    size_t n_rows = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1;
             end < n && members[end].team == members[i].team && members[end].run == members[i].run;)
            end++;
        n_rows += make_row(table, members + i, end - i, &rows[n_rows]);
    }
    qsort(rows, n_rows, sizeof *rows, by_org);
    *ret_rows = n_rows;
    return rows;
}

// Rows of one organisation answer one query: its value, to be joined into the organisation's groups.
static value_t fold(const query_t *query, const team_row_t *rows, size_t n)
{
    value_t value = {query->fn == QUERY_MAX, 0};
    for (size_t i = 0; i < n; i++) {
        if (!query_matches(query, rows[i].flags, rows[i].columns)) continue;
        int64_t number = rows[i].columns[query->column];
        if (query->fn == QUERY_SUM) value.number += number;
        if (query->fn == QUERY_COUNT) value.number++;
        if (query->fn == QUERY_COUNT_ORG) value.number = 1;
        if (query->fn == QUERY_MAX && (value.null || number > value.number)) value = (value_t){false, number};
    }
    return value;
}

static void join(const query_t *query, value_t from, value_t *to)
{
    if (from.null) return;
    if (query->fn != QUERY_MAX)
        to->number += from.number;
    else if (to->null || from.number > to->number)
        *to = from;
}

void teams_scan(const table_t *table, const groups_t *groups, const period_t *period,
                const query_t *const *queries, size_t n, value_t *values)
{
    const table_slice_t *slice = table_slice(table, period->year);
    if (!slice) return;
    size_t n_members, n_rows;
    AUTO(xfree) member_t *members = find_members(slice, period, &n_members);
    AUTO(xfree) team_row_t *rows = make_rows(table, members, n_members, &n_rows);
    for (size_t i = 0, end; i < n_rows; i = end) {
        for (end = i + 1; end < n_rows && rows[end].org == rows[i].org;) end++;
        uint32_t group = rows[i].org < groups->n_orgs ? groups->of_org[rows[i].org] : DICT_NONE;
        for (; group != DICT_NONE; group = groups->parent[group])
            for (size_t q = 0; q < n; q++)
                if (queries[q]->table == TABLE_TEAM)
                    join(queries[q], fold(queries[q], rows + i, end - i), &values[group * n + q]);
    }
}
