// SPDX-License-Identifier: Apache-2.0
// A fault that counts says it as people do: 1 byte, 2 bytes; 1 байта, 2 байт; 1 секунду, 2 секунды, 5 секунд.
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/schema/fault.h"
#include "common/schema/fault_rows.h"
#include <cmocka.h>

static const char *const NUMBERS[] = {"1", "2", "5", "11", "21"};
enum { N_NUMBERS = ARRAY_SIZE(NUMBERS) };

static const struct {
    const char *code, *english[2], *russian[3];
} WORDS[] = {
    {"BAD-DIGITS", {"digit", "digits"}, {"цифра", "цифры", "цифр"}},
    {"TOO-LONG", {"byte", "bytes"}, {"байта", "байт", "байт"}},
    {"TOO-BIG", {"byte", "bytes"}, {"байта", "байт", "байт"}},
    {"TOO-MANY-DELETIONS", {"deletion", "deletions"}, {"удаления", "удалений", "удалений"}},
    {"JSON-DEPTH", {"level", "levels"}, {"уровня", "уровней", "уровней"}},
    {"JSON-SIZE", {"byte", "bytes"}, {"байта", "байт", "байт"}},
    {"CSV-CELL", {"byte", "bytes"}, {"байта", "байт", "байт"}},
    {"CSV-COLUMNS", {"column", "columns"}, {"столбца", "столбцов", "столбцов"}},
    {"PASSWORD-SHORT", {"character", "characters"}, {"знака", "знаков", "знаков"}},
    {"LOGIN-WAIT", {"second", "seconds"}, {"секунду", "секунды", "секунд"}},
};

static void assert_says(const fault_count_t *count, lang_t lang, const char *number, const char *word)
{
    fault_t fault;
    char text[FAULT_TEXT], part[64];
    fault_set(&fault, count->code, "field", count->arg == 1 ? number : "x", count->arg == 2 ? number : "x");
    fault_text_in(&fault, lang, text, sizeof text);
    snprintf(part, sizeof part, "%s %s", number, word);
    const char *at = strstr(text, part);
    if (at == NULL || strchr(" .", at[strlen(part)]) == NULL)
        fail_msg("%s: no '%s' in: %s", count->code, part, text);
}

static void each_that_counts_has_the_words_of_the_number(void **state)
{
    static const size_t ENGLISH[N_NUMBERS] = {0, 1, 1, 1, 1}, RUSSIAN[N_NUMBERS] = {0, 1, 2, 2, 0};
    (void)state;
    size_t n = 0;
    const char *code;
    for (size_t i = 0; (code = fault_row_at(i)) != NULL; i++) {
        const fault_count_t *count = fault_count(code);
        if (count == NULL) continue;
        size_t w = 0;
        while (w < ARRAY_SIZE(WORDS) && strcmp(WORDS[w].code, code) != 0) w++;
        if (w == ARRAY_SIZE(WORDS)) fail_msg("%s: write its words into this test", code);
        n++;
        for (size_t k = 0; k < N_NUMBERS; k++) {
            assert_says(count, LANG_EN, NUMBERS[k], WORDS[w].english[ENGLISH[k]]);
            assert_says(count, LANG_RU, NUMBERS[k], WORDS[w].russian[RUSSIAN[k]]);
        }
    }
    assert_int_equal(n, ARRAY_SIZE(WORDS));
}

// "{1} cells": an argument, and behind it a noun of which there are many.
static bool counts_a_noun(const char *text)
{
    static const char *const OTHERS[] = {"is", "was", "has", "lies", "does", "names", "comes", "says"};
    for (const char *mark = text; (mark = strchr(mark, '{')) != NULL; mark++) {
        const char *word = mark + 4;
        if (!isdigit((unsigned char)mark[1]) || mark[2] != '}' || mark[3] != ' ') continue;
        size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz");
        bool other = n == 0 || word[n - 1] != 's';
        for (size_t i = 0; i < ARRAY_SIZE(OTHERS); i++)
            other |= strlen(OTHERS[i]) == n && strncmp(word, OTHERS[i], n) == 0;
        if (!other) return true;
    }
    return false;
}

static void no_other_sentence_has_a_noun_behind_a_number(void **state)
{
    (void)state;
    const char *code;
    for (size_t i = 0; (code = fault_row_at(i)) != NULL; i++)
        if (fault_count(code) == NULL && counts_a_noun(fault_row(code)))
            fail_msg("%s needs both forms (NN_ in fault_rows.c): %s", code, fault_row(code));
    assert_true(counts_a_noun("The row has {1} cells."));
}

static int load(void **state)
{
    (void)state;
    return i18n_init_all() == LANG_COUNT ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_other_sentence_has_a_noun_behind_a_number),
        cmocka_unit_test(each_that_counts_has_the_words_of_the_number),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
