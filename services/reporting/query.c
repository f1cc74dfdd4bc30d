// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/query.h"

int64_t query_value(const query_t *query, const query_path_t *path, const asked_t *asked, const row_t *row)
{
    const int64_t *columns = row->columns;
    uint32_t table = query->table, org = row->org;
    for (uint32_t i = 0; i < path->n; i++) {
        if (path->at[i] == QUERY_COLUMN_ORG) return org;
        int64_t value = columns[path->at[i]];
        if (i + 1u == path->n || value == VALUE_ABSENT) return value;
        table = shape_at(table)->columns[path->at[i]].target;
        const rows_table_t *rows = &asked->rows->tables[table];
        uint32_t next = (uint32_t)value;
        if (!rows_has(rows, next)) return VALUE_ABSENT;
        columns = rows_values(rows, next);
        org = rows->org[next];
    }
    return VALUE_ABSENT;
}

static bool ordered(compare_op_t op, int64_t a, int64_t b)
{
    switch (op) {
    case OP_LT:
        return a < b;
    case OP_LE:
        return a <= b;
    case OP_EQ:
        return a == b;
    case OP_GE:
        return a >= b;
    case OP_GT:
        return a > b;
    case OP_NE:
        return a != b;
    case OP_IN_PERIOD:
    case OP_KNOWN:
        break;
    }
    return false;
}

static int64_t right_of(const query_t *query, const query_compare_t *compare, const asked_t *asked,
                        const row_t *row)
{
    switch ((compare_with_t)compare->with) {
    case WITH_NUMBER:
        return compare->number;
    case WITH_COLUMN:
        return query_value(query, &compare->right, asked, row);
    case WITH_PERIOD_FIRST:
        return asked->period->first_day;
    case WITH_PERIOD_LAST:
        return asked->period->last_day;
    }
    return VALUE_ABSENT;
}

// What is absent stands in no relation to anything.
static bool holds(const query_t *query, const query_compare_t *compare, const asked_t *asked,
                  const row_t *row)
{
    int64_t left = query_value(query, &compare->left, asked, row);
    if (left == VALUE_ABSENT || compare->op == OP_KNOWN) return left != VALUE_ABSENT;
    if (compare->op == OP_IN_PERIOD)
        return asked->period->first_day <= left && left <= asked->period->last_day;
    int64_t right = right_of(query, compare, asked, row);
    return right != VALUE_ABSENT && ordered((compare_op_t)compare->op, left, right);
}

bool query_matches(const query_t *query, const asked_t *asked, const row_t *row)
{
    uint64_t word = row->flags;
    for (uint32_t i = 0; i < query->n_compares; i++)
        if (holds(query, &query->compares[i], asked, row)) word |= 1ULL << (QUERY_COMPARE_BIT + i);
    for (uint32_t i = 0; i < query->n_terms; i++)
        if ((word & query->terms[i].mask) == query->terms[i].value) return true;
    return false;
}
