// SPDX-License-Identifier: Apache-2.0
// What a terminal must not be commanded by.
#include "services/cli/terminal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_commands_a_terminal_is_written_out(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\x1b[2J", "\\u001b[2J"},
        {"a\rb", "a\\u000db"},
        {"\x7f", "\\u007f"},
        {"\xc2\x9b"
         "1m",
         "\\u009b1m"},
        {"\xe2\x80\xae", "\\u202e"},
        {"\xe2\x81\xa6", "\\u2066"},
        {"\xe2\x80\x8e", "\\u200e"},
        {"\xd8\x9c", "\\u061c"},
        {"\xef\xbb\xbf", "\\ufeff"},
        {"\xe2\x80\xa9", "\\u2029"},
        {"\xff", "\\u00ff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[64];
        size_t n = terminal_escape(cases[i][0], strlen(cases[i][0]), out);
        out[n] = '\0';
        assert_string_equal(out, cases[i][1]);
    }
}

static void text_and_its_lines_stay_as_they_are(void **state)
{
    (void)state;
    static const char text[] = "Школа № 3\tимени Ё\nnext";
    char out[6 * sizeof text];
    size_t n = terminal_escape(text, strlen(text), out);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(out, text, n);
}

static void a_character_is_not_cut_where_a_buffer_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t tail;
    } cases[] = {{"", 0},
                 {"a", 0},
                 {"\xd0", 1},
                 {"a\xd0\x96", 0},
                 {"\xe2\x80", 2},
                 {"\xe2\x80\x94", 0},
                 {"\xf0\x9f\x98", 3},
                 {"\xf0\x9f\x98\x80", 0},
                 {"\x80\x80\x80\x80", 0},
                 {"a\x80", 0},
                 {"\xff", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(terminal_tail(cases[i].text, strlen(cases[i].text)), cases[i].tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_commands_a_terminal_is_written_out),
        cmocka_unit_test(a_character_is_not_cut_where_a_buffer_ends),
        cmocka_unit_test(text_and_its_lines_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
