// SPDX-License-Identifier: Apache-2.0
// A code is known by its form, and no two are alike.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/onetime.h"
#include <cmocka.h>
#include <sodium.h>

static void what_has_not_its_form_is_none(void **state)
{
    static const char *const wrong[] = {"",
                                        "abcd-efgh-ijk",
                                        "abcd-efgh-ijkmm",
                                        "abcdxefgh-ijkm",
                                        "abcd-efgh-ijk1",
                                        "ABCD-efgh-ijkm",
                                        "abcd-efgh-ijk\xd0"};
    (void)state;
    assert_true(onetime_is("abcd-efgh-ijkm"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(onetime_is(wrong[i]));
}

static void each_is_of_the_form_and_another_one(void **state)
{
    char one[ONETIME_TEXT], other[ONETIME_TEXT];
    (void)state;
    onetime_make(one);
    onetime_make(other);
    assert_true(onetime_is(one) && onetime_is(other));
    assert_string_not_equal(one, other);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_not_its_form_is_none),
        cmocka_unit_test(each_is_of_the_form_and_another_one),
    };
    if (sodium_init() < 0) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
