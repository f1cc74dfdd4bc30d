// SPDX-License-Identifier: Apache-2.0
// See csv.h. charset.c makes UTF-8 of the file first; the beginning tells separator and line ends.
#include "common/forms/csv.h"
#include "common/base/text.h"
#include "common/forms/charset.h"
#include <errno.h>
#include <stdlib.h>

enum { SAMPLE = 64 * 1024, SAMPLE_LINES = 40, MARKED_LINE = 16 };

struct csv {
    FILE *in;
    FILE *copy; // owned: of what is no seekable UTF-8
    off_t at;
    size_t line, number; // of the next line; of the row before
    char separator, line_end;
    const char *charset;
    char *text; // the cells of a row, NUL after each
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

// --- what the beginning tells ----------------------------------------------------------------------

static const char separators[] = {';', '\t', ','};
enum { N_SEPARATORS = sizeof separators };

typedef struct lines {
    unsigned n;
    unsigned counts[SAMPLE_LINES][N_SEPARATORS];
} lines_t;

// Separators of each line, outside quotation marks.
static void count_lines(const char *text, size_t n, char line_end, lines_t *lines)
{
    bool quoted = false;
    for (size_t i = 0; i < n && lines->n < SAMPLE_LINES; i++) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text[i] == line_end) lines->n++;
        for (size_t s = 0; s < N_SEPARATORS && lines->n < SAMPLE_LINES; s++)
            lines->counts[lines->n][s] += text[i] == separators[s];
    }
    if (lines->n < SAMPLE_LINES) lines->n++;
}

// How many lines have the number of separators that most have.
static unsigned agreement(const lines_t *lines, size_t s)
{
    unsigned most = 0;
    for (unsigned i = 0; i < lines->n; i++) {
        unsigned same = 0;
        for (unsigned k = 0; k < lines->n; k++) same += lines->counts[k][s] == lines->counts[i][s];
        if (lines->counts[i][s] > 0 && same > most) most = same;
    }
    return most;
}

static unsigned most_in_a_line(const lines_t *lines, size_t s)
{
    unsigned most = 0;
    for (unsigned i = 0; i < lines->n; i++)
        if (lines->counts[i][s] > most) most = lines->counts[i][s];
    return most;
}

static char find_separator(const char *text, size_t n, char line_end)
{
    lines_t lines = {0};
    char best = ',';
    unsigned best_agree = 0, best_most = 0;
    count_lines(text, n, line_end, &lines);
    for (size_t s = 0; s < N_SEPARATORS; s++) {
        unsigned agree = agreement(&lines, s), most = most_in_a_line(&lines, s);
        if (agree < best_agree || (agree == best_agree && most <= best_most)) continue;
        best = separators[s];
        best_agree = agree;
        best_most = most;
    }
    return best;
}

// Lines of old Macintosh programs end in CR alone.
static char find_line_end(const char *text, size_t n)
{
    size_t alone = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n') return '\n';
        alone += text[i] == '\r';
    }
    return alone > 0 ? '\r' : '\n';
}

// `sep=;`, alone in the first line: which separator it tells, and how many bytes it takes.
static size_t marked_separator(const char *text, size_t n, char *ret_separator)
{
    size_t i = n > 0 && text[0] == '"';
    if (n < i + 6 || strncasecmp(text + i, "sep=", 4) != 0) return 0;
    char separator = text[i + 4];
    if (separator != ';' && separator != ',' && separator != '\t') return 0;
    for (i += 5; i < n && i < MARKED_LINE && text[i] != '\n' && text[i] != '\r'; i++)
        if (text[i] != '"' && text[i] != separator) return 0;
    if (i == n || i == MARKED_LINE) return 0;
    *ret_separator = separator;
    return i + 1 + (text[i] == '\r' && i + 1 < n && text[i + 1] == '\n');
}

static int go_to(csv_t *csv, off_t at)
{
    csv->at = at;
    return fseeko(csv->in, at, SEEK_SET) == 0 ? 0 : -errno;
}

static int look_at_beginning(csv_t *csv)
{
    off_t start = ftello(csv->in);
    AUTO(xfree) char *text = xmalloc(SAMPLE);
    size_t n = fread(text, 1, SAMPLE, csv->in);
    size_t skip = marked_separator(text, n, &csv->separator);
    csv->line_end = find_line_end(text, n);
    if (skip == 0) csv->separator = find_separator(text, n, csv->line_end);
    csv->line += skip > 0;
    return go_to(csv, start + (off_t)skip);
}

int csv_open(FILE *in, csv_t **ret_csv, fault_t *ret_fault)
{
    AUTO(csv_close) csv_t *csv = xcalloc(1, sizeof *csv);
    csv->line = 1;
    csv->text = xmalloc(CSV_ROW_MAX);
    if (charset_open(in, &csv->in, &csv->charset, ret_fault) != 0) return CSV_E_FILE;
    if (csv->in != in) csv->copy = csv->in;
    int rc = look_at_beginning(csv);
    if (rc != 0) return fail(ret_fault, CSV_E_FILE, "CSV-READ", strerror(-rc));
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

const char *csv_charset(const csv_t *csv)
{
    return csv->charset;
}

// --- the second pass -----------------------------------------------------------------------------

static int next_byte(csv_t *csv)
{
    int c = getc_unlocked(csv->in);
    csv->at += c != EOF;
    csv->line += c == csv->line_end;
    return c;
}

// One more byte is wanted for the NUL.
static int put_byte(csv_t *csv, int byte, fault_t *ret_fault)
{
    if (csv->used - csv->cell_start == CSV_CELL_MAX || csv->used + 2 > CSV_ROW_MAX)
        return fail_bound(ret_fault, "CSV-CELL", CSV_CELL_MAX);
    csv->text[csv->used++] = (char)byte;
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
    if (c == csv->line_end || c == EOF) return true;
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
    while (c != csv->line_end && c != EOF);
    return CSV_E_ROW;
}

static int read_row(csv_t *csv, int first, csv_row_t *ret_row, fault_t *ret_fault)
{
    off_t began = csv->at - 1;
    size_t line = csv->line;
    bool more = true;
    int rc = 0;
    csv->used = csv->cell_start = csv->n = 0;
    csv->number++;
    for (int c = first; rc == 0 && more; c = more && rc == 0 ? next_byte(csv) : 0)
        rc = read_cell(csv, c, &more, ret_fault);
    *ret_row = (csv_row_t){.line = line, .number = csv->number, .n = csv->n, .cells = csv->cells};
    return rc == 0 ? 0 : resume(csv, began, line, ret_fault);
}

static bool is_blank(const csv_row_t *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (text_trim(slice_text(row->cells[i])).size > 0) return false;
    return true;
}

int csv_next(csv_t *csv, csv_row_t *ret_row, fault_t *ret_fault)
{
    for (;;) {
        int c = next_byte(csv);
        if (c == '\r' && csv->line_end == '\n') { // of CR LF
            c = next_byte(csv);
            if (c != '\n' && c != EOF) {
                ungetc(c, csv->in);
                csv->at--;
                c = '\r';
            }
        }
        csv->number += c == csv->line_end;
        if (c == csv->line_end || c == '\r') continue; // a blank line
        if (c == EOF && ferror(csv->in)) return fail(ret_fault, CSV_E_FILE, "CSV-READ", strerror(EIO));
        if (c == EOF) return CSV_E_END;
        int rc = read_row(csv, c, ret_row, ret_fault);
        if (rc != 0 || !is_blank(ret_row)) return rc;
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

static void write_cell(FILE *out, char separator, const char *before, const char *cell)
{
    bool quotes = needs_quotes(cell, separator);
    if (quotes) putc_unlocked('"', out);
    fputs(before, out);
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
        write_cell(out, separator, "", cells[i]);
    }
    putc_unlocked('\n', out);
    return ferror(out) ? -EIO : 0;
}

// --- cells that would be computed ----------------------------------------------------------------

static bool is_negative_number(const char *cell)
{
    if (*cell != '-' || cell[1] < '0' || cell[1] > '9') return false;
    cell += 1 + strspn(cell + 1, "0123456789");
    if (*cell == '.' || *cell == ',') cell += 1 + strspn(cell + 1, "0123456789");
    return *cell == '\0';
}

static bool begins_formula(const char *cell)
{
    return *cell != '\0' && strchr("=+-@\t\r", *cell) != NULL;
}

bool csv_is_formula(const char *cell)
{
    return begins_formula(cell) && !is_negative_number(cell);
}

int csv_write_plain(FILE *out, char separator, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t marks = strspn(cells[i], "'");
        bool marked = marks > 0 ? begins_formula(cells[i] + marks) : csv_is_formula(cells[i]);
        if (i > 0) putc_unlocked(separator, out);
        write_cell(out, separator, marked ? "'" : "", cells[i]);
    }
    putc_unlocked('\n', out);
    return ferror(out) ? -EIO : 0;
}

const char *csv_read_plain(const char *cell)
{
    size_t marks = strspn(cell, "'");
    return cell + (marks > 0 && begins_formula(cell + marks));
}
