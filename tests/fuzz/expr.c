// SPDX-License-Identifier: Apache-2.0
// An expression of an indicator, as an analyst writes it: compiled, and evaluated over odd values.
#include "services/reporting/expr.h"
#include "tests/fuzz/fuzz.h"

static const value_t VALUES[] = {{.null = true},       {.number = 0},         {.number = -1},
                                 {.number = 7},        {.number = INT64_MAX}, {.number = INT64_MIN},
                                 {.number = INT32_MAX}};

static void evaluate(const expr_t *expr)
{
    value_t values[EXPR_QUERIES_MAX];
    int64_t columns[EXPR_COLUMNS_MAX] = {0, 1, -5, INT64_MAX};
    for (size_t first = 0; first < ARRAY_SIZE(VALUES); first++) {
        for (size_t i = 0; i < EXPR_QUERIES_MAX; i++)
            values[i] = VALUES[(first + i * first) % ARRAY_SIZE(VALUES)];
        expr_value(expr, values);
    }
    for (size_t i = 0; i < expr->n_queries; i++) {
        const query_t *query = &expr->queries[i];
        query_matches(query, 0, query->table == TABLE_PERSON ? NULL : columns);
        query_matches(query, UINT32_MAX, query->table == TABLE_PERSON ? NULL : columns);
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
