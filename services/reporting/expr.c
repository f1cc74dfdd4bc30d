// SPDX-License-Identifier: Apache-2.0
// Parser and evaluator of expressions: aggregates and arithmetic. The first error stops it.
#include "services/reporting/expr.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "services/reporting/where.h"
#include <stdlib.h>

typedef struct parser {
    lexer_t lexer;
    expr_t *expr;
} parser_t;

static bool fail(parser_t *p, const char *what)
{
    return lexer_fail(&p->lexer, what);
}

static bool is(const parser_t *p, const char *token)
{
    return lexer_is(&p->lexer, token);
}

static bool advance(parser_t *p)
{
    return lexer_advance(&p->lexer);
}

static bool expect(parser_t *p, const char *token, const char *what)
{
    return lexer_expect(&p->lexer, token, what);
}

// ---- aggregates ----

static bool table_name(parser_t *p, query_t *query)
{
    for (uint32_t t = 0; t < shape_count(); t++) {
        const shape_t *shape = shape_at(t);
        if (!shape_is_asked(shape) || !lexer_is_name(&p->lexer, shape->kind->name)) continue;
        query->table = t;
        return true;
    }
    return fail(p, N_("there is no such table"));
}

// Rows of one person are joined before they are counted, so there is nothing to fold.
static bool folded_table(parser_t *p, query_t *query)
{
    if (!table_name(p, query)) return false;
    if (query->table == TABLE_PERSON) return fail(p, N_("people can only be counted"));
    return advance(p);
}

static bool org_of(parser_t *p, query_t *query)
{
    query->fn = QUERY_DISTINCT;
    query->column = (query_path_t){.n = 1, .at = {QUERY_COLUMN_ORG}};
    return advance(p) && expect(p, "of", N_("`of` is expected")) && folded_table(p, query);
}

static bool column_of(parser_t *p, query_t *query, const column_t **ret_column)
{
    return folded_table(p, query) && expect(p, ".", N_("a column is expected")) &&
           where_column(&p->lexer, query->table, &query->column, ret_column);
}

static bool counted(parser_t *p, query_t *query)
{
    const column_t *column;
    query->fn = QUERY_COUNT;
    if (is(p, "org")) return org_of(p, query);
    if (!is(p, "distinct")) return table_name(p, query) && advance(p);
    query->fn = QUERY_DISTINCT;
    return advance(p) && column_of(p, query, &column);
}

static bool folded(parser_t *p, query_t *query, int *ret_scale)
{
    const column_t *column;
    lexer_t before = p->lexer;
    if (!column_of(p, query, &column)) return false;
    bool number = column != NULL && (column->type == COLUMN_NUMBER || column->type == COLUMN_DECIMAL);
    *ret_scale = number && column->type == COLUMN_DECIMAL;
    if (number) return true;
    p->lexer = before;
    return fail(p, N_("the column is no number"));
}

static bool push(parser_t *p, expr_op_t op, int64_t number)
{
    if (p->expr->n_ops == EXPR_OPS_MAX) return fail(p, N_("the expression is too long"));
    p->expr->ops[p->expr->n_ops].op = op;
    p->expr->ops[p->expr->n_ops++].number = number;
    return true;
}

static bool aggregate(parser_t *p, query_fn_t fn, int *ret_scale)
{
    if (p->expr->n_queries == EXPR_QUERIES_MAX) return fail(p, N_("too many aggregates"));
    size_t i = p->expr->n_queries;
    query_t *query = &p->expr->queries[i];
    memset(query, 0, sizeof *query);
    query->fn = fn;
    *ret_scale = 0;
    if (!advance(p) || !expect(p, "(", N_("an opening bracket is expected"))) return false;
    if (!(fn == QUERY_COUNT ? counted(p, query) : folded(p, query, ret_scale))) return false;
    if (!where_parse(&p->lexer, query) || !expect(p, ")", N_("a closing bracket is expected"))) return false;
    p->expr->n_queries++;
    return push(p, EXPR_QUERY, (int64_t)i);
}

// ---- arithmetic ----
// Each part says by which power of 100 its value is too large.

static bool expression(parser_t *p, int *ret_scale);

// The two last values to one scale.
static bool align(parser_t *p, int *left, int right)
{
    for (; *left < right; (*left)++)
        if (!push(p, EXPR_HUNDRED, 1)) return false;
    for (; right < *left; right++)
        if (!push(p, EXPR_HUNDRED, 0)) return false;
    return true;
}

static bool bracketed(parser_t *p, int *ret_scale)
{
    return expect(p, "(", N_("an opening bracket is expected")) && expression(p, ret_scale);
}

static bool rounded_up(parser_t *p)
{
    int left, right;
    return advance(p) && bracketed(p, &left) && expect(p, "/", N_("a division sign is expected")) &&
           expression(p, &right) && align(p, &left, right) &&
           expect(p, ")", N_("a closing bracket is expected")) && push(p, EXPR_CEIL, 0);
}

static bool zero_of(parser_t *p)
{
    int inner;
    return advance(p) && bracketed(p, &inner) && expect(p, ")", N_("a closing bracket is expected")) &&
           push(p, EXPR_ZERO, 0);
}

static bool factor_inner(parser_t *p, int *ret_scale)
{
    *ret_scale = 0;
    if (p->lexer.kind == TOKEN_NUMBER) return push(p, EXPR_NUMBER, p->lexer.number) && advance(p);
    if (is(p, "count")) return aggregate(p, QUERY_COUNT, ret_scale);
    if (is(p, "sum")) return aggregate(p, QUERY_SUM, ret_scale);
    if (is(p, "max")) return aggregate(p, QUERY_MAX, ret_scale);
    if (is(p, "min")) return aggregate(p, QUERY_MIN, ret_scale);
    if (is(p, "ceil")) return rounded_up(p);
    if (is(p, "zero")) return zero_of(p);
    if (is(p, "(")) return bracketed(p, ret_scale) && expect(p, ")", N_("a closing bracket is expected"));
    return fail(p, N_("a number, a bracket or count, sum, max, min, ceil, zero is expected"));
}

static bool factor(parser_t *p, int *ret_scale)
{
    bool ok = lexer_deeper(&p->lexer) && factor_inner(p, ret_scale);
    p->lexer.depth--;
    return ok;
}

static bool term(parser_t *p, int *ret_scale)
{
    int right;
    if (!factor(p, ret_scale)) return false;
    while (is(p, "*")) {
        if (!advance(p) || !factor(p, &right) || !push(p, EXPR_MUL, 0)) return false;
        *ret_scale += right;
        if (*ret_scale > EXPR_SCALE_MAX) return fail(p, N_("too many decimals multiplied"));
    }
    return true;
}

static bool expression(parser_t *p, int *ret_scale)
{
    int right;
    if (!term(p, ret_scale)) return false;
    while (is(p, "+") || is(p, "-")) {
        expr_op_t op = is(p, "+") ? EXPR_ADD : EXPR_SUB;
        if (!advance(p) || !term(p, &right) || !align(p, ret_scale, right) || !push(p, op, 0)) return false;
    }
    return true;
}

expr_t *expr_parse(const char *text, size_t size, expr_error_t *ret_error)
{
    if (size > EXPR_TEXT_MAX) {
        *ret_error = (expr_error_t){N_("the expression is too long"), EXPR_TEXT_MAX};
        return NULL;
    }
    AUTO(expr_destroy) expr_t *expr = xcalloc(1, sizeof *expr);
    parser_t p = {.lexer = {.text = text, .size = size}, .expr = expr};
    bool ok = advance(&p) && expression(&p, &expr->scale) &&
              (p.lexer.kind == TOKEN_END || fail(&p, N_("the expression should end here")));
    if (!ok) {
        *ret_error = p.lexer.error;
        return NULL;
    }
    expr_t *done = expr;
    expr = NULL;
    return done;
}

void expr_destroy(expr_t **expr)
{
    if (!expr) return;
    free(*expr);
    *expr = NULL;
}

bool expr_rescale(expr_t *expr, int scale)
{
    for (; expr->scale < scale; expr->scale++) {
        if (expr->n_ops == EXPR_OPS_MAX) return false;
        expr->ops[expr->n_ops].op = EXPR_HUNDRED;
        expr->ops[expr->n_ops++].number = 0;
    }
    return true;
}

int64_t expr_unit(const expr_t *expr)
{
    int64_t unit = 1;
    for (int i = 0; i < expr->scale; i++) unit *= 100;
    return unit;
}

// ---- evaluation ----

static value_t ceil_of(value_t a, value_t b)
{
    if (b.number == 0 || (a.number == INT64_MIN && b.number == -1)) return (value_t){true, 0};
    int64_t q = a.number / b.number;
    bool up = a.number % b.number != 0 && (a.number < 0) == (b.number < 0);
    return (value_t){false, q + up};
}

static value_t combine(expr_op_t op, value_t a, value_t b)
{
    int64_t number = 0;
    bool beyond = false;
    if (a.null || b.null) return (value_t){true, 0};
    if (op == EXPR_CEIL) return ceil_of(a, b);
    if (op == EXPR_ADD) beyond = __builtin_add_overflow(a.number, b.number, &number);
    if (op == EXPR_SUB) beyond = __builtin_sub_overflow(a.number, b.number, &number);
    if (op == EXPR_MUL) beyond = __builtin_mul_overflow(a.number, b.number, &number);
    return (value_t){beyond, beyond ? 0 : number};
}

value_t expr_value(const expr_t *expr, const value_t *queries)
{
    value_t stack[EXPR_OPS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < expr->n_ops; i++) {
        int64_t number = expr->ops[i].number;
        switch (expr->ops[i].op) {
        case EXPR_NUMBER:
            stack[n++] = (value_t){false, number};
            break;
        case EXPR_QUERY:
            stack[n++] = queries[number];
            break;
        case EXPR_ZERO:
            stack[n - 1].number = stack[n - 1].number == 0 && !stack[n - 1].null;
            break;
        case EXPR_HUNDRED:
            stack[n - 1 - (size_t)number] =
                combine(EXPR_MUL, stack[n - 1 - (size_t)number], (value_t){false, 100});
            break;
        case EXPR_ADD:
        case EXPR_SUB:
        case EXPR_MUL:
        case EXPR_CEIL:
            n--;
            stack[n - 1] = combine(expr->ops[i].op, stack[n - 1], stack[n]);
            break;
        }
    }
    return stack[0];
}
