// SPDX-License-Identifier: Apache-2.0
// Text from outside: what is not UTF-8, or would not show as what it is, is told apart.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/text.h"
#include <cmocka.h>

#define assert_not_utf8(text) assert_false(utf8_is_valid(slice(text, sizeof(text) - 1)))
#define assert_unclean(text) assert_false(text_is_clean(slice(text, sizeof(text) - 1)))

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    assert_not_utf8("\x80");
    assert_not_utf8("\xc0\xaf");         // overlong
    assert_not_utf8("\xc1\xbf");         // overlong
    assert_not_utf8("\xe0\x80\xaf");     // overlong
    assert_not_utf8("\xf0\x80\x80\xaf"); // overlong
    assert_not_utf8("\xed\xa0\x80");     // a surrogate
    assert_not_utf8("\xf4\x90\x80\x80"); // beyond U+10FFFF
    assert_not_utf8("\xf8\x88\x80\x80\x80");
    assert_not_utf8("\xd0");
    assert_not_utf8("\xe2\x82");
    assert_not_utf8("\xf0\x9f\x98");
    assert_not_utf8("a\xff");
}

static size_t put_utf8(uint8_t *to, uint32_t c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6) to[i] = (uint8_t)(0x80 | (c & 0x3f));
    to[0] = (uint8_t)(heads[n] | c);
    return n;
}

static void control_characters_are_unclean(void **state)
{
    (void)state;
    assert_unclean("\0");
    assert_unclean("a\nb");
    assert_unclean("a\tb");
    assert_unclean("\x1b[2J");
    assert_unclean("\x7f");
    assert_unclean("\xc2\x85");     // next line
    assert_unclean("\xe2\x80\xa8"); // line separator
    assert_unclean("\xe2\x80\xae"); // right-to-left override
    assert_unclean("\xe2\x81\xa6"); // isolate
    assert_unclean("\xd0");
}

// Each of them alone, and behind text that is read a word at a time; and what stands right beside them.
static void every_code_point_that_commands_is_unclean(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, last;
    } bad[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
               {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xd800, 0xdfff}};
    for (uint32_t c = 0; c < 0x11000; c++) {
        uint8_t text[16] = "12345678";
        size_t n = put_utf8(text + 8, c);
        bool expected = true;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) expected &= c < bad[i].first || c > bad[i].last;
        if (text_is_clean(slice(text + 8, n)) != expected || text_is_clean(slice(text, 8 + n)) != expected)
            fail_msg("U+%04X", (unsigned)c);
    }
}

static void ordinary_text_is_clean(void **state)
{
    (void)state;
    assert_true(text_is_clean(slice_text("")));
    assert_true(text_is_clean(slice_text("Цыренова Дарима, МБОУ «СОШ № 1» – 0,5 ставки… 😀")));
    assert_true(utf8_is_valid(slice_text("\xf4\x8f\xbf\xbf")));
}

static void assert_trimmed(const char *text, const char *expected)
{
    assert_true(slice_equal(text_trim(slice_text(text)), slice_text(expected)));
}

static void blanks_at_the_ends_go(void **state)
{
    (void)state;
    assert_trimmed("", "");
    assert_trimmed(" \t\xc2\xa0 ", "");
    assert_trimmed("\xc2\xa0 a b \t", "a b");
    assert_trimmed("\xd0\xa0", "\xd0\xa0"); // Р ends in the byte of a no-break space
}

static void pieces_keep_empty_ends(void **state)
{
    (void)state;
    slice_t rest = slice_text(";a;"), piece;
    bool done = false;
    static const char *const expected[] = {"", "a", ""};
    for (size_t i = 0; i < 3; i++) {
        assert_true(text_next_piece(&rest, ';', &done, &piece));
        assert_true(slice_equal(piece, slice_text(expected[i])));
    }
    assert_false(text_next_piece(&rest, ';', &done, &piece));
}

static void words_are_whole(void **state)
{
    (void)state;
    assert_true(word_in("head deputy unit_head", slice_text("deputy")));
    assert_false(word_in("head deputy unit_head", slice_text("unit")));
    assert_false(word_in("head deputy unit_head", slice_text("")));
    assert_false(word_in("head deputy unit_head", slice_text("head deputy")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(control_characters_are_unclean),
        cmocka_unit_test(every_code_point_that_commands_is_unclean),
        cmocka_unit_test(ordinary_text_is_clean),
        cmocka_unit_test(blanks_at_the_ends_go),
        cmocka_unit_test(pieces_keep_empty_ends),
        cmocka_unit_test(words_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
