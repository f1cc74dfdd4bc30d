// SPDX-License-Identifier: Apache-2.0
// What a browser sends of a form.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "services/console/form.h"
#include <cmocka.h>

static bool parses(const char *text)
{
    form_t form;
    bool good = form_parse(slice_text(text), &form);
    form_free(&form);
    return good;
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    assert_false(parses("a=%"));
    assert_false(parses("a=%4"));
    assert_false(parses("a=%zz"));
    assert_false(parses("a=%00"));
    assert_false(parses("a=%ff"));
    assert_false(parses("a=%c0%80"));
    assert_false(parses("a=%1b"));
    assert_false(parses("a=%ed%a0%80"));
}

static void too_many_pairs_and_too_long_names_are_refused(void **state)
{
    enum { PAIR = 2 };
    char *text = xcalloc(FORM_PAIRS_MAX + 2, PAIR);
    (void)state;
    for (size_t i = 0; i <= FORM_PAIRS_MAX; i++) memcpy(text + PAIR * i, "a&", PAIR);
    assert_false(parses(text));
    text[PAIR * FORM_PAIRS_MAX] = '\0';
    assert_true(parses(text));
    memset(text, 'n', FORM_NAME_MAX + 1);
    text[FORM_NAME_MAX + 1] = '\0';
    assert_false(parses(text));
    free(text);
}

static void a_body_above_the_bound_is_refused(void **state)
{
    char *text = xcalloc(1, FORM_BODY_MAX + 2);
    (void)state;
    memset(text, 'a', FORM_BODY_MAX + 1);
    text[1] = '=';
    assert_false(parses(text));
    text[FORM_BODY_MAX] = '\0';
    assert_true(parses(text));
    free(text);
}

static void values_come_as_they_were_typed(void **state)
{
    form_t form;
    (void)state;
    assert_true(form_parse(
        slice_text("name=%D0%90%D0%BD%D0%BD%D0%B0+%D0%9A&x=1%2B1&empty=&none&x=2&l=a%0D%0Ab"), &form));
    assert_string_equal(form_text(&form, "name"), "Анна К");
    assert_string_equal(form_text(&form, "x"), "1+1");
    assert_string_equal(form_text(&form, "empty"), "");
    assert_string_equal(form_value(&form, "none"), "");
    assert_string_equal(form_text(&form, "l"), "a\nb");
    assert_null(form_value(&form, "absent"));
    form_free(&form);
}

static void an_empty_form_is_a_form(void **state)
{
    (void)state;
    assert_true(parses(""));
    assert_true(parses("&&"));
    assert_true(parses("="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(too_many_pairs_and_too_long_names_are_refused),
        cmocka_unit_test(a_body_above_the_bound_is_refused),
        cmocka_unit_test(values_come_as_they_were_typed),
        cmocka_unit_test(an_empty_form_is_a_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
