// SPDX-License-Identifier: Apache-2.0
// See csv.h. Two passes: the first counts what is UTF-8 and what is not, the second reads. windows-1251
// becomes UTF-8 byte by byte from a table that iconv fills at the start.
#include "common/forms/csv.h"
#include "common/base/text.h"
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { CHARSET_FIRST = 0x80, CHARSET_SIZE = 128, CHARACTER = 4 };

struct csv {
    FILE *in;
    FILE *copy; // owned: of a pipe
    off_t start, at;
    size_t line;
    char separator;
    bool is_1251;
    char charset[CHARSET_SIZE][CHARACTER]; // UTF-8 of bytes from 0x80; empty where there is no character
    char *text;                            // the cells of a row, NUL after each
    size_t used, cell_start;
    const char *cells[CSV_COLUMNS_MAX];
    size_t n;
};

static int fail(fault_t *ret_fault, int outcome, const char *code, const char *arg)
{
    fault_set(ret_fault, code, NULL, arg);
    return outcome;
}

static int fail_bound(fault_t *ret_fault, const char *code, size_t bound)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", bound);
    return fail(ret_fault, CSV_E_ROW, code, text);
}

// --- the first pass ------------------------------------------------------------------------------

typedef struct census {
    size_t good, bad; // characters of several bytes; bytes that belong to none
    bool nul;
} census_t;

// Counts what can be told of the bytes; returns how many at the end may be the beginning of a character.
static size_t count_some(const uint8_t *bytes, size_t n, bool last, census_t *c)
{
    size_t i = 0;
    while (i < n) {
        size_t length = utf8_length(slice(bytes + i, n - i));
        if (length == 0 && !last && n - i < CHARACTER) break;
        c->nul = c->nul || bytes[i] == 0;
        c->bad += length == 0;
        c->good += length > 1;
        i += length > 0 ? length : 1;
    }
    return n - i;
}

static int take_census(csv_t *csv, census_t *c)
{
    uint8_t buf[16 * 1024];
    size_t kept = 0, got;
    do {
        got = fread(buf + kept, 1, sizeof buf - kept, csv->in);
        size_t n = kept + got;
        kept = count_some(buf, n, got == 0, c);
        memmove(buf, buf + n - kept, kept);
    } while (got > 0);
    return ferror(csv->in) ? -EIO : 0;
}

static int go_to(csv_t *csv, off_t at)
{
    csv->at = at;
    return fseeko(csv->in, at, SEEK_SET) == 0 ? 0 : -errno;
}

static int copy_pipe(csv_t *csv)
{
    char buf[16 * 1024];
    size_t got;
    csv->copy = tmpfile();
    if (csv->copy == NULL) return -errno;
    while ((got = fread(buf, 1, sizeof buf, csv->in)) > 0)
        if (fwrite(buf, 1, got, csv->copy) != got) return -errno;
    if (ferror(csv->in) || fflush(csv->copy) != 0) return -EIO;
    csv->in = csv->copy;
    csv->start = 0;
    return go_to(csv, 0);
}

static int skip_mark(csv_t *csv, bool *ret_marked)
{
    uint8_t mark[3];
    *ret_marked = fread(mark, 1, sizeof mark, csv->in) == sizeof mark && memcmp(mark, "\xef\xbb\xbf", 3) == 0;
    if (*ret_marked) csv->start += (off_t)sizeof mark;
    return go_to(csv, csv->start);
}

static bool fill_charset(csv_t *csv)
{
    iconv_t convert = iconv_open("UTF-8", "WINDOWS-1251");
    if (convert == (iconv_t)-1) return false;
    for (size_t i = 0; i < CHARSET_SIZE; i++) {
        char byte = (char)(CHARSET_FIRST + i), *from = &byte, *to = csv->charset[i];
        size_t from_size = 1, to_size = CHARACTER - 1;
        if (iconv(convert, &from, &from_size, &to, &to_size) == (size_t)-1) csv->charset[i][0] = '\0';
        (void)iconv(convert, NULL, NULL, NULL, NULL);
    }
    iconv_close(convert);
    return true;
}

// Text in windows-1251 hardly ever holds what looks like UTF-8; a UTF-8 file with damage is mostly UTF-8.
static int choose_encoding(csv_t *csv, bool marked, const census_t *c, fault_t *ret_fault)
{
    if (c->nul) return fail(ret_fault, CSV_E_FILE, "CSV-NUL", NULL);
    if (c->bad == 0) return 0;
    if (marked || c->good > c->bad) return fail(ret_fault, CSV_E_FILE, "CSV-ENCODING", NULL);
    csv->is_1251 = true;
    return fill_charset(csv) ? 0 : fail(ret_fault, CSV_E_FILE, "CSV-ENCODING", NULL);
}

// Counts both in the first line, outside quotation marks.
static char find_separator(csv_t *csv)
{
    size_t commas = 0, semicolons = 0;
    bool quoted = false;
    int c;
    for (size_t i = 0; i < CSV_ROW_MAX && (c = getc_unlocked(csv->in)) != EOF; i++) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' && i > 1) break;
        commas += c == ',';
        semicolons += c == ';';
    }
    return semicolons > commas ? ';' : ',';
}

static int prepare(csv_t *csv, fault_t *ret_fault)
{
    census_t census = {0};
    bool marked = false;
    csv->start = ftello(csv->in);
    int rc = csv->start >= 0 ? go_to(csv, csv->start) : copy_pipe(csv);
    if (rc == 0) rc = skip_mark(csv, &marked);
    if (rc == 0) rc = take_census(csv, &census);
    if (rc == 0) rc = go_to(csv, csv->start);
    if (rc == 0) csv->separator = find_separator(csv);
    if (rc == 0) rc = go_to(csv, csv->start);
    if (rc != 0) return fail(ret_fault, CSV_E_FILE, "CSV-READ", strerror(-rc));
    return choose_encoding(csv, marked, &census, ret_fault);
}

int csv_open(FILE *in, csv_t **ret_csv, fault_t *ret_fault)
{
    AUTO(csv_close) csv_t *csv = xcalloc(1, sizeof *csv);
    csv->in = in;
    csv->line = 1;
    csv->text = xmalloc(CSV_ROW_MAX);
    int rc = prepare(csv, ret_fault);
    if (rc != 0) return rc;
    *ret_csv = csv;
    csv = NULL;
    return 0;
}

void csv_close(csv_t **csv_p)
{
    csv_t *csv = *csv_p;
    if (csv == NULL) return;
    if (csv->copy != NULL) fclose(csv->copy);
    xfree(&csv->text);
    xfree(csv_p);
}

char csv_separator(const csv_t *csv)
{
    return csv->separator;
}

// --- the second pass -----------------------------------------------------------------------------

static int next_byte(csv_t *csv)
{
    int c = getc_unlocked(csv->in);
    csv->at += c != EOF;
    csv->line += c == '\n';
    return c;
}

// One more byte is wanted for the NUL.
static int put_byte(csv_t *csv, int byte, fault_t *ret_fault)
{
    char one[2] = {(char)byte, '\0'};
    const char *utf8 = csv->is_1251 && byte >= CHARSET_FIRST ? csv->charset[byte - CHARSET_FIRST] : one;
    size_t size = strlen(utf8);
    if (size == 0) return fail(ret_fault, CSV_E_ROW, "CSV-ENCODING", NULL);
    if (csv->used - csv->cell_start + size > CSV_CELL_MAX || csv->used + size + 1 > CSV_ROW_MAX)
        return fail_bound(ret_fault, "CSV-CELL", CSV_CELL_MAX);
    memcpy(csv->text + csv->used, utf8, size);
    csv->used += size;
    return 0;
}

static int end_cell(csv_t *csv, fault_t *ret_fault)
{
    if (csv->n == CSV_COLUMNS_MAX) return fail_bound(ret_fault, "CSV-COLUMNS", CSV_COLUMNS_MAX);
    if (csv->used == CSV_ROW_MAX) return fail_bound(ret_fault, "CSV-CELL", CSV_CELL_MAX);
    csv->text[csv->used++] = '\0';
    csv->cells[csv->n++] = csv->text + csv->cell_start;
    csv->cell_start = csv->used;
    return 0;
}

// Takes the rest of a line end that began with c.
static bool is_line_end(csv_t *csv, int c)
{
    if (c == '\n' || c == EOF) return true;
    if (c != '\r') return false;
    int after = next_byte(csv);
    if (after == '\n' || after == EOF) return true;
    ungetc(after, csv->in);
    csv->at--;
    return false;
}

// After the opening quotation mark, up to what follows the closing one, which goes to *ret_after.
static int read_quoted(csv_t *csv, int *ret_after, fault_t *ret_fault)
{
    for (;;) {
        int c = next_byte(csv);
        if (c == EOF) return fail(ret_fault, CSV_E_ROW, "CSV-QUOTE", NULL);
        if (c == '"') {
            c = next_byte(csv);
            if (c != '"') {
                *ret_after = c;
                return 0;
            }
        }
        int rc = put_byte(csv, c, ret_fault);
        if (rc != 0) return rc;
    }
}

// One cell; *ret_more: another one follows in this row.
static int read_cell(csv_t *csv, int c, bool *ret_more, fault_t *ret_fault)
{
    int rc = 0;
    bool quoted = c == '"';
    if (quoted) rc = read_quoted(csv, &c, ret_fault);
    while (rc == 0) {
        if (c == csv->separator || is_line_end(csv, c)) {
            *ret_more = c == csv->separator;
            return end_cell(csv, ret_fault);
        }
        if (quoted || c == '"') return fail(ret_fault, CSV_E_ROW, "CSV-QUOTE", NULL);
        rc = put_byte(csv, c, ret_fault);
        c = next_byte(csv);
    }
    return rc;
}

// Goes on after the line on which the bad row began: a quotation mark too many must not swallow the rows
// after it.
static int resume(csv_t *csv, off_t began, size_t line, fault_t *ret_fault)
{
    if (go_to(csv, began) != 0) return fail(ret_fault, CSV_E_FILE, "CSV-READ", strerror(errno));
    csv->line = line;
    int c;
    do c = next_byte(csv);
    while (c != '\n' && c != EOF);
    return CSV_E_ROW;
}

static int read_row(csv_t *csv, int first, csv_row_t *ret_row, fault_t *ret_fault)
{
    off_t began = csv->at - 1;
    size_t line = csv->line;
    bool more = true;
    int rc = 0;
    csv->used = csv->cell_start = csv->n = 0;
    for (int c = first; rc == 0 && more; c = more && rc == 0 ? next_byte(csv) : 0)
        rc = read_cell(csv, c, &more, ret_fault);
    *ret_row = (csv_row_t){.line = line, .n = csv->n, .cells = csv->cells};
    return rc == 0 ? 0 : resume(csv, began, line, ret_fault);
}

int csv_next(csv_t *csv, csv_row_t *ret_row, fault_t *ret_fault)
{
    for (;;) {
        int c = next_byte(csv);
        if (c == '\n' || c == '\r') continue; // a blank line
        if (c != EOF) return read_row(csv, c, ret_row, ret_fault);
        if (ferror(csv->in)) return fail(ret_fault, CSV_E_FILE, "CSV-READ", strerror(EIO));
        return CSV_E_END;
    }
}

// --- writing -------------------------------------------------------------------------------------

static bool needs_quotes(const char *cell, char separator)
{
    size_t n = strlen(cell);
    if (n >= 3 && memcmp(cell, "\xef\xbb\xbf", 3) == 0)
        return true; // else a mark, at the beginning of a file
    return strchr(cell, separator) != NULL || strpbrk(cell, "\"\r\n") != NULL ||
           (n > 0 && (cell[0] == ' ' || cell[n - 1] == ' '));
}

static void write_cell(FILE *out, char separator, const char *cell)
{
    bool quotes = needs_quotes(cell, separator);
    if (quotes) putc_unlocked('"', out);
    for (; *cell != '\0'; cell++) {
        if (*cell == '"') putc_unlocked('"', out);
        putc_unlocked(*cell, out);
    }
    if (quotes) putc_unlocked('"', out);
}

int csv_write(FILE *out, char separator, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) putc_unlocked(separator, out);
        write_cell(out, separator, cells[i]);
    }
    putc_unlocked('\n', out);
    return ferror(out) ? -EIO : 0;
}
