// SPDX-License-Identifier: Apache-2.0
// An expression over counts is asked what it would be if this person were all there is: each query is 1 or 0.
// A query that would raise the outcome by changing its mind is what keeps him out.
#include "services/reporting/explain.h"
#include <stdlib.h>

// ---- one person and one expression ----

typedef struct tried {
    const expr_t *expr;
    uint32_t flags;
    value_t values[EXPR_QUERIES_MAX];
} tried_t;

static int64_t number(const tried_t *tried)
{
    value_t value = expr_value(tried->expr, tried->values);
    return value.null ? 0 : value.number / expr_unit(tried->expr);
}

static tried_t try_on(const expr_t *expr, uint32_t flags)
{
    tried_t tried = {.expr = expr, .flags = flags};
    for (size_t i = 0; i < expr->n_queries; i++) {
        const query_t *query = &expr->queries[i];
        bool matches = query->table == TABLE_PERSON && query_matches(query, NULL, &(row_t){.flags = flags});
        tried.values[i].number = matches;
    }
    return tried;
}

static bool raises(tried_t *tried, size_t query)
{
    int64_t before = number(tried);
    tried->values[query].number ^= 1;
    bool more = number(tried) > before;
    tried->values[query].number ^= 1;
    return more;
}

static void add_way(explain_person_t *to, explain_way_t way)
{
    int bits = __builtin_popcount(way.lacks) + __builtin_popcount(way.excess);
    if (to->n_ways > 0) {
        explain_way_t best = to->ways[0];
        int least = __builtin_popcount(best.lacks) + __builtin_popcount(best.excess);
        if (bits > least) return;
        if (bits < least) to->n_ways = 0;
    }
    for (uint32_t i = 0; i < to->n_ways; i++)
        if (to->ways[i].lacks == way.lacks && to->ways[i].excess == way.excess) return;
    if (to->n_ways < EXPLAIN_WAYS_MAX) to->ways[to->n_ways++] = way;
}

static void ways_to_match(const query_t *query, uint32_t flags, explain_person_t *to)
{
    for (uint32_t i = 0; i < query->n_terms; i++) {
        uint32_t mask = (uint32_t)query->terms[i].mask, value = (uint32_t)query->terms[i].value;
        add_way(to, (explain_way_t){.lacks = value & ~flags, .excess = mask & ~value & flags});
    }
}

static const query_term_t *matched(const query_t *query, uint32_t flags)
{
    for (uint32_t i = 0; i < query->n_terms; i++)
        if ((flags & query->terms[i].mask) == query->terms[i].value) return &query->terms[i];
    return NULL;
}

// Flags that the queries which speak for him rest on: to change them would be no way.
static uint32_t needed(tried_t *tried)
{
    uint32_t flags = 0;
    for (size_t q = 0; q < tried->expr->n_queries; q++) {
        if (tried->values[q].number == 0 || raises(tried, q)) continue;
        const query_term_t *term = matched(&tried->expr->queries[q], tried->flags);
        if (term != NULL) flags |= (uint32_t)term->mask;
    }
    return flags;
}

// He matches what is taken away: any flag of the one term that he fulfils would free him. With several such
// terms each is told, and he needs one of every.
static void ways_to_part(const query_t *query, uint32_t flags, uint32_t keep, explain_person_t *to)
{
    for (uint32_t i = 0; i < query->n_terms; i++) {
        uint32_t mask = (uint32_t)query->terms[i].mask, value = (uint32_t)query->terms[i].value;
        if ((flags & mask) != value) continue;
        for (uint32_t left = mask & ~keep; left != 0; left &= left - 1) {
            uint32_t bit = left & -left;
            add_way(to, (explain_way_t){.lacks = bit & ~value, .excess = bit & value});
        }
    }
}

static void find_ways(const expr_t *expr, uint32_t flags, explain_person_t *to)
{
    tried_t tried = try_on(expr, flags);
    uint32_t keep = needed(&tried);
    for (size_t q = 0; q < expr->n_queries; q++) {
        const query_t *query = &expr->queries[q];
        if (query->table != TABLE_PERSON || !raises(&tried, q)) continue;
        if (tried.values[q].number == 0)
            ways_to_match(query, flags, to);
        else
            ways_to_part(query, flags, keep, to);
    }
}

static bool asks_people(const expr_t *expr)
{
    for (size_t i = 0; expr != NULL && i < expr->n_queries; i++)
        if (expr->queries[i].table == TABLE_PERSON) return true;
    return false;
}

bool explain_has_people(const definition_t *definition)
{
    return asks_people(definition->numerator);
}

// Who is not in the denominator is told what keeps him out of that, and no more.
static void explain_one(const definition_t *d, uint32_t flags, explain_person_t *to)
{
    bool of_people = asks_people(d->denominator);
    tried_t above = try_on(d->numerator, flags);
    to->numerator = number(&above);
    if (of_people) {
        tried_t below = try_on(d->denominator, flags);
        to->denominator = number(&below);
    }
    if (to->numerator > 0) return;
    find_ways(of_people && to->denominator <= 0 ? d->denominator : d->numerator, flags, to);
}

// ---- the subtree ----

static bool inside(const groups_t *groups, uint32_t org)
{
    return org < groups->n_orgs && groups->of_org[org] != DICT_NONE;
}

static uint32_t first_org(const table_t *table, const groups_t *groups, const table_slice_t *slice,
                          uint32_t at)
{
    while (at != DICT_NONE && (!inside(groups, table_org(table, at)) || table_row(table, slice, at) == NULL))
        at = table->careers[at].next;
    return at != DICT_NONE ? table_org(table, at) : DICT_NONE;
}

static void link_staff(explaining_t *self)
{
    const rows_table_t *staff = &self->table->rows->tables[TABLE_PERSON];
    self->n_persons = dict_count(self->table->people->persons);
    self->n_staff = staff->n;
    self->staff = xmalloc(((size_t)self->n_persons + 1) * sizeof *self->staff);
    self->next = xmalloc(((size_t)self->n_staff + 1) * sizeof *self->next);
    for (uint32_t i = 0; i < self->n_persons; i++) self->staff[i] = DICT_NONE;
    for (uint32_t row = self->n_staff; row-- > 0;) {
        uint32_t person = rows_has(staff, row) ? people_person(self->table->people, row) : DICT_NONE;
        self->looks++;
        if (person >= self->n_persons) continue;
        self->next[row] = self->staff[person];
        self->staff[person] = row;
    }
}

explaining_t *explaining_new(const table_t *table, const definition_t *definition, const period_t *period,
                             uint32_t unit)
{
    explaining_t *self = xcalloc(1, sizeof *self);
    *self = (explaining_t){.table = table, .definition = definition, .period = *period, .unit = unit};
    self->groups = groups_make(table->orgs, period->last_day, &unit, 1);
    methodists_init(&self->methodists, table, &self->period);
    self->looks += table->rows->tables[shape_of_kind(N_ASSIGNMENT)].n;
    touch_init(&self->touch, self->groups);
    self->touch.closed = &self->methodists.closed;
    link_staff(self);
    return self;
}

void explaining_destroy(explaining_t **self_p)
{
    explaining_t *self = *self_p;
    if (self == NULL) return;
    touch_clear(&self->touch);
    methodists_clear(&self->methodists);
    groups_destroy(&self->groups);
    free(self->staff);
    free(self->next);
    xfree(self_p);
}

uint32_t explain_staff(explaining_t *self, const explain_person_t *person)
{
    const rows_table_t *staff = &self->table->rows->tables[TABLE_PERSON];
    uint32_t first = person->person < self->n_persons ? self->staff[person->person] : DICT_NONE,
             found = first;
    for (uint32_t row = first; row != DICT_NONE; row = self->next[row]) {
        self->looks++;
        if (staff->org[row] == person->org) found = row;
    }
    return found;
}

void explain_people(explaining_t *self, uint32_t from, explain_page_t *page)
{
    const table_t *table = self->table;
    const table_slice_t *slice = table_slice(table, self->period.year);
    touch_t *touch = &self->touch;
    page->n = 0;
    page->next = DICT_NONE;
    if (!explain_has_people(self->definition)) return;
    for (uint32_t at = from; slice != NULL && at < table->n_careers; at++) {
        uint32_t person = table->careers[at].person;
        self->looks++;
        if (table_first(table, person) != at) continue; // a free place, or not his first
        touch_begin(touch);
        touch_person(touch, table, slice, at, self->period.cell);
        if (touch->n == 0) continue;
        if (page->n == EXPLAIN_PAGE) {
            page->next = at;
            return;
        }
        bool assigned = methodists_assigned(&self->methodists, person);
        uint32_t flags = fact_normal(touch->flags[0]) | (assigned ? FACT_ASSIGNED : 0);
        explain_person_t *to = &page->people[page->n++];
        *to = (explain_person_t){.person = person, .org = first_org(table, touch->groups, slice, at)};
        explain_one(self->definition, flags, to);
    }
}

uint32_t *explain_silent(const table_t *table, const period_t *period, uint32_t unit, uint32_t *ret_n)
{
    const table_slice_t *slice = table_slice(table, period->year);
    AUTO(groups_destroy) groups_t *groups = groups_make(table->orgs, period->last_day, &unit, 1);
    uint32_t *silent = xcalloc((size_t)groups->n_orgs + 1, sizeof *silent), n = 0;
    for (uint32_t org = 0; org < groups->n_orgs; org++) {
        if (!inside(groups, org) || !orgs_unit(table->orgs, org)) continue;
        if (!orgs_valid_on(table->orgs, org, period->last_day)) continue;
        if (slice == NULL || slice_rows_of(slice, org) == 0) silent[n++] = org;
    }
    *ret_n = n;
    return silent;
}
