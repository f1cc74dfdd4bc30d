// SPDX-License-Identifier: Apache-2.0
// A team is the managers who went to one run of a programme under one team code. Its row stands for one
// organisation:
//   - theirs, when all are of one organisation;
//   - of different organisations: the team's own. A school's team is made of the school's own managers, the
//   others
//     are guests; any other organisation's (a municipal team) of all of them. Where the team's record is not
//     known, nobody can say whose it is: no row.
#include "services/reporting/scan_teams.h"
#include "common/base/vec.h"
#include <stdlib.h>

typedef struct member {
    uint32_t team, run, org, person;
    const table_part_t *part;
} member_t;

typedef struct team_row {
    uint32_t org;
    uint32_t flags;
    int64_t columns[SHAPE_COLUMNS_MAX];
} team_row_t;

static int by_team(const void *a, const void *b)
{
    const member_t *x = a, *y = b;
    const uint32_t p[] = {x->team, x->run, x->person, x->org}, q[] = {y->team, y->run, y->person, y->org};
    for (size_t i = 0; i < ARRAY_SIZE(p); i++)
        if (p[i] != q[i]) return p[i] < q[i] ? -1 : 1;
    return 0;
}

// The year of account is that of the run's last day.
static bool counts(const table_part_t *part, const period_t *period)
{
    return part->run_last_day >= period->first_day && part->run_last_day <= period->last_day;
}

static member_t *find_members(const table_t *table, const period_t *period, size_t *ret_n)
{
    size_t n = 0, room = 0;
    member_t *members = NULL;
    vec_reserve(members, room, 64); // qsort() wants a place also where there are none
    for (uint32_t place = 0; place < table->n_parts; place++) {
        const table_parts_t *parts = &table->parts[place];
        for (uint32_t i = 0; parts->year == period->year && i < parts->n; i++) {
            const table_part_t *part = &parts->parts[i];
            if (!counts(part, period) || part->team == DICT_NONE) continue;
            *vec_add(members, n, room) = (member_t){part->team, part->run, table_org(table, parts->career),
                                                    table->careers[parts->career].person, part};
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
    const rows_table_t *teams = &table->rows->tables[TABLE_TEAM];
    uint32_t org = rows_has(teams, members[0].team) ? teams->org[members[0].team] : DICT_NONE;
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
    int64_t *made = row.columns + table->rows->tables[TABLE_TEAM].n_declared;
    rows_copy(&table->rows->tables[TABLE_TEAM], part->team, row.columns);
    made[TEAM_HOURS] = part->hours;
    for (size_t i = 0; i < n; i++) {
        if ((own_only && members[i].org != org) || members[i].person == last) continue;
        last = members[i].person;
        made[TEAM_MANAGERS]++;
        made[TEAM_ATTENDED] += members[i].part->attended;
        made[TEAM_COMPLETED] += members[i].part->completed;
    }
    *ret_row = row;
    return true;
}

void teams_scan(const table_t *table, const answers_t *answers)
{
    const period_t *period = answers->asked->period;
    const groups_t *groups = answers->groups;
    fold_t fold;
    size_t n;
    if (!fold_begin(&fold, answers, TABLE_TEAM)) return;
    AUTO(xfree) member_t *members = find_members(table, period, &n);
    for (size_t i = 0, end; i < n; i = end) {
        team_row_t team;
        for (end = i + 1;
             end < n && members[end].team == members[i].team && members[end].run == members[i].run;)
            end++;
        if (!make_row(table, members + i, end - i, &team)) continue;
        uint32_t group = team.org < groups->n_orgs ? groups->of_org[team.org] : DICT_NONE;
        if (group != DICT_NONE) fold_row(&fold, group, FOLD_UP, &(row_t){team.flags, team.org, team.columns});
    }
    fold_end(&fold);
}
