// SPDX-License-Identifier: Apache-2.0
// Workbooks that unpack to far more than they seem to, made here; real ones are in tests/e2e/messy.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/file.h"
#include "common/base/util.h"
#include "common/forms/xlsx.h"
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

static char path[] = "/tmp/selenga-xlsx.XXXXXX";
static const char SHEET[] = "xl/worksheets/sheet1.xml", TEXTS[] = "xl/sharedStrings.xml";

typedef struct part {
    const char *name;
    char *bytes; // owned
    size_t size;
    int method;
} part_t;

// Between what stands before and after, the piece so many times.
static part_t part(const char *name, const char *before, const char *piece, size_t times, const char *after)
{
    part_t made = {.name = name, .method = ZIP_CM_DEFLATE};
    FILE *out = open_memstream(&made.bytes, &made.size);
    assert_non_null(out);
    fputs(before, out);
    for (size_t i = 0; i < times; i++) fputs(piece, out);
    fputs(after, out);
    fclose(out);
    return made;
}

static void add(zip_t *zip, const part_t *one)
{
    zip_source_t *source = zip_source_buffer(zip, one->bytes, one->size, 1);
    zip_int64_t place = zip_file_add(zip, one->name, source, ZIP_FL_OVERWRITE);
    assert_true(place >= 0);
    assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)place, one->method, 0), 0);
}

static void make(part_t sheet, part_t texts)
{
    int error;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    part_t book = part("xl/workbook.xml", "<workbook/>", "", 0, "");
    add(zip, &book);
    add(zip, &sheet);
    if (texts.name != NULL) add(zip, &texts);
    assert_int_equal(zip_close(zip), 0);
}

// What the archive says of the part's size, in its directory: header of 46 bytes, the size at 24, name
// behind.
static void lie(const char *name, uint32_t size)
{
    size_t n;
    AUTO(xfree) uint8_t *all = NULL;
    uint8_t *at = NULL;
    assert_int_equal(file_read(path, 64 << 20, false, &all, &n), 0);
    for (uint8_t *p = all; (p = memmem(p, n - (size_t)(p - all), "PK\1\2", 4)) != NULL; p++)
        if (memcmp(p + 46, name, strlen(name)) == 0) at = p;
    assert_non_null(at);
    for (int i = 0; i < 4; i++) at[24 + i] = (uint8_t)(size >> (8 * i));
    FILE *out = fopen(path, "w");
    assert_true(out != NULL && fwrite(all, 1, n, out) == n && fclose(out) == 0);
}

static void refused(const char *code)
{
    fault_t fault = {.code = ""};
    FILE *in = fopen(path, "r"), *csv = NULL;
    assert_non_null(in);
    assert_int_equal(xlsx_open(in, &csv, &fault), XLSX_E_FAULT);
    assert_string_equal(fault.code, code);
    fclose(in);
}

static void a_part_that_shrinks_to_a_hundredth_is_no_list_of_people(void **state)
{
    (void)state;
    make(part(SHEET, "<worksheet>", "                ", 1 << 17, "</worksheet>"), (part_t){0});
    refused("XLSX-LARGE");
}

static part_t noise(size_t size, const char *before, const char *after)
{
    part_t made = part(SHEET, before, "0123456789abcdef", size / 16, after);
    uint32_t x = 1;
    for (size_t i = strlen(before); i < made.size - strlen(after); i++) {
        x = x * 1664525 + 1013904223;
        made.bytes[i] = (char)('a' + (x >> 24) % 26);
    }
    return made;
}

static void parts_beyond_the_bound_are_not_unpacked_and_none_beyond_what_was_said(void **state)
{
    (void)state;
    make(noise(3 << 20, "<worksheet><!--", "--></worksheet>"), (part_t){0});
    lie(SHEET, 65 << 20);
    refused("XLSX-LARGE");
    lie(SHEET, 1000);
    refused("XLSX");
}

static void a_directory_of_very_many_parts_is_not_read(void **state)
{
    (void)state;
    int error;
    make(part(SHEET, "<worksheet>", "<row/>", 3, "</worksheet>"), (part_t){0});
    zip_t *zip = zip_open(path, 0, &error);
    for (int i = 0; i < 4096; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        assert_true(zip_file_add(zip, name, zip_source_buffer(zip, "", 0, 0), 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    refused("XLSX-LARGE");
}

static void what_has_no_end_fills_no_memory(void **state)
{
    (void)state;
    make(part(SHEET, "", "<a>", 300000, ""), (part_t){0}); // open elements
    refused("XLSX-LARGE");
    make(noise(6 << 20, "<worksheet a=\"", "\"/>"), (part_t){0}); // one value
    refused("XLSX-LARGE");
}

static void one_text_in_all_cells_makes_no_file_without_end(void **state)
{
    (void)state;
    make(part(SHEET, "<worksheet><row>", "<c t=\"s\"><v>0</v></c></row><row>", 3000, "</row></worksheet>"),
         part(TEXTS, "<sst><si><t>", "0123456789abcdef", 4000, "</t></si></sst>"));
    refused("XLSX-LARGE");
}

static void what_no_table_program_packs_with_is_not_unpacked(void **state)
{
    (void)state;
    part_t sheet = part(SHEET, "<worksheet>", "<row/>", 3, "</worksheet>");
    sheet.method = ZIP_CM_BZIP2;
    make(sheet, (part_t){0});
    refused("XLSX");
}

static void a_good_one_is_read_after_all_these(void **state)
{
    (void)state;
    char line[64];
    fault_t fault;
    make(part(SHEET, "<worksheet>", "<row><c><v>7</v></c><c t=\"s\"><v>0</v></c></row>", 2, "</worksheet>"),
         part(TEXTS, "<sst>", "<si><t>name</t></si>", 1, "</sst>"));
    FILE *in = fopen(path, "r"), *csv = NULL;
    assert_int_equal(xlsx_open(in, &csv, &fault), 0);
    assert_string_equal(fgets(line, sizeof line, csv), "sep=;\n");
    assert_string_equal(fgets(line, sizeof line, csv), "7;name\n");
    fclose(csv);
    fclose(in);
}

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    xclose(&fd);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_shrinks_to_a_hundredth_is_no_list_of_people),
        cmocka_unit_test(parts_beyond_the_bound_are_not_unpacked_and_none_beyond_what_was_said),
        cmocka_unit_test(a_directory_of_very_many_parts_is_not_read),
        cmocka_unit_test(what_has_no_end_fills_no_memory),
        cmocka_unit_test(one_text_in_all_cells_makes_no_file_without_end),
        cmocka_unit_test(what_no_table_program_packs_with_is_not_unpacked),
        cmocka_unit_test(a_good_one_is_read_after_all_these),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
