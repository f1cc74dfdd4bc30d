// SPDX-License-Identifier: Apache-2.0
// What an import leaves behind: the counts, and the file of rejected rows.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/forms/rejects.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"

static char source[256], rejected[300];
static const char *const header_cells[] = {"org", "number"};
static const csv_row_t header = {.line = 1, .n = 2, .cells = header_cells};
static const rejects_form_t form = {.header = &header, .separator = ';', .line = "line", .reason = "reason"};

static int set_up(void **state)
{
    (void)state;
    char name[] = "/tmp/selenga-import.XXXXXX";
    if (!mkdtemp(name)) return -1;
    snprintf(source, sizeof source, "%s/staff.csv", name);
    snprintf(rejected, sizeof rejected, "%s.rejected.csv", source);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(rejected);
    *strrchr(source, '/') = '\0';
    return rmdir(source);
}

static void read_rejected(char *text, size_t size)
{
    FILE *file = fopen(rejected, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void a_file_that_cannot_be_made_is_told_at_the_end(void **state)
{
    (void)state;
    rejects_t *rejects = rejects_new("/nowhere/staff.csv", "staff", &form);
    rejects_add(rejects, 2, "why", header_cells, 2);
    assert_int_equal(rejects_finish(rejects), -ENOENT);
    rejects_destroy(&rejects);
}

static void rejected_rows_keep_line_reason_and_cells(void **state)
{
    (void)state;
    char text[512];
    const char *const cells[] = {"03;1", "17", "too many"};
    rejects_t *rejects = rejects_new(source, "staff", &form);
    rejects_add(rejects, 7, "post is missing. Give a value.", cells, 2);
    rejects_add(rejects, 9, "x", cells, 1);
    rejects_add(rejects, 11, "y", cells, 3);
    assert_int_equal(access(rejected, F_OK), -1);
    assert_int_equal(rejects_finish(rejects), 0);
    rejects_destroy(&rejects);
    read_rejected(text, sizeof text);
    assert_string_equal(text, "\xef\xbb\xbf"
                              "org;number;line;reason\n"
                              "\"03;1\";17;7;post is missing. Give a value.\n"
                              "\"03;1\";;9;x\n"
                              "\"03;1\";17;11;y;too many\n");
}

static void an_import_without_rejected_rows_removes_the_file_of_the_one_before(void **state)
{
    (void)state;
    assert_int_equal(access(rejected, F_OK), 0);
    rejects_t *rejects = rejects_new(source, "staff", &form);
    assert_int_equal(rejects_finish(rejects), 0);
    rejects_destroy(&rejects);
    assert_int_equal(access(rejected, F_OK), -1);
}

static void an_import_that_breaks_off_leaves_no_draft(void **state)
{
    (void)state;
    char draft[310];
    rejects_t *rejects = rejects_new(source, "staff", &form);
    rejects_add(rejects, 2, "why", header_cells, 2);
    snprintf(draft, sizeof draft, "%s.new", rejected);
    assert_int_equal(access(draft, F_OK), 0);
    rejects_destroy(&rejects);
    assert_int_equal(access(draft, F_OK), -1);
}

static void a_file_that_another_import_writes_is_let_alone(void **state)
{
    (void)state;
    rejects_t *first = rejects_new(source, "staff", &form), *second = rejects_new(source, "staff", &form);
    assert_true(rejects_add(first, 2, "why", header_cells, 2));
    assert_false(rejects_add(second, 2, "why", header_cells, 2));
    assert_int_equal(rejects_finish(second), -EBUSY);
    assert_int_equal(rejects_finish(first), 0);
    rejects_destroy(&first);
    rejects_destroy(&second);
}

static void columns_of_an_earlier_file_of_rejected_rows_are_not_carried_on(void **state)
{
    (void)state;
    char text[512];
    static const char *const cells[] = {"X", "2", "why", "1"}, *const names[] = {"org", "line", "reason",
                                                                                 "number"};
    static const bool own[] = {false, true, true, false};
    static const csv_row_t again = {.line = 1, .n = 4, .cells = names};
    const rejects_form_t second = {&again, own, ',', "line", "reason"};
    rejects_t *rejects = rejects_new(source, "staff", &second);
    rejects_add(rejects, 3, "still", cells, 4);
    assert_int_equal(rejects_finish(rejects), 0);
    rejects_destroy(&rejects);
    read_rejected(text, sizeof text);
    assert_string_equal(text, "\xef\xbb\xbf"
                              "org,number,line,reason\nX,1,3,still\n");
}

static void rows_from_stdin_are_rejected_into_a_file_named_after_the_sheet(void **state)
{
    (void)state;
    rejects_t *rejects = rejects_new("-", "staff", &form);
    assert_string_equal(rejects_path(rejects), "staff.rejected.csv");
    rejects_destroy(&rejects);
}

static void the_summary_counts_each_row_once(void **state)
{
    (void)state;
    tally_t tally = {0};
    static const uint32_t results[] = {
        RESULT_NEW, RESULT_NEW, RESULT_UNCHANGED, RESULT_REJECTED, RESULT_CHANGED, 0, 77};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) tally_add(&tally, results[i]);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tally_print(&tally, out);
    fclose(out);
    assert_string_equal(text, "2 new, 1 changed, 1 unchanged, 3 rejected\n");
    free(text);
    json_t *json = tally_json(&tally);
    assert_int_equal(json_integer_value(json_object_get(json, "new")), 2);
    assert_int_equal(json_integer_value(json_object_get(json, "rejected")), 3);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_made_is_told_at_the_end),
        cmocka_unit_test(rejected_rows_keep_line_reason_and_cells),
        cmocka_unit_test(an_import_without_rejected_rows_removes_the_file_of_the_one_before),
        cmocka_unit_test(an_import_that_breaks_off_leaves_no_draft),
        cmocka_unit_test(a_file_that_another_import_writes_is_let_alone),
        cmocka_unit_test(columns_of_an_earlier_file_of_rejected_rows_are_not_carried_on),
        cmocka_unit_test(rows_from_stdin_are_rejected_into_a_file_named_after_the_sheet),
        cmocka_unit_test(the_summary_counts_each_row_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
