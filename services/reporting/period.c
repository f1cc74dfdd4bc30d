// SPDX-License-Identifier: Apache-2.0
// Periods of account. Their texts are closed forms: no blanks, no signs, no other lengths.
#include "services/reporting/period.h"
#include "common/base/date.h"
#include "services/reporting/day.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

// Where each cell begins and ends: months, counted from January of its year.
static const struct {
    int first_month;
    int months;
} SPANS[N_CELLS] = {
    [CELL_YEAR] = {1, 12}, [CELL_H1] = {1, 6}, [CELL_H2] = {7, 6},  [CELL_Q1] = {1, 3},
    [CELL_Q2] = {4, 3},    [CELL_Q3] = {7, 3}, [CELL_Q4] = {10, 3}, [CELL_ACADEMIC] = {9, 12},
};

period_t period_make(int year, period_cell_t cell)
{
    assert(year >= PERIOD_YEAR_MIN && year <= PERIOD_YEAR_MAX && cell < N_CELLS);
    int end = SPANS[cell].first_month - 1 + SPANS[cell].months;
    period_t period = {.year = year, .cell = cell};
    period.first_day = date_days(year, SPANS[cell].first_month, 1);
    period.as_of = date_days(year + end / 12, end % 12 + 1, 1);
    period.last_day = period.as_of - 1;
    return period;
}

static bool digits(const char *text, int n, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

// What follows the four digits of the year.
static bool cell_parse(const char *text, int year, period_cell_t *ret_cell)
{
    int n;
    size_t length = strlen(text);
    if (length == 0) {
        *ret_cell = CELL_YEAR;
        return true;
    }
    if (length != 3) return false;
    if (text[0] == '/') {
        if (!digits(text + 1, 2, &n) || n != (year + 1) % 100) return false;
        *ret_cell = CELL_ACADEMIC;
        return true;
    }
    if (text[0] != '-' || !digits(text + 2, 1, &n) || n < 1) return false;
    if (text[1] == 'Q' && n <= 4) {
        *ret_cell = (period_cell_t)(CELL_Q1 + n - 1);
        return true;
    }
    if (text[1] == 'H' && n <= 2) {
        *ret_cell = (period_cell_t)(CELL_H1 + n - 1);
        return true;
    }
    return false;
}

bool period_parse(const char *text, period_t *ret_period)
{
    int year;
    period_cell_t cell;
    if (!digits(text, 4, &year) || year < PERIOD_YEAR_MIN || year > PERIOD_YEAR_MAX) return false;
    if (!cell_parse(text + 4, year, &cell)) return false;
    *ret_period = period_make(year, cell);
    return true;
}

void period_text(const period_t *period, char ret_text[PERIOD_TEXT_MAX])
{
    static const char *const SUFFIX[] = {"", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4"};
    if (period->cell == CELL_ACADEMIC)
        snprintf(ret_text, PERIOD_TEXT_MAX, "%04d/%02d", period->year, (period->year + 1) % 100);
    else
        snprintf(ret_text, PERIOD_TEXT_MAX, "%04d%s", period->year, SUFFIX[period->cell]);
}

bool period_touches(const period_t *period, int32_t from, int32_t to)
{
    return (from == DAY_NONE || from <= period->last_day) && (to == DAY_NONE || to >= period->first_day);
}
