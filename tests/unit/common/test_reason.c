// SPDX-License-Identifier: Apache-2.0
// Reasons: codes in records, sentences for people.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "common/schema/reason.h"
#include <string.h>

static void assert_said_as_it_stands(const char *text)
{
    char buf[REASON_TEXT];
    assert_ptr_equal(reason_text(text, buf), text);
}

static void what_is_no_list_of_codes_is_said_as_it_stands(void **state)
{
    (void)state;
    assert_said_as_it_stands("F:B: есть потребность (высокая) (10 % в кампании C1)");
    assert_said_as_it_stands("F:B: high need (10 % in C1); no programme covers it yet");
    assert_said_as_it_stands("NEED:F:B:high:10"); // an argument is missing
    assert_said_as_it_stands("NEED:F:B:huge:10:C1");
    assert_said_as_it_stands("NEED:F:B:high:10:C1:D");
    assert_said_as_it_stands("NEED:F::high:10:C1");
    assert_said_as_it_stands("NO-PROGRAMME;later code");
    assert_said_as_it_stands(";");
    assert_said_as_it_stands("NO-PROGRAMME;;");
}

static void a_reason_becomes_a_sentence(void **state)
{
    (void)state;
    char buf[REASON_TEXT];
    assert_string_equal(reason_text("NEED:F:B:high:10:C1;MORE:2;NO-PROGRAMME", buf),
                        "F:B: high need (10 % in C1); and 2 more; no programme covers it yet");
    assert_string_equal(reason_text("WITH-MENTOR", buf), "Work on it with a mentor or tutor");
    assert_string_equal(reason_text("", buf), "");
}

static void the_longest_reason_fits_its_sentence(void **state)
{
    (void)state;
    char text[1001] = "", buf[REASON_TEXT];
    while (reason_add(text, sizeof text, "NO-PROGRAMME")) continue;
    assert_ptr_equal(reason_text(text, buf), buf);
    assert_true(strlen(buf) < REASON_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_list_of_codes_is_said_as_it_stands),
        cmocka_unit_test(a_reason_becomes_a_sentence),
        cmocka_unit_test(the_longest_reason_fits_its_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
