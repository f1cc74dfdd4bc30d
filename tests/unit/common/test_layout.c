// SPDX-License-Identifier: Apache-2.0
// Text that was typed with the other keyboard layout.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/forms/layout.h"

static void what_has_neither_letters_or_both_is_left_alone(void **state)
{
    char text[32];
    (void)state;
    assert_false(layout_other("", text, sizeof text));
    assert_false(layout_other("2024-09", text, sizeof text));
    assert_false(layout_other("Ivanов", text, sizeof text));
}

static void what_does_not_fit_is_refused(void **state)
{
    char text[4];
    (void)state;
    assert_false(layout_other("ab", text, sizeof text)); // four bytes and an end
    assert_true(layout_other("a", text, sizeof text));
}

static void latin_keys_are_russian_letters(void **state)
{
    char text[64];
    (void)state;
    assert_true(layout_other("bdfyjd", text, sizeof text));
    assert_string_equal(text, "иванов");
    assert_true(layout_other("Gtnhjdf 17", text, sizeof text));
    assert_string_equal(text, "Петрова 17");
    assert_true(layout_other("[jkjl", text, sizeof text));
    assert_string_equal(text, "холод");
}

static void russian_letters_are_latin_keys(void **state)
{
    char text[64];
    (void)state;
    assert_true(layout_other("У-1", text, sizeof text));
    assert_string_equal(text, "E-1");
    assert_true(layout_other("ыудутпф", text, sizeof text));
    assert_string_equal(text, "selenga");
}

static void whatever_comes_back_goes_there_again(void **state)
{
    char there[64], back[64];
    (void)state;
    assert_true(layout_other("Qwerty;'", there, sizeof there));
    assert_true(layout_other(there, back, sizeof back));
    assert_string_equal(back, "Qwerty;'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_neither_letters_or_both_is_left_alone),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(latin_keys_are_russian_letters),
        cmocka_unit_test(russian_letters_are_latin_keys),
        cmocka_unit_test(whatever_comes_back_goes_there_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
