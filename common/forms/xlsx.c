// SPDX-License-Identifier: Apache-2.0
// See xlsx.h: cells, one row at a time.
#include "common/forms/xlsx.h"
#include "common/base/date.h"
#include "common/forms/csv.h"
#include "common/forms/xlsx_private.h"
#include "common/schema/fault.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS_MAX = 1048576, EPOCH_1900 = -25569, EPOCH_1904 = -24107 };

typedef struct cells {
    xlsx_book_t *book; // first, as what reads parts expects
    FILE *out;
    char *row[CSV_COLUMNS_MAX]; // owned
    size_t n, column, next_column;
    size_t widest; // of the rows so far
    unsigned long number, written;
    size_t bytes; // of the CSV
    char type[16];
    size_t style;
} cells_t;

static void put_cell(cells_t *cells, const char *text)
{
    if (cells->column >= CSV_COLUMNS_MAX) {
        if (*text != '\0') xlsx_too_large(cells->book);
        return;
    }
    xfree(&cells->row[cells->column]);
    size_t size = strlen(text) + 1;
    cells->row[cells->column] = memcpy(xmalloc(size), text, size);
    if (cells->column >= cells->n) cells->n = cells->column + 1;
}

static void put_number(cells_t *cells, const char *text)
{
    char buf[64], *end;
    double value = strtod(text, &end);
    const xlsx_book_t *book = cells->book;
    if (end == text || *end != '\0' || !isfinite(value)) {
        put_cell(cells, text);
        return;
    }
    double day = floor(value) + (book->is_1904 ? EPOCH_1904 : EPOCH_1900);
    bool is_day = cells->style < book->n_styles && book->is_day[cells->style] && fabs(day) < 1e6;
    if (is_day && date_is_valid((int32_t)day))
        date_text((int32_t)day, buf);
    else
        snprintf(buf, sizeof buf, "%.15g", value);
    put_cell(cells, buf);
}

static void end_cell(cells_t *cells)
{
    const xlsx_book_t *book = cells->book;
    const char *text = book->text.bytes;
    if (strcmp(cells->type, "s") == 0) {
        unsigned long i = strtoul(text, NULL, 10);
        if (*text != '\0' && i < book->n_texts) put_cell(cells, book->texts + book->places[i]);
    } else if (strcmp(cells->type, "b") == 0) {
        put_cell(cells, strcmp(text, "1") == 0 ? "yes" : *text != '\0' ? "no" : "");
    } else if (cells->type[0] == '\0' || strcmp(cells->type, "n") == 0) {
        if (*text != '\0') put_number(cells, text);
    } else {
        put_cell(cells, text);
    }
}

// "BC12" → 54. The column after the last one where it is not said.
static size_t column_of(const cells_t *cells, const char *place)
{
    size_t column = 0;
    for (; place != NULL && *place >= 'A' && *place <= 'Z' && column < CSV_COLUMNS_MAX; place++)
        column = column * 26 + (size_t)(*place - 'A') + 1;
    return column > 0 ? column - 1 : cells->next_column;
}

static void start_row(cells_t *cells, const char *number)
{
    unsigned long n = number != NULL ? strtoul(number, NULL, 10) : cells->number + 1;
    if (n <= cells->number || n > ROWS_MAX) return xlsx_fail(cells->book);
    cells->number = n;
    cells->n = cells->next_column = 0;
}

// A workbook has no cells behind the last one with a value; in CSV a shorter row is a broken one.
static void end_row(cells_t *cells)
{
    const char *row[CSV_COLUMNS_MAX];
    if (cells->n > cells->widest) cells->widest = cells->n;
    if (cells->n > 0) cells->n = cells->widest;
    for (; cells->written + 1 < cells->number; cells->written++) putc('\n', cells->out);
    for (size_t i = 0; i < cells->n; i++) {
        row[i] = cells->row[i] != NULL ? cells->row[i] : "";
        cells->bytes += strlen(row[i]) + 1; // a shared text may stand in any number of cells
    }
    if (cells->bytes > XLSX_UNPACKED_MAX)
        xlsx_too_large(cells->book);
    else if (csv_write(cells->out, ';', row, cells->n) != 0)
        xlsx_fail(cells->book);
    for (size_t i = 0; i < cells->n; i++) xfree(&cells->row[i]);
    cells->written = cells->number;
}

static void start_sheet(void *data, const XML_Char *element, const XML_Char **attributes)
{
    cells_t *cells = data;
    if (xlsx_is(element, "row")) start_row(cells, xlsx_attribute(attributes, "r"));
    if (xlsx_is(element, "c")) {
        const char *type = xlsx_attribute(attributes, "t"), *style = xlsx_attribute(attributes, "s");
        cells->column = column_of(cells, xlsx_attribute(attributes, "r"));
        cells->next_column = cells->column + 1;
        cells->style = style != NULL ? strtoul(style, NULL, 10) : 0;
        snprintf(cells->type, sizeof cells->type, "%s", type != NULL ? type : "");
        xlsx_text_begin(cells->book);
        cells->book->in_item = true;
    }
    bool value = xlsx_is(element, "v") || xlsx_is(element, "t");
    if (value && cells->book->in_item) cells->book->text.on = true;
}

static void end_sheet(void *data, const XML_Char *element)
{
    cells_t *cells = data;
    if (xlsx_is(element, "v") || xlsx_is(element, "t")) cells->book->text.on = false;
    if (xlsx_is(element, "c") && cells->book->in_item) {
        end_cell(cells);
        cells->book->in_item = false;
    }
    if (xlsx_is(element, "row") && cells->number > cells->written) end_row(cells);
}

bool xlsx_is_one(FILE *in)
{
    char begins[4];
    off_t at = ftello(in);
    if (at < 0) return false;
    bool is = fread(begins, 1, sizeof begins, in) == sizeof begins && memcmp(begins, "PK\3\4", 4) == 0;
    return fseeko(in, at, SEEK_SET) == 0 && is;
}

static bool read_cells(xlsx_book_t *book, FILE *out)
{
    cells_t cells = {.book = book, .out = out};
    fputs("sep=;\n", out); // else it would be guessed
    bool ok = xlsx_read_part(book, book->sheet, false, start_sheet, end_sheet, &cells);
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++) xfree(&cells.row[i]);
    return ok && fflush(out) == 0 && fseeko(out, 0, SEEK_SET) == 0;
}

int xlsx_open(FILE *in, FILE **ret_csv, fault_t *ret_fault)
{
    AUTO(xlsx_book_clear) xlsx_book_t book = {0};
    int error, fd = dup(fileno(in));
    book.too_large = fd >= 0 && !xlsx_has_few_parts(fd);
    book.zip = fd >= 0 && !book.too_large ? zip_fdopen(fd, 0, &error) : NULL;
    if (book.zip == NULL) xclose(&fd);
    FILE *out = book.zip != NULL ? tmpfile() : NULL;
    if (out != NULL && xlsx_read_book(&book) && read_cells(&book, out)) {
        *ret_csv = out;
        return 0;
    }
    if (out != NULL) fclose(out);
    fault_set(ret_fault, book.too_large ? "XLSX-LARGE" : "XLSX", NULL, "");
    return XLSX_E_FAULT;
}
