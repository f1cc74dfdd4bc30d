// SPDX-License-Identifier: Apache-2.0
// Facts in memory: careers, each of a person in an organisation, and for each year one number a career, of
// what its row says (contents.h). Some 60 bytes a career and eleven years. Careers of one person are chained,
// so that distinct persons can be counted exactly. Everything can be changed one record at a time, in any
// order.
//
//   careers      0  1  2  3 ..       years       2023  2024 ..      contents   0  1  2 ..
//   person       p  q  p  r                0        5     5           cells    -  .. ..
//   org          A  A  B  B                1        0     7           made     -  .. ..
//   next         2  -  -  -                2        3     0
#pragma once
#include "services/reporting/contents.h"
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

typedef struct table_parts { // of one row; n is 0 in a free place
    uint32_t career;
    int year;
    uint32_t next; // of the career's other years, or of the free places; DICT_NONE: the last
    uint32_t n;
    table_part_t parts[FACT_PARTS_MAX];
} table_parts_t;

// In a career's `org`: the person has others.
static const uint32_t CAREER_SHARED = 1u << 31;
// In the content's `made`: of a whole career.
static const uint32_t ROW_WHOLE = 1u << 31;

typedef struct table_slice { // a year
    uint32_t *rows;          // by career: the number of what its row says, 0: no row
    uint32_t n;              // careers beyond have none
    uint32_t n_rows;
    size_t room;
    uint32_t *rows_of_org;
    uint32_t n_rows_of_org;
    size_t orgs_room;
} table_slice_t;

typedef struct table_career {
    uint32_t person;
    uint32_t org;      // number of the organisation, with CAREER_SHARED
    uint32_t next;     // the person's next, or the next free place; DICT_NONE: the last
    uint32_t was;      // the person of the provisional pseudonym before, DICT_NONE
    uint32_t parts_at; // its team parts, DICT_NONE: none
    uint32_t n_rows;   // years with a row; 0: the place is free
} table_career_t;

typedef struct table {
    orgs_t *orgs;
    rows_t *rows; // of declared kinds
    people_t *people;
    dict_t *runs; // of programmes
    contents_t contents;
    table_career_t *careers;
    uint32_t n_careers, free_career;
    size_t careers_room;
    uint32_t *first; // by person: 1 and his first career, 0: none
    uint32_t n_first;
    size_t first_room;
    table_slice_t *slices[PERIOD_YEAR_MAX - PERIOD_YEAR_MIN + 1];
    table_parts_t *parts;
    uint32_t n_parts, free_parts;
    size_t parts_room;
    dict_t *marks; // of keys of pseudonyms
    bool *mark_counts;
    size_t marks_room;
    uint32_t
        *instead; // of a person under a provisional pseudonym: 1 and the one who took its place, 0: nobody
    uint32_t n_instead;
    size_t instead_room;
    uint64_t changes; // of rows
} table_t;

table_t *table_new(void);
void table_destroy(table_t **table);

// Adds or replaces a row for each year of the career. `before`, when given, is what the table holds of it:
// years that say the same are left alone, those that are no more go. Where the whole career of somebody in
// an organisation is there, his single years of an earlier program count no more.
void table_put(table_t *table, const career_t *career, const career_t *before);
// Takes its rows out; nothing happens where they are not there.
void table_remove(table_t *table, const career_t *career);

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
// How many rows the organisation has in the slice.
uint32_t slice_rows_of(const table_slice_t *slice, uint32_t org);

// What the career's row in the year says; NULL: it has none.
static inline const content_t *table_row(const table_t *table, const table_slice_t *slice, uint32_t career)
{
    uint32_t number = career < slice->n ? slice->rows[career] : 0;
    return number != 0 ? contents_at(&table->contents, number) : NULL;
}

// The person's first career, or DICT_NONE. Follow `next`.
static inline uint32_t table_first(const table_t *table, uint32_t person)
{
    return (person < table->n_first ? table->first[person] : 0) - 1;
}

static inline uint32_t table_org(const table_t *table, uint32_t career)
{
    return table->careers[career].org & ~CAREER_SHARED;
}

// The team parts of the career's row in the year; NULL: none.
const table_parts_t *table_parts(const table_t *table, uint32_t career, int year);
