// SPDX-License-Identifier: Apache-2.0
// See reading.h.
#include "common/forms/reading.h"
#include "common/forms/seen.h"
#include "common/forms/xlsx.h"
#include <inttypes.h>

enum { WARNINGS_MAX = 8 };

struct reading {
    sheet_t *sheet;
    FILE *converted; // owned: of a workbook
    csv_t *csv;
    reading_options_t options;
    char *header_cells[CSV_COLUMNS_MAX]; // owned
    csv_row_t header;
    seen_t *seen;
    arena_t *arena;
    sheet_result_t result;
    fault_t warnings[WARNINGS_MAX];
    size_t n_warnings;
    size_t totals[READING_TOTALS_MAX], n_totals;
};

// --- header --------------------------------------------------------------------------------------

static void keep_header(reading_t *r, const csv_row_t *row)
{
    for (size_t i = 0; i < r->header.n; i++) xfree(&r->header_cells[i]);
    for (size_t i = 0; i < row->n; i++) r->header_cells[i] = xstrdup(row->cells[i]);
    r->header = *row;
    r->header.cells = (const char *const *)r->header_cells;
}

// Trailing cells without a heading are the empty columns that table programs append.
static void cut_header(reading_t *r)
{
    while (r->header.n > 0 &&
           r->header_cells[r->header.n - 1][strspn(r->header_cells[r->header.n - 1], " \t")] == '\0')
        xfree(&r->header_cells[--r->header.n]);
}

// The first row with all columns that are required, or else the one that has most of the sheet's: its fault
// says what is missing.
static int find_header(reading_t *r, fault_t *ret_fault)
{
    csv_row_t row;
    size_t most = 0;
    int rc = 0;
    const sheet_alias_t *aliases = r->options.aliases;
    for (size_t n = 0; n < READING_HEADER_ROWS; n++) {
        rc = csv_next(r->csv, &row, ret_fault);
        if (rc != 0) break;
        size_t headings = sheet_count_headings(r->sheet, &row, aliases, r->options.n_aliases);
        if (headings > most || n == 0) keep_header(r, &row);
        if (headings > most) most = headings;
        if (headings > 1 && headings == most &&
            sheet_header(r->sheet, &row, aliases, r->options.n_aliases, ret_fault) == 0)
            break;
    }
    if (r->header.n == 0 && rc == CSV_E_END) fault_set(ret_fault, "CSV-EMPTY", NULL, "");
    if (r->header.n == 0) return READING_E_FILE;
    cut_header(r);
    return sheet_header(r->sheet, &r->header, aliases, r->options.n_aliases, ret_fault) == 0 ? 0
                                                                                             : READING_E_FILE;
}

int reading_look(const char *sheet, FILE *in, const reading_options_t *options, reading_t **ret_reading,
                 fault_t *ret_fault)
{
    AUTO(reading_close) reading_t *r = xcalloc(1, sizeof *r);
    r->options = *options;
    r->seen = seen_new();
    r->arena = arena_new(SHEET_ARENA);
    if (sheet_open(sheet, &r->sheet, ret_fault) != 0) return READING_E_FILE;
    sheet_assume_org(r->sheet, options->org);
    if (xlsx_is_one(in)) {
        if (xlsx_open(in, &r->converted, ret_fault) != 0) return READING_E_FILE;
        in = r->converted;
    }
    if (csv_open(in, &r->csv, ret_fault) != 0) return READING_E_FILE;
    if (find_header(r, ret_fault) == 0)
        ret_fault->code[0] = '\0';
    else if (r->header.n == 0)
        return READING_E_FILE;
    *ret_reading = r;
    r = NULL;
    return 0;
}

int reading_open(const char *sheet, FILE *in, const reading_options_t *options, reading_t **ret_reading,
                 fault_t *ret_fault)
{
    AUTO(reading_close) reading_t *r = NULL;
    if (reading_look(sheet, in, options, &r, ret_fault) != 0 || ret_fault->code[0] != '\0')
        return READING_E_FILE;
    *ret_reading = r;
    r = NULL;
    return 0;
}

void reading_close(reading_t **reading_p)
{
    reading_t *r = *reading_p;
    if (r == NULL) return;
    for (size_t i = 0; i < r->header.n; i++) xfree(&r->header_cells[i]);
    csv_close(&r->csv);
    if (r->converted != NULL) fclose(r->converted);
    sheet_destroy(&r->sheet);
    seen_destroy(&r->seen);
    arena_destroy(&r->arena);
    xfree(reading_p);
}

const sheet_t *reading_sheet(const reading_t *reading)
{
    return reading->sheet;
}

const csv_row_t *reading_header(const reading_t *reading)
{
    return &reading->header;
}

char reading_separator(const reading_t *reading)
{
    return csv_separator(reading->csv);
}

const char *reading_charset(const reading_t *reading)
{
    return csv_charset(reading->csv);
}

size_t reading_totals(const reading_t *reading, const size_t **ret_rows)
{
    *ret_rows = reading->totals;
    return reading->n_totals;
}

// --- rows ----------------------------------------------------------------------------------------

// The field whose cell a person would look at: the last of the key.
static const char *key_field(const sheet_t *sheet)
{
    const kind_rule_t *kind = sheet_kind(sheet, 0);
    const char *name = "";
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_KEY) != 0) name = kind->fields[i].name;
    return name;
}

// A row that is nothing but its key, said twice, says nothing else the second time: nobody is replaced.
static bool is_all_key(const sheet_t *sheet)
{
    const kind_rule_t *kind = sheet_kind(sheet, 0);
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_KEY) == 0) return false;
    return sheet_n_kinds(sheet) == 1;
}

static void refuse(reading_t *r, const fault_t *fault)
{
    r->result.group = NULL;
    if (r->result.n_faults < SHEET_FAULTS_MAX) r->result.faults[r->result.n_faults++] = *fault;
}

static void compare_key(reading_t *r, size_t number)
{
    uint32_t other = 0;
    char row[24];
    fault_t fault;
    if (!r->result.has_id) return;
    seen_how_t how = seen_enter(r->seen, &r->result.id, r->result.key, (uint32_t)number, &other);
    if (how == SEEN_NEW || (how == SEEN_SAME && is_all_key(r->sheet))) return;
    snprintf(row, sizeof row, "%" PRIu32, other);
    fault_set(&fault, how == SEEN_SAME ? "KEY-TWICE" : "KEY-ALIKE", key_field(r->sheet), row);
    if (how == SEEN_SAME)
        refuse(r, &fault);
    else if (r->n_warnings < WARNINGS_MAX)
        r->warnings[r->n_warnings++] = fault;
}

static void note_total(reading_t *r, size_t number)
{
    if (r->n_totals < READING_TOTALS_MAX) r->totals[r->n_totals++] = number;
}

int reading_next(reading_t *r, reading_row_t *ret_row, fault_t *ret_fault)
{
    for (;;) {
        fault_t fault;
        csv_row_t row;
        int rc = csv_next(r->csv, &row, &fault);
        if (rc == CSV_E_END) return READING_END;
        if (rc == CSV_E_FILE) {
            *ret_fault = fault;
            return READING_E_FILE;
        }
        if (rc == 0 && sheet_is_total(r->sheet, &row)) {
            note_total(r, row.number);
            continue;
        }
        r->n_warnings = 0;
        arena_reset(r->arena, SHEET_ARENA);
        if (rc == CSV_E_ROW) {
            r->result.n_faults = 0;
            refuse(r, &fault);
        } else {
            (void)sheet_row(r->sheet, &row, r->arena, &r->result);
            compare_key(r, row.number);
        }
        *ret_row = (reading_row_t){.cells = row,
                                   .group = r->result.group,
                                   .result = &r->result,
                                   .n_warnings = r->n_warnings,
                                   .warnings = r->warnings};
        return 0;
    }
}
