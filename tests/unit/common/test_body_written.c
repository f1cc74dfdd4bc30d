// SPDX-License-Identifier: Apache-2.0
// Keys as people write them, and SNILS: one thing written in two ways is one, what does not show is refused.
#include "common/schema/keytext.h"
#include "proto/registry.pb-c.h"
#include "tests/unit/common/bodies.h"

// Setting `text` is taken, and prints as `printed`.
static void assert_set(const kind_rule_t *kind, const char *field, const char *text, const char *printed)
{
    fault_t fault;
    char buf[FIELD_TEXT_MAX], why[FAULT_TEXT];
    body_t *body = body_new(kind, arena);
    size_t i = (size_t)kind_field(kind, field);
    if (body_set_text(kind, body, i, text, arena, &fault) != 0)
        fail_msg("%s", fault_text(&fault, why, sizeof why));
    assert_string_equal(body_print(kind, body, i, buf), printed);
}

static void what_does_not_show_is_in_no_key(void **state)
{
    (void)state;
    static const char *const hidden[] = {"7\u200b", "\u00ad7", "7\u2060x", "\ufeff7", "7\u200fx", "A\ufe0f"};
    for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
        assert_set_refused(&KIND_IDENTITY, "number", hidden[i], "KEY-INVISIBLE");
        assert_set_refused(&KIND_EVENT, "code", hidden[i], "KEY-INVISIBLE");
    }
    assert_set_refused(&KIND_ABSENCE, "person", "03:7\u200b", "KEY-INVISIBLE");
    fault_t fault;
    assert_int_equal(keytext_check_hidden(slice_text("12\u200b"), "number", &fault), 1);
    assert_string_equal(fault.args[0], "U+200B (zero width space)");
    assert_string_equal(fault.args[1], "3");
}

static void one_key_written_in_two_ways_is_one(void **state)
{
    (void)state;
    assert_set(&KIND_IDENTITY, "number", "12и\u0306", "12й");
    assert_set(&KIND_IDENTITY, "number", "12й", "12й");
    assert_set(&KIND_IDENTITY, "number", "А  1", "А 1");
    assert_set(&KIND_IDENTITY, "number", "А\u00a0\u20091", "А 1");
    assert_set(&KIND_ABSENCE, "person", "03:А  1", "03:А 1");
    assert_set(&KIND_EMPLOYMENT, "post", "учитель  физики", "учитель  физики"); // no key: as it was
}

static void snils_is_read_with_any_blanks_and_dashes(void **state)
{
    (void)state;
    static const char *const written[] = {"112-233-445 95", "112 233 445 95", "112\u00a0233\u00a0445\u00a095",
                                          "112\u2011233\u2011445\u201395", "112–233–445 95"};
    for (size_t i = 0; i < ARRAY_SIZE(written); i++)
        assert_set(&KIND_IDENTITY, "snils", written[i], "11223344595");
}

static const char *snils_fault(const char *snils)
{
    static fault_t fault;
    Selenga__Identity identity = SELENGA__IDENTITY__INIT;
    identity.org = "03";
    identity.number = "1";
    identity.last_name = identity.first_name = "X";
    identity.snils = (char *)snils;
    return body_validate(&KIND_IDENTITY, &identity.base, &fault) == 0 ? "" : fault.code;
}

static void snils_has_control_digits_and_is_no_placeholder(void **state)
{
    (void)state;
    assert_string_equal(snils_fault("11223344596"), "SNILS-CHECK");
    assert_string_equal(snils_fault("11223344559"), "SNILS-CHECK"); // two digits exchanged
    assert_string_equal(snils_fault("00000000000"), "SNILS-PLACEHOLDER");
    assert_string_equal(snils_fault("11111111111"), "SNILS-PLACEHOLDER");
    assert_string_equal(snils_fault("00000000001"), "SNILS-PLACEHOLDER");
    assert_string_equal(snils_fault("11223344595"), "");
    assert_string_equal(snils_fault("08765430300"), ""); // sums of 100 and 101 give 00
    assert_string_equal(snils_fault("00100199800"), ""); // without control digits up to here
    assert_string_equal(snils_fault("00100199999"), "SNILS-CHECK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_show_is_in_no_key),
        cmocka_unit_test(one_key_written_in_two_ways_is_one),
        cmocka_unit_test(snils_is_read_with_any_blanks_and_dashes),
        cmocka_unit_test(snils_has_control_digits_and_is_no_placeholder),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
