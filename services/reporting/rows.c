// SPDX-License-Identifier: Apache-2.0
// A row stands at the number of its record; a removed one leaves its place behind.
#include "services/reporting/rows.h"
#include "common/base/vec.h"
#include "services/reporting/day.h"
#include "services/reporting/orgs.h"
#include <stdlib.h>

rows_t *rows_new(struct orgs *orgs)
{
    rows_t *rows = xcalloc(1, sizeof *rows);
    uint32_t n = shape_count();
    rows->orgs = orgs;
    rows->tables = xcalloc(n, sizeof *rows->tables);
    for (uint32_t t = 0; t < n; t++) {
        rows->tables[t].ids = dict_new();
        rows->tables[t].n_declared = shape_at(t)->n_declared;
    }
    return rows;
}

void rows_destroy(rows_t **rows)
{
    if (!rows || !*rows) return;
    for (uint32_t t = 0; t < shape_count(); t++) {
        dict_destroy(&(*rows)->tables[t].ids);
        free((*rows)->tables[t].org);
        free((*rows)->tables[t].values);
    }
    free((*rows)->tables);
    free(*rows);
    *rows = NULL;
}

static void widen(rows_table_t *table, uint32_t row)
{
    vec_reserve(table->org, table->org_room, (size_t)row + 1);
    vec_reserve(table->values, table->values_room, table->org_room * table->n_declared + 1);
    for (; table->n <= row; table->n++) table->org[table->n] = DICT_NONE;
}

uint32_t rows_number(rows_t *rows, uint32_t table, const rid_t *id)
{
    return dict_add(rows->tables[table].ids, slice(id->b, sizeof id->b));
}

uint32_t rows_refer(rows_t *rows, uint32_t table, slice_t ref)
{
    rid_t id;
    return ref_id(shape_at(table)->kind, ref, &id) ? rows_number(rows, table, &id) : DICT_NONE;
}

static int64_t word_value(const field_rule_t *field, const char *text)
{
    for (size_t i = 0; i < field->n_words; i++)
        if (strcmp(field->words[i].code, text) == 0) return (int64_t)i;
    return VALUE_ABSENT;
}

static int64_t value_of(rows_t *rows, const shape_t *shape, const column_t *column, const body_t *body)
{
    if (!body_has(shape->kind, body, column->index)) return VALUE_ABSENT;
    if (column->type == COLUMN_WORD)
        return word_value(column->field, body_str(shape->kind, body, column->index));
    if (column->type != COLUMN_REF) return body_int(shape->kind, body, column->index);
    uint32_t row = rows_refer(rows, column->target, slice_text(body_str(shape->kind, body, column->index)));
    return row != DICT_NONE ? row : VALUE_ABSENT;
}

void rows_put(rows_t *rows, uint32_t table, const rid_t *id, slice_t org, const body_t *body)
{
    const shape_t *shape = shape_at(table);
    rows_table_t *to = &rows->tables[table];
    uint32_t row = rows_number(rows, table, id);
    rows->changes++;
    widen(to, row);
    to->org[row] = orgs_number(rows->orgs, org);
    for (uint32_t c = 0; c < shape->n_declared; c++)
        to->values[(size_t)row * shape->n_declared + c] = value_of(rows, shape, &shape->columns[c], body);
}

void rows_remove(rows_t *rows, uint32_t table, const rid_t *id)
{
    rows_table_t *from = &rows->tables[table];
    uint32_t row = dict_find(from->ids, slice(id->b, sizeof id->b));
    if (row == DICT_NONE || !rows_has(from, row)) return;
    rows->changes++;
    from->org[row] = DICT_NONE;
}

void rows_copy(const rows_table_t *table, uint32_t row, int64_t *ret_values)
{
    bool here = rows_has(table, row);
    for (uint32_t c = 0; c < table->n_declared; c++)
        ret_values[c] = here ? rows_values(table, row)[c] : VALUE_ABSENT;
}

int32_t rows_day(const rows_table_t *table, uint32_t row, uint32_t column)
{
    int64_t value = rows_values(table, row)[column];
    return value == VALUE_ABSENT ? DAY_NONE : (int32_t)value;
}
