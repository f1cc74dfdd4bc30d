// SPDX-License-Identifier: Apache-2.0
// Rows: cells become the fields of the sheet's kinds, and what is wrong is said all at once.
#include "common/base/text.h"
#include "common/forms/fold.h"
#include "common/forms/sheet_private.h"
#include "common/forms/value.h"
#include "common/schema/states.h"
#include <stdlib.h>

// The cells of a row by column; NULL where the file has no such column.
typedef struct cells {
    const char *at[SHEET_COLUMNS_MAX];
} cells_t;

// Next room for a fault. The same field is said to be wrong in the same way once, whichever kinds have it.
static fault_t *next_fault(sheet_result_t *result)
{
    return result->n_faults < SHEET_FAULTS_MAX ? &result->faults[result->n_faults] : NULL;
}

static void keep_fault(sheet_result_t *result, const fault_t *fault)
{
    fault_t *room = next_fault(result);
    for (size_t i = 0; i < result->n_faults; i++)
        if (strcmp(result->faults[i].code, fault->code) == 0 &&
            strcmp(result->faults[i].field, fault->field) == 0)
            return;
    if (room == NULL) return;
    *room = *fault;
    result->n_faults++;
}

static void no_room(sheet_result_t *result)
{
    fault_t fault;
    fault_set(&fault, "TOO-BIG", NULL, "65536");
    keep_fault(result, &fault);
}

// --- columns that stand for several --------------------------------------------------------------

// Parts the cell at its blanks; the last column takes the rest.
static bool part_cell(const sheet_split_t *split, const char *cell, arena_t *arena, cells_t *cells)
{
    char *text = arena_text(arena, slice_text(cell));
    if (text == NULL) return false;
    for (char *c = text; *c != '\0'; c++) {
        if ((uint8_t)c[0] == 0xc2 && (uint8_t)c[1] == 0xa0) c[0] = c[1] = ' ';
        if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
    }
    for (size_t n = 0; n < split->n_into; n++) {
        text += strspn(text, " ");
        cells->at[split->into[n]] = text;
        size_t length = n + 1 < split->n_into ? strcspn(text, " ") : strlen(text);
        if (text[length] != '\0') text[length++] = '\0';
        text += length;
    }
    return true;
}

static void give_words(const sheet_t *sheet, const sheet_split_t *split, const char *cell, cells_t *cells,
                       sheet_result_t *result)
{
    char wanted[FOLD_MAX], have[FOLD_MAX];
    fold(cell, wanted);
    for (size_t n = 0; n < split->n_into; n++) cells->at[split->into[n]] = "";
    if (wanted[0] == '\0') return;
    for (size_t w = 0; w < split->n_words; w++) {
        if (strcmp(fold(split->words[w].is, have), wanted) != 0) continue;
        for (size_t n = 0; n < split->n_into; n++) cells->at[split->into[n]] = split->words[w].cells[n];
        return;
    }
    fault_t fault;
    char words[FAULT_ARG] = "";
    for (size_t w = 0; w < split->n_words; w++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", w > 0 ? ", " : "", split->words[w].is);
    }
    fault_set(&fault, "BAD-VALUE", sheet->rule->columns[split->into[0]].name, cell, words);
    keep_fault(result, &fault);
}

static void place_cells(const sheet_t *sheet, const csv_row_t *row, arena_t *arena, cells_t *cells,
                        sheet_result_t *result)
{
    for (size_t i = 0; i < sheet->width; i++) {
        int place = sheet->place[i];
        const char *cell = csv_read_plain(row->cells[i]);
        if (place >= 0) cells->at[place] = cell;
        if (place > PLACE_SPLIT) continue;
        const sheet_split_t *split = &sheet->rule->splits[PLACE_SPLIT - place];
        if (split->n_words > 0)
            give_words(sheet, split, cell, cells, result);
        else if (!part_cell(split, cell, arena, cells))
            no_room(result);
    }
    if (sheet_assumed_org(sheet) != NULL) cells->at[sheet->org_column] = sheet->org;
}

// --- bodies --------------------------------------------------------------------------------------

static void set_field(const kind_rule_t *kind, size_t field, const char *cell, arena_t *arena, body_t *body,
                      sheet_result_t *result)
{
    fault_t fault;
    const field_rule_t *rule = &kind->fields[field];
    const char *text = value_read(rule, cell, arena);
    if (text == NULL) {
        no_room(result);
    } else if (body_set_text(kind, body, field, text, arena, &fault) != 0) {
        keep_fault(result, &fault);
    } else if ((rule->flags & F_REQUIRED) != 0 && !body_has(kind, body, field)) {
        fault_set(&fault, "REQUIRED", rule->name);
        keep_fault(result, &fault);
    }
}

// What the kind says across fields, of those that the file gives: the others stay as they are, and whoever
// has them judges.
static void check_across(const sheet_t *sheet, const kind_rule_t *kind, const body_t *body,
                         sheet_result_t *result)
{
    fault_t fault;
    if (body_check_across(kind, body, &fault) == 0) return;
    for (size_t c = 0; c < sheet->rule->n_columns; c++)
        if (sheet->there[c] && strcmp(sheet->rule->columns[c].name, fault.field) == 0)
            keep_fault(result, &fault);
}

static void take_key(const kind_rule_t *kind, const body_t *body, arena_t *arena, sheet_result_t *result)
{
    char key[KEY_TEXT_MAX];
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_KEY) != 0 && (kind->fields[i].flags & F_REQUIRED) != 0 &&
            !body_has(kind, body, i))
            return;
    if (!body_id(kind, body, &result->id)) return;
    slice_t text = body_key(kind, body, key);
    const char *copy = arena_text(arena, text);
    if (copy == NULL) return;
    result->key = slice(copy, text.size);
    result->has_id = true;
}

// The body of one of the sheet's kinds and the numbers of the fields given for it.
static void fill_item(const sheet_t *sheet, size_t k, const cells_t *cells, arena_t *arena,
                      Selenga__Item *item, sheet_result_t *result)
{
    const kind_rule_t *kind = sheet->rule->kinds[k];
    body_t *body = body_new(kind, arena);
    slice_t bytes;
    fault_t fault;
    item->set = arena_alloc(arena, kind->n_fields * sizeof *item->set);
    if (body == NULL || item->set == NULL) {
        no_room(result);
        return;
    }
    for (size_t c = 0; c < sheet->rule->n_columns; c++) {
        int field = sheet->rule->columns[c].field[k];
        if (field == NO_FIELD || cells->at[c] == NULL) continue;
        set_field(kind, (size_t)field, cells->at[c], arena, body, result);
        item->set[item->n_set++] = kind_field_number(kind, (size_t)field);
    }
    check_across(sheet, kind, body, result);
    if (k == 0) take_key(kind, body, arena, result);
    if (result->n_faults > 0) return;
    if (body_pack(body, arena, &bytes, &fault) != 0) {
        keep_fault(result, &fault);
        return;
    }
    item->has_kind = 1;
    item->kind = kind->number;
    item->has_body = 1;
    item->body = (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)bytes.data};
}

// Cells beyond the header count if they say something.
static bool fits(const sheet_t *sheet, const csv_row_t *row, sheet_result_t *result)
{
    char have[32], want[32];
    size_t n = row->n;
    while (n > sheet->width && text_trim(slice_text(row->cells[n - 1])).size == 0) n--;
    if (n == sheet->width) return true;
    fault_t fault;
    snprintf(have, sizeof have, "%zu", n);
    snprintf(want, sizeof want, "%zu", sheet->width);
    fault_set(&fault, "CSV-WIDTH", NULL, have, want);
    keep_fault(result, &fault);
    return false;
}

int sheet_row(const sheet_t *sheet, const csv_row_t *row, arena_t *arena, sheet_result_t *ret_result)
{
    cells_t cells = {0};
    size_t n_kinds = sheet->rule->n_kinds;
    ret_result->group = NULL;
    ret_result->has_id = false;
    ret_result->n_faults = 0;
    if (!fits(sheet, row, ret_result)) return SHEET_E_FAULT;
    place_cells(sheet, row, arena, &cells, ret_result);
    Selenga__Group *group = arena_alloc(arena, sizeof *group);
    Selenga__Item **items = arena_alloc(arena, n_kinds * sizeof *items);
    for (size_t k = 0; k < n_kinds && items != NULL; k++) {
        items[k] = arena_alloc(arena, sizeof *items[k]);
        if (items[k] == NULL) break;
        selenga__item__init(items[k]);
        fill_item(sheet, k, &cells, arena, items[k], ret_result);
    }
    if (arena_exhausted(arena)) no_room(ret_result);
    if (ret_result->n_faults > 0) return SHEET_E_FAULT;
    selenga__group__init(group);
    group->items = items;
    group->n_items = n_kinds;
    ret_result->group = group;
    return 0;
}

// --- sums and sentences --------------------------------------------------------------------------

bool sheet_is_total(const sheet_t *sheet, const csv_row_t *row)
{
    static const char *const words[] = {"итого", "всего", "total", "subtotal"};
    char text[FOLD_MAX];
    size_t first = 0, empty = 0, required = 0;
    while (first < row->n && fold(row->cells[first], text)[0] == '\0') first++;
    if (first == row->n) return false;
    bool says = false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i]);
        says =
            says || (strncmp(text, words[i], n) == 0 && (text[n] == '\0' || strchr(" :.,", text[n]) != NULL));
    }
    for (size_t i = 0; i < sheet->width && i < row->n && says; i++) {
        if (sheet->place[i] < 0 || !sheet->rule->columns[sheet->place[i]].required) continue;
        required++;
        empty += i == first || text_trim(slice_text(row->cells[i])).size == 0;
    }
    return says && 2 * empty > required;
}

static const sheet_column_t *find_column(const sheet_t *sheet, const char *name, size_t *ret)
{
    for (size_t c = 0; c < sheet->rule->n_columns; c++)
        if (strcmp(sheet->rule->columns[c].name, name) == 0) {
            *ret = c;
            return &sheet->rule->columns[c];
        }
    return NULL;
}

// A column that the file lacks, as people and as programs call it: «Должность (post)».
static const char *missing_text(const sheet_t *sheet, const fault_t *fault, lang_t lang, char *buf,
                                size_t size)
{
    size_t c;
    char name[FAULT_ARG];
    fault_t said;
    const sheet_column_t *column = find_column(sheet, fault->args[0], &c);
    if (column == NULL) return fault_text_in(fault, lang, buf, size);
    snprintf(name, sizeof name, "%s (%s)", bilingual_in(&column->rule->label, lang), column->name);
    fault_set(&said, fault->code, NULL, name, fault->args[1]);
    return fault_text_in(&said, lang, buf, size);
}

// --map names a column that there is none of: these there are, by their headings.
static const char *unknown_text(const sheet_t *sheet, const fault_t *fault, lang_t lang, char *buf,
                                size_t size)
{
    AUTO(xfree) char *list = NULL;
    size_t room = 0;
    FILE *out = open_memstream(&list, &room);
    if (out == NULL) abort();
    for (size_t c = 0; c < sheet->rule->n_columns; c++)
        fprintf(out, "%s%s", c > 0 ? ", " : "", bilingual_in(&sheet->rule->columns[c].rule->label, lang));
    fclose(out);
    fault_about_t about = {.list = lang != LANG_EN ? list : NULL};
    return fault_text_about(fault, &about, lang, buf, size);
}

const char *sheet_fault_text(const sheet_t *sheet, const fault_t *fault, lang_t lang, char *buf, size_t size)
{
    size_t c;
    char words[STATES_TEXT];
    if (strcmp(fault->code, "COLUMN-MISSING") == 0) return missing_text(sheet, fault, lang, buf, size);
    if (strcmp(fault->code, "COLUMN-UNKNOWN") == 0) return unknown_text(sheet, fault, lang, buf, size);
    const sheet_column_t *column = find_column(sheet, fault->field, &c);
    if (column == NULL) return fault_text_in(fault, lang, buf, size);
    fault_about_t about = {.name = sheet_heading(sheet, c)};
    // A column made of another one's words (a split) lists those itself.
    bool own = fault->n_args > 1 && column->rule->values != NULL &&
               strncmp(column->rule->values, fault->args[1], FAULT_ARG / 2) == 0;
    if (own && (lang != LANG_EN || sheet_is_russian(sheet)))
        about.list = states_labels(column->rule, lang, words);
    return fault_text_about(fault, &about, lang, buf, size);
}
