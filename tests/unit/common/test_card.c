// SPDX-License-Identifier: Apache-2.0
// Cards of nodes: what is none, then what comes back.
#include "common/node/card.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static card_t a_card(void)
{
    card_t card = {.org = "03-08", .name = "ММС \"Восток\"", .rank = 1};
    assert_true(path_parse("0a0b0c0d.11223344", &card.path));
    memset(card.key, 7, sizeof card.key);
    memset(card.root_check, 9, sizeof card.root_check);
    return card;
}

static bool parses(const char *text)
{
    card_t card;
    return card_parse(text, &card);
}

static void what_is_no_card_is_refused(void **state)
{
    (void)state;
    char text[5000] = "selenga-card1.";
    assert_false(parses(""));
    assert_false(parses("selenga1.AAAA"));
    assert_false(parses("selenga-card1."));
    assert_false(parses("selenga-card1.AAAA"));
    memset(text + strlen(text), 'A', sizeof text - strlen(text) - 1);
    assert_false(parses(text));
}

static void a_card_that_is_changed_anywhere_or_cut_is_refused(void **state)
{
    (void)state;
    card_t card = a_card();
    char text[CARD_TEXT_MAX];
    card_text(&card, text);
    for (size_t i = 0; text[i] != '\0'; i++) {
        char kept = text[i];
        text[i] = kept == 'A' ? 'B' : 'A';
        assert_false(parses(text));
        text[i] = kept;
    }
    assert_true(parses(text));
    for (size_t n = strlen(text); n > 0; n--) {
        text[n - 1] = '\0';
        assert_false(parses(text));
    }
}

static void a_card_that_says_what_cannot_be_is_refused(void **state)
{
    (void)state;
    char text[CARD_TEXT_MAX];
    card_t card = a_card();
    card.rank = NODE_RANK_MAX + 1;
    card_text(&card, text);
    assert_false(parses(text));
    card = a_card();
    strcpy(card.name, "a\x1b[2J");
    card_text(&card, text);
    assert_false(parses(text));
    card = a_card();
    strcpy(card.org, "03 08");
    card_text(&card, text);
    assert_false(parses(text));
    card = a_card();
    card.path.len = 0;
    card_text(&card, text);
    assert_false(parses(text));
}

static void a_card_comes_back_as_it_was_and_the_longest_fits(void **state)
{
    (void)state;
    card_t card = a_card(), got;
    char text[CARD_TEXT_MAX], padded[CARD_TEXT_MAX + 8];
    memset(card.name, 'n', NODE_NAME_MAX);
    memset(card.org, 'o', NODE_ORG_MAX);
    card_text(&card, text);
    snprintf(padded, sizeof padded, " %s\r\n", text);
    assert_true(card_parse(padded, &got));
    assert_string_equal(got.org, card.org);
    assert_string_equal(got.name, card.name);
    assert_true(path_equal(&got.path, &card.path) && got.rank == card.rank);
    assert_memory_equal(got.key, card.key, sizeof got.key);
    assert_memory_equal(got.root_check, card.root_check, sizeof got.root_check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_card_is_refused),
        cmocka_unit_test(a_card_that_is_changed_anywhere_or_cut_is_refused),
        cmocka_unit_test(a_card_that_says_what_cannot_be_is_refused),
        cmocka_unit_test(a_card_comes_back_as_it_was_and_the_longest_fits),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
