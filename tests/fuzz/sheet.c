// SPDX-License-Identifier: Apache-2.0
// `selenga import`: a byte that names the sheet, then the file. Rows that are read are written and read
// again.
#include "common/forms/sheet.h"
#include "common/schema/fault.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>

static size_t count_sheets(void)
{
    size_t n = 0;
    while (sheet_name(n) != NULL) n++;
    return n;
}

static void write_again(const csv_row_t *row, char separator)
{
    char *text = NULL;
    size_t size = 0;
    csv_t *csv;
    csv_row_t again;
    fault_t fault;
    FILE *out = open_memstream(&text, &size);
    assert(csv_write(out, separator, row->cells, row->n) == 0);
    fclose(out);
    FILE *in = fuzz_file(slice(text, size));
    if (csv_open(in, &csv, &fault) != 0) { // a single row of what the whole file did not look like
        assert(strcmp(fault.code, "CHARSET") == 0);
    } else {
        int rc = csv_next(csv, &again, &fault);
        bool plain = csv_separator(csv) == separator && strcmp(csv_charset(csv), "UTF-8") == 0;
        if (rc == 0 && plain) { // else it guessed otherwise from a single row
            assert(again.n == row->n);
            for (size_t i = 0; i < row->n; i++) assert(strcmp(again.cells[i], row->cells[i]) == 0);
        }
        csv_close(&csv);
    }
    fclose(in);
    free(text);
}

static void read_rows(csv_t *csv, sheet_t *sheet)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(SHEET_ARENA);
    csv_row_t row;
    fault_t fault;
    char text[FAULT_TEXT];
    bool header = csv_next(csv, &row, &fault) == 0 && sheet_header(sheet, &row, NULL, 0, &fault) == 0;
    int rc;
    while ((rc = csv_next(csv, &row, &fault)) == 0 || rc == CSV_E_ROW) {
        sheet_result_t result;
        if (rc == CSV_E_ROW) {
            fault_text(&fault, text, sizeof text);
            continue;
        }
        write_again(&row, csv_separator(csv));
        arena_reset(arena, SHEET_ARENA);
        if (!header) continue;
        if (sheet_row(sheet, &row, arena, &result) == 0)
            assert(result.group->n_items > 0);
        else
            assert(result.n_faults > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static size_t n_sheets;
    slice_t in = slice(data, size);
    fault_t fault;
    csv_t *csv;
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    if (n_sheets == 0) n_sheets = count_sheets();
    assert(sheet_open(sheet_name(fuzz_byte(&in) % n_sheets), &sheet, &fault) == 0);
    FILE *file = fuzz_file(in);
    if (file == NULL) return 0;
    if (csv_open(file, &csv, &fault) == 0) {
        read_rows(csv, sheet);
        csv_close(&csv);
    }
    fclose(file);
    return 0;
}
