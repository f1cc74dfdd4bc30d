// SPDX-License-Identifier: Apache-2.0
// The language of indicators: integer expressions over counts, sums and maxima of three tables.
//
//   expression = term { ("+" | "-") term }
//   term       = factor { "*" factor }
//   factor     = NUMBER | "(" expression ")"
//              | "ceil" "(" expression "/" expression ")"      rounded up; nothing when divided by zero
//              | "zero" "(" expression ")"                     1 when it is 0, else 0
//              | "count" "(" [ "org" "of" ] TABLE [ "where" condition ] ")"     "org of": different
//              organisations | ( "sum" | "max" ) "(" TABLE "." COLUMN [ "where" condition ] ")"   max of no
//              rows is nothing
//   condition  = all { "or" all };  all = one { "and" one }
//   one        = "not" one | "(" condition ")" | FLAG | COLUMN ( "<" | "<=" | "=" | ">=" | ">" | "<>" )
//   NUMBER
//
// A condition becomes a few (mask, value) terms over one 64-bit word per row, so that testing a row is a
// handful of integer comparisons. Nothing recurses deeper than EXPR_DEPTH_MAX and nothing grows beyond the
// limits below.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXPR_TEXT_MAX = 1000, // bytes
    EXPR_DEPTH_MAX = 24,
    EXPR_QUERIES_MAX = 8, // aggregates of one expression
    EXPR_OPS_MAX = 64,
    EXPR_TERMS_MAX = 48,   // of one condition
    EXPR_COMPARES_MAX = 8, // of one condition
};

typedef enum expr_table { TABLE_PERSON, TABLE_METHODIST, TABLE_TEAM, N_TABLES } expr_table_t;
typedef enum query_fn { QUERY_COUNT, QUERY_COUNT_ORG, QUERY_SUM, QUERY_MAX } query_fn_t;

// Flags and columns of a row of each table; those of TABLE_PERSON are enum fact_flag.
enum methodist_flag { METHODIST_ACTIVE = 1 << 0, METHODIST_ON_LEAVE = 1 << 1 };
enum methodist_column { METHODIST_LOAD, N_METHODIST_COLUMNS };
enum team_flag {
    TEAM_PK = 1 << 0,
    TEAM_RETRAINING = 1 << 1,
    TEAM_INTERNSHIP = 1 << 2,
    TEAM_MUNICIPAL = 1 << 3, // of managers of different organisations
};
enum team_column { TEAM_MANAGERS, TEAM_ATTENDED, TEAM_COMPLETED, TEAM_HOURS, N_TEAM_COLUMNS };
enum {
    EXPR_COLUMNS_MAX = 4,
    EXPR_COMPARE_BIT = 32
}; // comparison i of a query is bit EXPR_COMPARE_BIT + i of the word

typedef enum compare_op { OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_NE } compare_op_t;

typedef struct query_term {
    uint64_t mask;
    uint64_t value;
} query_term_t;

typedef struct query_compare {
    uint32_t column;
    uint32_t op; // compare_op_t
    int64_t number;
} query_compare_t;

typedef struct query { // one aggregate. Equal aggregates are equal byte for byte
    uint32_t table;    // expr_table_t
    uint32_t fn;       // query_fn_t
    uint32_t column;   // of QUERY_SUM, QUERY_MAX
    uint32_t n_terms;  // 0: no row matches
    uint32_t n_compares;
    uint32_t unused; // padding made visible
    query_term_t terms[EXPR_TERMS_MAX];
    query_compare_t compares[EXPR_COMPARES_MAX];
} query_t;

typedef enum expr_op {
    EXPR_NUMBER,
    EXPR_QUERY,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_CEIL,
    EXPR_ZERO
} expr_op_t;

typedef struct expr { // postfix
    struct {
        expr_op_t op;
        int64_t number; // value, or index of the query
    } ops[EXPR_OPS_MAX];
    size_t n_ops;
    query_t queries[EXPR_QUERIES_MAX];
    size_t n_queries;
} expr_t;

typedef struct value {
    bool null; // nothing: of no rows, or beyond 64 bits
    int64_t number;
} value_t;

// Error of expr_parse(): what is wrong, and where.
typedef struct expr_error {
    const char *what; // English, msgid
    size_t at;        // byte of the text, from 0
} expr_error_t;

// Compiles `size` bytes of text. Returns a new expression that the caller destroys, or NULL with *ret_error
// filled.
expr_t *expr_parse(const char *text, size_t size, expr_error_t *ret_error);
void expr_destroy(expr_t **expr);

// The expression's value from the values of its queries, in their order.
value_t expr_value(const expr_t *expr, const value_t *queries);

// Whether a row matches: `flags` of the row, `columns` of its table (NULL for TABLE_PERSON).
bool query_matches(const query_t *query, uint32_t flags, const int64_t *columns);
