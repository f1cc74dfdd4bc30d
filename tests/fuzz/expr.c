// SPDX-License-Identifier: Apache-2.0
// An expression of an indicator, as an analyst writes it: compiled, and evaluated over odd values.
#include "services/reporting/expr.h"
#include "services/reporting/orgs.h"
#include "tests/fuzz/fuzz.h"

static const value_t VALUES[] = {{.null = true},       {.number = 0},         {.number = -1},
                                 {.number = 7},        {.number = INT64_MAX}, {.number = INT64_MIN},
                                 {.number = INT32_MAX}};

// A row of the query's table, with every column the same, in a store where each table has that row alone.
static void match(const query_t *query, const rows_t *rows, int64_t value, uint32_t flags)
{
    static const period_t PERIOD = {.year = 2024, .first_day = 19723, .last_day = 20088};
    int64_t columns[SHAPE_COLUMNS_MAX];
    for (size_t i = 0; i < SHAPE_COLUMNS_MAX; i++) columns[i] = value;
    row_t row = {flags, 0, columns};
    query_matches(query, &(asked_t){rows, &PERIOD}, &row);
    if (query->column.n > 0) query_value(query, &query->column, &(asked_t){rows, &PERIOD}, &row);
}

static void fill(rows_t *rows)
{
    for (uint32_t t = 0; t < shape_count(); t++) {
        AUTO(arena_destroy) arena_t *arena = arena_new(0);
        rid_t id = {{(uint8_t)t}};
        if (shape_is_kept(t)) rows_put(rows, t, &id, slice_text("o"), body_new(shape_at(t)->kind, arena));
    }
}

static void evaluate(const expr_t *expr)
{
    static rows_t *rows;
    value_t values[EXPR_QUERIES_MAX];
    if (rows == NULL) fill(rows = rows_new(orgs_new()));
    for (size_t first = 0; first < ARRAY_SIZE(VALUES); first++) {
        for (size_t i = 0; i < EXPR_QUERIES_MAX; i++)
            values[i] = VALUES[(first + i * first) % ARRAY_SIZE(VALUES)];
        expr_value(expr, values);
    }
    for (size_t i = 0; i < expr->n_queries; i++)
        for (size_t v = 0; v < ARRAY_SIZE(VALUES); v++) {
            match(&expr->queries[i], rows, VALUES[v].null ? VALUE_ABSENT : VALUES[v].number, 0);
            match(&expr->queries[i], rows, VALUES[v].number, UINT32_MAX);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    expr_error_t error = {0};
    expr_t *expr = expr_parse((const char *)data, size, &error);
    if (expr != NULL)
        evaluate(expr);
    else
        assert(error.what != NULL && error.at <= size);
    expr_destroy(&expr);
    return 0;
}
