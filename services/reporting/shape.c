// SPDX-License-Identifier: Apache-2.0
// The rows of kinds, read once.
#include "services/reporting/shape.h"
#include "common/base/dict.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/schema/kinds.h"
#include <assert.h>

enum { TABLES_MAX = 256 };

static const flag_name_t METHODIST_FLAGS[] = {
    {"active", METHODIST_ACTIVE, N_("appointed on the last day, and not on leave")},
    {"on_leave", METHODIST_ON_LEAVE, N_("appointed on the last day, but on a leave of more than 30 days")},
};
static const flag_name_t TEAM_FLAGS[] = {
    {"pk", TEAM_PK, N_("advanced training")},
    {"retraining", TEAM_RETRAINING, N_("retraining")},
    {"internship", TEAM_INTERNSHIP, N_("internship")},
    {"municipal", TEAM_MUNICIPAL, N_("of managers of different organisations")},
};
static const char *const METHODIST_COLUMNS[N_METHODIST_COLUMNS] = {[METHODIST_LOAD] = "load"};
static const char *const TEAM_COLUMNS[N_TEAM_COLUMNS] = {
    [TEAM_MANAGERS] = "managers",
    [TEAM_ATTENDED] = "attended",
    [TEAM_COMPLETED] = "completed",
    [TEAM_HOURS] = "hours",
};

static struct {
    shape_t tables[TABLES_MAX];
    uint32_t n;
} shapes;

static uint32_t find(const kind_rule_t *kind)
{
    uint32_t t = 0;
    while (t < shapes.n && shapes.tables[t].kind != kind) t++;
    return t;
}

static uint32_t add_table(const kind_rule_t *kind)
{
    uint32_t t = find(kind);
    if (t < shapes.n) return t;
    assert(shapes.n < TABLES_MAX); // kinds are this program's own
    shapes.tables[shapes.n++] = (shape_t){.kind = kind};
    return t;
}

static column_type_t type_of(field_type_t type)
{
    switch (type) {
    case FIELD_DECIMAL:
        return COLUMN_DECIMAL;
    case FIELD_DATE:
        return COLUMN_DATE;
    case FIELD_BOOL:
        return COLUMN_BOOL;
    case FIELD_ENUM:
        return COLUMN_WORD;
    case FIELD_REF:
        return COLUMN_REF;
    case FIELD_INT:
    case FIELD_TEXT: // and others: the generator lets them be no column
    case FIELD_ANY_REF:
    case FIELD_SET:
    case FIELD_REFS:
    case FIELD_BYTES:
    case FIELD_DIGITS:
        break;
    }
    return COLUMN_NUMBER;
}

static void add_columns(const kind_rule_t *kind)
{
    for (uint32_t i = 0; i < kind->n_fields; i++) {
        const field_rule_t *field = &kind->fields[i];
        if ((field->flags & F_FACT) == 0) continue;
        uint32_t t = add_table(kind);
        uint32_t target = field->type == FIELD_REF ? add_table(kind_by_number(field->ref)) : DICT_NONE;
        shape_t *shape = &shapes.tables[t];
        assert(shape->n_columns < SHAPE_COLUMNS_MAX);
        shape->columns[shape->n_columns++] = (column_t){field->name, type_of(field->type), field, i, target};
        shape->n_declared = shape->n_columns;
    }
}

static void add_made(uint32_t table, const flag_name_t *flags, size_t n_flags, const char *const *columns,
                     uint32_t n_columns)
{
    shape_t *shape = &shapes.tables[table];
    shape->flags = flags;
    shape->n_flags = n_flags;
    for (uint32_t i = 0; i < n_columns; i++) {
        assert(shape->n_columns < SHAPE_COLUMNS_MAX);
        shape->columns[shape->n_columns++] = (column_t){columns[i], COLUMN_NUMBER, NULL, 0, DICT_NONE};
    }
}

static void make(void)
{
    static const kind_rule_t *const MADE[N_MADE_TABLES] = {
        [TABLE_PERSON] = &KIND_PERSON, [TABLE_METHODIST] = &KIND_METHODIST, [TABLE_TEAM] = &KIND_TEAM};
    if (shapes.n > 0) return;
    for (size_t i = 0; i < N_MADE_TABLES; i++) add_table(MADE[i]);
    for (size_t i = 0; i < N_KINDS; i++) add_columns(KINDS[i]);
    add_made(TABLE_PERSON, FACT_FLAGS, N_FACT_FLAGS, NULL, 0);
    add_made(TABLE_METHODIST, METHODIST_FLAGS, ARRAY_SIZE(METHODIST_FLAGS), METHODIST_COLUMNS,
             N_METHODIST_COLUMNS);
    add_made(TABLE_TEAM, TEAM_FLAGS, ARRAY_SIZE(TEAM_FLAGS), TEAM_COLUMNS, N_TEAM_COLUMNS);
}

uint32_t shape_count(void)
{
    make();
    return shapes.n;
}

const shape_t *shape_at(uint32_t table)
{
    assert(table < shape_count());
    return &shapes.tables[table];
}

uint32_t shape_of_kind(uint32_t kind)
{
    uint32_t n = shape_count();
    for (uint32_t t = 0; t < n; t++)
        if (shapes.tables[t].kind->number == kind) return t;
    return DICT_NONE;
}

uint32_t shape_column(uint32_t table, const char *name)
{
    const shape_t *shape = shape_at(table);
    uint32_t i = 0;
    while (i < shape->n_columns && strcmp(shape->columns[i].name, name) != 0) i++;
    assert(i < shape->n_columns);
    return i;
}

bool shape_is_asked(const shape_t *shape)
{
    return shape->n_columns > 0 || shape->n_flags > 0;
}

bool shape_is_kept(uint32_t table)
{
    return table < N_MADE_TABLES || shape_at(table)->n_declared > 0;
}

bool shape_name_is(const char *name, const char *text, size_t size)
{
    if (strlen(name) != size) return false;
    for (size_t i = 0; i < size; i++)
        if (text[i] != (name[i] == '-' ? '_' : name[i])) return false;
    return true;
}
