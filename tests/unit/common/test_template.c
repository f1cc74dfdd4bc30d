// SPDX-License-Identifier: Apache-2.0
// Sheets to fill in: import knows every heading of theirs again, in both languages and forms.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/i18n.h"
#include "common/forms/template.h"
#include "common/forms/xlsx.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef FILE *make_t(const sheet_t *sheet);

static FILE *as_csv(const sheet_t *sheet)
{
    FILE *file = tmpfile();
    assert_int_equal(template_csv(sheet, file), 0);
    rewind(file);
    return file;
}

static FILE *as_workbook(const sheet_t *sheet)
{
    char path[] = "/tmp/template.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_null(template_xlsx(sheet, path));
    FILE *file = fopen(path, "r"), *csv;
    assert_non_null(file);
    assert_int_equal(xlsx_open(file, &csv, NULL), 0);
    fclose(file);
    unlink(path);
    rewind(csv);
    return csv;
}

// All columns are there: none is missing, none twice, none left over.
static void assert_known(const char *name, make_t *make)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    csv_t *csv;
    csv_row_t row;
    fault_t fault;
    assert_int_equal(sheet_open(name, &sheet, NULL), 0);
    FILE *file = make(sheet);
    assert_int_equal(csv_open(file, &csv, NULL), 0);
    assert_int_equal(csv_next(csv, &row, &fault), 0);
    assert_int_equal(row.n, sheet_n_columns(sheet));
    assert_int_equal(sheet_header(sheet, &row, NULL, 0, &fault), 0);
    assert_null(sheet_ignored(sheet, 0));
    assert_int_equal(csv_next(csv, &row, &fault), CSV_E_END);
    csv_close(&csv);
    fclose(file);
}

static void all_known(make_t *make)
{
    for (lang_t lang = LANG_EN; lang <= LANG_RU; lang++) {
        lang_t before = i18n_use(lang);
        for (size_t i = 0; sheet_name(i) != NULL; i++) assert_known(sheet_name(i), make);
        i18n_use(before);
    }
}

static void a_file_that_cannot_be_made_is_told_and_leaves_nothing(void **state)
{
    (void)state;
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    assert_int_equal(sheet_open("staff", &sheet, NULL), 0);
    assert_non_null(template_xlsx(sheet, "/nonexistent/staff.xlsx"));
}

static void import_knows_the_headings_of_every_sheet(void **state)
{
    (void)state;
    all_known(as_csv);
}

static void import_knows_the_headings_of_every_workbook(void **state)
{
    (void)state;
    all_known(as_workbook);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_made_is_told_and_leaves_nothing),
        cmocka_unit_test(import_knows_the_headings_of_every_sheet),
        cmocka_unit_test(import_knows_the_headings_of_every_workbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
