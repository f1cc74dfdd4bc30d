// SPDX-License-Identifier: Apache-2.0
// Packed columns of facts. Rows have no order: the last row moves into the place of one that is taken out.
#include "services/reporting/table.h"
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
    return table;
}

static void slice_destroy(table_slice_t *s)
{
    if (!s) return;
    free(s->person);
    free(s->org);
    for (int c = 0; c < N_CELLS; c++) free(s->cells[c]);
    free(s->next);
    free(s->prev);
    free(s->made);
    free(s->was);
    free(s->parts_at);
    free(s->parts);
    free(s->first);
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
    free((*table)->mark_counts);
    free((*table)->instead);
    free(*table);
    *table = NULL;
}

// ---- room ----

static void widen_rows(table_slice_t *s)
{
    if (s->n < s->room) return;
    s->room = s->room ? s->room * 2 : 64;
    uint32_t **columns[] = {&s->person, &s->org, &s->next, &s->prev, &s->made, &s->was, &s->parts_at};
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
        *columns[i] = xrealloc(*columns[i], s->room * sizeof(uint32_t));
    for (int c = 0; c < N_CELLS; c++) s->cells[c] = xrealloc(s->cells[c], s->room * sizeof(uint32_t));
}

// Makes array[index] there, new places filled with `fill`.
static void widen_index(uint32_t **array, uint32_t *n, uint32_t index, uint32_t fill)
{
    if (index < *n) return;
    uint32_t wider = *n ? *n : 64;
    while (wider <= index) wider *= 2;
    *array = xrealloc(*array, wider * sizeof **array);
    for (uint32_t i = *n; i < wider; i++) (*array)[i] = fill;
    *n = wider;
}

// ---- chains ----

static void mark_shared(table_slice_t *s, uint32_t row)
{
    bool shared = s->next[row] != DICT_NONE || s->prev[row] != DICT_NONE;
    s->org[row] = (s->org[row] & ~ROW_SHARED) | (shared ? ROW_SHARED : 0);
}

static void chain_in(table_slice_t *s, uint32_t row)
{
    uint32_t person = s->person[row], first = s->first[person];
    s->prev[row] = DICT_NONE;
    s->next[row] = first;
    s->first[person] = row;
    mark_shared(s, row);
    if (first == DICT_NONE) return;
    s->prev[first] = row;
    mark_shared(s, first);
}

static void chain_out(table_slice_t *s, uint32_t row)
{
    uint32_t next = s->next[row], prev = s->prev[row];
    if (next != DICT_NONE) s->prev[next] = prev;
    if (prev != DICT_NONE)
        s->next[prev] = next;
    else
        s->first[s->person[row]] = next;
    if (next != DICT_NONE) mark_shared(s, next);
    if (prev != DICT_NONE) mark_shared(s, prev);
}

// ---- team parts ----

static void drop_parts(table_slice_t *s, uint32_t row)
{
    uint32_t place = s->parts_at[row];
    if (place == DICT_NONE) return;
    s->parts[place].n = 0;
    s->parts[place].next_free = s->parts_free;
    s->parts_free = place;
    s->parts_at[row] = DICT_NONE;
}

static uint32_t parts_place(table_slice_t *s)
{
    uint32_t place = s->parts_free;
    if (place != DICT_NONE) {
        s->parts_free = s->parts[place].next_free;
        return place;
    }
    if (s->n_parts == s->parts_room) {
        s->parts_room = s->parts_room ? s->parts_room * 2 : 16;
        s->parts = xrealloc(s->parts, s->parts_room * sizeof *s->parts);
    }
    return s->n_parts++;
}

static void put_parts(table_t *table, table_slice_t *s, uint32_t row, const fact_row_t *from)
{
    if (from->n_parts == 0) {
        drop_parts(s, row);
        return;
    }
    if (s->parts_at[row] == DICT_NONE) s->parts_at[row] = parts_place(s);
    table_parts_t *to = &s->parts[s->parts_at[row]];
    to->n = (uint32_t)from->n_parts;
    for (size_t i = 0; i < from->n_parts; i++) {
        const team_part_t *part = &from->parts[i];
        to->parts[i] = (table_part_t){
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
    if (n >= table->marks_room) {
        table->marks_room = table->marks_room ? table->marks_room * 2 : 16;
        table->mark_counts = xrealloc(table->mark_counts, table->marks_room * sizeof *table->mark_counts);
    }
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
    return made < MADE_BY_KEY ? made == MADE_UNTOLD : table->mark_counts[made - MADE_BY_KEY];
}

static uint32_t find_row(const table_slice_t *s, uint32_t person, uint32_t org);

static void set_instead(table_t *table, uint32_t before, uint32_t person)
{
    widen_index(&table->instead, &table->n_instead, before, DICT_NONE);
    table->instead[before] = person;
}

// A row under a provisional pseudonym that another row has taken the place of: it comes from a store that has
// not yet heard that it is gone.
static bool is_replaced(const table_t *table, const table_slice_t *s, uint32_t person, uint32_t org)
{
    uint32_t now = person < table->n_instead ? table->instead[person] : DICT_NONE;
    uint32_t row = now != DICT_NONE ? find_row(s, now, org) : DICT_NONE;
    return row != DICT_NONE && s->was[row] == person;
}

// ---- rows ----

static uint32_t find_row(const table_slice_t *s, uint32_t person, uint32_t org)
{
    uint32_t row = slice_first(s, person);
    while (row != DICT_NONE && (s->org[row] & ~ROW_SHARED) != org) row = s->next[row];
    return row;
}

static uint32_t add_row(table_slice_t *s, uint32_t person, uint32_t org)
{
    widen_rows(s);
    widen_index(&s->first, &s->n_first, person, DICT_NONE);
    widen_index(&s->rows_of_org, &s->n_rows_of_org, org, 0);
    uint32_t row = s->n++;
    s->person[row] = person;
    s->org[row] = org;
    s->parts_at[row] = s->was[row] = DICT_NONE;
    s->made[row] = MADE_UNTOLD;
    s->rows_of_org[org]++;
    chain_in(s, row);
    return row;
}

// Moves the last row to the place of `row`, which is no longer chained.
static void fill_hole(table_slice_t *s, uint32_t row)
{
    uint32_t last = --s->n;
    if (row == last) return;
    s->person[row] = s->person[last];
    s->org[row] = s->org[last];
    s->next[row] = s->next[last];
    s->prev[row] = s->prev[last];
    s->parts_at[row] = s->parts_at[last];
    s->made[row] = s->made[last];
    s->was[row] = s->was[last];
    for (int c = 0; c < N_CELLS; c++) s->cells[c][row] = s->cells[c][last];
    if (s->next[row] != DICT_NONE) s->prev[s->next[row]] = row;
    if (s->prev[row] != DICT_NONE)
        s->next[s->prev[row]] = row;
    else
        s->first[s->person[row]] = row;
}

static void take_out(table_slice_t *s, uint32_t row)
{
    drop_parts(s, row);
    s->rows_of_org[s->org[row] & ~ROW_SHARED]--;
    chain_out(s, row);
    fill_hole(s, row);
}

static table_slice_t *slice_of(table_t *table, int year)
{
    table_slice_t **slot = &table->slices[year - PERIOD_YEAR_MIN];
    if (*slot) return *slot;
    *slot = xcalloc(1, sizeof **slot);
    (*slot)->parts_free = DICT_NONE;
    return *slot;
}

// The row of the same organisation under the provisional pseudonym goes in the same breath.
static void take_place(table_t *table, table_slice_t *s, uint32_t row, const fact_origin_t *origin)
{
    uint32_t person = s->person[row], org = s->org[row] & ~ROW_SHARED;
    uint32_t before = people_number(table->people, slice(origin->was, FACT_PSEUDONYM));
    if (before == person) return;
    s->was[row] = before;
    set_instead(table, before, person);
    uint32_t old = find_row(s, before, org);
    if (old != DICT_NONE) take_out(s, old);
}

void table_put(table_t *table, const fact_t *fact)
{
    assert(fact->year >= PERIOD_YEAR_MIN && fact->year <= PERIOD_YEAR_MAX);
    table->changes++;
    table_slice_t *s = slice_of(table, fact->year);
    uint32_t person = people_number(table->people, slice(fact->pseudonym, PSEUDONYM_BYTES));
    uint32_t org = orgs_number(table->orgs, slice_text(fact->row.org));
    assert(org < ROW_SHARED);
    if (is_replaced(table, s, person, org)) return;
    uint32_t row = find_row(s, person, org);
    if (row == DICT_NONE) row = add_row(s, person, org);
    for (int c = 0; c < N_CELLS; c++) s->cells[c][row] = fact_normal(fact->row.cells[c] & ~FACT_ASSIGNED);
    put_parts(table, s, row, &fact->row);
    s->made[row] = table_made(table, &fact->row.origin);
    s->was[row] = DICT_NONE;
    if (fact->row.origin.has_was) take_place(table, s, row, &fact->row.origin);
}

void table_remove(table_t *table, const uint8_t pseudonym[PSEUDONYM_BYTES], const char *org, int year)
{
    if (year < PERIOD_YEAR_MIN || year > PERIOD_YEAR_MAX) return;
    table_slice_t *s = table->slices[year - PERIOD_YEAR_MIN];
    uint32_t person = dict_find(table->people->persons, slice(pseudonym, PSEUDONYM_BYTES));
    uint32_t number = orgs_find(table->orgs, org);
    if (!s || person == DICT_NONE || number == DICT_NONE) return;
    uint32_t row = find_row(s, person, number);
    if (row == DICT_NONE) return;
    table->changes++;
    take_out(s, row);
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

uint32_t slice_first(const table_slice_t *slice, uint32_t person)
{
    return person < slice->n_first ? slice->first[person] : DICT_NONE;
}

uint32_t slice_rows_of(const table_slice_t *slice, uint32_t org)
{
    return org < slice->n_rows_of_org ? slice->rows_of_org[org] : 0;
}
