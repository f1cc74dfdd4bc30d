// SPDX-License-Identifier: Apache-2.0
// See sheet.h.
#include "common/base/i18n.h"
#include "common/forms/sheet_private.h"

const char *sheet_name(size_t i)
{
    return i < N_SHEETS ? SHEETS[i].name : NULL;
}

// --- columns -------------------------------------------------------------------------------------

// Names of what there is, for a fault's argument; cut where it does not fit.
static void join_names(const char *(*name_at)(const void *, size_t), const void *of, char *buf, size_t size)
{
    const char *name;
    buf[0] = '\0';
    for (size_t i = 0; (name = name_at(of, i)) != NULL; i++) {
        size_t used = strlen(buf);
        if (used + strlen(name) + 5 > size) {
            snprintf(buf + used, size - used, "…");
            return;
        }
        snprintf(buf + used, size - used, "%s%s", i > 0 ? " " : "", name);
    }
}

static const char *sheet_at(const void *unused, size_t i)
{
    (void)unused;
    return sheet_name(i);
}

int sheet_open(const char *name, sheet_t **ret_sheet, fault_t *ret_fault)
{
    for (size_t i = 0; i < N_SHEETS; i++) {
        if (strcmp(SHEETS[i].name, name) != 0) continue;
        *ret_sheet = xcalloc(1, sizeof **ret_sheet);
        (*ret_sheet)->rule = &SHEETS[i];
        return 0;
    }
    char names[FAULT_ARG];
    join_names(sheet_at, NULL, names, sizeof names);
    fault_set(ret_fault, "SHEET-UNKNOWN", NULL, name, names);
    return SHEET_E_FAULT;
}

void sheet_destroy(sheet_t **sheet_p)
{
    if (*sheet_p != NULL)
        for (size_t i = 0; i < CSV_COLUMNS_MAX; i++) xfree(&(*sheet_p)->headings[i]);
    xfree(sheet_p);
}

const char *sheet_title(const sheet_t *sheet)
{
    return sheet->rule->name;
}

size_t sheet_n_columns(const sheet_t *sheet)
{
    return sheet->rule->n_columns;
}

const char *sheet_column(const sheet_t *sheet, size_t i)
{
    return sheet->rule->columns[i].name;
}

bool sheet_column_required(const sheet_t *sheet, size_t i)
{
    return sheet->rule->columns[i].required;
}

const field_rule_t *sheet_column_rule(const sheet_t *sheet, size_t i)
{
    return sheet->rule->columns[i].rule;
}

size_t sheet_n_kinds(const sheet_t *sheet)
{
    return sheet->rule->n_kinds;
}

const kind_rule_t *sheet_kind(const sheet_t *sheet, size_t i)
{
    return sheet->rule->kinds[i];
}

// --- out -----------------------------------------------------------------------------------------

int sheet_write_header(const sheet_t *sheet, char separator, FILE *out)
{
    const char *cells[SHEET_COLUMNS_MAX];
    for (size_t i = 0; i < sheet->rule->n_columns; i++) cells[i] = sheet->rule->columns[i].name;
    return csv_write_plain(out, separator, cells, sheet->rule->n_columns);
}

// The first of the kinds that has the column and the value.
static const char *print_cell(const sheet_t *sheet, const sheet_column_t *c, const body_t *const *bodies,
                              char *buf)
{
    for (size_t k = 0; k < sheet->rule->n_kinds; k++) {
        const kind_rule_t *kind = sheet->rule->kinds[k];
        if (bodies[k] != NULL && c->field[k] != NO_FIELD && body_has(kind, bodies[k], (size_t)c->field[k]))
            return body_print(kind, bodies[k], (size_t)c->field[k], buf);
    }
    return "";
}

int sheet_write_row(const sheet_t *sheet, char separator, const body_t *const *bodies, FILE *out)
{
    const char *cells[SHEET_COLUMNS_MAX];
    char numbers[SHEET_COLUMNS_MAX][32]; // texts stay in their bodies; a sheet has no column of bytes
    for (size_t i = 0; i < sheet->rule->n_columns; i++)
        cells[i] = print_cell(sheet, &sheet->rule->columns[i], bodies, numbers[i]);
    return csv_write_plain(out, separator, cells, sheet->rule->n_columns);
}
