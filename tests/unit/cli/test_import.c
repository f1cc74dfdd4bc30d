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

#include "services/cli/rejects.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"

static char source[256], rejected[300];
static const char *const header_cells[] = {"org", "number"};
static const csv_row_t header = {.line = 1, .n = 2, .cells = header_cells};

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
    rejects_t *rejects = rejects_new("/nowhere/staff.csv", "staff", &header, ',');
    rejects_add(rejects, 2, "why", header_cells, 2);
    assert_int_equal(rejects_finish(rejects), -ENOENT);
    rejects_destroy(&rejects);
}

static void rejected_rows_keep_line_reason_and_cells(void **state)
{
    (void)state;
    char text[512];
    const char *const cells[] = {"03;1", "17"};
    rejects_t *rejects = rejects_new(source, "staff", &header, ';');
    rejects_add(rejects, 7, "post is missing. Give a value.", cells, 2);
    rejects_add(rejects, 9, "x", cells, 1);
    assert_int_equal(access(rejected, F_OK), -1);
    assert_int_equal(rejects_finish(rejects), 0);
    rejects_destroy(&rejects);
    read_rejected(text, sizeof text);
    assert_string_equal(text, "line;reason;org;number\n"
                              "7;post is missing. Give a value.;\"03;1\";17\n"
                              "9;x;\"03;1\"\n");
}

static void an_import_without_rejected_rows_removes_the_file_of_the_one_before(void **state)
{
    (void)state;
    assert_int_equal(access(rejected, F_OK), 0);
    rejects_t *rejects = rejects_new(source, "staff", &header, ',');
    assert_int_equal(rejects_finish(rejects), 0);
    rejects_destroy(&rejects);
    assert_int_equal(access(rejected, F_OK), -1);
}

static void an_import_that_breaks_off_leaves_no_draft(void **state)
{
    (void)state;
    char draft[310];
    rejects_t *rejects = rejects_new(source, "staff", &header, ',');
    rejects_add(rejects, 2, "why", header_cells, 2);
    snprintf(draft, sizeof draft, "%s.new", rejected);
    assert_int_equal(access(draft, F_OK), 0);
    rejects_destroy(&rejects);
    assert_int_equal(access(draft, F_OK), -1);
}

static void rows_from_stdin_are_rejected_into_a_file_named_after_the_sheet(void **state)
{
    (void)state;
    rejects_t *rejects = rejects_new("-", "staff", &header, ',');
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
        cmocka_unit_test(rows_from_stdin_are_rejected_into_a_file_named_after_the_sheet),
        cmocka_unit_test(the_summary_counts_each_row_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
