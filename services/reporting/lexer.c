// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/lexer.h"
#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "services/reporting/shape.h"

static const int64_t NUMBER_MAX = 1000000000;

bool lexer_fail(lexer_t *l, const char *what)
{
    if (!l->error.what) l->error = (expr_error_t){what, l->at};
    return false;
}

static bool is_digit(const lexer_t *l, size_t at)
{
    return at < l->size && l->text[at] >= '0' && l->text[at] <= '9';
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool scan_number(lexer_t *l)
{
    l->kind = TOKEN_NUMBER;
    l->number = 0;
    while (is_digit(l, l->next)) {
        l->number = l->number * 10 + (l->text[l->next++] - '0');
        if (l->number > NUMBER_MAX) return lexer_fail(l, N_("the number is too large"));
    }
    return true;
}

// Two-byte signs are <=, >= and <>.
static bool scan_sign(lexer_t *l)
{
    char c = l->text[l->next], d = l->next + 1 < l->size ? l->text[l->next + 1] : '\0';
    if (!strchr("+-*/().<>=", c) || c == '\0')
        return lexer_fail(l, N_("a character that means nothing here"));
    l->kind = TOKEN_SIGN;
    l->next += (c == '<' && (d == '=' || d == '>')) || (c == '>' && d == '=') ? 2 : 1;
    return true;
}

bool lexer_advance(lexer_t *l)
{
    while (l->next < l->size && strchr(" \t\r\n", l->text[l->next]) && l->text[l->next]) l->next++;
    l->at = l->next;
    l->length = 0;
    l->kind = TOKEN_END;
    if (l->next == l->size) return true;
    bool ok = true;
    if (is_digit(l, l->next)) {
        ok = scan_number(l);
    } else if (word_char(l->text[l->next])) {
        l->kind = TOKEN_WORD;
        while (l->next < l->size && word_char(l->text[l->next])) l->next++;
    } else {
        ok = scan_sign(l);
    }
    l->length = l->next - l->at;
    return ok;
}

bool lexer_is(const lexer_t *l, const char *token)
{
    return (l->kind == TOKEN_WORD || l->kind == TOKEN_SIGN) && l->length == strlen(token) &&
           memcmp(l->text + l->at, token, l->length) == 0;
}

bool lexer_is_name(const lexer_t *l, const char *name)
{
    return l->kind == TOKEN_WORD && shape_name_is(name, l->text + l->at, l->length);
}

bool lexer_followed_by(const lexer_t *l, char c)
{
    return l->next < l->size && l->text[l->next] == c;
}

bool lexer_expect(lexer_t *l, const char *token, const char *what)
{
    return lexer_is(l, token) ? lexer_advance(l) : lexer_fail(l, what);
}

bool lexer_deeper(lexer_t *l)
{
    return ++l->depth <= EXPR_DEPTH_MAX || lexer_fail(l, N_("nested too deeply"));
}

bool lexer_hundredths(lexer_t *l, int64_t *ret_hundredths)
{
    *ret_hundredths = l->number * 100;
    if (!lexer_followed_by(l, '.') || !is_digit(l, l->next + 1)) return lexer_advance(l);
    *ret_hundredths += (l->text[l->next + 1] - '0') * 10;
    l->next += 2;
    if (is_digit(l, l->next)) *ret_hundredths += l->text[l->next++] - '0';
    if (is_digit(l, l->next)) return lexer_fail(l, N_("two decimals at most"));
    return lexer_advance(l);
}

bool lexer_day(lexer_t *l, int64_t *ret_day)
{
    enum { DAY_TEXT = 10 };
    char text[DAY_TEXT + 1] = "";
    int32_t day;
    if (l->size - l->at >= DAY_TEXT) memcpy(text, l->text + l->at, DAY_TEXT);
    if (!date_parse(text, &day)) return lexer_fail(l, N_("a day like 2024-05-31 is expected"));
    *ret_day = day;
    l->next = l->at + DAY_TEXT;
    return lexer_advance(l);
}
