// SPDX-License-Identifier: Apache-2.0
// Tables as a terminal shows them.
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/cli/table.h"

// Prints the table and returns the text, which the caller frees.
static char *printed(table_t *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    table_print(table, out);
    fclose(out);
    return text;
}

static void a_terminal_escape_in_data_is_defused(void **state)
{
    (void)state;
    table_t *table = table_new();
    table_column(table, "name");
    table_cell(table, "\033[2Jred\xff");
    char *text = printed(table);
    assert_string_equal(text, "name\n?[2Jred?\n");
    free(text);
    table_destroy(&table);
}

static void a_table_without_rows_prints_nothing(void **state)
{
    (void)state;
    table_t *table = table_new();
    table_column(table, "name");
    char *text = printed(table);
    assert_string_equal(text, "");
    free(text);
    table_destroy(&table);
}

static void cyrillic_counts_cells_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_width("Доржиева"), 8);
    assert_int_equal(text_width("Ё"
                                "\xcc\x88"),
                     1);
    assert_int_equal(text_width("人"), 2);
    assert_int_equal(text_width(""), 0);
}

static void columns_line_up_and_lines_end_without_blanks(void **state)
{
    (void)state;
    table_t *table = table_new();
    table_column(table, "фамилия");
    table_column_right(table, "n");
    table_column(table, "школа");
    table_cell(table, "Ли");
    table_cellf(table, "%d", 7);
    table_cell(table, "Петропавловка");
    table_cell(table, "Цыренжапова");
    table_cellf(table, "%d", 120);
    table_cell(table, NULL);
    char *text = printed(table);
    assert_string_equal(text, "фамилия        n  школа\n"
                              "Ли             7  Петропавловка\n"
                              "Цыренжапова  120  -\n");
    free(text);
    table_destroy(&table);
}

static void a_list_printed_in_parts_has_one_heading(void **state)
{
    (void)state;
    table_t *table = table_new();
    table_column(table, "a");
    table_column(table, "b");
    table_cell(table, "long");
    table_cell(table, "x");
    free(printed(table));
    table_cell(table, "s");
    table_cell(table, "y");
    char *text = printed(table);
    assert_string_equal(text, "s     y\n");
    free(text);
    table_destroy(&table);
    assert_null(table);
    table_destroy(&table);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_escape_in_data_is_defused),
        cmocka_unit_test(a_table_without_rows_prints_nothing),
        cmocka_unit_test(cyrillic_counts_cells_and_not_bytes),
        cmocka_unit_test(columns_line_up_and_lines_end_without_blanks),
        cmocka_unit_test(a_list_printed_in_parts_has_one_heading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
