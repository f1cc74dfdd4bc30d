// SPDX-License-Identifier: Apache-2.0
// Codes as words, what people type, and what they meant.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "common/base/nearest.h"
#include "common/forms/refs.h"
#include "common/forms/words.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include <cmocka.h>

static int load(void **state)
{
    (void)state;
    return i18n_init_all() == LANG_COUNT ? 0 : -1;
}

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
    assert_string_equal(words_duration(59, LANG_EN, text, sizeof text), "59 s");
    assert_string_equal(words_duration(61, LANG_EN, text, sizeof text), "1 min");
    assert_string_equal(words_duration(3725, LANG_EN, text, sizeof text), "1 h 02 min");
    assert_string_equal(words_duration(3 * 86400 + 3600, LANG_EN, text, sizeof text), "3 d 1 h");
    assert_string_equal(words_bytes(1023, LANG_EN, text, sizeof text), "1023 B");
    assert_string_equal(words_bytes(1536, LANG_EN, text, sizeof text), "1.5 KiB");
    assert_string_equal(words_bytes(5ULL << 30, LANG_EN, text, sizeof text), "5.0 GiB");
    assert_string_equal(words_bytes(1536, LANG_RU, text, sizeof text), "1,5 КиБ");
    assert_string_not_equal(words_duration(59, LANG_RU, text, sizeof text), "59 s");
}

static void a_code_that_is_unknown_stands_as_it_is(void **state)
{
    (void)state;
    char kind[WORDS_KIND], peer[16], id[RID_TEXT];
    assert_string_equal(words_state("purple", LANG_RU), "purple");
    assert_string_equal(words_link(NULL, LANG_RU), "");
    assert_string_equal(words_service(77), "?");
    assert_string_equal(words_kind(9999, kind), "9999");
    assert_string_equal(words_peer(0xa1b2, peer, sizeof peer), "0000a1b2");
    assert_string_equal(words_id(&(ProtobufCBinaryData){3, (uint8_t *)"abc"}, id), "");
}

static void codes_are_words_in_the_language_asked_for(void **state)
{
    (void)state;
    char kind[WORDS_KIND];
    assert_string_equal(words_state("live", LANG_EN), "live");
    assert_string_equal(words_link("up", LANG_EN), "connected");
    assert_string_not_equal(words_link("up", LANG_RU), "connected");
    assert_string_not_equal(words_flow("down", LANG_RU), words_flow("down", LANG_EN));
    assert_string_not_equal(words_role("child", LANG_RU), words_role("child", LANG_EN));
    assert_string_equal(words_kind(N_PERSON, kind), "person");
    assert_string_equal(words_service(SERVICE_GATE), "gate");
}

static void two_ids_at_once_do_not_disturb_each_other(void **state)
{
    (void)state;
    uint8_t one[16] = {1}, two[16] = {2};
    char left[RID_TEXT], right[RID_TEXT];
    const char *a = words_id(&(ProtobufCBinaryData){sizeof one, one}, left);
    const char *b = words_id(&(ProtobufCBinaryData){sizeof two, two}, right);
    assert_string_not_equal(a, b);
}

static void a_kind_that_is_none_is_refused_in_the_language_asked_for(void **state)
{
    (void)state;
    const kind_rule_t *kind = NULL;
    why_t why;
    assert_int_equal(refs_kind("persn", LANG_EN, &kind, &why), REFS_E_UNKNOWN);
    assert_string_equal(why.text, "there is no kind 'persn'; did you mean 'person'?");
    assert_int_equal(refs_kind("persn", LANG_RU, &kind, &why), REFS_E_UNKNOWN);
    assert_non_null(strstr(why.text, "person"));
    assert_null(strstr(why.text, "there is"));
    assert_int_equal(refs_kind("zzzzzz", LANG_EN, &kind, &why), REFS_E_UNKNOWN);
    assert_null(kind);
    assert_int_equal(refs_kind("person", LANG_EN, &kind, &why), 0);
    assert_ptr_equal(kind, &KIND_PERSON);
}

static void what_names_no_record_is_refused_with_the_shape_of_the_key(void **state)
{
    (void)state;
    rid_t id, same;
    why_t why;
    assert_int_equal(refs_record(&KIND_PERSON, "03-08-01", LANG_EN, &id, &why), REFS_E_UNKNOWN);
    assert_non_null(strstr(why.text, "'03-08-01' is neither an id nor the key of person"));
    assert_int_equal(refs_record(&KIND_PERSON, "03-08-01", LANG_RU, &id, &why), REFS_E_UNKNOWN);
    assert_null(strstr(why.text, "neither"));
    assert_int_equal(refs_record(&KIND_PERSON, "03-08-01:17", LANG_EN, &id, &why), 0);
    assert_int_equal(refs_record(&KIND_PERSON, "03-08-01/17", LANG_EN, &same, &why), 0);
    assert_memory_equal(&id, &same, sizeof id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_without_number_or_unit_is_refused),
        cmocka_unit_test(a_person_is_an_organisation_and_a_number),
        cmocka_unit_test(a_code_that_is_unknown_stands_as_it_is),
        cmocka_unit_test(a_kind_that_is_none_is_refused_in_the_language_asked_for),
        cmocka_unit_test(what_names_no_record_is_refused_with_the_shape_of_the_key),
        cmocka_unit_test(a_duration_is_a_number_and_a_unit),
        cmocka_unit_test(the_nearest_word_is_two_slips_away_at_most),
        cmocka_unit_test(times_and_sizes_are_short_for_people),
        cmocka_unit_test(codes_are_words_in_the_language_asked_for),
        cmocka_unit_test(two_ids_at_once_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
