// SPDX-License-Identifier: Apache-2.0
// Days: strict in, exact through four centuries, and the rules of ages (domain 2.2).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/date.h"
#include <cmocka.h>
#include <string.h>
#include <time.h>

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "2024",        "2024-9-1",    "2024-09-1",     "01.09.2024", "2024/09/01",
        "2024-13-01", "2024-00-10",  "2024-01-00",  "2024-01-32",    "2023-02-29", "1900-02-29",
        "2024-04-31", "2024-09-01 ", " 2024-09-01", "2024-09-01T00", "0024-09-01", "9999-01-01",
        "1799-12-31", "20240901",    "2024-09-0a",  "-024-09-01",    "2024--9-01", "２024-09-01",
    };
    int32_t days = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (date_parse(bad[i], &days)) fail_msg("taken for a date: %s", bad[i]);
    assert_int_equal(days, 77);
}

static int32_t day(const char *text)
{
    int32_t days = 0;
    if (!date_parse(text, &days)) fail_msg("not taken: %s", text);
    return days;
}

static void the_count_begins_with_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("1969-12-31"), -1);
    assert_int_equal(day("2000-02-29"), 11016);
}

static void every_day_prints_as_the_system_calendar_says(void **state)
{
    (void)state;
    char ours[DATE_TEXT], theirs[64];
    for (int32_t d = date_days(1890, 1, 1); d < date_days(2110, 1, 1); d++) {
        time_t seconds = (time_t)d * 86400;
        struct tm tm;
        gmtime_r(&seconds, &tm);
        strftime(theirs, sizeof theirs, "%Y-%m-%d", &tm);
        assert_string_equal(date_text(d, ours), theirs);
        assert_int_equal(day(ours), d);
    }
}

static void days_beyond_the_calendar_do_not_print(void **state)
{
    (void)state;
    char buf[DATE_TEXT];
    assert_string_equal(date_text(INT32_MAX, buf), "?");
    assert_string_equal(date_text(INT32_MIN, buf), "?");
    assert_false(date_is_valid(INT32_MIN));
    assert_string_equal(date_text(day("2999-12-31"), buf), "2999-12-31");
}

static void a_leap_day_becomes_the_first_of_march(void **state)
{
    (void)state;
    assert_int_equal(date_add_years(day("2024-02-29"), 1), day("2025-03-01"));
    assert_int_equal(date_add_years(day("2024-02-29"), 4), day("2028-02-29"));
    assert_int_equal(date_add_years(day("2024-02-28"), 1), day("2025-02-28"));
    assert_int_equal(date_add_years(day("2024-12-31"), -3), day("2021-12-31"));
}

static void years_are_full_on_the_birthday(void **state)
{
    (void)state;
    assert_int_equal(date_full_years(day("1990-01-01"), day("2025-01-01")), 35);
    assert_int_equal(date_full_years(day("1990-01-02"), day("2025-01-01")), 34);
    assert_int_equal(date_full_years(day("1992-02-29"), day("2025-02-28")), 32);
    assert_int_equal(date_full_years(day("1992-02-29"), day("2025-03-01")), 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(the_count_begins_with_1970),
        cmocka_unit_test(every_day_prints_as_the_system_calendar_says),
        cmocka_unit_test(days_beyond_the_calendar_do_not_print),
        cmocka_unit_test(a_leap_day_becomes_the_first_of_march),
        cmocka_unit_test(years_are_full_on_the_birthday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
