// SPDX-License-Identifier: Apache-2.0
// Periods of account: a calendar year, its halves and quarters, an academic year (domain 2.2 rules 1 and 2).
// A fact row of year Y holds one cell for each of the eight periods named after Y.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { PERIOD_YEAR_MIN = 1970, PERIOD_YEAR_MAX = 2199 };

typedef enum period_cell {
    CELL_YEAR,
    CELL_H1,
    CELL_H2,
    CELL_Q1,
    CELL_Q2,
    CELL_Q3,
    CELL_Q4,
    CELL_ACADEMIC, // 1 September of the year to 31 August of the next
    N_CELLS,
} period_cell_t;

typedef struct period {
    int year;
    period_cell_t cell;
    int32_t first_day; // days since 1970-01-01
    int32_t last_day;
    int32_t as_of; // the snapshot date: the day after the last
} period_t;

enum { PERIOD_TEXT_MAX = 16 };

// The period of a year's cell. `year` is within PERIOD_YEAR_MIN..PERIOD_YEAR_MAX.
period_t period_make(int year, period_cell_t cell);

// Parses "2024", "2024-H1", "2024-Q3" or "2023/24", and nothing else. False, and nothing is written,
// otherwise.
bool period_parse(const char *text, period_t *ret_period);

// Writes the text that period_parse() reads.
void period_text(const period_t *period, char ret_text[PERIOD_TEXT_MAX]);

// Whether from..to has a day in the period. DAY_NONE in `from` has no beginning, in `to` no end.
bool period_touches(const period_t *period, int32_t from, int32_t to);
