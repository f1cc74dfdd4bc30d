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

// The staff number of a methodist or of a teacher who is assigned, DICT_NONE where it is not told.
static uint32_t number_of(const rows_table_t *rows, uint32_t row, uint32_t column)
{
    int64_t value = rows_values(rows, row)[column];
    return value != VALUE_ABSENT ? (uint32_t)value : DICT_NONE;
}

static uint64_t human_of(const people_t *people, uint32_t number)
{
    uint32_t person = people_person(people, number);
    return person != DICT_NONE ? person : (1ULL << 32) + number;
}

static bool leave_of(const methodists_t *m, uint64_t human)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    uint32_t flags = 0;
    if (!slice || human >> 32 != 0) return false;
    for (uint32_t at = table_first(m->table, (uint32_t)human); at != DICT_NONE;
         at = m->table->careers[at].next) {
        const content_t *row = table_row(m->table, slice, at);
        flags |= row != NULL ? row->cells[m->period->cell] : 0;
    }
    return flags & FACT_LEAVE_OVER_30;
}

// Does the row, with these columns of days, hold on the last day?
static bool holds(const methodists_t *m, const rows_table_t *rows, uint32_t row, uint32_t from, uint32_t to)
{
    return rows_has(rows, row) &&
           day_within(m->period->last_day, rows_day(rows, row, from), rows_day(rows, row, to));
}

// Who is a candidate leads nobody yet.
static bool is_candidate(const methodists_t *m, uint32_t row, uint32_t column)
{
    const field_word_t *words = shape_at(TABLE_METHODIST)->columns[column].field->words;
    int64_t word = rows_values(m->rows, row)[column];
    return word != VALUE_ABSENT && strcmp(words[word].code, "candidate") == 0;
}

static named_t *find_named(const methodists_t *m, uint32_t *ret_n)
{
    uint32_t from = shape_column(TABLE_METHODIST, "from"), to = shape_column(TABLE_METHODIST, "to");
    uint32_t person = shape_column(TABLE_METHODIST, "person"), state = shape_column(TABLE_METHODIST, "state");
    named_t *named = xcalloc(m->n + 1, sizeof *named);
    *ret_n = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        if (!holds(m, m->rows, i, from, to) || is_candidate(m, i, state)) continue;
        uint32_t number = number_of(m->rows, i, person);
        if (number != DICT_NONE) named[(*ret_n)++] = (named_t){human_of(m->table->people, number), i};
    }
    qsort(named, *ret_n, sizeof *named, by_human);
    return named;
}

static void find_leads(methodists_t *m)
{
    uint32_t n;
    AUTO(xfree) named_t *named = find_named(m, &n);
    for (uint32_t i = 0; i < m->n; i++) m->lead[i] = m->also[i] = DICT_NONE;
    for (uint32_t i = 0; i < n; i++) {
        bool first = i == 0 || named[i].human != named[i - 1].human;
        m->lead[named[i].code] = first ? named[i].code : m->lead[named[i - 1].code];
        if (!first) m->also[named[i - 1].code] = named[i].code;
        if (first) m->on_leave[named[i].code] = leave_of(m, named[i].human);
    }
}

typedef struct tie {
    uint32_t lead, person;
} tie_t;

// The assignments that count on the last day: of a known teacher to a methodist who is appointed. The caller
// frees.
static tie_t *find_tied(const methodists_t *m, uint32_t *ret_n)
{
    uint32_t t = shape_of_kind(N_ASSIGNMENT);
    uint32_t methodist = shape_column(t, "methodist"), teacher = shape_column(t, "person");
    uint32_t from = shape_column(t, "from"), to = shape_column(t, "to");
    const rows_table_t *rows = &m->table->rows->tables[t];
    tie_t *ties = xmalloc(((size_t)rows->n + 1) * sizeof *ties);
    *ret_n = 0;
    for (uint32_t i = 0; i < rows->n; i++) {
        if (!holds(m, rows, i, from, to)) continue;
        uint32_t code = number_of(rows, i, methodist);
        uint32_t lead = code != DICT_NONE ? m->lead[code] : DICT_NONE;
        uint32_t person = people_person(m->table->people, number_of(rows, i, teacher));
        if (lead != DICT_NONE && person != DICT_NONE) ties[(*ret_n)++] = (tie_t){lead, person};
    }
    return ties;
}

// Ties by lead: counted, then put in their places.
static void find_ties(methodists_t *m)
{
    uint32_t n;
    AUTO(xfree) tie_t *ties = find_tied(m, &n);
    for (uint32_t i = 0; i < n; i++) m->start[ties[i].lead + 1]++;
    for (uint32_t i = 0; i < m->n; i++) m->start[i + 1] += m->start[i];
    m->ties = xcalloc(m->start[m->n] + 1, sizeof *m->ties);
    AUTO(xfree) uint32_t *fill = xmemdup(m->start, (m->n + 1) * sizeof *fill);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t person = ties[i].person;
        m->ties[fill[ties[i].lead]++] = person;
        if (!m->on_leave[ties[i].lead]) m->assigned[person / 64] |= 1ULL << (person % 64);
    }
}

void methodists_init(methodists_t *m, const table_t *table, const period_t *period)
{
    *m = (methodists_t){.table = table, .period = period, .rows = &table->rows->tables[TABLE_METHODIST]};
    m->n = dict_count(m->rows->ids); // also those that only assignments name
    m->n_persons = dict_count(table->people->persons);
    m->lead = xcalloc(m->n + 1, sizeof *m->lead);
    m->also = xcalloc(m->n + 1, sizeof *m->also);
    m->start = xcalloc(m->n + 2, sizeof *m->start);
    m->on_leave = xcalloc(m->n + 1, sizeof *m->on_leave);
    m->assigned = xcalloc(m->n_persons / 64 + 1, sizeof *m->assigned);
    m->closed = closed_find(table, period);
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
    closed_clear(&m->closed);
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

static bool teaches(const methodists_t *m, const table_slice_t *slice, uint32_t career)
{
    const content_t *row = table_row(m->table, slice, career);
    return row != NULL && (row->cells[m->period->cell] & FACT_PEDAGOGUE) != 0 &&
           !closed_has(&m->closed, table_org(m->table, career));
}

// A teacher with careers in several organisations is one in each group that any of them is in.
static void add_shared(const methodists_t *m, loads_t *loads, const table_slice_t *slice, uint32_t first)
{
    const table_t *table = m->table;
    for (uint32_t at = first; at != DICT_NONE; at = table->careers[at].next)
        if (teaches(m, slice, at)) add_load(loads, table_org(table, at), 0);
    touch_begin(&loads->person);
    touch_person(&loads->person, table, slice, first, m->period->cell);
    for (uint32_t i = 0; i < loads->person.n; i++) {
        uint32_t group = loads->person.list[i];
        if (loads->person.flags[group] & FACT_PEDAGOGUE) loads->load[group]++;
    }
}

static void add_teacher(const methodists_t *m, loads_t *loads, const table_slice_t *slice, uint32_t person)
{
    uint32_t first = table_first(m->table, person);
    if (first == DICT_NONE) return;
    if (m->table->careers[first].org & CAREER_SHARED)
        add_shared(m, loads, slice, first);
    else if (teaches(m, slice, first))
        add_load(loads, table_org(m->table, first), 1);
}

static void scan_one(const methodists_t *m, uint32_t lead, loads_t *loads)
{
    const table_slice_t *slice = table_slice(m->table, m->period->year);
    touch_begin(&loads->groups);
    for (uint32_t code = lead; code != DICT_NONE; code = m->also[code])
        add_load(loads, m->rows->org[code], 0);
    for (uint32_t i = m->start[lead]; slice && i < m->start[lead + 1]; i++) {
        uint32_t person = m->ties[i];
        if (loads->seen[person] == lead + 1) continue; // a second assignment does not count him again
        loads->seen[person] = lead + 1;
        add_teacher(m, loads, slice, person);
    }
}

static void scan_loads(const methodists_t *m, loads_t *loads, fold_t *fold)
{
    for (uint32_t lead = 0; lead < m->n; lead++) {
        if (m->lead[lead] != lead) continue;
        scan_one(m, lead, loads);
        int64_t columns[SHAPE_COLUMNS_MAX];
        row_t row = {m->on_leave[lead] ? METHODIST_ON_LEAVE : METHODIST_ACTIVE, m->rows->org[lead], columns};
        rows_copy(m->rows, lead, columns);
        for (uint32_t i = 0; i < loads->groups.n; i++) {
            columns[m->rows->n_declared + METHODIST_LOAD] = loads->load[loads->groups.list[i]];
            fold_row(fold, loads->groups.list[i], FOLD_HERE, &row);
        }
    }
}

void methodists_scan(const methodists_t *m, const answers_t *answers)
{
    const groups_t *groups = answers->groups;
    loads_t loads;
    fold_t fold;
    if (!fold_begin(&fold, answers, TABLE_METHODIST)) return;
    touch_init(&loads.groups, groups);
    touch_init(&loads.person, groups);
    loads.person.closed = &m->closed;
    loads.load = xcalloc(groups->n + 1, sizeof *loads.load);
    loads.seen = xcalloc(m->n_persons + 1, sizeof *loads.seen);
    scan_loads(m, &loads, &fold);
    free(loads.seen);
    free(loads.load);
    touch_clear(&loads.groups);
    touch_clear(&loads.person);
    fold_end(&fold);
}
