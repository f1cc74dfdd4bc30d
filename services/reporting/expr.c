// SPDX-License-Identifier: Apache-2.0
// Parser and evaluator of expressions. The first error stops it: every function returns false after that.
#include "services/reporting/expr.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "services/reporting/condition.h"
#include "services/reporting/flags.h"
#include <stdlib.h>

static const int64_t NUMBER_MAX = 1000000000;

// ---- tables ----

static const flag_name_t METHODIST_FLAGS[] = {
    {"active", METHODIST_ACTIVE, N_("appointed on the last day, and not on leave")},
    {"on_leave", METHODIST_ON_LEAVE, N_("appointed on the last day, but on a leave of more than 30 days")},
};
static const char *const METHODIST_COLUMNS[N_METHODIST_COLUMNS] = {[METHODIST_LOAD] = "load"};

static const flag_name_t TEAM_FLAGS[] = {
    {"pk", TEAM_PK, N_("advanced training")},
    {"retraining", TEAM_RETRAINING, N_("retraining")},
    {"internship", TEAM_INTERNSHIP, N_("internship")},
    {"municipal", TEAM_MUNICIPAL, N_("of managers of different organisations")},
};
static const char *const TEAM_COLUMNS[N_TEAM_COLUMNS] = {
    [TEAM_MANAGERS] = "managers",
    [TEAM_ATTENDED] = "attended",
    [TEAM_COMPLETED] = "completed",
    [TEAM_HOURS] = "hours",
};

typedef struct table_shape {
    const char *name;
    const flag_name_t *flags;
    const size_t *n_flags;
    const char *const *columns;
    uint32_t n_columns;
} table_shape_t;

static const size_t N_METHODIST_FLAGS = ARRAY_SIZE(METHODIST_FLAGS), N_TEAM_FLAGS = ARRAY_SIZE(TEAM_FLAGS);
static const table_shape_t TABLES[N_TABLES] = {
    [TABLE_PERSON] = {"person", FACT_FLAGS, &N_FACT_FLAGS, NULL, 0},
    [TABLE_METHODIST] = {"methodist", METHODIST_FLAGS, &N_METHODIST_FLAGS, METHODIST_COLUMNS,
                         N_METHODIST_COLUMNS},
    [TABLE_TEAM] = {"team", TEAM_FLAGS, &N_TEAM_FLAGS, TEAM_COLUMNS, N_TEAM_COLUMNS},
};

// ---- tokens ----

typedef enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN } token_kind_t;

typedef struct parser {
    const char *text;
    size_t size;
    size_t next;       // first byte behind the token
    token_kind_t kind; // the token in hand
    size_t at, length;
    int64_t number;
    int depth;
    expr_t *expr;
    query_t *query; // the one being built
    node_t nodes[CONDITION_NODES_MAX];
    int n_nodes;
    expr_error_t error;
} parser_t;

static bool fail(parser_t *p, const char *what)
{
    if (!p->error.what) p->error = (expr_error_t){what, p->at};
    return false;
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool scan_number(parser_t *p)
{
    p->kind = TOKEN_NUMBER;
    p->number = 0;
    while (p->next < p->size && p->text[p->next] >= '0' && p->text[p->next] <= '9') {
        p->number = p->number * 10 + (p->text[p->next++] - '0');
        if (p->number > NUMBER_MAX) return fail(p, N_("the number is too large"));
    }
    return true;
}

// Two-byte signs are <=, >= and <>.
static bool scan_sign(parser_t *p)
{
    char c = p->text[p->next], d = p->next + 1 < p->size ? p->text[p->next + 1] : '\0';
    if (!strchr("+-*/().<>=", c) || c == '\0') return fail(p, N_("a character that means nothing here"));
    p->kind = TOKEN_SIGN;
    p->next += (c == '<' && (d == '=' || d == '>')) || (c == '>' && d == '=') ? 2 : 1;
    return true;
}

static bool advance(parser_t *p)
{
    while (p->next < p->size && strchr(" \t\r\n", p->text[p->next]) && p->text[p->next]) p->next++;
    p->at = p->next;
    p->length = 0;
    p->kind = TOKEN_END;
    if (p->next == p->size) return true;
    char c = p->text[p->next];
    bool ok = true;
    if (c >= '0' && c <= '9') {
        ok = scan_number(p);
    } else if (word_char(c)) {
        p->kind = TOKEN_WORD;
        while (p->next < p->size && word_char(p->text[p->next])) p->next++;
    } else {
        ok = scan_sign(p);
    }
    p->length = p->next - p->at;
    return ok;
}

static bool is(const parser_t *p, const char *token)
{
    return (p->kind == TOKEN_WORD || p->kind == TOKEN_SIGN) && p->length == strlen(token) &&
           memcmp(p->text + p->at, token, p->length) == 0;
}

static bool expect(parser_t *p, const char *token, const char *what)
{
    return is(p, token) ? advance(p) : fail(p, what);
}

static bool deeper(parser_t *p)
{
    return ++p->depth <= EXPR_DEPTH_MAX || fail(p, N_("nested too deeply"));
}

// ---- conditions ----

static bool condition(parser_t *p, int *ret_node);

static bool add_node(parser_t *p, node_t node, int *ret_node)
{
    if (p->n_nodes == CONDITION_NODES_MAX) return fail(p, N_("the condition is too long"));
    p->nodes[p->n_nodes] = node;
    *ret_node = p->n_nodes++;
    return true;
}

static bool find_column(const parser_t *p, uint32_t *ret_column)
{
    const table_shape_t *table = &TABLES[p->query->table];
    for (uint32_t i = 0; i < table->n_columns; i++) {
        if (!is(p, table->columns[i])) continue;
        *ret_column = i;
        return true;
    }
    return false;
}

static bool comparison(parser_t *p, uint32_t column, int *ret_node)
{
    static const char *const OPS[] = {
        [OP_LT] = "<", [OP_LE] = "<=", [OP_EQ] = "=", [OP_GE] = ">=", [OP_GT] = ">", [OP_NE] = "<>"};
    uint32_t op = 0;
    while (op < ARRAY_SIZE(OPS) && !is(p, OPS[op])) op++;
    if (op == ARRAY_SIZE(OPS)) return fail(p, N_("a comparison is expected after a column"));
    if (!advance(p)) return false;
    if (p->kind != TOKEN_NUMBER) return fail(p, N_("a number is expected"));
    query_compare_t compare = {column, op, p->number};
    uint32_t i = 0;
    while (i < p->query->n_compares && memcmp(&p->query->compares[i], &compare, sizeof compare) != 0) i++;
    if (i == EXPR_COMPARES_MAX) return fail(p, N_("too many comparisons"));
    if (i == p->query->n_compares) p->query->compares[p->query->n_compares++] = compare;
    return add_node(p, (node_t){.kind = NODE_ATOM, .bit = 1ULL << (EXPR_COMPARE_BIT + i)}, ret_node) &&
           advance(p);
}

static bool atom(parser_t *p, int *ret_node)
{
    const table_shape_t *table = &TABLES[p->query->table];
    uint32_t column;
    for (size_t i = 0; i < *table->n_flags; i++)
        if (is(p, table->flags[i].name))
            return add_node(p, (node_t){.kind = NODE_ATOM, .bit = table->flags[i].flag}, ret_node) &&
                   advance(p);
    if (find_column(p, &column)) return advance(p) && comparison(p, column, ret_node);
    return fail(p, N_("the table has no such flag or column"));
}

static bool one(parser_t *p, int *ret_node)
{
    int inner;
    if (!deeper(p)) return false;
    bool ok;
    if (is(p, "not"))
        ok = advance(p) && one(p, &inner) && add_node(p, (node_t){.kind = NODE_NOT, .left = inner}, ret_node);
    else if (is(p, "("))
        ok = advance(p) && condition(p, ret_node) && expect(p, ")", N_("a closing bracket is expected"));
    else
        ok = atom(p, ret_node);
    p->depth--;
    return ok;
}

static bool all(parser_t *p, int *ret_node)
{
    int left, right;
    if (!one(p, &left)) return false;
    while (is(p, "and")) {
        if (!advance(p) || !one(p, &right)) return false;
        if (!add_node(p, (node_t){NODE_AND, left, right, 0}, &left)) return false;
    }
    *ret_node = left;
    return true;
}

static bool condition(parser_t *p, int *ret_node)
{
    int left, right;
    if (!all(p, &left)) return false;
    while (is(p, "or")) {
        if (!advance(p) || !all(p, &right)) return false;
        if (!add_node(p, (node_t){NODE_OR, left, right, 0}, &left)) return false;
    }
    *ret_node = left;
    return true;
}

// ---- aggregates ----

static bool table_name(parser_t *p)
{
    for (uint32_t t = 0; t < N_TABLES; t++) {
        if (!is(p, TABLES[t].name)) continue;
        p->query->table = t;
        return advance(p);
    }
    return fail(p, N_("there is no such table"));
}

static bool where(parser_t *p)
{
    int root;
    p->n_nodes = 0;
    p->query->n_terms = 1; // without a condition, one term that asks for nothing
    p->query->terms[0] = (query_term_t){0, 0};
    if (!is(p, "where")) return true;
    if (!advance(p) || !condition(p, &root)) return false;
    return condition_terms(p->nodes, root, p->query) || fail(p, N_("the condition is too complex"));
}

static bool counted(parser_t *p)
{
    p->query->fn = QUERY_COUNT;
    if (is(p, "org")) {
        p->query->fn = QUERY_COUNT_ORG;
        if (!advance(p) || !expect(p, "of", N_("\"of\" is expected"))) return false;
        if (!is(p, "team")) return fail(p, N_("organisations can be counted of table team only"));
    }
    return table_name(p) && where(p);
}

static bool folded(parser_t *p, query_fn_t fn)
{
    p->query->fn = fn;
    if (!table_name(p) || !expect(p, ".", N_("a column is expected"))) return false;
    if (!find_column(p, &p->query->column)) return fail(p, N_("the table has no such column"));
    return advance(p) && where(p);
}

static bool push(parser_t *p, expr_op_t op, int64_t number)
{
    if (p->expr->n_ops == EXPR_OPS_MAX) return fail(p, N_("the expression is too long"));
    p->expr->ops[p->expr->n_ops].op = op;
    p->expr->ops[p->expr->n_ops++].number = number;
    return true;
}

static bool aggregate(parser_t *p, query_fn_t fn)
{
    if (p->expr->n_queries == EXPR_QUERIES_MAX) return fail(p, N_("too many aggregates"));
    size_t i = p->expr->n_queries;
    p->query = &p->expr->queries[i];
    memset(p->query, 0, sizeof *p->query);
    if (!advance(p) || !expect(p, "(", N_("an opening bracket is expected"))) return false;
    if (!(fn == QUERY_COUNT ? counted(p) : folded(p, fn))) return false;
    if (!expect(p, ")", N_("a closing bracket is expected"))) return false;
    p->expr->n_queries++;
    return push(p, EXPR_QUERY, (int64_t)i);
}

// ---- arithmetic ----

static bool expression(parser_t *p);

static bool bracketed(parser_t *p)
{
    return expect(p, "(", N_("an opening bracket is expected")) && expression(p);
}

static bool rounded_up(parser_t *p)
{
    return advance(p) && bracketed(p) && expect(p, "/", N_("a division sign is expected")) && expression(p) &&
           expect(p, ")", N_("a closing bracket is expected")) && push(p, EXPR_CEIL, 0);
}

static bool factor_inner(parser_t *p)
{
    if (p->kind == TOKEN_NUMBER) return push(p, EXPR_NUMBER, p->number) && advance(p);
    if (is(p, "count")) return aggregate(p, QUERY_COUNT);
    if (is(p, "sum")) return aggregate(p, QUERY_SUM);
    if (is(p, "max")) return aggregate(p, QUERY_MAX);
    if (is(p, "ceil")) return rounded_up(p);
    if (is(p, "zero"))
        return advance(p) && bracketed(p) && expect(p, ")", N_("a closing bracket is expected")) &&
               push(p, EXPR_ZERO, 0);
    if (is(p, "(")) return bracketed(p) && expect(p, ")", N_("a closing bracket is expected"));
    return fail(p, N_("a number, a bracket or count, sum, max, ceil, zero is expected"));
}

static bool factor(parser_t *p)
{
    bool ok = deeper(p) && factor_inner(p);
    p->depth--;
    return ok;
}

static bool term(parser_t *p)
{
    if (!factor(p)) return false;
    while (is(p, "*"))
        if (!advance(p) || !factor(p) || !push(p, EXPR_MUL, 0)) return false;
    return true;
}

static bool expression(parser_t *p)
{
    if (!term(p)) return false;
    while (is(p, "+") || is(p, "-")) {
        expr_op_t op = is(p, "+") ? EXPR_ADD : EXPR_SUB;
        if (!advance(p) || !term(p) || !push(p, op, 0)) return false;
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
    AUTO(xfree) parser_t *p = xcalloc(1, sizeof *p);
    p->text = text;
    p->size = size;
    p->expr = expr;
    bool ok = advance(p) && expression(p) &&
              (p->kind == TOKEN_END || fail(p, N_("the expression should end here")));
    if (!ok) {
        *ret_error = p->error;
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

// ---- rows ----

static bool compared(const query_compare_t *compare, int64_t number)
{
    switch ((compare_op_t)compare->op) {
    case OP_LT:
        return number < compare->number;
    case OP_LE:
        return number <= compare->number;
    case OP_EQ:
        return number == compare->number;
    case OP_GE:
        return number >= compare->number;
    case OP_GT:
        return number > compare->number;
    case OP_NE:
        return number != compare->number;
    }
    return false;
}

bool query_matches(const query_t *query, uint32_t flags, const int64_t *columns)
{
    uint64_t word = flags;
    for (uint32_t i = 0; i < query->n_compares; i++)
        if (compared(&query->compares[i], columns[query->compares[i].column]))
            word |= 1ULL << (EXPR_COMPARE_BIT + i);
    for (uint32_t i = 0; i < query->n_terms; i++)
        if ((word & query->terms[i].mask) == query->terms[i].value) return true;
    return false;
}
