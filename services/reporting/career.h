// SPDX-License-Identifier: Apache-2.0
// All that counts for one person in one organisation: years in order, equal ones in a row as one run. This is
// what a `fact` record says; one of an earlier program says a single year.
#pragma once
#include "services/reporting/facts.h"

// More are more than a person can have: what is beyond is left out, the first ones stay.
enum { CAREER_RUNS_MAX = 56, CAREER_PARTS_MAX = 64 };

typedef struct career_run { // years first..last, each with these cells
    int first, last;
    uint32_t cells[N_CELLS];
} career_run_t;

typedef struct career {
    uint8_t pseudonym[FACT_PSEUDONYM];
    bool whole; // all years of the person in the organisation; else the one that an earlier program wrote
    const char *org;
    fact_origin_t origin;
    career_run_t runs[CAREER_RUNS_MAX];
    size_t n_runs;
    team_part_t parts[CAREER_PARTS_MAX]; // of all years, in order of last day, team and run
    size_t n_parts;
    void *message, *teams; // owners of the texts, where it was unpacked
} career_t;

// An empty one; the texts belong to the caller.
void career_init(career_t *career, const uint8_t pseudonym[FACT_PSEUDONYM], const char *org);
// Behind the years that are there already.
void career_add(career_t *career, int year, const fact_row_t *row);

// The run that holds the year, or NULL.
const career_run_t *career_run(const career_t *career, int year);
// Does the part stand in the year's row? The year must be there.
bool career_part_in(const career_t *career, const team_part_t *part, int year);
// The year's row, its origin too; false, and nothing is written, where there is none.
bool career_row(const career_t *career, int year, fact_row_t *ret_row);
// Does the year say the same in both? Neither having it is the same.
bool career_same_year(const career_t *a, const career_t *b, int year);
