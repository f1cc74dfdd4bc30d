// SPDX-License-Identifier: Apache-2.0
// A methodist belongs to a group when his own organisation does, or one of the teachers assigned to him does.
// Two appointments of one human are one methodist. His load in a group is the number of different teachers
// there that are in the snapshot.
#include "services/reporting/scan_methodists.h"
#include "services/reporting/day.h"
#include "services/reporting/touch.h"
#include <stdlib.h>

typedef struct named {
    uint64_t human; // person where known, else the staff number
    uint32_t code;
} named_t;

static int by_human(const void *a, const void *b)
{
    const named_t *x = a, *y = b;
    if (x->human != y->human) return x->human < y->human ? -1 : 1;
    return x->code < y->code ? -1 : x->code > y->code;
}

static uint64_t human_of(const roster_t *roster, uint32_t ref)
{
    uint32_t person = roster->ref_person[ref];
    return person != DICT_NONE ? person : (1ULL << 32) + ref;
}

static bool leave_of(const methodists_t *m, uint32_t ref)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    uint32_t person = m->table->roster->ref_person[ref], flags = 0;
    if (!slice || person == DICT_NONE) return false;
    for (uint32_t row = slice_first(slice, person); row != DICT_NONE; row = slice->next[row])
        flags |= slice->cells[m->period->cell][row];
    return flags & FACT_LEAVE_OVER_30;
}

static void find_leads(methodists_t *m)
{
    const roster_t *roster = m->table->roster;
    named_t *named = xcalloc(m->n + 1, sizeof *named);
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const roster_methodist_t *row = &roster->methodist_rows[i];
        m->lead[i] = m->also[i] = DICT_NONE;
        if (row->live && day_within(m->period->last_day, row->from, row->to))
            named[n++] = (named_t){human_of(roster, row->ref), i};
    }
    qsort(named, n, sizeof *named, by_human);
    for (uint32_t i = 0; i < n; i++) {
        bool first = i == 0 || named[i].human != named[i - 1].human;
        m->lead[named[i].code] = first ? named[i].code : m->lead[named[i - 1].code];
        if (!first) m->also[named[i - 1].code] = named[i].code;
        if (first) m->on_leave[named[i].code] = leave_of(m, roster->methodist_rows[named[i].code].ref);
    }
    free(named);
}

// The methodist that the assignment counts for on the last day, DICT_NONE: for none, or the teacher is not
// known.
static uint32_t tied_to(const methodists_t *m, const roster_assignment_t *row)
{
    bool counts = row->live && day_within(m->period->last_day, row->from, row->to) &&
                  m->table->roster->ref_person[row->ref] != DICT_NONE;
    return counts ? m->lead[row->methodist] : DICT_NONE;
}

// Ties by lead: counted, then put in their places.
static void find_ties(methodists_t *m)
{
    const roster_t *roster = m->table->roster;
    uint32_t n = dict_count(roster->assignments), lead;
    for (uint32_t i = 0; i < n; i++)
        if ((lead = tied_to(m, &roster->assignment_rows[i])) != DICT_NONE) m->start[lead + 1]++;
    for (uint32_t i = 0; i < m->n; i++) m->start[i + 1] += m->start[i];
    m->ties = xcalloc(m->start[m->n] + 1, sizeof *m->ties);
    uint32_t *fill = xmemdup(m->start, (m->n + 1) * sizeof *fill);
    for (uint32_t i = 0; i < n; i++) {
        const roster_assignment_t *row = &roster->assignment_rows[i];
        if ((lead = tied_to(m, row)) == DICT_NONE) continue;
        uint32_t person = roster->ref_person[row->ref];
        m->ties[fill[lead]++] = person;
        if (!m->on_leave[lead]) m->assigned[person / 64] |= 1ULL << (person % 64);
    }
    free(fill);
}

void methodists_init(methodists_t *m, const table_t *table, const period_t *period)
{
    *m = (methodists_t){.table = table, .period = period, .n = dict_count(table->roster->methodists)};
    m->n_persons = dict_count(table->roster->persons);
    m->lead = xcalloc(m->n + 1, sizeof *m->lead);
    m->also = xcalloc(m->n + 1, sizeof *m->also);
    m->start = xcalloc(m->n + 2, sizeof *m->start);
    m->on_leave = xcalloc(m->n + 1, sizeof *m->on_leave);
    m->assigned = xcalloc(m->n_persons / 64 + 1, sizeof *m->assigned);
    find_leads(m);
    find_ties(m);
}

void methodists_clear(methodists_t *m)
{
    free(m->lead);
    free(m->also);
    free(m->start);
    free(m->on_leave);
    free(m->ties);
    free(m->assigned);
    *m = (methodists_t){0};
}

// ---- loads ----

typedef struct loads { // of one methodist
    touch_t groups;    // he belongs to
    touch_t person;    // scratch
    int64_t *load;     // of groups touched
    uint32_t *seen;    // of each person: the last methodist, + 1, who counted him
} loads_t;

// Touches the organisation's group and those above, and adds to their loads.
static void add_load(loads_t *loads, uint32_t org, int64_t load)
{
    const groups_t *groups = loads->groups.groups;
    uint32_t before = loads->groups.n, g = org < groups->n_orgs ? groups->of_org[org] : DICT_NONE;
    touch_add(&loads->groups, org, 0);
    for (uint32_t i = before; i < loads->groups.n; i++) loads->load[loads->groups.list[i]] = 0;
    for (; load && g != DICT_NONE; g = groups->parent[g]) loads->load[g] += load;
}

// A teacher with rows in several organisations is one in each group that any of them is in.
static void add_shared(const methodists_t *m, loads_t *loads, const table_slice_t *slice, uint32_t first)
{
    period_cell_t cell = m->period->cell;
    for (uint32_t row = first; row != DICT_NONE; row = slice->next[row])
        if (slice->cells[cell][row] & FACT_PEDAGOGUE) add_load(loads, slice->org[row] & ~ROW_SHARED, 0);
    touch_begin(&loads->person);
    touch_person(&loads->person, slice, first, cell);
    for (uint32_t i = 0; i < loads->person.n; i++) {
        uint32_t group = loads->person.list[i];
        if (loads->person.flags[group] & FACT_PEDAGOGUE) loads->load[group]++;
    }
}

static void add_teacher(const methodists_t *m, loads_t *loads, const table_slice_t *slice, uint32_t person)
{
    uint32_t first = slice_first(slice, person);
    if (first == DICT_NONE) return;
    if (slice->org[first] & ROW_SHARED)
        add_shared(m, loads, slice, first);
    else if (slice->cells[m->period->cell][first] & FACT_PEDAGOGUE)
        add_load(loads, slice->org[first], 1);
}

// One row of the table in one group.
static void take_row(const query_t *query, uint32_t flags, int64_t load, value_t *value)
{
    const int64_t columns[N_METHODIST_COLUMNS] = {[METHODIST_LOAD] = load};
    if (query->table != TABLE_METHODIST || !query_matches(query, flags, columns)) return;
    int64_t number = columns[query->column];
    if (query->fn == QUERY_MAX)
        value->number = value->null || number > value->number ? number : value->number;
    else
        value->number += query->fn == QUERY_SUM ? number : 1;
    value->null = false;
}

static void scan_one(const methodists_t *m, uint32_t lead, loads_t *loads)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    touch_begin(&loads->groups);
    for (uint32_t code = lead; code != DICT_NONE; code = m->also[code])
        add_load(loads, m->table->roster->methodist_rows[code].org, 0);
    for (uint32_t i = m->start[lead]; slice && i < m->start[lead + 1]; i++) {
        uint32_t person = m->ties[i];
        if (loads->seen[person] == lead + 1) continue; // a second assignment does not count him again
        loads->seen[person] = lead + 1;
        add_teacher(m, loads, slice, person);
    }
}

static void scan_loads(const methodists_t *m, loads_t *loads, const query_t *const *queries, size_t n,
                       value_t *values)
{
    for (uint32_t lead = 0; lead < m->n; lead++) {
        if (m->lead[lead] != lead) continue;
        scan_one(m, lead, loads);
        uint32_t flags = m->on_leave[lead] ? METHODIST_ON_LEAVE : METHODIST_ACTIVE;
        for (uint32_t i = 0; i < loads->groups.n; i++) {
            uint32_t g = loads->groups.list[i];
            for (size_t q = 0; q < n; q++) take_row(queries[q], flags, loads->load[g], &values[g * n + q]);
        }
    }
}

void methodists_scan(const methodists_t *m, const groups_t *groups, const query_t *const *queries, size_t n,
                     value_t *values)
{
    loads_t loads;
    touch_init(&loads.groups, groups);
    touch_init(&loads.person, groups);
    loads.load = xcalloc(groups->n + 1, sizeof *loads.load);
    loads.seen = xcalloc(m->n_persons + 1, sizeof *loads.seen);
    scan_loads(m, &loads, queries, n, values);
    free(loads.seen);
    free(loads.load);
    touch_clear(&loads.groups);
    touch_clear(&loads.person);
}
