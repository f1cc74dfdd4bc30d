// SPDX-License-Identifier: Apache-2.0
// The language of indicators: integer expressions over counts, sums and extremes of tables (shape.h).
//
//   expression = term { ("+" | "-") term }
//   term       = factor { "*" factor }
//   factor     = NUMBER | "(" expression ")"
//              | "ceil" "(" expression "/" expression ")"      rounded up; nothing when divided by zero
//              | "zero" "(" expression ")"                     1 when it is 0, else 0
//              | "count" "(" TABLE [ "where" condition ] ")"
//              | "count" "(" "distinct" TABLE "." column [ "where" condition ] ")"   different values that
//              are there | "count" "(" "org" "of" TABLE [ "where" condition ] ")"              the same of
//              TABLE.org | ( "sum" | "max" | "min" ) "(" TABLE "." column [ "where" condition ] ")"  max, min
//              of no rows:
//                                                                                          nothing
//   condition  = all { "or" all };  all = one { "and" one }
//   one        = "not" one | "(" condition ")" | FLAG
//              | column                                        yes; of a column that is yes or no
//              | "known" column                                it is there
//              | column "in" "period"                          a day of the period
//              | column ( "<" | "<=" | "=" | ">=" | ">" | "<>" ) value
//   column     = COLUMN { "." COLUMN }                         each but the last refers to the record that
//   has the next value      = NUMBER | DAY | WORD | column | "period" "." ( "first" | "last" )
//
// TABLE is a kind; COLUMN a field of it marked FACT, `org` the row's organisation; hyphens of names and words
// are written as "_". A comparison with what is absent is false, so "not" of it is true. Decimals are exact:
// an expression knows by which power of 100 its value is too large.
//
// Nothing recurses deeper than EXPR_DEPTH_MAX and nothing grows beyond the limits below.
#pragma once
#include "services/reporting/lexer.h"
#include "services/reporting/query.h"

enum {
    EXPR_TEXT_MAX = 1000, // bytes
    EXPR_QUERIES_MAX = 8, // aggregates of one expression
    EXPR_OPS_MAX = 64,
    EXPR_SCALE_MAX = 2,
};

typedef enum expr_op {
    EXPR_NUMBER,
    EXPR_QUERY,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_CEIL,
    EXPR_ZERO,
    EXPR_HUNDRED, // times 100: the last value, or with number 1 the one before
} expr_op_t;

typedef struct expr { // postfix
    struct {
        expr_op_t op;
        int64_t number; // value, or index of the query
    } ops[EXPR_OPS_MAX];
    size_t n_ops;
    query_t queries[EXPR_QUERIES_MAX];
    size_t n_queries;
    int scale; // its value is 100^scale times what it says
} expr_t;

typedef struct value {
    bool null; // nothing: of no rows, or beyond 64 bits
    int64_t number;
} value_t;

// Compiles `size` bytes of text. Returns a new expression that the caller destroys, or NULL with *ret_error
// filled.
expr_t *expr_parse(const char *text, size_t size, expr_error_t *ret_error);
void expr_destroy(expr_t **expr);

// Makes the scale as large as this one. False when the expression gets too long.
bool expr_rescale(expr_t *expr, int scale);
// 100^scale
int64_t expr_unit(const expr_t *expr);

// The expression's value from the values of its queries, in their order.
value_t expr_value(const expr_t *expr, const value_t *queries);
