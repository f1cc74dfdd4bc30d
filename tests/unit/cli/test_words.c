// SPDX-License-Identifier: Apache-2.0
// Notations that people type and read.
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/cli/help.h"
#include "services/cli/nearest.h"
#include "services/cli/output.h"
#include "services/cli/words.h"

static void a_duration_without_number_or_unit_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "h",   "72",   "72 h", "-1h", "+1h",  "1.5h",
                                      "0h",   "h72", "72hh", "72H",  "72y", " 72h", "99999999999999999h",
                                      "4000d"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seconds = -7;
        assert_false(words_duration_parse(bad[i], &seconds));
        assert_int_equal(seconds, -7);
    }
}

static void a_duration_is_a_number_and_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"72h", 259200},  {"90s", 90},     {"30m", 1800},
                {"14d", 1209600}, {"2w", 1209600}, {"01h", 3600}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t seconds = 0;
        assert_true(words_duration_parse(rows[i].text, &seconds));
        assert_int_equal(seconds, rows[i].seconds);
    }
}

static void a_person_is_an_organisation_and_a_number(void **state)
{
    (void)state;
    assert_true(words_is_person("03-08-01:17"));
    assert_false(words_is_person("03-08-01"));
    assert_false(words_is_person(":17"));
    assert_false(words_is_person("03-08-01:"));
    assert_false(words_is_person("a:b:c"));
}

static void the_nearest_word_is_two_slips_away_at_most(void **state)
{
    (void)state;
    static const struct {
        const char *word, *best;
    } rows[] = {{"queus", "queues"}, {"uqeues", "queues"}, {"kidns", "kinds"}, {"quarantin", "quarantine"},
                {"lst", "list"},     {"zzz", NULL},        {"rep", NULL},      {"", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nearest_t nearest = nearest_to(rows[i].word);
        nearest_offer(&nearest, "queues");
        nearest_offer(&nearest, "kinds");
        nearest_offer(&nearest, "list");
        nearest_offer(&nearest, "quarantine");
        if (rows[i].best)
            assert_string_equal(nearest.best, rows[i].best);
        else
            assert_null(nearest.best);
    }
}

static void times_and_sizes_are_short_for_people(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(output_duration(59, text, sizeof text), "59 s");
    assert_string_equal(output_duration(61, text, sizeof text), "1 min");
    assert_string_equal(output_duration(3725, text, sizeof text), "1 h 02 min");
    assert_string_equal(output_duration(3 * 86400 + 3600, text, sizeof text), "3 d 1 h");
    assert_string_equal(output_bytes(1023, text, sizeof text), "1023 B");
    assert_string_equal(output_bytes(1536, text, sizeof text), "1.5 KiB");
    assert_string_equal(output_bytes(5ULL << 30, text, sizeof text), "5.0 GiB");
}

static void help_wraps_by_cells_and_keeps_paragraphs(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    help_wrap(out, "один два три\nчетыре", 0, 2, 10);
    fclose(out);
    assert_string_equal(text, "  один два\n  три\n  четыре\n");
    free(text);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_without_number_or_unit_is_refused),
        cmocka_unit_test(a_duration_is_a_number_and_a_unit),
        cmocka_unit_test(a_person_is_an_organisation_and_a_number),
        cmocka_unit_test(the_nearest_word_is_two_slips_away_at_most),
        cmocka_unit_test(times_and_sizes_are_short_for_people),
        cmocka_unit_test(help_wraps_by_cells_and_keeps_paragraphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
