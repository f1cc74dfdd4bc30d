// SPDX-License-Identifier: Apache-2.0
// Days: counted from 1970-01-01, written as ISO 8601; moments. No clock, no time zone.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    DATE_YEAR_MIN = 1800, // earlier or later is a slip of the pen
    DATE_YEAR_MAX = 2999,
    DATE_TEXT = 11, // bytes of "2024-02-29" with its NUL
};

typedef struct civil {
    int year, month, day; // month and day from 1
} civil_t;

// False, and nothing is written, unless the whole text is YYYY-MM-DD and a day of the calendar.
bool date_parse(const char *text, int32_t *ret_days);
// Writes YYYY-MM-DD into buf of DATE_TEXT bytes and returns it. Days outside the years above print as "?".
const char *date_text(int32_t days, char *buf);
// Seconds since 1970 as RFC 3339 in UTC, in buf of MOMENT_TEXT bytes, which it returns; "" beyond all
// calendars.
enum { MOMENT_TEXT = sizeof "-2147481748-01-01T00:00:00Z" };
const char *moment_text(int64_t unix_s, char *buf);
bool date_is_valid(int32_t days); // within the years above

civil_t date_civil(int32_t days);
// The day must be one of the calendar (date_parse checks what comes from outside).
int32_t date_days(int year, int month, int day);

// The same day `years` later (or earlier); 29 February becomes 1 March where there is none (domain 2.2, rule
// 3).
int32_t date_add_years(int32_t days, int years);
// Full years from birth at `at`: on the birthday itself the year is full; 29 February counts as 1 March in
// common years.
int date_full_years(int32_t from, int32_t at);
