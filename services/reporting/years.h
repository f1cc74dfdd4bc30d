// SPDX-License-Identifier: Apache-2.0
// Years of account whose facts a day or an interval of days may bear on: a day lies in its calendar year and
// in the academic year that is named after the year before.
#pragma once
#include "common/base/date.h"
#include "services/reporting/day.h"
#include "services/reporting/period.h"

typedef struct years {
    int first, last; // none when the last is before the first
} years_t;

static const years_t YEARS_ALL = {PERIOD_YEAR_MIN, PERIOD_YEAR_MAX};
static const years_t YEARS_NONE = {PERIOD_YEAR_MAX, PERIOD_YEAR_MIN};

static inline int year_within(int year)
{
    return year < PERIOD_YEAR_MIN ? PERIOD_YEAR_MIN : year > PERIOD_YEAR_MAX ? PERIOD_YEAR_MAX : year;
}

// DAY_NONE: from the beginning, without an end.
static inline years_t years_between(int32_t from, int32_t to)
{
    return (years_t){from == DAY_NONE ? PERIOD_YEAR_MIN : year_within(date_civil(from).year - 1),
                     to == DAY_NONE ? PERIOD_YEAR_MAX : year_within(date_civil(to).year)};
}

static inline years_t years_joined(years_t a, years_t b)
{
    return (years_t){a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last};
}

static inline bool years_have(years_t years, int year)
{
    return years.first <= year && year <= years.last;
}
