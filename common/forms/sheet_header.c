// SPDX-License-Identifier: Apache-2.0
// Headers: which column of a file is which of the sheet.
#include "common/base/text.h"
#include "common/forms/fold.h"
#include "common/forms/sheet_private.h"

// Columns of files of rejected rows, which a later import passes over.
static const char *const own_columns[] = {"line", "reason", "reject reason", "строка", "причина отказа"};

static bool is_own(const char *folded)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_columns); i++)
        if (strcmp(own_columns[i], folded) == 0) return true;
    return false;
}

// Headings differ in full stops and blanks around signs, too.
static const char *fold_heading(const char *text, char buf[static FOLD_MAX])
{
    size_t n = 0;
    fold(text, buf);
    for (const char *c = buf; *c != '\0'; c++)
        if (*c != '.' && *c != ' ' && *c != '_' && *c != ':') buf[n++] = *c;
    buf[n] = '\0';
    return buf;
}

static bool is_one(const char *heading, const char *folded)
{
    char other[FOLD_MAX];
    return heading != NULL && strcmp(fold_heading(heading, other), folded) == 0;
}

// Names beside references, which lists have (common/forms/table.h).
static bool is_name(const sheet_t *sheet, const char *cell)
{
    char folded[FOLD_MAX];
    fold_heading(cell, folded);
    for (size_t c = 0; c < sheet->rule->n_columns; c++) {
        const field_rule_t *named = sheet->rule->columns[c].rule->named;
        if (named != NULL && (is_one(named->name, folded) || is_one(named->label.ru, folded) ||
                              is_one(named->label.en, folded)))
            return true;
    }
    return false;
}

static bool in_list(const char *const *headings, const char *folded)
{
    for (; headings != NULL && *headings != NULL; headings++)
        if (is_one(*headings, folded)) return true;
    return false;
}

// By name, or by label in either language.
static int column_named(const sheet_t *sheet, const char *name)
{
    char folded[FOLD_MAX];
    fold_heading(name, folded);
    for (size_t c = 0; c < sheet->rule->n_columns; c++) {
        const sheet_column_t *column = &sheet->rule->columns[c];
        if (strcmp(column->name, name) == 0 || is_one(column->rule->label.ru, folded) ||
            is_one(column->rule->label.en, folded))
            return (int)c;
    }
    return PLACE_IGNORED;
}

// Names before labels, labels before aliases, and single columns before those that stand for several.
static int find_place(const sheet_t *sheet, const char *cell, const sheet_alias_t *aliases, size_t n_aliases)
{
    const sheet_rule_t *rule = sheet->rule;
    char folded[FOLD_MAX];
    if (fold_heading(cell, folded)[0] == '\0') return PLACE_IGNORED;
    for (size_t i = 0; i < n_aliases; i++)
        if (is_one(aliases[i].heading, folded)) return column_named(sheet, aliases[i].column);
    for (size_t c = 0; c < rule->n_columns; c++)
        if (is_one(rule->columns[c].name, folded)) return (int)c;
    for (size_t c = 0; c < rule->n_columns; c++)
        if (is_one(rule->columns[c].rule->label.ru, folded) ||
            is_one(rule->columns[c].rule->label.en, folded))
            return (int)c;
    for (size_t c = 0; c < rule->n_columns; c++)
        if (in_list(rule->columns[c].rule->aliases, folded)) return (int)c;
    for (size_t s = 0; s < rule->n_splits; s++)
        if (in_list(rule->splits[s].headings, folded)) return PLACE_SPLIT - (int)s;
    return PLACE_IGNORED;
}

size_t sheet_count_headings(const sheet_t *sheet, const csv_row_t *row, const sheet_alias_t *aliases,
                            size_t n_aliases)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++)
        n += find_place(sheet, row->cells[i], aliases, n_aliases) != PLACE_IGNORED;
    return n;
}

static int fail(fault_t *ret_fault, const char *code, const char *first, const char *second)
{
    fault_set(ret_fault, code, NULL, first, second);
    return SHEET_E_FAULT;
}

static int check_aliases(const sheet_t *sheet, const sheet_alias_t *aliases, size_t n, fault_t *ret_fault)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(aliases[i].column, SHEET_NOTHING) == 0) continue;
        if (column_named(sheet, aliases[i].column) != PLACE_IGNORED) continue;
        char names[FAULT_ARG] = "";
        for (size_t c = 0; c < sheet->rule->n_columns; c++) {
            size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s%s", c > 0 ? " " : "",
                     sheet->rule->columns[c].name);
        }
        fault_set(ret_fault, "COLUMN-UNKNOWN", NULL, aliases[i].column, sheet->rule->name, names);
        return SHEET_E_FAULT;
    }
    return 0;
}

// What stands for several columns gives those that have none of their own.
static void take_splits(sheet_t *sheet)
{
    for (size_t i = 0; i < sheet->width; i++) {
        if (sheet->place[i] > PLACE_SPLIT) continue;
        const sheet_split_t *split = &sheet->rule->splits[PLACE_SPLIT - sheet->place[i]];
        bool taken = false;
        for (size_t n = 0; n < split->n_into; n++) taken = taken || sheet->there[split->into[n]];
        if (taken) {
            sheet->place[i] = PLACE_IGNORED;
            continue;
        }
        for (size_t n = 0; n < split->n_into; n++) sheet->there[split->into[n]] = true;
    }
}

void sheet_assume_org(sheet_t *sheet, const char *org)
{
    sheet->org = org;
    sheet->org_column = PLACE_IGNORED;
}

const char *sheet_assumed_org(const sheet_t *sheet)
{
    return sheet->org != NULL && sheet->org_column != PLACE_IGNORED ? sheet->org : NULL;
}

// The column of the organisation that is part of the sheet's key, not of one within another reference.
static int key_org_column(const sheet_t *sheet)
{
    const kind_rule_t *kind = sheet->rule->kinds[0];
    if (!kind_key_names_org(kind)) return PLACE_IGNORED;
    const field_rule_t *field = &kind->fields[kind_field(kind, kind->org_field)];
    bool ref = field->type == FIELD_REF && field->ref == KIND_ORGANISATION.number;
    return ref ? column_named(sheet, field->name) : PLACE_IGNORED;
}

static void take_org(sheet_t *sheet)
{
    int c = sheet->org != NULL ? key_org_column(sheet) : PLACE_IGNORED;
    sheet->org_column = c != PLACE_IGNORED && !sheet->there[c] ? c : PLACE_IGNORED;
    if (sheet->org_column != PLACE_IGNORED) sheet->there[c] = true;
}

int sheet_header(sheet_t *sheet, const csv_row_t *header, const sheet_alias_t *aliases, size_t n_aliases,
                 fault_t *ret_fault)
{
    char folded[FOLD_MAX];
    const char *twice = NULL;
    int rc = check_aliases(sheet, aliases, n_aliases, ret_fault);
    if (rc != 0) return rc;
    memset(sheet->there, 0, sizeof sheet->there);
    sheet->width = header->n;
    for (size_t i = 0; i < header->n; i++) {
        xfree(&sheet->headings[i]);
        slice_t text = text_trim(slice_text(header->cells[i]));
        sheet->headings[i] = xmalloc(text.size + 1);
        if (text.size > 0) memcpy(sheet->headings[i], text.data, text.size);
        sheet->headings[i][text.size] = '\0';
        int c = find_place(sheet, header->cells[i], aliases, n_aliases);
        sheet->own[i] = c == PLACE_IGNORED && is_own(fold(header->cells[i], folded));
        sheet->place[i] = c;
        if (c < 0) continue;
        if (sheet->there[c] && twice == NULL) twice = sheet->headings[i];
        sheet->there[c] = true;
    }
    if (twice != NULL) return fail(ret_fault, "COLUMN-TWICE", twice, NULL);
    take_splits(sheet);
    take_org(sheet);
    for (size_t c = 0; c < sheet->rule->n_columns; c++)
        if (!sheet->there[c] && sheet->rule->columns[c].required)
            return fail(ret_fault, "COLUMN-MISSING", sheet_heading(sheet, c), sheet->rule->name);
    return 0;
}

const char *sheet_ignored(const sheet_t *sheet, size_t i)
{
    for (size_t cell = 0; cell < sheet->width; cell++) {
        const char *heading = sheet->headings[cell];
        bool known = sheet->place[cell] != PLACE_IGNORED || sheet->own[cell] || is_name(sheet, heading);
        if (known || heading[0] == '\0') continue;
        if (i-- == 0) return heading;
    }
    return NULL;
}

size_t sheet_fills(const sheet_t *sheet, size_t cell, size_t ret_columns[static SPLIT_MAX])
{
    int place = cell < sheet->width ? sheet->place[cell] : PLACE_IGNORED;
    if (place >= 0) ret_columns[0] = (size_t)place;
    if (place > PLACE_SPLIT) return place >= 0;
    const sheet_split_t *split = &sheet->rule->splits[PLACE_SPLIT - place];
    memcpy(ret_columns, split->into, split->n_into * sizeof *ret_columns);
    return split->n_into;
}

void sheet_own_headings(const sheet_t *sheet, const char **ret_line, const char **ret_reason)
{
    bool russian = sheet_is_russian(sheet);
    *ret_line = russian ? "Строка" : "line";
    *ret_reason = russian                                          ? "Причина отказа"
                  : column_named(sheet, "reason") == PLACE_IGNORED ? "reason"
                                                                   : "reject reason";
}

bool sheet_is_own(const sheet_t *sheet, size_t cell)
{
    return cell < sheet->width && sheet->own[cell];
}

bool sheet_is_russian(const sheet_t *sheet)
{
    for (size_t i = 0; i < sheet->width; i++)
        if (sheet->place[i] >= 0 && (uint8_t)sheet->headings[i][0] >= 0x80) return true;
    return false;
}

const char *sheet_heading(const sheet_t *sheet, size_t column)
{
    for (size_t i = 0; i < sheet->width; i++) {
        if (sheet->place[i] == (int)column) return sheet->headings[i];
        if (sheet->place[i] > PLACE_SPLIT) continue;
        const sheet_split_t *split = &sheet->rule->splits[PLACE_SPLIT - sheet->place[i]];
        for (size_t n = 0; n < split->n_into; n++)
            if (split->into[n] == column) return sheet->headings[i];
    }
    return sheet->rule->columns[column].name;
}
