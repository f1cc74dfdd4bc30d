// SPDX-License-Identifier: Apache-2.0
// Faults: what outsiders put into them does no harm, and people get a whole sentence.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/text.h"
#include "common/schema/fault.h"
#include <cmocka.h>

static void escape_codes_from_outside_do_not_reach_a_terminal(void **state)
{
    (void)state;
    char *args[] = {"\x1b[2J\x1b]0;gone\x07", "a\xff"
                                              "b"};
    Selenga__Fault message = SELENGA__FAULT__INIT;
    message.code = "X\ny";
    message.field = "\x7f";
    message.args = args;
    message.n_args = 2;
    fault_t fault;
    char text[FAULT_TEXT];
    fault_from_proto(&message, &fault);
    fault_text(&fault, text, sizeof text);
    assert_true(text_is_clean(slice_text(text)));
    assert_string_equal(text, "X?y ?: ?[2J?]0;gone?, a?b");
}

static void more_and_longer_than_fits_is_cut(void **state)
{
    (void)state;
    char *args[100], text[FAULT_TEXT];
    AUTO(xfree) char *long_text = xmalloc(100001);
    for (size_t i = 0; i < 100000; i += 2) memcpy(long_text + i, "ю", 2);
    long_text[100000] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(args); i++) args[i] = long_text;
    Selenga__Fault message = SELENGA__FAULT__INIT;
    message.code = message.field = long_text;
    message.args = args;
    message.n_args = ARRAY_SIZE(args);
    fault_t fault;
    fault_from_proto(&message, &fault);
    assert_int_equal(fault.n_args, FAULT_ARGS);
    assert_true(utf8_is_valid(slice_text(fault.args[3])));
    fault_text(&fault, text, sizeof text);
    assert_true(utf8_is_valid(slice_text(text)));
}

static void a_missing_message_is_a_fault_without_a_reason(void **state)
{
    (void)state;
    fault_t fault;
    fault_from_proto(NULL, &fault);
    assert_string_equal(fault.code, "UNKNOWN");
    assert_true(fault_is_known("UNKNOWN"));
}

static void a_code_of_a_newer_program_prints_as_itself(void **state)
{
    (void)state;
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "BRAND-NEW", "moon", "1", "2");
    assert_false(fault_is_known("BRAND-NEW"));
    assert_string_equal(fault_text(&fault, text, sizeof text), "BRAND-NEW moon: 1, 2");
}

static void text_says_what_is_wrong_and_what_to_do(void **state)
{
    (void)state;
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "BAD-DATE", "from", "01.09.2024");
    assert_string_equal(
        fault_text(&fault, text, sizeof text),
        "from: `01.09.2024` is not a date. Write it as 2024-09-01; in sheets 01.09.2024 will do, too.");
    fault_set(&fault, "RANGE", "rate", "{field}", "{1}", "5"); // marks in values stay as they are
    assert_string_equal(fault_text(&fault, text, sizeof text),
                        "rate: {field} is out of range. It must be from {1} to 5.");
}

static void a_small_buffer_gets_whole_characters(void **state)
{
    (void)state;
    fault_t fault;
    char text[8];
    fault_set(&fault, "NEW", NULL, "яяя");
    assert_string_equal(fault_text(&fault, text, sizeof text), "NEW: я");
}

static void the_wire_keeps_all_of_it(void **state)
{
    (void)state;
    fault_t fault, again;
    Selenga__Fault message;
    char *args[FAULT_ARGS];
    uint8_t bytes[512];
    fault_set(&fault, "RANGE", "hours", "0", "1", "10000");
    fault_to_proto(&fault, &message, args);
    size_t n = selenga__fault__pack(&message, bytes);
    Selenga__Fault *got = selenga__fault__unpack(NULL, n, bytes);
    fault_from_proto(got, &again);
    selenga__fault__free_unpacked(got, NULL);
    assert_memory_equal(&fault, &again, sizeof fault);
}

static void nobody_has_to_want_the_reason(void **state)
{
    (void)state;
    fault_set(NULL, "RANGE", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_codes_from_outside_do_not_reach_a_terminal),
        cmocka_unit_test(more_and_longer_than_fits_is_cut),
        cmocka_unit_test(a_missing_message_is_a_fault_without_a_reason),
        cmocka_unit_test(a_code_of_a_newer_program_prints_as_itself),
        cmocka_unit_test(text_says_what_is_wrong_and_what_to_do),
        cmocka_unit_test(a_small_buffer_gets_whole_characters),
        cmocka_unit_test(the_wire_keeps_all_of_it),
        cmocka_unit_test(nobody_has_to_want_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
