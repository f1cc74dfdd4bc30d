// SPDX-License-Identifier: Apache-2.0
// See table.h. A career's place is free once its last row is taken out, and the next new one gets it.
#include "services/reporting/table.h"
#include "common/base/vec.h"
#include <assert.h>
#include <stdlib.h>

table_t *table_new(void)
{
    table_t *table = xcalloc(1, sizeof *table);
    table->orgs = orgs_new();
    table->rows = rows_new(table->orgs);
    table->people = people_new();
    table->runs = dict_new();
    table->marks = dict_new();
    table->free_career = table->free_parts = DICT_NONE;
    contents_init(&table->contents);
    return table;
}

static void slice_destroy(table_slice_t *s)
{
    if (!s) return;
    free(s->rows);
    free(s->rows_of_org);
    free(s);
}

void table_destroy(table_t **table)
{
    if (!table || !*table) return;
    for (size_t i = 0; i < ARRAY_SIZE((*table)->slices); i++) slice_destroy((*table)->slices[i]);
    people_destroy(&(*table)->people);
    dict_destroy(&(*table)->runs);
    rows_destroy(&(*table)->rows);
    orgs_destroy(&(*table)->orgs);
    dict_destroy(&(*table)->marks);
    contents_clear(&(*table)->contents);
    free((*table)->careers);
    free((*table)->first);
    free((*table)->parts);
    free((*table)->mark_counts);
    free((*table)->instead);
    free(*table);
    *table = NULL;
}

// Makes array[index] there; new places are 0. Room that is not used yet is not touched, and so takes no
// memory.
static void reach(uint32_t **array, uint32_t *n, size_t *room, uint32_t index)
{
    if (index < *n) return;
    vec_reserve(*array, *room, (size_t)index + 1);
    memset(*array + *n, 0, ((size_t)index + 1 - *n) * sizeof **array);
    *n = index + 1;
}

// ---- careers ----

static uint32_t find_career(const table_t *table, uint32_t person, uint32_t org)
{
    uint32_t at = table_first(table, person);
    while (at != DICT_NONE && table_org(table, at) != org) at = table->careers[at].next;
    return at;
}

// Marks what the person has left, or has now, as his only one or not.
static void mark_shared(table_t *table, uint32_t person)
{
    uint32_t first = table_first(table, person);
    bool shared = first != DICT_NONE && table->careers[first].next != DICT_NONE;
    for (uint32_t at = first; at != DICT_NONE; at = table->careers[at].next)
        table->careers[at].org = table_org(table, at) | (shared ? CAREER_SHARED : 0);
}

// One without rows: whoever asks for it puts one, or gives it back by settle_career.
static uint32_t add_career(table_t *table, uint32_t person, uint32_t org)
{
    uint32_t at = table->free_career;
    if (at != DICT_NONE) {
        table->free_career = table->careers[at].next;
    } else {
        vec_reserve(table->careers, table->careers_room, (size_t)table->n_careers + 1);
        at = table->n_careers++;
    }
    reach(&table->first, &table->n_first, &table->first_room, person);
    table->careers[at] = (table_career_t){.person = person,
                                          .org = org,
                                          .next = table_first(table, person),
                                          .was = DICT_NONE,
                                          .parts_at = DICT_NONE};
    table->first[person] = at + 1;
    if (table->careers[at].next != DICT_NONE) mark_shared(table, person);
    return at;
}

// Frees the place of a career that has no row.
static void settle_career(table_t *table, uint32_t career)
{
    table_career_t *c = &table->careers[career];
    if (c->n_rows > 0) return;
    assert(c->parts_at == DICT_NONE);
    uint32_t before = table_first(table, c->person);
    if (before == career) {
        table->first[c->person] = c->next + 1;
    } else {
        while (table->careers[before].next != career) before = table->careers[before].next;
        table->careers[before].next = c->next;
    }
    mark_shared(table, c->person);
    c->person = DICT_NONE;
    c->org = 0;
    c->next = table->free_career;
    table->free_career = career;
}

// ---- team parts ----

// Where the number of the year's parts stands; where the last one's `next` does when there are none.
static uint32_t *parts_link(const table_t *table, uint32_t career, int year)
{
    uint32_t *link = &table->careers[career].parts_at;
    while (*link != DICT_NONE && table->parts[*link].year != year) link = &table->parts[*link].next;
    return link;
}

const table_parts_t *table_parts(const table_t *table, uint32_t career, int year)
{
    uint32_t place = *parts_link(table, career, year);
    return place != DICT_NONE ? &table->parts[place] : NULL;
}

static void drop_parts(table_t *table, uint32_t career, int year)
{
    uint32_t *link = parts_link(table, career, year), place = *link;
    if (place == DICT_NONE) return;
    *link = table->parts[place].next;
    table->parts[place].n = 0;
    table->parts[place].next = table->free_parts;
    table->free_parts = place;
}

static table_parts_t *add_parts(table_t *table, uint32_t career, int year)
{
    uint32_t place = table->free_parts, *head = &table->careers[career].parts_at;
    if (place != DICT_NONE) {
        table->free_parts = table->parts[place].next;
    } else {
        vec_reserve(table->parts, table->parts_room, (size_t)table->n_parts + 1);
        place = table->n_parts++;
    }
    table_parts_t *parts = &table->parts[place];
    parts->career = career;
    parts->year = year;
    parts->n = 0;
    parts->next = *head;
    *head = place;
    return parts;
}

static void put_parts(table_t *table, uint32_t career, const career_t *from, int year)
{
    table_parts_t *to = NULL;
    drop_parts(table, career, year);
    for (size_t i = 0; i < from->n_parts; i++) {
        const team_part_t *part = &from->parts[i];
        if (!career_part_in(from, part, year)) continue;
        if (to == NULL) to = add_parts(table, career, year);
        if (to->n == FACT_PARTS_MAX) return;
        to->parts[to->n++] = (table_part_t){
            .team = rows_refer(table->rows, TABLE_TEAM, slice_text(part->team)),
            .run = dict_add(table->runs, slice_text(part->run)),
            .run_last_day = part->run_last_day,
            .programme = part->programme,
            .hours = part->hours,
            .attended = part->attended,
            .completed = part->completed,
        };
    }
}

// ---- pseudonyms ----

enum { MADE_UNTOLD, MADE_PROVISIONAL, MADE_BY_KEY };

static uint32_t mark_number(table_t *table, const uint8_t mark[FACT_MARK])
{
    uint32_t before = dict_count(table->marks), n = dict_add(table->marks, slice(mark, FACT_MARK));
    vec_reserve(table->mark_counts, table->marks_room, n + 1);
    if (n == before) table->mark_counts[n] = false;
    return n;
}

uint32_t table_made(table_t *table, const fact_origin_t *origin)
{
    if (origin->provisional) return MADE_PROVISIONAL;
    return origin->has_key ? MADE_BY_KEY + mark_number(table, origin->key) : MADE_UNTOLD;
}

void table_set_mark(table_t *table, const uint8_t mark[FACT_MARK], bool counts)
{
    table->changes++;
    uint32_t n = mark_number(table, mark); // which may move the array
    table->mark_counts[n] = counts;
}

bool table_is_settled(const table_t *table, uint32_t made)
{
    made &= ~ROW_WHOLE;
    return made < MADE_BY_KEY ? made == MADE_UNTOLD : table->mark_counts[made - MADE_BY_KEY];
}

// A row under a provisional pseudonym that another row has taken the place of: it comes from a store that has
// not yet heard that it is gone.
static bool is_replaced(const table_t *table, const table_slice_t *s, const table_career_t *career)
{
    uint32_t now = (career->person < table->n_instead ? table->instead[career->person] : 0) - 1;
    uint32_t at = now != DICT_NONE ? find_career(table, now, career->org & ~CAREER_SHARED) : DICT_NONE;
    return at != DICT_NONE && table_row(table, s, at) != NULL && table->careers[at].was == career->person;
}

// ---- rows ----

static table_slice_t *slice_of(table_t *table, int year)
{
    table_slice_t **slot = &table->slices[year - PERIOD_YEAR_MIN];
    if (*slot == NULL) *slot = xcalloc(1, sizeof **slot);
    return *slot;
}

// Numbers of contents change.
static void pack_contents(table_t *table)
{
    AUTO(xfree) uint32_t *now = contents_pack(&table->contents);
    for (size_t i = 0; i < ARRAY_SIZE(table->slices); i++) {
        table_slice_t *s = table->slices[i];
        for (uint32_t career = 0; s != NULL && career < s->n; career++)
            s->rows[career] = now[s->rows[career]];
    }
}

static void set_row(table_t *table, table_slice_t *s, uint32_t career, const content_t *content)
{
    uint32_t number = contents_use(&table->contents, content), org = table_org(table, career);
    reach(&s->rows, &s->n, &s->room, career);
    uint32_t before = s->rows[career];
    s->rows[career] = number;
    contents_leave(&table->contents, before);
    if (contents_are_stale(&table->contents)) pack_contents(table);
    if (before != 0) return;
    reach(&s->rows_of_org, &s->n_rows_of_org, &s->orgs_room, org);
    s->rows_of_org[org]++;
    s->n_rows++;
    table->careers[career].n_rows++;
}

// The career is settled by the caller.
static void take_out(table_t *table, table_slice_t *s, uint32_t career, int year)
{
    drop_parts(table, career, year);
    contents_leave(&table->contents, s->rows[career]);
    s->rows[career] = 0;
    s->rows_of_org[table_org(table, career)]--;
    s->n_rows--;
    table->careers[career].n_rows--;
}

// The row of the same organisation under the provisional pseudonym goes in the same breath.
static void take_place(table_t *table, table_slice_t *s, uint32_t career, int year,
                       const fact_origin_t *origin)
{
    table_career_t *c = &table->careers[career];
    uint32_t before = people_number(table->people, slice(origin->was, FACT_PSEUDONYM));
    if (before == c->person) return;
    c->was = before;
    reach(&table->instead, &table->n_instead, &table->instead_room, before);
    table->instead[before] = c->person + 1;
    uint32_t old = find_career(table, before, table_org(table, career));
    if (old == DICT_NONE || table_row(table, s, old) == NULL) return;
    take_out(table, s, old, year);
    settle_career(table, old);
}

static void put_year(table_t *table, const career_t *from, uint32_t made, uint32_t career,
                     const career_run_t *run, int year)
{
    table_slice_t *s = slice_of(table, year);
    if (is_replaced(table, s, &table->careers[career])) return;
    const content_t *before = table_row(table, s, career);
    if (before != NULL && !from->whole && (before->made & ROW_WHOLE)) return;
    content_t now = {.made = made | (from->whole ? ROW_WHOLE : 0)};
    for (int c = 0; c < N_CELLS; c++) now.cells[c] = fact_normal(run->cells[c] & ~FACT_ASSIGNED);
    set_row(table, s, career, &now);
    put_parts(table, career, from, year);
    if (from->whole) table->careers[career].was = DICT_NONE;
    if (from->origin.has_was) take_place(table, s, career, year, &from->origin);
}

static void remove_year(table_t *table, const career_t *from, uint32_t career, int year)
{
    bool known = year >= PERIOD_YEAR_MIN && year <= PERIOD_YEAR_MAX;
    table_slice_t *s = known ? table->slices[year - PERIOD_YEAR_MIN] : NULL;
    const content_t *row = s != NULL ? table_row(table, s, career) : NULL;
    if (row == NULL || ((row->made & ROW_WHOLE) != 0) != from->whole) return;
    table->changes++;
    take_out(table, s, career, year);
}

void table_put(table_t *table, const career_t *career, const career_t *before)
{
    table->changes++;
    uint32_t person = people_number(table->people, slice(career->pseudonym, PSEUDONYM_BYTES));
    uint32_t org = orgs_number(table->orgs, slice_text(career->org)),
             made = table_made(table, &career->origin);
    assert(org < CAREER_SHARED);
    uint32_t at = find_career(table, person, org);
    if (at == DICT_NONE) at = add_career(table, person, org);
    for (size_t i = 0; i < career->n_runs; i++) {
        const career_run_t *run = &career->runs[i];
        assert(run->first >= PERIOD_YEAR_MIN && run->last <= PERIOD_YEAR_MAX);
        for (int year = run->first; year <= run->last; year++)
            if (before == NULL || !career_same_year(before, career, year))
                put_year(table, career, made, at, run, year);
    }
    for (size_t i = 0; before != NULL && i < before->n_runs; i++)
        for (int year = before->runs[i].first; year <= before->runs[i].last; year++)
            if (career_run(career, year) == NULL) remove_year(table, before, at, year);
    settle_career(table, at);
}

void table_remove(table_t *table, const career_t *career)
{
    uint32_t person = dict_find(table->people->persons, slice(career->pseudonym, PSEUDONYM_BYTES));
    uint32_t org = orgs_find(table->orgs, career->org);
    uint32_t at = person != DICT_NONE && org != DICT_NONE ? find_career(table, person, org) : DICT_NONE;
    if (at == DICT_NONE) return;
    for (size_t i = 0; i < career->n_runs; i++)
        for (int year = career->runs[i].first; year <= career->runs[i].last; year++)
            remove_year(table, career, at, year);
    settle_career(table, at);
}

uint64_t table_version(const table_t *table)
{
    return table->changes + orgs_changes(table->orgs) + table->people->changes + table->rows->changes;
}

const table_slice_t *table_slice(const table_t *table, int year)
{
    if (year < PERIOD_YEAR_MIN || year > PERIOD_YEAR_MAX) return NULL;
    return table->slices[year - PERIOD_YEAR_MIN];
}

uint32_t slice_rows_of(const table_slice_t *slice, uint32_t org)
{
    return org < slice->n_rows_of_org ? slice->rows_of_org[org] : 0;
}
