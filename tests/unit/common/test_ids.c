// SPDX-License-Identifier: Apache-2.0
// Ids of records and paths of nodes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/schema/ids.h"
#include "proto/kinds.h"
#include <cmocka.h>

static void what_is_no_id_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "0190a1b2",
        "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f405",
        "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f40511",
        "0190a1b2c-3d4-7e5f-8a6b-0c1d2e3f4051",
        "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f405g",
        "0190a1b2-c3d4-7e5f-8a6b_0c1d2e3f4051",
        "{190a1b2-c3d4-7e5f-8a6b-0c1d2e3f405}",
        "03-08-01:17",
    };
    rid_t id = {{7}};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (rid_parse(bad[i], &id)) fail_msg("taken for an id: %s", bad[i]);
    assert_int_equal(id.b[0], 7);
}

static void an_id_reads_as_it_prints(void **state)
{
    (void)state;
    char text[RID_TEXT];
    rid_t id, again;
    for (int i = 0; i < 100; i++) {
        rid_new(1700000000000 + (uint64_t)i, &id);
        assert_true(rid_parse(rid_text(&id, text), &again));
        assert_true(rid_equal(&id, &again));
    }
    assert_true(rid_parse("0190A1B2C3D47E5F8A6B0C1D2E3F4051", &id));
    assert_string_equal(rid_text(&id, text), "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4051");
}

static void a_new_id_is_of_version_seven_and_begins_with_its_time(void **state)
{
    (void)state;
    rid_t a, b;
    rid_new(0x0123456789abU, &a);
    rid_new(0x0123456789abU, &b);
    assert_memory_equal(a.b, "\x01\x23\x45\x67\x89\xab", 6);
    assert_int_equal(a.b[6] >> 4, 7);
    assert_int_equal(a.b[8] >> 6, 2);
    assert_false(rid_equal(&a, &b));
    assert_false(rid_is_zero(&a));
}

static void a_derived_id_is_the_same_for_ever(void **state)
{
    (void)state;
    char text[RID_TEXT];
    rid_t id;
    rid_derive(&KIND_PERSON, slice_text("03-08-01"),
               slice_text("03-08-01\x1f"
                          "17"),
               &id);
    assert_string_equal(
        rid_text(&id, text),
        "5f2a8db3-c745-de12-879b-3c143f90d0cb"); // changing it loses every reference ever made
}

static void records_of_one_organisation_and_kind_lie_together(void **state)
{
    (void)state;
    rid_t a, b, c;
    rid_derive(&KIND_PERSON, slice_text("03-08-01"),
               slice_text("03-08-01\x1f"
                          "17"),
               &a);
    rid_derive(&KIND_PERSON, slice_text("03-08-01"),
               slice_text("03-08-01\x1f"
                          "18"),
               &b);
    rid_derive(&KIND_EMPLOYMENT, slice_text("03-08-01"),
               slice_text("03-08-01\x1f"
                          "17"),
               &c);
    assert_memory_equal(a.b, b.b, 6);
    assert_memory_not_equal(a.b + 6, b.b + 6, 10);
    assert_memory_not_equal(a.b, c.b, 6);
    assert_memory_not_equal(a.b + 6, c.b + 6, 10);
}

static void an_organisation_outside_the_key_does_not_change_the_id(void **state)
{
    (void)state;
    rid_t a, b;
    rid_derive(&KIND_TEAM, slice_text("03-08-01"), slice_text("T-1"), &a);
    rid_derive(&KIND_TEAM, slice_text("03-08-02"), slice_text("T-1"), &b);
    assert_true(rid_equal(&a, &b));
}

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ".",
        "a1b2c3d",
        "a1b2c3d4.",
        ".a1b2c3d4",
        "a1b2c3d4-11223344",
        "a1b2c3d4.1122334",
        "a1b2c3d4.1122334g",
        "00000000",
        "000000ff",
        "ffffffff",
        "a1b2c3d4.11223344.11223344.11223344.11223344.11223344.11223344.11223344.11223344"};
    path_t path = {.len = 99};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (path_parse(bad[i], &path)) fail_msg("taken for a path: %s", bad[i]);
    assert_false(path_from_bytes((slice_t){0}, &path));
    assert_false(path_from_bytes(slice("abc", 3), &path));
    assert_false(path_from_bytes(slice("0123456789abcdef0123456789abcdef0123", 36), &path));
    assert_false(path_from_bytes(slice("\0\0\0\1", 4), &path));
    assert_int_equal(path.len, 99);
}

static path_t a_path(const char *text)
{
    path_t path = {0};
    if (!path_parse(text, &path)) fail_msg("not taken: %s", text);
    return path;
}

static void ancestry_is_a_prefix(void **state)
{
    (void)state;
    path_t region = a_path("a1b2c3d4"), town = a_path("a1b2c3d4.11223344"),
           other = a_path("a1b2c3d4.11223345");
    path_t school = a_path("a1b2c3d4.11223344.0badcafe"), parent = path_parent(&school),
           none = path_parent(&region);
    assert_true(path_is_prefix(&region, &school));
    assert_true(path_is_prefix(&school, &school));
    assert_false(path_is_prefix(&school, &town));
    assert_false(path_is_prefix(&other, &school));
    assert_int_equal(path_child_label(&region, &school), 0x11223344);
    assert_int_equal(path_own_label(&school), 0x0badcafe);
    assert_true(path_equal(&parent, &town));
    assert_int_equal(none.len, 0);
}

static void a_path_reads_as_it_prints(void **state)
{
    (void)state;
    char text[PATH_TEXT];
    path_t path = {0}, again;
    for (uint32_t label = 0x100; label < 0x108; label++) {
        assert_true(path_child(&path, label * 0x01000193, &path));
        again = a_path(path_text(&path, text));
        assert_true(path_equal(&path, &again));
    }
    assert_false(path_child(&path, 0x12345678, &path)); // eight levels are enough
    assert_false(path_child(&again, 0, &path));
}

static void hex_is_strict(void **state)
{
    (void)state;
    uint8_t bytes[2];
    char text[5];
    assert_int_equal(hex_parse(slice_text("0"), bytes, 2), -1);
    assert_int_equal(hex_parse(slice_text("0x"), bytes, 2), -1);
    assert_int_equal(hex_parse(slice_text("aabbcc"), bytes, 2), -1);
    assert_int_equal(hex_parse(slice_text("aAbB"), bytes, 2), 2);
    assert_string_equal(hex_text(slice(bytes, 2), text), "aabb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(an_id_reads_as_it_prints),
        cmocka_unit_test(a_new_id_is_of_version_seven_and_begins_with_its_time),
        cmocka_unit_test(a_derived_id_is_the_same_for_ever),
        cmocka_unit_test(records_of_one_organisation_and_kind_lie_together),
        cmocka_unit_test(an_organisation_outside_the_key_does_not_change_the_id),
        cmocka_unit_test(what_is_no_path_is_refused),
        cmocka_unit_test(ancestry_is_a_prefix),
        cmocka_unit_test(a_path_reads_as_it_prints),
        cmocka_unit_test(hex_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
