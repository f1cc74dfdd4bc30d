// SPDX-License-Identifier: Apache-2.0
// The walk over a message's fields: it takes nothing that protobuf-c would refuse to unpack.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/schema/wire.h"
#include <cmocka.h>

static int first_of(const char *bytes, size_t size, wire_field_t *ret)
{
    slice_t rest = slice((const uint8_t *)bytes, size);
    return wire_next(&rest, ret);
}
#define FIRST(bytes) first_of(bytes, sizeof(bytes) - 1, &(wire_field_t){0})

static void a_tag_of_six_bytes_is_refused(void **state)
{
    (void)state;
    assert_int_equal(FIRST("\x88\x80\x80\x80\x00\x01"), 1); // five: field 1, though the long way
    assert_int_equal(FIRST("\x88\x80\x80\x80\x80\x00\x01"), -1);
}

static void a_length_of_six_bytes_is_refused(void **state)
{
    (void)state;
    assert_int_equal(FIRST("\x0a\x81\x80\x80\x80\x00x"), 1);
    assert_int_equal(FIRST("\x0a\x81\x80\x80\x80\x80\x00x"), -1);
}

static void a_value_may_have_ten_bytes_and_no_more(void **state)
{
    (void)state;
    wire_field_t field;
    static const char most[] = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    assert_int_equal(first_of(most, sizeof most - 1, &field), 1);
    assert_true(field.value == UINT64_MAX);
    assert_int_equal(FIRST("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), -1);
    assert_int_equal(FIRST("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), -1);
}

static void field_zero_a_group_and_a_cut_are_refused(void **state)
{
    (void)state;
    assert_int_equal(FIRST("\x00\x01"), -1);
    assert_int_equal(FIRST("\x0b\x0c"), -1);
    assert_int_equal(FIRST("\x08"), -1);
    assert_int_equal(FIRST("\x0a\x02x"), -1);
    assert_int_equal(FIRST("\x09xxxxxxx"), -1);
    assert_int_equal(FIRST(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_of_six_bytes_is_refused),
        cmocka_unit_test(a_length_of_six_bytes_is_refused),
        cmocka_unit_test(a_value_may_have_ten_bytes_and_no_more),
        cmocka_unit_test(field_zero_a_group_and_a_cut_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
