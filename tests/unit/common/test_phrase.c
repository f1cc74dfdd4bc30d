// SPDX-License-Identifier: Apache-2.0
// Recovery phrases: what is none, then what comes back; and the lists themselves.
#include "common/base/text.h"
#include "common/node/phrase.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t secret[PHRASE_SECRET];
static char english[PHRASE_TEXT], russian[PHRASE_TEXT];

static int make(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof secret; i++) secret[i] = (uint8_t)(i * 37 + 5);
    phrase_print(secret, "en", english);
    phrase_print(secret, "ru", russian);
    return 0;
}

static int read_text(const char *text, why_t *why)
{
    uint8_t got[PHRASE_SECRET];
    return phrase_read(slice_text(text), got, why);
}

// The phrase with its word `n` (from 0) replaced; the caller frees.
static char *with_word(const char *phrase, size_t n, const char *word)
{
    char *text = NULL;
    size_t size = 0, at = 0;
    FILE *to = open_memstream(&text, &size);
    AUTO(xfree) char *copy = xstrdup(phrase);
    for (char *rest = copy, *piece; (piece = strsep(&rest, " ")) != NULL; at++)
        fprintf(to, "%s%s", at > 0 ? " " : "", at == n ? word : piece);
    fclose(to);
    return text;
}

static void assert_refused_saying(const char *text, int outcome, const char *part)
{
    why_t why = {""};
    assert_int_equal(read_text(text, &why), outcome);
    if (strstr(why.text, part) == NULL) fail_msg("\"%s\" does not say \"%s\"", why.text, part);
}

static void what_is_no_phrase_is_refused(void **state)
{
    (void)state;
    AUTO(xfree) char *long_text = xmalloc(PHRASE_INPUT + 2);
    memset(long_text, 'a', PHRASE_INPUT + 1);
    long_text[PHRASE_INPUT + 1] = '\0';
    assert_refused_saying(long_text, PHRASE_E_TEXT, "too long");
    assert_refused_saying("\xff\xfe", PHRASE_E_TEXT, "UTF-8");
    assert_refused_saying("", PHRASE_E_COUNT, "34 words, here there are 0");
    assert_refused_saying("acorn album", PHRASE_E_COUNT, "there are 2");
}

static void a_phrase_with_a_word_more_or_less_is_refused_with_their_number(void **state)
{
    (void)state;
    char text[2 * PHRASE_TEXT];
    snprintf(text, sizeof text, "%s acorn", english);
    assert_refused_saying(text, PHRASE_E_COUNT, "there are 35");
    strcpy(text, russian);
    *strrchr(text, ' ') = '\0';
    assert_refused_saying(text, PHRASE_E_COUNT, "there are 33");
}

static void a_wrong_word_is_named_with_its_place_and_the_nearest_one(void **state)
{
    (void)state;
    AUTO(xfree) char *slip = with_word(english, 2, "volcanoo");
    AUTO(xfree) char *swapped = with_word(russian, 33, "абазц");
    AUTO(xfree) char *nothing = with_word(russian, 0, "электрификация");
    assert_refused_saying(slip, PHRASE_E_WORD, "word 3 of the phrase, `volcanoo`");
    assert_refused_saying(slip, PHRASE_E_WORD, "was `volcano` meant?");
    assert_refused_saying(swapped, PHRASE_E_WORD, "word 34 of the phrase, `абазц`");
    assert_refused_saying(swapped, PHRASE_E_WORD, "`абзац` meant?");
    assert_refused_saying(nothing, PHRASE_E_WORD, "in neither list");
}

// Nothing that is no letter gets into the message.
static void a_wrong_word_cannot_drive_the_terminal(void **state)
{
    (void)state;
    why_t why = {""};
    assert_int_equal(read_text("\x1b[2Jqqqq \xe2\x80\xae", &why), PHRASE_E_WORD);
    assert_true(text_is_clean(slice_text(why.text)));
}

static void every_other_word_in_any_place_breaks_the_checksum(void **state)
{
    (void)state;
    for (size_t n = 0; n < PHRASE_WORDS; n++) {
        uint8_t other = n < PHRASE_SECRET ? (uint8_t)(secret[n] + 1) : 7;
        AUTO(xfree) char *text = with_word(english, n, PHRASE_ENGLISH_WORDS[other]);
        if (strcmp(text, english) == 0) continue;
        assert_refused_saying(text, PHRASE_E_CHECK, "do not belong together");
    }
}

static void two_words_that_changed_places_break_the_checksum(void **state)
{
    (void)state;
    AUTO(xfree) char *half = with_word(english, 0, PHRASE_ENGLISH_WORDS[secret[1]]);
    AUTO(xfree) char *text = with_word(half, 1, PHRASE_ENGLISH_WORDS[secret[0]]);
    assert_refused_saying(text, PHRASE_E_CHECK, "changed places");
}

static void assert_reads(const char *text)
{
    uint8_t got[PHRASE_SECRET] = {0};
    why_t why = {""};
    if (phrase_read(slice_text(text), got, &why) != 0) fail_msg("%s: %s", text, why.text);
    assert_memory_equal(got, secret, sizeof got);
}

static void a_phrase_of_either_language_comes_back(void **state)
{
    (void)state;
    assert_reads(english);
    assert_reads(russian);
    assert_null(strchr(english, '\n'));
    for (size_t i = 0; i < 256; i++) {
        uint8_t bytes[PHRASE_SECRET], got[PHRASE_SECRET];
        char text[PHRASE_TEXT];
        memset(bytes, (int)i, sizeof bytes);
        phrase_print(bytes, i % 2 != 0 ? "ru" : "en", text);
        assert_int_equal(phrase_read(slice_text(text), got, NULL), 0);
        assert_memory_equal(got, bytes, sizeof got);
    }
}

// As people write: capitals, lines, numbers, ё, й in two characters.
static void how_it_is_written_does_not_matter(void **state)
{
    (void)state;
    char text[4 * PHRASE_TEXT] = "\xef\xbb\xbf", *to = text + 3;
    for (const char *c = english; *c != '\0'; c++)
        to += sprintf(to, *c == ' ' ? ",\r\n\t 7. " : "%c",
                      *c >= 'a' && c > english + 20 ? *c - 'a' + 'A' : *c);
    assert_reads(text);
    memset(secret, 0, sizeof secret);
    for (size_t i = 0; i < PHRASE_LIST; i++) {
        if (strcmp(PHRASE_RUSSIAN_WORDS[i], "костер") == 0) secret[0] = (uint8_t)i;
        if (strcmp(PHRASE_RUSSIAN_WORDS[i], "чайник") == 0) secret[1] = (uint8_t)i;
    }
    phrase_print(secret, "ru", russian);
    AUTO(xfree) char *capital = with_word(russian, 0, "КОСТЁР");
    AUTO(xfree) char *both = with_word(capital, 1, "Чаи\xcc\x86ник");
    AUTO(xfree) char *parts = with_word(russian, 0, "косте\xcc\x88р");
    assert_reads(both);
    assert_reads(parts);
    make(NULL);
}

static size_t letters(const char *word, uint32_t ret_letters[static 16])
{
    slice_t rest = slice_text(word);
    size_t n = 0;
    while (rest.size > 0) {
        size_t size = utf8_length(rest);
        uint32_t c = size == 2 ? (rest.data[0] & 0x1fU) << 6 | (rest.data[1] & 0x3fU) : rest.data[0];
        ret_letters[n++] = c;
        rest = slice(rest.data + size, rest.size - size);
    }
    return n;
}

static size_t slips(const char *a, const char *b)
{
    uint32_t x[16], y[16];
    size_t n = letters(a, x), m = letters(b, y), d[16][16];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            d[i][j] = i == 0 ? j : i;
            if (i == 0 || j == 0) continue;
            size_t changed = d[i - 1][j - 1] + (x[i - 1] != y[j - 1]);
            size_t moved = (d[i - 1][j] < d[i][j - 1] ? d[i - 1][j] : d[i][j - 1]) + 1;
            d[i][j] = changed < moved ? changed : moved;
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[n][m];
}

static void assert_good_list(const char *const *list)
{
    uint32_t a[16], b[16];
    for (size_t i = 0; i < PHRASE_LIST; i++) {
        size_t n = letters(list[i], a);
        assert_in_range(n, 4, 8);
        if (i > 0) assert_true(strcmp(list[i - 1], list[i]) < 0);
        for (size_t j = 0; j < i; j++) {
            letters(list[j], b);
            if (memcmp(a, b, 4 * sizeof a[0]) == 0 || slips(list[i], list[j]) < 3)
                fail_msg("%s and %s are too much alike", list[i], list[j]);
        }
    }
}

static void no_two_words_of_a_list_are_easily_mistaken(void **state)
{
    (void)state;
    assert_good_list(PHRASE_ENGLISH_WORDS);
    assert_good_list(PHRASE_RUSSIAN_WORDS);
}

// What is on paper must stay good.
static void the_lists_never_change(void **state)
{
    (void)state;
    uint8_t sum[16];
    char hex[2 * sizeof sum + 1];
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, sizeof sum);
    for (size_t i = 0; i < 2 * PHRASE_LIST; i++) {
        const char *word = i < PHRASE_LIST ? PHRASE_ENGLISH_WORDS[i] : PHRASE_RUSSIAN_WORDS[i - PHRASE_LIST];
        crypto_generichash_update(&hash, (const uint8_t *)word, strlen(word) + 1);
    }
    crypto_generichash_final(&hash, sum, sizeof sum);
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, sum, sizeof sum), "56337895d8fa0b173733bc508ac0a5c6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_phrase_is_refused),
        cmocka_unit_test(a_phrase_with_a_word_more_or_less_is_refused_with_their_number),
        cmocka_unit_test(a_wrong_word_is_named_with_its_place_and_the_nearest_one),
        cmocka_unit_test(a_wrong_word_cannot_drive_the_terminal),
        cmocka_unit_test(every_other_word_in_any_place_breaks_the_checksum),
        cmocka_unit_test(two_words_that_changed_places_break_the_checksum),
        cmocka_unit_test(a_phrase_of_either_language_comes_back),
        cmocka_unit_test(how_it_is_written_does_not_matter),
        cmocka_unit_test(no_two_words_of_a_list_are_easily_mistaken),
        cmocka_unit_test(the_lists_never_change),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, make, NULL);
}
