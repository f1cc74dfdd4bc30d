// SPDX-License-Identifier: Apache-2.0
// Tables, and how a terminal shows them.
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/forms/grid.h"

// Prints the table and returns the text, which the caller frees.
static char *printed(grid_t *grid)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    grid_print(grid, out);
    fclose(out);
    return text;
}

static void a_terminal_escape_in_data_is_defused(void **state)
{
    (void)state;
    grid_t *grid = grid_new();
    grid_column(grid, "name");
    grid_cell(grid, "\033[2Jred\xff");
    char *text = printed(grid);
    assert_string_equal(text, "name\n?[2Jred?\n");
    free(text);
    grid_destroy(&grid);
}

static void a_table_without_rows_prints_nothing(void **state)
{
    (void)state;
    grid_t *grid = grid_new();
    grid_column(grid, "name");
    char *text = printed(grid);
    assert_string_equal(text, "");
    free(text);
    grid_destroy(&grid);
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
    grid_t *grid = grid_new();
    grid_column(grid, "фамилия");
    grid_column_right(grid, "n");
    grid_column(grid, "школа");
    grid_cell(grid, "Ли");
    grid_cellf(grid, "%d", 7);
    grid_cell(grid, "Петропавловка");
    grid_cell(grid, "Цыренжапова");
    grid_cellf(grid, "%d", 120);
    grid_cell(grid, NULL);
    char *text = printed(grid);
    assert_string_equal(text, "фамилия        n  школа\n"
                              "Ли             7  Петропавловка\n"
                              "Цыренжапова  120  -\n");
    free(text);
    grid_destroy(&grid);
}

static void a_list_printed_in_parts_has_one_heading(void **state)
{
    (void)state;
    grid_t *grid = grid_new();
    grid_column(grid, "a");
    grid_column(grid, "b");
    grid_cell(grid, "long");
    grid_cell(grid, "x");
    free(printed(grid));
    grid_cell(grid, "s");
    grid_cell(grid, "y");
    char *text = printed(grid);
    assert_string_equal(text, "s     y\n");
    free(text);
    grid_destroy(&grid);
    assert_null(grid);
    grid_destroy(&grid);
}

static void another_reader_gets_titles_and_cells_as_they_were_given(void **state)
{
    (void)state;
    grid_t *grid = grid_new();
    grid_column(grid, "имя");
    grid_column_right(grid, "n");
    grid_cell(grid, "<b>\033");
    grid_cell(grid, "");
    grid_cell(grid, "unfinished row");
    assert_int_equal(grid_columns(grid), 2);
    assert_int_equal(grid_rows(grid), 1);
    assert_string_equal(grid_title(grid, 0), "имя");
    assert_false(grid_is_right(grid, 0));
    assert_true(grid_is_right(grid, 1));
    assert_string_equal(grid_at(grid, 0, 0), "<b>\033");
    assert_null(grid_at(grid, 0, 1));
    grid_forget(grid);
    assert_int_equal(grid_rows(grid), 0);
    assert_int_equal(grid_columns(grid), 2);
    grid_destroy(&grid);
}

// A table of two parts on so many cells.
static char *fitted(size_t cells, size_t *ret_columns)
{
    grid_t *grid = grid_new();
    grid_column(grid, "код");
    grid_column(grid, "название");
    grid_column_right(grid, "часов");
    grid_fit(grid, cells);
    grid_cell(grid, "A-1");
    grid_cell(grid, "Современные образовательные технологии");
    grid_cell(grid, "36");
    char *first = printed(grid), *both = NULL;
    grid_cell(grid, "A-2-длиннее");
    grid_cell(grid, "Другая");
    grid_cell(grid, "144");
    char *second = printed(grid);
    assert_true(asprintf(&both, "%s%s", first, second) > 0);
    *ret_columns = grid_fitted(grid);
    free(first);
    free(second);
    grid_destroy(&grid);
    return both;
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    for (size_t cells = 8; cells < 70; cells++) {
        size_t columns;
        char *text = fitted(cells, &columns), *rest = NULL;
        assert_true(columns > 0 && columns <= 3);
        for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
            if (text_width(line) > cells) fail_msg("%zu cells in %zu: %s", text_width(line), cells, line);
        free(text);
    }
}

static void long_cells_are_cut_before_columns_are_left_out(void **state)
{
    (void)state;
    size_t columns;
    char *text = fitted(30, &columns);
    assert_int_equal(columns, 3);
    assert_string_equal(text, "код  название            часов\n"
                              "A-1  Современные образ…     36\n"
                              "A-…  Другая                144\n");
    free(text);
    text = fitted(15, &columns);
    assert_int_equal(columns, 2);
    free(text);
}

static void nothing_is_cut_where_nobody_says_how_wide(void **state)
{
    (void)state;
    size_t columns;
    char *text = fitted(0, &columns);
    assert_non_null(strstr(text, "образовательные технологии"));
    assert_non_null(strstr(text, "A-2-длиннее"));
    assert_int_equal(columns, 3);
    free(text);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_escape_in_data_is_defused),
        cmocka_unit_test(a_table_without_rows_prints_nothing),
        cmocka_unit_test(cyrillic_counts_cells_and_not_bytes),
        cmocka_unit_test(columns_line_up_and_lines_end_without_blanks),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(long_cells_are_cut_before_columns_are_left_out),
        cmocka_unit_test(nothing_is_cut_where_nobody_says_how_wide),
        cmocka_unit_test(a_list_printed_in_parts_has_one_heading),
        cmocka_unit_test(another_reader_gets_titles_and_cells_as_they_were_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
