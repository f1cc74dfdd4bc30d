// SPDX-License-Identifier: Apache-2.0
// Tokens of an expression. The first error stops everything: functions return false after that. Used by
// expr.c and where.c only.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Error of expr_parse(): what is wrong, and where.
typedef struct expr_error {
    const char *what; // English, msgid
    size_t at;        // byte of the text, from 0
} expr_error_t;

enum { EXPR_DEPTH_MAX = 24 };

typedef enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN } token_kind_t;

typedef struct lexer {
    const char *text;
    size_t size;
    size_t next;       // first byte behind the token
    token_kind_t kind; // the token in hand
    size_t at, length;
    int64_t number; // TOKEN_NUMBER
    int depth;
    expr_error_t error;
} lexer_t;

bool lexer_fail(lexer_t *l, const char *what);
// To the next token.
bool lexer_advance(lexer_t *l);
bool lexer_is(const lexer_t *l, const char *token);
// Is the token in hand this name of a kind, column or word?
bool lexer_is_name(const lexer_t *l, const char *name);
// Is there a `c` right behind the token, without a blank?
bool lexer_followed_by(const lexer_t *l, char c);
bool lexer_expect(lexer_t *l, const char *token, const char *what);
// One bracket or "not" more; the caller takes it back: l->depth--.
bool lexer_deeper(lexer_t *l);
// The token in hand is a number: it and what stands behind it as hundredths ("6.5"), or as a day
// ("2024-05-31").
bool lexer_hundredths(lexer_t *l, int64_t *ret_hundredths);
bool lexer_day(lexer_t *l, int64_t *ret_day);
