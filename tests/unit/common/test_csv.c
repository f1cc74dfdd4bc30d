// SPDX-License-Identifier: Apache-2.0
// CSV: a bad row delays only itself, a file that is none is refused, and what table programs write is read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/forms/csv.h"
#include <cmocka.h>
#include <unistd.h>

static FILE *a_file(const char *text, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    rewind(file);
    return file;
}

// Prints all rows as "line:cell|cell" and faults as "line!CODE", each with a line end.
static void print_rows(FILE *file, char *buf, size_t size)
{
    csv_t *csv = NULL;
    csv_row_t row;
    fault_t fault;
    size_t n = 0;
    int rc = csv_open(file, &csv, &fault);
    buf[0] = '\0';
    if (rc != 0) snprintf(buf, size, "!%s\n", fault.code);
    while (rc == 0 || rc == CSV_E_ROW) {
        rc = csv_next(csv, &row, &fault);
        if (rc == CSV_E_END) break;
        n += (size_t)snprintf(buf + n, size - n, "%zu%s", row.line, rc == 0 ? ":" : "!");
        if (rc != 0) n += (size_t)snprintf(buf + n, size - n, "%s", fault.code);
        for (size_t i = 0; rc == 0 && i < row.n; i++)
            n += (size_t)snprintf(buf + n, size - n, "%s%s", i > 0 ? "|" : "", row.cells[i]);
        n += (size_t)snprintf(buf + n, size - n, "\n");
    }
    csv_close(&csv);
    fclose(file);
}

static void assert_rows(const char *text, size_t size, const char *expected)
{
    char got[1024];
    print_rows(a_file(text, size), got, sizeof got);
    assert_string_equal(got, expected);
}
#define ROWS(text, expected) assert_rows(text, sizeof(text) - 1, expected)

static void what_is_no_csv_is_refused(void **state)
{
    (void)state;
    ROWS("a,b\n1,\0002\n", "!CSV-NUL\n");
    ROWS("\xff\xfe"
         "a\0,\0b\0",
         "!CSV-NUL\n"); // UTF-16
    ROWS("\xef\xbb\xbf"
         "a,b\n1,\xff\n",
         "!CSV-ENCODING\n");                               // says UTF-8 and is not
    ROWS("школа,педагог\nодин,\xff\n", "!CSV-ENCODING\n"); // UTF-8 with damage
}

static void a_stray_quotation_mark_costs_one_row(void **state)
{
    (void)state;
    ROWS("a,b\n1,x\"y\n2,ok\n", "1:a|b\n2!CSV-QUOTE\n3:2|ok\n");
    ROWS("a,b\n1,\"x\"y\n2,ok\n", "1:a|b\n2!CSV-QUOTE\n3:2|ok\n");
    ROWS("a,b\n1,\"x\n2,ok\n3,ok", "1:a|b\n2!CSV-QUOTE\n3:2|ok\n4:3|ok\n"); // never closed
    ROWS("a,b\n1,\"x\n2,\"ok\n3,\"ok\"", "1:a|b\n2!CSV-QUOTE\n3!CSV-QUOTE\n4:3|ok\n");
}

static void a_huge_cell_costs_one_row(void **state)
{
    (void)state;
    enum { SIZE = 1024 * 1024 };
    char got[1024];
    for (int quoted = 0; quoted < 2; quoted++) {
        AUTO(xfree) char *text = xmalloc(SIZE + 16);
        memset(text, 'x', SIZE);
        memcpy(text, "a,b\n1,", 6);
        if (quoted) text[6] = '"';
        memcpy(text + SIZE, "\n2,ok\n", 7);
        print_rows(a_file(text, SIZE + 6), got, sizeof got);
        assert_string_equal(got, "1:a|b\n2!CSV-CELL\n3:2|ok\n");
    }
}

static void too_many_columns_cost_one_row(void **state)
{
    (void)state;
    char text[2000] = "a,b\n", got[1024];
    memset(text + 4, ',', 1000);
    memcpy(text + 1004, "\n2,ok\n", 7);
    print_rows(a_file(text, 1010), got, sizeof got);
    assert_string_equal(got, "1:a|b\n2!CSV-COLUMNS\n3:2|ok\n");
}

static void a_byte_that_windows_1251_lacks_costs_one_row(void **state)
{
    (void)state;
    ROWS("a,b\n1,\xcf\xe5\xf2\xf0\n2,\x98\n3,\xcf\n", "1:a|b\n2:1|Петр\n3!CSV-ENCODING\n4:3|П\n");
}

static void an_empty_file_has_no_rows(void **state)
{
    (void)state;
    ROWS("", "");
    ROWS("\xef\xbb\xbf", "");
    ROWS("\n\r\n\n", "");
}

static void rows_are_read_as_table_programs_write_them(void **state)
{
    (void)state;
    ROWS("a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n");
    ROWS("\xef\xbb\xbf"
         "a;b\n1,5;2\n",
         "1:a|b\n2:1,5|2\n");
    ROWS("a;b;\"c,d,e,f\"\n1;2;3", "1:a|b|c,d,e,f\n2:1|2|3\n");
    ROWS("a,b\n\"x, \"\"y\"\"\",\"\"\n\n,\n", "1:a|b\n2:x, \"y\"|\n4:|\n");
    ROWS("a,b\n\"x\ny\",2\n3,4\n", "1:a|b\n2:x\ny|2\n4:3|4\n");
    ROWS("имя;год\nДарима;2024\n", "1:имя|год\n2:Дарима|2024\n");
    ROWS("one\n1\n", "1:one\n2:1\n");
}

static void windows_1251_becomes_utf8(void **state)
{
    (void)state;
    ROWS("\xf4\xe0\xec\xe8\xeb\xe8\xff;\xe3\xee\xe4\n\xa8\xeb\xea\xe8\xed \xb9 1;2024\n",
         "1:фамилия|год\n2:Ёлкин № 1|2024\n");
}

static void a_long_file_in_either_encoding_keeps_its_characters(void **state)
{
    (void)state;
    FILE *utf8 = tmpfile(), *ansi = tmpfile();
    for (int i = 0; i < 20000; i++) { // characters lie across every border of buffers
        fprintf(utf8, "%d;щ\n", i);
        fprintf(ansi, "%d;\xf9\n", i);
    }
    rewind(utf8);
    rewind(ansi);
    FILE *files[] = {utf8, ansi};
    for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
        csv_t *csv = NULL;
        csv_row_t row;
        int n = 0;
        assert_int_equal(csv_open(files[f], &csv, NULL), 0);
        for (; csv_next(csv, &row, NULL) == 0; n++) assert_string_equal(row.cells[1], "щ");
        assert_int_equal(n, 20000);
        csv_close(&csv);
        fclose(files[f]);
    }
}

static void a_pipe_is_read_too(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,\"x\n2,ok\n";
    int ends[2];
    char got[256];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    print_rows(fdopen(ends[0], "r"), got, sizeof got);
    assert_string_equal(got, "1:a|b\n2!CSV-QUOTE\n3:2|ok\n");
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const char *const cells[] = {"", "plain", "a,b;c", "\"", "line\nend", " blank ", "Дарима", "=1+1"};
    char expected[] = "1:|plain|a,b;c|\"|line\nend| blank |Дарима|=1+1\n", got[256];
    for (int i = 0; i < 2; i++) {
        FILE *file = tmpfile();
        assert_int_equal(csv_write(file, i == 0 ? ',' : ';', cells, ARRAY_SIZE(cells)), 0);
        rewind(file);
        print_rows(file, got, sizeof got);
        assert_string_equal(got, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_csv_is_refused),
        cmocka_unit_test(a_stray_quotation_mark_costs_one_row),
        cmocka_unit_test(a_huge_cell_costs_one_row),
        cmocka_unit_test(too_many_columns_cost_one_row),
        cmocka_unit_test(a_byte_that_windows_1251_lacks_costs_one_row),
        cmocka_unit_test(an_empty_file_has_no_rows),
        cmocka_unit_test(rows_are_read_as_table_programs_write_them),
        cmocka_unit_test(windows_1251_becomes_utf8),
        cmocka_unit_test(a_long_file_in_either_encoding_keeps_its_characters),
        cmocka_unit_test(a_pipe_is_read_too),
        cmocka_unit_test(what_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
