// SPDX-License-Identifier: Apache-2.0
// Settings tables: unknown, doubled and wild values are refused and say where; then defaults and values.
#include "common/base/settings.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef struct values {
    int64_t wait_ms;
    bool loud;
    char name[9];
} values_t;

static const setting_t ROWS[] = {
    {"wait_ms", SETTING_INT, offsetof(values_t, wait_ms), 1, 60000, "1000", "ms", "How long to wait"},
    {"loud", SETTING_BOOL, offsetof(values_t, loud), 0, 0, "no", "", "Whether to shout"},
    {"name", SETTING_TEXT, offsetof(values_t, name), 0, 8, "anna", "", "Who"},
};
static const settings_table_t TABLE = {"mill", ROWS, ARRAY_SIZE(ROWS)};

static int load(const char *text, values_t *values, why_t *why)
{
    zconfig_t *root = zconfig_str_load(text);
    assert_non_null(root);
    int r = settings_load(&TABLE, zconfig_locate(root, "mill"), text, values, sizeof *values, why);
    zconfig_destroy(&root);
    return r;
}

static void assert_refused_saying(const char *text, const char *part)
{
    values_t values = {.wait_ms = 77};
    why_t why = {""};
    assert_int_equal(load(text, &values, &why), SETTINGS_E_REFUSED);
    if (!strstr(why.text, part)) fail_msg("\"%s\" does not say \"%s\"", why.text, part);
    assert_true(values.wait_ms == 77);
}

static void an_unknown_key_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused_saying("other\n    wait = 1\nmill\n    wait_ms = 5\n    wait = 6\n", "line 5");
    assert_refused_saying("mill\n    wait = 6\n", "no setting wait in section mill");
}

static void a_doubled_key_is_refused_with_the_line_of_the_second(void **state)
{
    (void)state;
    assert_refused_saying("mill\n    wait_ms = 5\n    # so\n    wait_ms = 6\n", "line 4");
}

static void a_value_out_of_range_is_refused_with_the_range(void **state)
{
    (void)state;
    assert_refused_saying("mill\n    wait_ms = 0\n", "1 to 60000");
    assert_refused_saying("mill\n    wait_ms = 60001\n", "60000");
    assert_refused_saying("mill\n    wait_ms = \"5 \"\n", "not a number");
    assert_refused_saying("mill\n    wait_ms = 5s\n", "not a number");
    assert_refused_saying("mill\n    wait_ms\n", "not a number");
    assert_refused_saying("mill\n    loud = true\n", "neither yes nor no");
    assert_refused_saying("mill\n    name = \"nine bytes\"\n", "longer than 8");
}

static void a_section_inside_a_setting_is_refused(void **state)
{
    (void)state;
    assert_refused_saying("mill\n    wait_ms = 5\n        more = 1\n", "no setting");
}

static void what_is_not_said_has_its_default(void **state)
{
    (void)state;
    values_t values;
    assert_int_equal(load("mill\n    loud = yes\n", &values, NULL), 0);
    assert_true(values.wait_ms == 1000);
    assert_true(values.loud);
    assert_string_equal(values.name, "anna");
    assert_int_equal(load("other\n    x = 1\n", &values, NULL), 0);
    assert_false(values.loud);
}

static void the_printed_table_names_every_setting(void **state)
{
    (void)state;
    char text[2000] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    settings_print(&TABLE, to);
    fclose(to);
    for (size_t i = 0; i < TABLE.n; i++) {
        assert_non_null(strstr(text, ROWS[i].name));
        assert_non_null(strstr(text, ROWS[i].sentence));
    }
    assert_non_null(strstr(text, "1..60000 ms"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_refused_with_its_line),
        cmocka_unit_test(a_doubled_key_is_refused_with_the_line_of_the_second),
        cmocka_unit_test(a_value_out_of_range_is_refused_with_the_range),
        cmocka_unit_test(a_section_inside_a_setting_is_refused),
        cmocka_unit_test(what_is_not_said_has_its_default),
        cmocka_unit_test(the_printed_table_names_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
