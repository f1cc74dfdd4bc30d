// SPDX-License-Identifier: Apache-2.0
// Facts in memory, as packed columns: one slice per year, one row per person and organisation, one column of
// flag words per period. Rows of one person in one year are chained, so that distinct persons can be counted
// exactly. About 64 bytes a row and year. Everything can be changed one record at a time, in any order.
#pragma once
#include "services/reporting/fact_body.h"
#include "services/reporting/orgs.h"
#include "services/reporting/people.h"
#include "services/reporting/rows.h"

typedef struct table_part { // a team part, in numbers
    uint32_t team;          // row of table `team`
    uint32_t run;
    int32_t run_last_day;
    uint32_t programme; // enum programme_kind
    int64_t hours;
    bool attended;
    bool completed;
} table_part_t;

typedef struct table_parts {
    uint32_t n;
    uint32_t next_free; // in the list of free places
    table_part_t parts[FACT_PARTS_MAX];
} table_parts_t;

// In a slice's `org` column: the person has other rows in this year.
static const uint32_t ROW_SHARED = 1u << 31;

typedef struct table_slice {
    uint32_t n, room; // rows
    uint32_t *person;
    uint32_t *org; // number of the organisation, with ROW_SHARED
    uint32_t *cells[N_CELLS];
    uint32_t *next; // chain of the person's rows, DICT_NONE at its ends
    uint32_t *prev;
    uint32_t *made;     // how the pseudonym came to be, see table_made
    uint32_t *was;      // the person of the provisional pseudonym before, DICT_NONE
    uint32_t *parts_at; // DICT_NONE: no team parts
    table_parts_t *parts;
    uint32_t n_parts, parts_room;
    uint32_t parts_free; // first free place, DICT_NONE
    uint32_t *first;     // by person: his first row
    uint32_t n_first;
    uint32_t *rows_of_org;
    uint32_t n_rows_of_org;
} table_slice_t;

typedef struct table {
    orgs_t *orgs;
    rows_t *rows; // of declared kinds
    people_t *people;
    dict_t *runs; // of programmes
    table_slice_t *slices[PERIOD_YEAR_MAX - PERIOD_YEAR_MIN + 1];
    dict_t *marks; // of keys of pseudonyms
    bool *mark_counts;
    uint32_t marks_room;
    uint32_t *instead; // of a person under a provisional pseudonym: the one who took its place
    uint32_t n_instead;
    uint64_t changes; // of rows
} table_t;

table_t *table_new(void);
void table_destroy(table_t **table);

// Adds or replaces the row (pseudonym, organisation, year).
void table_put(table_t *table, const fact_t *fact);
// Takes a row out; nothing happens when it is not there.
void table_remove(table_t *table, const uint8_t pseudonym[PSEUDONYM_BYTES], const char *org, int year);

// How a pseudonym came to be, as a number: 0 nobody said, 1 provisional, else one for each key.
uint32_t table_made(table_t *table, const fact_origin_t *origin);
// A region's pseudonyms are made by the key of this mark, or no longer.
void table_set_mark(table_t *table, const uint8_t mark[FACT_MARK], bool counts);
// Does a pseudonym made so name one person in the whole region? A provisional one does not, nor one of a key
// that a region has left.
bool table_is_settled(const table_t *table, uint32_t made);

// Grows with every change of anything in it: what was counted at the same number still holds.
uint64_t table_version(const table_t *table);

// The rows of a year; NULL when there never were any.
const table_slice_t *table_slice(const table_t *table, int year);
// The person's first row in the slice, or DICT_NONE. Follow `next`.
uint32_t slice_first(const table_slice_t *slice, uint32_t person);
// How many rows the organisation has in the slice.
uint32_t slice_rows_of(const table_slice_t *slice, uint32_t org);
