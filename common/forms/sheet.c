// SPDX-License-Identifier: Apache-2.0
// See sheet.h.
#include "common/forms/sheet.h"
#include "common/base/i18n.h"
#include "common/base/text.h"

struct sheet {
    const sheet_rule_t *rule;
    size_t width;               // cells of the file's header
    int place[CSV_COLUMNS_MAX]; // column of each cell
};

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

static const char *column_at(const void *sheet, size_t i)
{
    return i < sheet_n_columns(sheet) ? sheet_column(sheet, i) : NULL;
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
    xfree(sheet_p);
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

const char *sheet_column_help(const sheet_t *sheet, size_t i)
{
    return bilingual_text(&sheet->rule->columns[i].rule->help);
}

size_t sheet_n_kinds(const sheet_t *sheet)
{
    return sheet->rule->n_kinds;
}

const kind_rule_t *sheet_kind(const sheet_t *sheet, size_t i)
{
    return sheet->rule->kinds[i];
}

// --- in ------------------------------------------------------------------------------------------

static int find_column(const sheet_t *sheet, slice_t name)
{
    for (size_t i = 0; i < sheet->rule->n_columns; i++)
        if (slice_equal(slice_text(sheet->rule->columns[i].name), name)) return (int)i;
    return -1;
}

static int unknown_column(const sheet_t *sheet, const char *name, fault_t *ret_fault)
{
    char names[FAULT_ARG];
    join_names(column_at, sheet, names, sizeof names);
    fault_set(ret_fault, "COLUMN-UNKNOWN", NULL, text_is_clean(slice_text(name)) ? name : "?",
              sheet->rule->name, names);
    return SHEET_E_FAULT;
}

int sheet_header(sheet_t *sheet, const csv_row_t *header, fault_t *ret_fault)
{
    bool there[SHEET_COLUMNS_MAX] = {false};
    for (size_t i = 0; i < header->n; i++) {
        int c = find_column(sheet, text_trim(slice_text(header->cells[i])));
        if (c < 0) return unknown_column(sheet, header->cells[i], ret_fault);
        if (there[c]) {
            fault_set(ret_fault, "COLUMN-TWICE", NULL, sheet->rule->columns[c].name);
            return SHEET_E_FAULT;
        }
        there[c] = true;
        sheet->place[i] = c;
    }
    for (size_t c = 0; c < sheet->rule->n_columns; c++) {
        if (there[c] || !sheet->rule->columns[c].required) continue;
        fault_set(ret_fault, "COLUMN-MISSING", NULL, sheet->rule->columns[c].name, sheet->rule->name);
        return SHEET_E_FAULT;
    }
    sheet->width = header->n;
    return 0;
}

static int no_room(fault_t *ret_fault)
{
    fault_set(ret_fault, "TOO-BIG", NULL, "65536");
    return SHEET_E_FAULT;
}

// The body of one of the sheet's kinds and the numbers of the fields given for it.
static int fill_item(const sheet_t *sheet, size_t k, const csv_row_t *row, arena_t *arena,
                     Selenga__Item *item, fault_t *ret_fault)
{
    const kind_rule_t *kind = sheet->rule->kinds[k];
    body_t *body = body_new(kind, arena);
    slice_t bytes;
    item->set = arena_alloc(arena, kind->n_fields * sizeof *item->set);
    if (body == NULL || item->set == NULL) return no_room(ret_fault);
    for (size_t i = 0; i < row->n; i++) {
        int field = sheet->rule->columns[sheet->place[i]].field[k];
        if (field == NO_FIELD) continue;
        if (body_set_text(kind, body, (size_t)field, row->cells[i], arena, ret_fault) != 0)
            return SHEET_E_FAULT;
        if ((kind->fields[field].flags & F_REQUIRED) != 0 && !body_has(kind, body, (size_t)field)) {
            fault_set(ret_fault, "REQUIRED", kind->fields[field].name);
            return SHEET_E_FAULT;
        }
        item->set[item->n_set++] = kind_field_number(kind, (size_t)field);
    }
    if (body_pack(body, arena, &bytes, ret_fault) != 0) return SHEET_E_FAULT;
    item->has_kind = 1;
    item->kind = kind->number;
    item->has_body = 1;
    item->body = (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)bytes.data};
    return 0;
}

int sheet_row(const sheet_t *sheet, const csv_row_t *row, arena_t *arena, Selenga__Group **ret_group,
              fault_t *ret_fault)
{
    char have[32], want[32];
    if (row->n != sheet->width) {
        snprintf(have, sizeof have, "%zu", row->n);
        snprintf(want, sizeof want, "%zu", sheet->width);
        fault_set(ret_fault, "CSV-WIDTH", NULL, have, want);
        return SHEET_E_FAULT;
    }
    Selenga__Group *group = arena_alloc(arena, sizeof *group);
    Selenga__Item **items = arena_alloc(arena, sheet->rule->n_kinds * sizeof *items);
    if (group == NULL || items == NULL) return no_room(ret_fault);
    for (size_t k = 0; k < sheet->rule->n_kinds; k++) {
        items[k] = arena_alloc(arena, sizeof *items[k]);
        if (items[k] == NULL) return no_room(ret_fault);
        selenga__item__init(items[k]);
        int rc = fill_item(sheet, k, row, arena, items[k], ret_fault);
        if (rc != 0) return rc;
    }
    selenga__group__init(group);
    group->items = items;
    group->n_items = sheet->rule->n_kinds;
    *ret_group = group;
    return 0;
}

// --- out -----------------------------------------------------------------------------------------

int sheet_write_header(const sheet_t *sheet, char separator, FILE *out)
{
    const char *cells[SHEET_COLUMNS_MAX];
    for (size_t i = 0; i < sheet->rule->n_columns; i++) cells[i] = sheet->rule->columns[i].name;
    return csv_write(out, separator, cells, sheet->rule->n_columns);
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
    return csv_write(out, separator, cells, sheet->rule->n_columns);
}
