// SPDX-License-Identifier: Apache-2.0
#include "common/forms/table.h"
#include "common/forms/fold.h"
#include "common/forms/words.h"
#include "common/schema/states.h"
#include <stdlib.h>
#include <string.h>

// Columns that are no field.
static const field_rule_t
    ID = {.name = "id", .pd = PD_PUBLIC, .type = FIELD_TEXT, .label = {"Id", "Идентификатор"}},
    REVIEW = {.name = "review", .pd = PD_PUBLIC, .type = FIELD_TEXT, .label = {"Review", "Согласование"}};

static void add_column(table_t *table, const sheet_column_t *column, bool shown)
{
    if (shown) table->shown[table->n_shown++] = table->n_columns;
    table->of[table->n_columns] = -1;
    table->columns[table->n_columns++] = *column;
}

static sheet_column_t no_field(const field_rule_t *rule)
{
    sheet_column_t column = {.name = rule->name, .rule = rule};
    for (size_t k = 0; k < SHEET_KINDS_MAX; k++) column.field[k] = NO_FIELD;
    return column;
}

// Behind all others: nobody's place changes by them.
static void add_names(table_t *table)
{
    for (size_t i = 0, n = table->n_columns; i < n; i++) {
        const field_rule_t *named = table->columns[i].rule->named;
        if (named == NULL) continue;
        sheet_column_t column = no_field(named);
        add_column(table, &column, false);
        table->of[table->n_columns - 1] = (int)i;
    }
}

void table_of_kind(const kind_rule_t *kind, table_t *ret_table)
{
    sheet_column_t column = no_field(&ID);
    *ret_table = (table_t){.name = kind->name, .kinds = {kind}, .n_kinds = 1};
    add_column(ret_table, &column, !kind_has_key(kind));
    for (size_t i = 0; i < kind->n_fields && i < SHEET_COLUMNS_MAX; i++) {
        column = no_field(&kind->fields[i]);
        column.field[0] = (int)i;
        add_column(ret_table, &column, (kind->fields[i].flags & F_LIST) != 0);
    }
    column = no_field(&REVIEW);
    if (states_are_reviewed(kind)) add_column(ret_table, &column, true);
    add_names(ret_table);
}

bool table_of_sheet(const char *name, table_t *ret_table)
{
    size_t s = 0;
    while (s < N_SHEETS && strcmp(SHEETS[s].name, name) != 0) s++;
    if (s == N_SHEETS) return false;
    const sheet_rule_t *sheet = &SHEETS[s];
    *ret_table = (table_t){.name = sheet->name, .n_kinds = sheet->n_kinds, .sheet = true};
    memcpy(ret_table->kinds, sheet->kinds, sizeof ret_table->kinds);
    for (size_t i = 0; i < sheet->n_columns; i++) add_column(ret_table, &sheet->columns[i], true);
    add_names(ret_table);
    return true;
}

// --- choosing

int table_column(const table_t *table, slice_t name)
{
    char copy[FOLD_MAX], wanted[FOLD_MAX], have[FOLD_MAX];
    if (name.size >= sizeof copy) return -1;
    memcpy(copy, name.data, name.size);
    copy[name.size] = '\0';
    fold(copy, wanted);
    for (size_t i = 0; i < table->n_columns; i++) {
        const bilingual_t *label = &table->columns[i].rule->label;
        const char *const names[] = {table->columns[i].name, label->en, label->ru};
        for (size_t k = 0; k < ARRAY_SIZE(names); k++)
            if (names[k] != NULL && strcmp(fold(names[k], have), wanted) == 0) return (int)i;
    }
    return -1;
}

int table_choose(table_t *table, const char *names, char ret_unknown[static TABLE_NAME_MAX])
{
    table->n_shown = 0;
    while (*names != '\0') {
        size_t n = strcspn(names, ",");
        int column = table_column(table, slice(names, n));
        if (column < 0) {
            snprintf(ret_unknown, TABLE_NAME_MAX, "%.*s", (int)n, names);
            return -1;
        }
        bool there = false;
        for (size_t i = 0; i < table->n_shown; i++) there = there || table->shown[i] == (size_t)column;
        if (!there) table->shown[table->n_shown++] = (size_t)column;
        names += n + (names[n] == ',');
    }
    if (table->n_shown > 0) return 0;
    ret_unknown[0] = '\0';
    return -1;
}

void table_show_names(table_t *table)
{
    size_t n = table->n_shown, shown[TABLE_COLUMNS_MAX];
    memcpy(shown, table->shown, n * sizeof *shown);
    table->n_shown = 0;
    for (size_t i = 0; i < n; i++) {
        table->shown[table->n_shown++] = shown[i];
        for (size_t c = 0; c < table->n_columns; c++)
            if (table->of[c] == (int)shown[i]) table->shown[table->n_shown++] = c;
    }
}

bool table_shows(const table_t *table, const char *column)
{
    for (size_t i = 0; i < table->n_shown; i++)
        if (strcmp(table->columns[table->shown[i]].name, column) == 0) return true;
    return false;
}

// --- cells

const char *table_heading(const table_t *table, size_t column, view_t view)
{
    return view_name(table->columns[column].rule, view);
}

bool table_is_number(const table_t *table, size_t column)
{
    const field_rule_t *rule = table->columns[column].rule;
    return (rule->type == FIELD_INT && (rule->flags & F_MOMENT) == 0) || rule->type == FIELD_DECIMAL;
}

bool table_is_name(const table_t *table, size_t column)
{
    return table->of[column] >= 0;
}

int table_source(const table_t *table, size_t column, const table_row_t *row, size_t *ret_field)
{
    for (size_t k = 0; k < table->n_kinds; k++) {
        int field = table->columns[column].field[k];
        if (field == NO_FIELD || row->bodies[k] == NULL) continue;
        if (!body_has(table->kinds[k], row->bodies[k], (size_t)field)) continue;
        *ret_field = (size_t)field;
        return (int)k;
    }
    return -1;
}

static const char *name_cell(const table_t *table, size_t column, const table_row_t *row, char *buffer)
{
    size_t field;
    int k = row->names != NULL ? table_source(table, (size_t)table->of[column], row, &field) : -1;
    return k < 0 ? "" : names_of(row->names, table->kinds[k], row->bodies[k], field, buffer, VIEW_TEXT);
}

const char *table_cell(const table_t *table, size_t column, const table_row_t *row, view_t view,
                       char buffer[static VIEW_TEXT])
{
    const field_rule_t *rule = table->columns[column].rule;
    if (rule == &REVIEW) return row->review != NULL ? row->review : "?";
    if (rule == &ID) {
        rid_text(&row->id, buffer);
        return buffer;
    }
    if (table_is_name(table, column)) return name_cell(table, column, row, buffer);
    size_t field;
    int k = table_source(table, column, row, &field);
    return k < 0 ? "" : view_value(table->kinds[k], row->bodies[k], field, view, buffer);
}

// --- order

static bool by_number(field_type_t type)
{
    return type == FIELD_INT || type == FIELD_DECIMAL || type == FIELD_DATE || type == FIELD_BOOL;
}

table_rank_t table_rank(const table_t *table, size_t column, const table_row_t *row, lang_t lang)
{
    table_rank_t rank = {RANK_NONE, 0, NULL};
    char value[VIEW_TEXT];
    size_t field;
    int k = table_source(table, column, row, &field);
    if (k >= 0 && by_number(table->kinds[k]->fields[field].type)) {
        rank.is = RANK_NUMBER;
        rank.number = body_int(table->kinds[k], row->bodies[k], field);
        return rank;
    }
    const char *text = table_cell(table, column, row, (view_t){VIEW_WORDS, lang}, value);
    if (*text == '\0') return rank;
    size_t size = strlen(text) + FOLD_ROOM;
    rank.is = RANK_TEXT;
    rank.text = xmalloc(size);
    fold_into(text, rank.text, size);
    return rank;
}

void table_rank_free(table_rank_t *rank)
{
    free(rank->text);
    *rank = (table_rank_t){RANK_NONE, 0, NULL};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Figures at both by the size of the number; moves past them.
static int compare_figures(const char **a, const char **b)
{
    while (**a == '0') ++*a;
    while (**b == '0') ++*b;
    size_t n_a = strspn(*a, "0123456789"), n_b = strspn(*b, "0123456789");
    int r = n_a != n_b ? (n_a < n_b ? -1 : 1) : memcmp(*a, *b, n_a);
    *a += n_a;
    *b += n_b;
    return r;
}

// Bytes of UTF-8 stand in the order of letters: Latin before Russian, and ё was made е.
static int compare_text(const char *a, const char *b)
{
    const char *whole_a = a, *whole_b = b;
    while (*a != '\0' && *b != '\0') {
        if (is_digit(*a) && is_digit(*b)) {
            int r = compare_figures(&a, &b);
            if (r != 0) return r;
            continue;
        }
        if (*a != *b) return (uint8_t)*a < (uint8_t)*b ? -1 : 1;
        a++;
        b++;
    }
    if (*a != *b) return *a == '\0' ? -1 : 1;
    return strcmp(whole_a, whole_b); // 7 and 007
}

int table_rank_compare(const table_rank_t *a, const table_rank_t *b, bool down)
{
    if (a->is == RANK_NONE || b->is == RANK_NONE) return (a->is == RANK_NONE) - (b->is == RANK_NONE);
    int r = a->is != b->is         ? (a->is < b->is ? -1 : 1)
            : a->is == RANK_NUMBER ? (a->number > b->number) - (a->number < b->number)
                                   : compare_text(a->text, b->text);
    return down ? -r : r;
}
