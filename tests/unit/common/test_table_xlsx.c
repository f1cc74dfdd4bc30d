// SPDX-License-Identifier: Apache-2.0
// Lists as workbooks, read as people's files are.
#include "tests/unit/common/bodies.h"

#include "common/forms/csv.h"
#include "common/forms/sheet.h"
#include "common/forms/table_xlsx.h"
#include "common/forms/xlsx.h"
#include "proto/kinds.h"
#include <stdlib.h>
#include <unistd.h>

static table_t table;

static int hand_two(table_xlsx_t *book, void *context)
{
    (void)context;
    table_row_t whole = {.bodies = {BODY(KIND_IDENTITY, "org", "03-08-01", "number", "007", "last_name", "Ли",
                                         "birth_date", "1990-02-28"),
                                    NULL,
                                    BODY(KIND_EMPLOYMENT, "org", "03-08-01", "number", "007", "post", "=1+1",
                                         "rate", "0.5", "category", "высшая")}};
    table_row_t half = {.bodies = {whole.bodies[0]}}; // nothing in the columns at the end
    table_xlsx_row(book, &whole);
    table_xlsx_row(book, &half);
    return 0;
}

static int hand_none(table_xlsx_t *book, void *context)
{
    (void)book;
    (void)context;
    return 0;
}

static FILE *as_csv(lang_t lang, table_rows_t *hand)
{
    char path[] = "/tmp/table.XXXXXX";
    int fd = mkstemp(path), rows;
    assert_true(fd >= 0);
    close(fd);
    assert_null(table_xlsx_write(&table, path, lang, hand, NULL, &rows));
    FILE *file = fopen(path, "r"), *csv;
    assert_non_null(file);
    assert_int_equal(xlsx_open(file, &csv, NULL), 0);
    fclose(file);
    unlink(path);
    rewind(csv);
    return csv;
}

static void rows_that_end_with_nothing_are_as_long_as_the_head(void **state)
{
    (void)state;
    csv_t *csv;
    csv_row_t row;
    assert_true(table_of_sheet("staff", &table));
    FILE *file = as_csv(LANG_RU, hand_two);
    assert_int_equal(csv_open(file, &csv, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(csv_next(csv, &row, NULL), 0);
        assert_int_equal(row.n, table.n_shown);
    }
    assert_string_equal(row.cells[table_column(&table, slice_text("number"))], "007");
    assert_string_equal(row.cells[table_column(&table, slice_text("birth_date"))], "1990-02-28");
    assert_string_equal(row.cells[table_column(&table, slice_text("category"))], "");
    csv_close(&csv);
    fclose(file);
}

static void import_knows_all_columns_of_the_list_of_a_sheet_with_names(void **state)
{
    (void)state;
    for (size_t i = 0; sheet_name(i) != NULL; i++)
        for (lang_t lang = LANG_EN; lang <= LANG_RU; lang++) {
            AUTO(sheet_destroy) sheet_t *sheet = NULL;
            csv_t *csv;
            csv_row_t row;
            fault_t fault;
            assert_true(table_of_sheet(sheet_name(i), &table));
            table_show_names(&table);
            assert_int_equal(sheet_open(sheet_name(i), &sheet, NULL), 0);
            FILE *file = as_csv(lang, hand_none);
            assert_int_equal(csv_open(file, &csv, NULL), 0);
            assert_int_equal(csv_next(csv, &row, &fault), 0);
            assert_int_equal(row.n, table.n_shown);
            assert_int_equal(sheet_header(sheet, &row, NULL, 0, &fault), 0);
            if (sheet_ignored(sheet, 0) != NULL) fail_msg("%s: %s", sheet_name(i), sheet_ignored(sheet, 0));
            csv_close(&csv);
            fclose(file);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_end_with_nothing_are_as_long_as_the_head),
        cmocka_unit_test(import_knows_all_columns_of_the_list_of_a_sheet_with_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
