// SPDX-License-Identifier: Apache-2.0
// From the records about one human being, as his home node knows them, to his fact rows of a year: one row
// for each organisation that employed him, with flags for each of the eight periods and his parts in
// management teams. Pure: no store, no clock. Rules: domain 2.2 and 2.3.
//
// All texts belong to the caller and must outlive the facts made of them. A day that is not known is
// DAY_NONE.
#pragma once
#include "services/reporting/flags.h"
#include "services/reporting/history.h"
#include "services/reporting/period.h"

enum programme_kind { PROGRAMME_OTHER, PROGRAMME_PK, PROGRAMME_RETRAINING, PROGRAMME_INTERNSHIP };

typedef struct team_part { // he went to a run with a team, as a manager of the row's organisation at the
                           // run's start
    const char *team;
    const char *run;
    int32_t run_last_day;
    uint32_t programme; // enum programme_kind
    int64_t hours;      // of the programme
    bool attended;
    bool completed; // has a certificate of the run
} team_part_t;

enum { FACT_PARTS_MAX = 16 }; // team parts of one row: more than a person can take in a year

enum { FACT_PSEUDONYM = 16, FACT_MARK = 8 };

typedef struct fact_origin { // how its pseudonym came to be
    bool provisional;
    bool has_key;
    bool has_was;
    uint8_t key[FACT_MARK];      // of the key that made it
    uint8_t was[FACT_PSEUDONYM]; // the provisional one before: the row under that one counts no more
} fact_origin_t;

typedef struct fact_row {
    const char *org;
    fact_origin_t origin;    // the caller's to set; facts_make leaves it empty
    uint32_t cells[N_CELLS]; // enum fact_flag
    team_part_t parts[FACT_PARTS_MAX];
    size_t n_parts;
} fact_row_t;

typedef struct facts {
    fact_row_t *rows; // in order of first mention in `jobs`
    size_t n_rows;
} facts_t;

// Makes the rows of a year: one for each organisation with an employment on any day of its eight periods, or
// with a team part in one of them. Possibly none. The caller destroys the result.
facts_t *facts_make(const human_t *human, int year);
void facts_destroy(facts_t **facts);
