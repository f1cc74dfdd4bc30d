// SPDX-License-Identifier: Apache-2.0
// A comparison compares like with like: numbers with numbers, days with days, words with words of the column.
#include "services/reporting/where.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "services/reporting/condition.h"

typedef struct where {
    lexer_t *lexer;
    query_t *query;
    node_t nodes[CONDITION_NODES_MAX];
    int n_nodes;
} where_t;

static const char *const OPS[] = {
    [OP_LT] = "<", [OP_LE] = "<=", [OP_EQ] = "=", [OP_GE] = ">=", [OP_GT] = ">", [OP_NE] = "<>"};

// ---- columns ----

static bool find_column(const lexer_t *l, const shape_t *shape, uint32_t *ret_column)
{
    for (uint32_t i = 0; i < shape->n_columns; i++) {
        if (!lexer_is_name(l, shape->columns[i].name)) continue;
        *ret_column = i;
        return true;
    }
    return false;
}

static bool add_step(lexer_t *l, query_path_t *path, uint32_t column)
{
    if (path->n == QUERY_STEPS_MAX) return lexer_fail(l, N_("too many references one after the other"));
    path->at[path->n++] = (uint8_t)column;
    return lexer_advance(l);
}

bool where_column(lexer_t *l, uint32_t table, query_path_t *ret_path, const column_t **ret_column)
{
    *ret_path = (query_path_t){0};
    for (;;) {
        const shape_t *shape = shape_at(table);
        uint32_t i;
        if (!find_column(l, shape, &i)) {
            *ret_column = NULL;
            return lexer_is(l, "org") ? add_step(l, ret_path, QUERY_COLUMN_ORG)
                                      : lexer_fail(l, N_("the table has no such column"));
        }
        const column_t *column = *ret_column = &shape->columns[i];
        if (ret_path->n > 0 && column->field == NULL)
            return lexer_fail(l,
                              N_("a column that is made while its table is counted cannot be referred to"));
        if (!add_step(l, ret_path, i)) return false;
        if (!lexer_is(l, ".")) return true;
        if (column->type != COLUMN_REF) return lexer_fail(l, N_("the column refers to nothing"));
        if (!lexer_advance(l)) return false;
        table = column->target;
    }
}

// ---- what a column is compared with ----

static bool column_like(where_t *w, const column_t *left, query_compare_t *compare)
{
    lexer_t *l = w->lexer;
    const column_t *right;
    lexer_t before = *l;
    if (l->kind != TOKEN_WORD || !where_column(l, w->query->table, &compare->right, &right)) {
        *l = before;
        return lexer_fail(l, N_("a number, a day, a word of the column or another column is expected"));
    }
    bool alike = right != NULL && right->type == left->type && right->target == left->target;
    if (alike && left->type == COLUMN_WORD) alike = strcmp(right->field->values, left->field->values) == 0;
    compare->with = WITH_COLUMN;
    if (alike) return true;
    *l = before;
    return lexer_fail(l, N_("the two columns cannot be compared"));
}

static bool a_day(where_t *w, const column_t *left, query_compare_t *compare)
{
    lexer_t *l = w->lexer;
    if (l->kind == TOKEN_NUMBER) return lexer_day(l, &compare->number);
    if (!lexer_is(l, "period")) return column_like(w, left, compare);
    if (!lexer_advance(l) || !lexer_expect(l, ".", N_("period.first or period.last is expected")))
        return false;
    if (!lexer_is(l, "first") && !lexer_is(l, "last"))
        return lexer_fail(l, N_("period.first or period.last is expected"));
    compare->with = lexer_is(l, "first") ? WITH_PERIOD_FIRST : WITH_PERIOD_LAST;
    return lexer_advance(l);
}

static bool a_word(where_t *w, const column_t *left, query_compare_t *compare)
{
    for (size_t i = 0; i < left->field->n_words; i++) {
        if (!lexer_is_name(w->lexer, left->field->words[i].code)) continue;
        compare->number = (int64_t)i;
        return lexer_advance(w->lexer);
    }
    return column_like(w, left, compare);
}

static bool right_side(where_t *w, const column_t *left, query_compare_t *compare)
{
    lexer_t *l = w->lexer;
    switch (left->type) {
    case COLUMN_DATE:
        return a_day(w, left, compare);
    case COLUMN_WORD:
        return a_word(w, left, compare);
    case COLUMN_DECIMAL:
        return l->kind == TOKEN_NUMBER ? lexer_hundredths(l, &compare->number)
                                       : column_like(w, left, compare);
    case COLUMN_NUMBER:
        if (l->kind != TOKEN_NUMBER) return column_like(w, left, compare);
        compare->number = l->number;
        return lexer_advance(l);
    case COLUMN_REF:
    case COLUMN_BOOL:
        break;
    }
    return column_like(w, left, compare);
}

// ---- conditions ----

static bool condition(where_t *w, int *ret_node);

static bool add_node(where_t *w, node_t node, int *ret_node)
{
    if (w->n_nodes == CONDITION_NODES_MAX) return lexer_fail(w->lexer, N_("the condition is too long"));
    w->nodes[w->n_nodes] = node;
    *ret_node = w->n_nodes++;
    return true;
}

static bool add_compare(where_t *w, const query_compare_t *compare, int *ret_node)
{
    query_t *query = w->query;
    uint32_t i = 0;
    while (i < query->n_compares && memcmp(&query->compares[i], compare, sizeof *compare) != 0) i++;
    if (i == QUERY_COMPARES_MAX) return lexer_fail(w->lexer, N_("too many comparisons"));
    if (i == query->n_compares) query->compares[query->n_compares++] = *compare;
    return add_node(w, (node_t){.kind = NODE_ATOM, .bit = 1ULL << (QUERY_COMPARE_BIT + i)}, ret_node);
}

static bool compared(where_t *w, const column_t *column, query_compare_t *compare)
{
    lexer_t *l = w->lexer;
    if (column->type == COLUMN_DATE && lexer_is(l, "in")) {
        compare->op = OP_IN_PERIOD;
        return lexer_advance(l) && lexer_expect(l, "period", N_("`period` is expected"));
    }
    uint32_t op = 0;
    while (op < ARRAY_SIZE(OPS) && !lexer_is(l, OPS[op])) op++;
    if (op == ARRAY_SIZE(OPS)) return lexer_fail(l, N_("a comparison is expected after a column"));
    if ((column->type == COLUMN_WORD || column->type == COLUMN_REF) && op != OP_EQ && op != OP_NE)
        return lexer_fail(l, N_("words and references are only the same (=) or not (<>)"));
    compare->op = op;
    return lexer_advance(l) && right_side(w, column, compare);
}

static bool comparison(where_t *w, int *ret_node)
{
    lexer_t *l = w->lexer;
    query_compare_t compare = {.op = OP_KNOWN};
    const column_t *column;
    bool known = lexer_is(l, "known");
    if (known && !lexer_advance(l)) return false;
    lexer_t before = *l;
    if (!where_column(l, w->query->table, &compare.left, &column)) return false;
    if (column == NULL) {
        *l = before;
        return lexer_fail(l, N_("organisations are counted, not compared"));
    }
    if (!known && column->type == COLUMN_BOOL) {
        compare.op = OP_EQ;
        compare.number = 1;
    } else if (!known && !compared(w, column, &compare)) {
        return false;
    }
    return add_compare(w, &compare, ret_node);
}

static bool atom(where_t *w, int *ret_node)
{
    lexer_t *l = w->lexer;
    const shape_t *shape = shape_at(w->query->table);
    uint32_t column;
    for (size_t i = 0; i < shape->n_flags; i++)
        if (lexer_is(l, shape->flags[i].name))
            return add_node(w, (node_t){.kind = NODE_ATOM, .bit = shape->flags[i].flag}, ret_node) &&
                   lexer_advance(l);
    if (lexer_is(l, "known") || lexer_is(l, "org") || find_column(l, shape, &column))
        return comparison(w, ret_node);
    return lexer_fail(l, N_("the table has no such flag or column"));
}

static bool one(where_t *w, int *ret_node)
{
    lexer_t *l = w->lexer;
    int inner;
    bool ok;
    if (!lexer_deeper(l)) return false;
    if (lexer_is(l, "not"))
        ok = lexer_advance(l) && one(w, &inner) &&
             add_node(w, (node_t){.kind = NODE_NOT, .left = inner}, ret_node);
    else if (lexer_is(l, "("))
        ok = lexer_advance(l) && condition(w, ret_node) &&
             lexer_expect(l, ")", N_("a closing bracket is expected"));
    else
        ok = atom(w, ret_node);
    l->depth--;
    return ok;
}

static bool all(where_t *w, int *ret_node)
{
    int left, right;
    if (!one(w, &left)) return false;
    while (lexer_is(w->lexer, "and")) {
        if (!lexer_advance(w->lexer) || !one(w, &right)) return false;
        if (!add_node(w, (node_t){NODE_AND, left, right, 0}, &left)) return false;
    }
    *ret_node = left;
    return true;
}

static bool condition(where_t *w, int *ret_node)
{
    int left, right;
    if (!all(w, &left)) return false;
    while (lexer_is(w->lexer, "or")) {
        if (!lexer_advance(w->lexer) || !all(w, &right)) return false;
        if (!add_node(w, (node_t){NODE_OR, left, right, 0}, &left)) return false;
    }
    *ret_node = left;
    return true;
}

bool where_parse(lexer_t *l, query_t *query)
{
    where_t w = {.lexer = l, .query = query};
    int root;
    query->n_terms = 1; // without a condition, one term that asks for nothing
    query->terms[0] = (query_term_t){0, 0};
    if (!lexer_is(l, "where")) return true;
    if (!lexer_advance(l) || !condition(&w, &root)) return false;
    return condition_terms(w.nodes, root, query) || lexer_fail(l, N_("the condition is too complex"));
}
