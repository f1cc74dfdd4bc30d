// SPDX-License-Identifier: Apache-2.0
// CSV: a bad row delays only itself, a file that is none is refused, and what table programs write is read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/forms/csv.h"
#include <cmocka.h>
#include <iconv.h>
#include <stdlib.h>
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
         "a\0,\0b",
         "!CHARSET\n"); // half a character of UTF-16
    ROWS("\xef\xbb\xbf"
         "a,b\n1,\xff\n",
         "!CHARSET\n");                               // says UTF-8 and is not
    ROWS("школа,педагог\nодин,\xff\n", "!CHARSET\n"); // UTF-8 with damage
    ROWS("школа,педагог\nодин,Цырен\xef\xbf\xbdва\n", "!CHARSET\n");
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

static void what_reads_as_russian_in_no_charset_is_refused_whole(void **state)
{
    (void)state;
    ROWS("a,b\n1,\xcf\xe5\xf2\xf0\n2,\x98\n3,\xcf\n", "!CHARSET\n"); // a byte that windows-1251 lacks
    ROWS("a,b\n1,\xff\xfd\xc1\xf3\xfc\xda\n", "!CHARSET\n");
    ROWS("a,b\n1,M\xfcller\n", "!CHARSET\n"); // Latin-1
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
    ROWS("a,b\n\"x, \"\"y\"\"\",\"\"\n\n,\n , \n5,6\n", "1:a|b\n2:x, \"y\"|\n6:5|6\n");
    ROWS("a\tb\n1\t2,5\n", "1:a|b\n2:1|2,5\n");
    ROWS("a,b\r1,2\r\r\"x\ry\",3\r", "1:a|b\n2:1|2\n4:x\ry|3\n"); // CR alone
    ROWS("sep=;\r\na;b\r\n1,5,5;2\r\n", "2:a|b\n3:1,5,5|2\n");
    ROWS("sep=,\na;b,c\n", "2:a;b|c\n");
    ROWS("List, of, staff, all\n\na;b;c\n1;2;3\n4;5;6\n",
         "1:List, of, staff, all\n3:a|b|c\n4:1|2|3\n5:4|5|6\n");
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

static void rows_are_numbered_as_table_programs_number_them(void **state)
{
    (void)state;
    csv_t *csv = NULL;
    csv_row_t row;
    static const char text[] = "sep=;\na;b\n\n\"x\ny\";1\nz;2\n";
    FILE *file = a_file(text, sizeof text - 1);
    assert_int_equal(csv_open(file, &csv, NULL), 0);
    static const size_t numbers[] = {1, 3, 4}, lines[] = {2, 4, 6};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        assert_int_equal(csv_next(csv, &row, NULL), 0);
        assert_int_equal(row.number, numbers[i]);
        assert_int_equal(row.line, lines[i]);
    }
    csv_close(&csv);
    fclose(file);
}

static const char PEOPLE[] =
    "фамилия;имя;должность\nЦыренова;Дарима;учитель физики\nЁлкин;Пётр;воспитатель\n";

// PEOPLE in the charset; returns the bytes.
static size_t convert(const char *charset, const char *text, char *buf, size_t size)
{
    iconv_t convert = iconv_open(charset, "UTF-8");
    char *from = (char *)text, *to = buf;
    size_t left = strlen(text), room = size;
    assert_int_not_equal(iconv(convert, &from, &left, &to, &room), (size_t)-1);
    iconv_close(convert);
    return size - room;
}

static void assert_people(const char *bytes, size_t n)
{
    char got[1024];
    print_rows(a_file(bytes, n), got, sizeof got);
    assert_string_equal(
        got, "1:фамилия|имя|должность\n2:Цыренова|Дарима|учитель физики\n3:Ёлкин|Пётр|воспитатель\n");
}

static void every_charset_that_russian_files_are_written_in_is_told(void **state)
{
    (void)state;
    static const char *const charsets[] = {"WINDOWS-1251", "CP866",      "KOI8-R",
                                           "MAC-CYRILLIC", "ISO-8859-5", "UTF-8",
                                           "UTF-16LE",     "UTF-16BE",   "UTF-16"};
    char bytes[1024];
    for (size_t i = 0; i < ARRAY_SIZE(charsets); i++) {
        print_message("%s\n", charsets[i]);
        assert_people(bytes, convert(charsets[i], PEOPLE, bytes, sizeof bytes));
    }
}

static void what_was_taken_for_another_charset_is_turned_back(void **state)
{
    (void)state;
    char bytes[1024], wrong[2048], again[4096];
    // UTF-8 taken for Latin-1, CP866 and KOI8-R taken for windows-1251
    static const struct {
        const char *was, *taken_for;
    } cases[] = {{"UTF-8", "ISO-8859-1"},
                 {"CP866", "WINDOWS-1251"},
                 {"KOI8-R", "WINDOWS-1251"},
                 {"WINDOWS-1251", "ISO-8859-1"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t n = convert(cases[i].was, PEOPLE, bytes, sizeof bytes);
        iconv_t back = iconv_open("UTF-8", cases[i].taken_for);
        char *from = bytes, *to = wrong;
        size_t room = sizeof wrong;
        if (iconv(back, &from, &n, &to, &room) == (size_t)-1) fail_msg("%s", cases[i].was);
        iconv_close(back);
        memcpy(again, wrong, sizeof wrong - room);
        assert_people(again, sizeof wrong - room);
    }
}

static void a_long_file_in_either_encoding_keeps_its_characters(void **state)
{
    (void)state;
    FILE *utf8 = tmpfile(), *ansi = tmpfile();
    for (int i = 0; i < 20000; i++) { // characters lie across every border of buffers
        fprintf(utf8, "%d;Дарима\n", i);
        fprintf(ansi, "%d;\xc4\xe0\xf0\xe8\xec\xe0\n", i);
    }
    fprintf(utf8, "1;Дарима\n2;Дарима");
    fprintf(ansi, "1;\xc4\xe0\xf0\xe8\xec\xe0\n2;\xc4\xe0\xf0\xe8\xec\xe0");
    rewind(utf8);
    rewind(ansi);
    FILE *files[] = {utf8, ansi};
    for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
        csv_t *csv = NULL;
        csv_row_t row;
        int n = 0;
        assert_int_equal(csv_open(files[f], &csv, NULL), 0);
        for (; csv_next(csv, &row, NULL) == 0; n++) assert_string_equal(row.cells[1], "Дарима");
        assert_int_equal(n, 20002);
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

static void what_a_table_program_would_compute_is_marked_and_comes_back_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } CASES[] = {
        {"=1+1", "'=1+1"},
        {"+7 924", "'+7 924"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"-1+1", "'-1+1"},
        {"\t=1", "'\t=1"},
        {"=", "'="},
        {"-", "'-"},
        {"'=1", "''=1"},
        {"''-x", "'''-x"},
        {"-12", "-12"},
        {"-12.50", "-12.50"},
        {"'-12", "''-12"},
        {"-1.2.3", "'-1.2.3"},
        {"Иванов", "Иванов"},
        {"", ""},
        {"'", "'"},
        {"'a", "'a"},
        {"a=1", "a=1"},
        {"''", "''"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        assert_int_equal(csv_write_plain(out, ';', &CASES[i].cell, 1), 0);
        fclose(out);
        text[size - 1] = '\0';
        assert_string_equal(text, CASES[i].written);
        assert_string_equal(csv_read_plain(text), CASES[i].cell);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_csv_is_refused),
        cmocka_unit_test(a_stray_quotation_mark_costs_one_row),
        cmocka_unit_test(a_huge_cell_costs_one_row),
        cmocka_unit_test(too_many_columns_cost_one_row),
        cmocka_unit_test(what_reads_as_russian_in_no_charset_is_refused_whole),
        cmocka_unit_test(an_empty_file_has_no_rows),
        cmocka_unit_test(rows_are_read_as_table_programs_write_them),
        cmocka_unit_test(windows_1251_becomes_utf8),
        cmocka_unit_test(rows_are_numbered_as_table_programs_number_them),
        cmocka_unit_test(every_charset_that_russian_files_are_written_in_is_told),
        cmocka_unit_test(what_was_taken_for_another_charset_is_turned_back),
        cmocka_unit_test(a_long_file_in_either_encoding_keeps_its_characters),
        cmocka_unit_test(a_pipe_is_read_too),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(what_a_table_program_would_compute_is_marked_and_comes_back_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
