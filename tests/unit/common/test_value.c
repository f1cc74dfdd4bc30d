// SPDX-License-Identifier: Apache-2.0
// Days as people type them and as programs leave them in cells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/date.h"
#include "common/base/util.h"
#include "common/forms/value.h"
#include "proto/kinds.h"
#include <cmocka.h>

static const field_rule_t *a_day(void)
{
    return &KIND_EMPLOYMENT.fields[kind_field(&KIND_EMPLOYMENT, "from")];
}

static void what_is_no_day_is_refused_and_stays_as_it_was_typed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "310224",   "000924",   "010024",     "011324",    "320124",   "290223", // no such day
        "202409",   "0109240",  "010924 1",   "01 09 24",  "O10924", // digits that are none or too many
        "-010924",  "+10924",   "01.0924",    "0109.24",   "010924,0", "0x0924",
        "20240901", "01091899", "01092100",   "29022023",  "00092024", // the year first, or no such year
        "9999",     "2024",     "2024-13-01", "2024-09-1", "завтра",   "0109242024",
    };
    AUTO(arena_destroy) arena_t *arena = arena_new(1024);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        int32_t day;
        if (value_day(bad[i], &day)) fail_msg("%s is taken for a day", bad[i]);
        assert_string_equal(value_read(a_day(), bad[i], arena), bad[i]);
    }
}

static void a_day_is_read_with_marks_and_without(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *day;
    } rows[] = {
        {"010924", "2024-09-01"},     {" 010924 ", "2024-09-01"},         {"01092024", "2024-09-01"},
        {"290224", "2024-02-29"},     {"311229", "2029-12-31"},           {"010130", "1930-01-01"},
        {"150695", "1995-06-15"},     {"20112011", "2011-11-20"},         {"01.09.2024", "2024-09-01"},
        {"1.9.24", "2024-09-01"},     {"1/9/2024", "2024-09-01"},         {"01.09.2024 г.", "2024-09-01"},
        {"2024-09-01", "2024-09-01"}, {"2024-09-01 00:00", "2024-09-01"}, {"45536", "2024-09-01"},
    };
    AUTO(arena_destroy) arena_t *arena = arena_new(1024);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int32_t day;
        char text[DATE_TEXT];
        if (!value_day(rows[i].typed, &day)) fail_msg("%s is refused", rows[i].typed);
        assert_string_equal(date_text(day, text), rows[i].day);
        assert_string_equal(value_read(a_day(), rows[i].typed, arena), rows[i].day);
    }
}

// Whatever stands in six or eight digits: the day that is read is written in these very digits.
static void digits_are_read_as_they_stand(void **state)
{
    (void)state;
    for (int32_t day = date_days(1930, 1, 1); day < date_days(2030, 1, 1); day++) {
        civil_t c = date_civil(day);
        char six[16], eight[16];
        int32_t found;
        snprintf(six, sizeof six, "%02d%02d%02d", c.day, c.month, c.year % 100);
        snprintf(eight, sizeof eight, "%02d%02d%04d", c.day, c.month, c.year);
        assert_true(value_day(six, &found));
        assert_int_equal(found, day);
        assert_true(value_day(eight, &found));
        assert_int_equal(found, day);
    }
}

static void digits_of_another_field_are_no_day(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(256);
    const field_rule_t *number = &KIND_PERSON.fields[kind_field(&KIND_PERSON, "number")];
    assert_string_equal(value_read(number, "010924", arena), "010924");
}

// Of an open set: words and their other names are codes; what is no word stays, whole.
static void an_open_set_takes_words_and_other_codes(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(64 * 1024);
    const field_rule_t *features = &KIND_ORGANISATION.fields[kind_field(&KIND_ORGANISATION, "features")];
    static const char *const rows[][2] = {
        {"snor;small", "snor;small"},
        {"ШНОР; малокомплектная", "snor;small"},
        {"Low results, island", "snor;island"},
        {"island", "island"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_string_equal(value_read(features, rows[i][0], arena), rows[i][1]);
    char *far = arena_alloc(arena, 3000);
    memset(far, 'x', 2999);
    far[2999] = '\0';
    assert_string_equal(value_read(features, far, arena), far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_day_is_refused_and_stays_as_it_was_typed),
        cmocka_unit_test(a_day_is_read_with_marks_and_without),
        cmocka_unit_test(digits_are_read_as_they_stand),
        cmocka_unit_test(digits_of_another_field_are_no_day),
        cmocka_unit_test(an_open_set_takes_words_and_other_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
