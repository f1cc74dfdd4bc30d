// SPDX-License-Identifier: Apache-2.0
// Files row by row: keys that come twice.
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include "common/forms/reading.h"
#include <string.h>

// How many rows of the file are good; the fault of the last that is not in *ret_fault.
static size_t good_rows(const char *sheet, char *text, fault_t *ret_fault)
{
    reading_options_t options = {0};
    reading_t *reading = NULL;
    reading_row_t row;
    fault_t fault;
    size_t good = 0;
    FILE *in = fmemopen(text, strlen(text), "r");
    assert_non_null(in);
    assert_int_equal(reading_open(sheet, in, &options, &reading, &fault), 0);
    while (reading_next(reading, &row, &fault) == 0) {
        good += row.group != NULL;
        if (row.result->n_faults > 0) *ret_fault = row.result->faults[0];
    }
    reading_close(&reading);
    fclose(in);
    return good;
}

static void a_key_that_comes_again_with_other_words_is_refused(void **state)
{
    (void)state;
    char text[] = "code,parent,kind,name\nA,03,school,One\nB,03,school,Two\nA,03,school,Three\n";
    fault_t fault = {0};
    assert_int_equal(good_rows("organisation", text, &fault), 2);
    assert_string_equal(fault.code, "KEY-TWICE");
    assert_string_equal(fault.args[0], "2");
}

static void a_row_that_is_all_key_may_come_again(void **state)
{
    (void)state;
    char text[] = "event,person\nE-1,A:1\nE-1,A:1\nE-1,A:2\n";
    fault_t fault = {0};
    assert_int_equal(good_rows("attendance", text, &fault), 3);
}

// Opens a file that is nothing but a header, at a node whose only organisation is A.
static int open_of_a(const char *sheet, const char *header, reading_t **ret_reading, fault_t *ret_fault)
{
    reading_options_t options = {.org = "A"};
    FILE *in = tmpfile();
    assert_non_null(in);
    fputs(header, in);
    rewind(in);
    int rc = reading_open(sheet, in, &options, ret_reading, ret_fault);
    if (rc != 0) fclose(in);
    return rc;
}

static void a_column_other_than_the_keys_organisation_is_still_missing(void **state)
{
    (void)state;
    reading_t *reading = NULL;
    fault_t fault;
    assert_int_equal(open_of_a("team", "code\n", &reading, &fault), READING_E_FILE);
    assert_string_equal(fault.args[0], "org"); // no part of the key of a team
    assert_int_equal(open_of_a("staff", "last_name,first_name\n", &reading, &fault), READING_E_FILE);
    assert_string_equal(fault.args[0], "number");
}

static void an_organisation_that_the_file_names_is_not_replaced(void **state)
{
    (void)state;
    reading_t *reading = NULL;
    reading_row_t row;
    fault_t fault;
    const char *text =
        "org,number,last_name,first_name,post_class,post,from\nB,7,I,I,pedagogue,t,2015-09-01\n";
    assert_int_equal(open_of_a("staff", text, &reading, &fault), 0);
    assert_null(sheet_assumed_org(reading_sheet(reading)));
    assert_int_equal(reading_next(reading, &row, &fault), 0);
    assert_memory_equal(row.result->key.data, "B\0377", 3);
    reading_close(&reading);
}

static void a_file_without_it_is_of_the_organisation_that_the_node_has(void **state)
{
    (void)state;
    reading_t *reading = NULL;
    reading_row_t row;
    fault_t fault;
    const char *text = "number,last_name,first_name,post_class,post,from\n7,I,I,pedagogue,t,2015-09-01\n";
    assert_int_equal(open_of_a("staff", text, &reading, &fault), 0);
    assert_string_equal(sheet_assumed_org(reading_sheet(reading)), "A");
    assert_int_equal(reading_next(reading, &row, &fault), 0);
    assert_non_null(row.group);
    assert_memory_equal(row.result->key.data, "A\0377", 3);
    reading_close(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_other_than_the_keys_organisation_is_still_missing),
        cmocka_unit_test(an_organisation_that_the_file_names_is_not_replaced),
        cmocka_unit_test(a_file_without_it_is_of_the_organisation_that_the_node_has),
        cmocka_unit_test(a_key_that_comes_again_with_other_words_is_refused),
        cmocka_unit_test(a_row_that_is_all_key_may_come_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
