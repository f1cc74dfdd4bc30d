// SPDX-License-Identifier: Apache-2.0
// Periods of account.
#include "tests/unit/reporting/make.h"

static void texts_that_are_no_periods_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {"",       "2024 ",    " 2024",    "24",      "02024",     "2024-",
                                      "2024-Q", "2024-Q0",  "2024-Q5",  "2024-H0", "2024-H3",   "2024-q1",
                                      "2024Q1", "2024-Q1 ", "2024-Q11", "2023/25", "2023/2024", "2023/",
                                      "2023/2", "2023-24",  "abcd",     "1969",    "2200",      "-2024",
                                      "+2024",  "2024-01",  "2024-12-1"};
    period_t period = {.year = 7};
    for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
        assert_false(period_parse(BAD[i], &period));
        assert_int_equal(period.year, 7);
    }
}

static void assert_period(const char *text, const char *first, const char *last, int year, period_cell_t cell)
{
    char back[PERIOD_TEXT_MAX];
    period_t period = the_period(text);
    assert_int_equal(period.first_day, on(first));
    assert_int_equal(period.last_day, on(last));
    assert_int_equal(period.as_of, on(last) + 1);
    assert_int_equal(period.year, year);
    assert_int_equal(period.cell, cell);
    period_text(&period, back);
    assert_string_equal(back, text);
}

static void a_year_is_counted_on_the_first_of_january_of_the_next(void **state)
{
    (void)state;
    assert_period("2024", "2024-01-01", "2024-12-31", 2024, CELL_YEAR);
    assert_int_equal(the_period("2024").as_of, on("2025-01-01"));
}

static void halves_and_quarters_end_with_their_months(void **state)
{
    (void)state;
    assert_period("2024-H1", "2024-01-01", "2024-06-30", 2024, CELL_H1);
    assert_period("2024-H2", "2024-07-01", "2024-12-31", 2024, CELL_H2);
    assert_period("2024-Q1", "2024-01-01", "2024-03-31", 2024, CELL_Q1);
    assert_period("2024-Q2", "2024-04-01", "2024-06-30", 2024, CELL_Q2);
    assert_period("2024-Q3", "2024-07-01", "2024-09-30", 2024, CELL_Q3);
    assert_period("2024-Q4", "2024-10-01", "2024-12-31", 2024, CELL_Q4);
}

static void an_academic_year_goes_from_september_to_august(void **state)
{
    (void)state;
    assert_period("2023/24", "2023-09-01", "2024-08-31", 2023, CELL_ACADEMIC);
    assert_period("1999/00", "1999-09-01", "2000-08-31", 1999, CELL_ACADEMIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_no_periods_are_refused),
        cmocka_unit_test(a_year_is_counted_on_the_first_of_january_of_the_next),
        cmocka_unit_test(halves_and_quarters_end_with_their_months),
        cmocka_unit_test(an_academic_year_goes_from_september_to_august),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
