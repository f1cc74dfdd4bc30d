// SPDX-License-Identifier: Apache-2.0
// Words of commands: sh takes what was pasted for what was meant.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/shell.h"
#include "common/base/util.h"
#include <cmocka.h>

// What sh makes of a command with this word in it.
static void assert_read(const char *text, const char *word)
{
    char got[512] = "";
    AUTO(xfree) char *command = NULL;
    assert_true(asprintf(&command, "printf '%%s|' %s", word) > 0);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    size_t n = fread(got, 1, sizeof got - 1, out);
    assert_int_equal(pclose(out), 0);
    assert_true(n > 0);
    got[n - 1] = '\0'; // one word: no other | in it
    assert_string_equal(got, text);
}

static void a_shell_takes_the_word_for_the_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"/srv/selenga/region",
                                        "школа № 3",
                                        "",
                                        "Ключи от 'дома'",
                                        "'",
                                        "''",
                                        "a\"b",
                                        "$HOME/`id`",
                                        "a\\b",
                                        "a;b&c",
                                        "*?[a]",
                                        "~",
                                        "#1",
                                        "(x)",
                                        "!x",
                                        "two  blanks",
                                        "Таб. номер=number",
                                        "линия\nвторая",
                                        "№ 1",
                                        "а\u00a0б"};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        AUTO(xfree) char *word = shell_word(texts[i]);
        assert_read(texts[i], word);
    }
}

static void what_needs_no_quotation_stays_as_it_is(void **state)
{
    (void)state;
    AUTO(xfree) char *word = shell_word("/srv/selenga/03-08_01.d"), *letters = shell_word("кадры.csv");
    assert_string_equal(word, "/srv/selenga/03-08_01.d");
    assert_string_equal(letters, "кадры.csv");
}

static void parts_become_one_word(void **state)
{
    (void)state;
    AUTO(xfree) char *word = shell_word_of("/srv/my node", "/log/selenga-", "gate", ".log", NULL);
    assert_read("/srv/my node/log/selenga-gate.log", word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shell_takes_the_word_for_the_text),
        cmocka_unit_test(what_needs_no_quotation_stays_as_it_is),
        cmocka_unit_test(parts_become_one_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
