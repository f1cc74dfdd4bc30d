// SPDX-License-Identifier: Apache-2.0
// Two languages in one process, with the catalogue that the build made: sentences and words for either
// reader.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "common/schema/reason.h"
#include <cmocka.h>

static int load(void **state)
{
    (void)state;
    return i18n_init_all() == LANG_COUNT ? 0 : -1;
}

static void a_fault_is_said_to_each_in_his_language(void **state)
{
    (void)state;
    fault_t fault;
    char english[FAULT_TEXT], russian[FAULT_TEXT];
    fault_set(&fault, "REQUIRED", "title");
    fault_text_in(&fault, LANG_EN, english, sizeof english);
    fault_text_in(&fault, LANG_RU, russian, sizeof russian);
    assert_string_equal(english, "title is missing. Give a value.");
    assert_string_not_equal(russian, english);
    assert_non_null(strstr(russian, "title"));
    lang_t before = i18n_use(LANG_RU);
    fault_text(&fault, english, sizeof english);
    i18n_use(before);
    assert_string_equal(english, russian);
}

// Whatever the thread speaks.
static void words_of_states_are_said_to_each_in_his_language(void **state)
{
    (void)state;
    const field_rule_t *field = &KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "state")];
    const field_word_t *draft = field_word(field, slice_text("draft"));
    fault_t fault;
    char english[FAULT_TEXT], russian[FAULT_TEXT];
    assert_non_null(draft);
    assert_string_not_equal(draft->label.en, draft->label.ru);
    fault_set(&fault, "STATE-CHANGE", "state", "route.state", "closed", "draft", "");
    for (int speaks = 0; speaks < LANG_COUNT; speaks++) {
        lang_t before = i18n_use((lang_t)speaks);
        fault_text_in(&fault, LANG_EN, english, sizeof english);
        fault_text_in(&fault, LANG_RU, russian, sizeof russian);
        assert_int_equal(i18n_use(before), speaks);
        assert_non_null(strstr(english, draft->label.en));
        assert_non_null(strstr(english, "nothing, it is final"));
        assert_non_null(strstr(russian, draft->label.ru));
        assert_null(strstr(russian, "final"));
    }
}

static void a_reason_is_said_to_each_in_his_language(void **state)
{
    (void)state;
    char english[REASON_TEXT], russian[REASON_TEXT];
    static const char said[] = "NEED:F:B:high:10:C1;NO-PROGRAMME";
    assert_string_equal(reason_text_in(said, LANG_EN, english),
                        "F:B: high need (10 % in C1); no programme covers it yet");
    assert_string_not_equal(reason_text_in(said, LANG_RU, russian), english);
    assert_non_null(strstr(russian, "F:B"));
}

static void kinds_are_named_to_each_in_his_language(void **state)
{
    (void)state;
    const kind_rule_t *kind = kind_by_name("route");
    assert_string_equal(bilingual_in(&kind->label, LANG_EN), kind->label.en);
    assert_string_equal(bilingual_in(&kind->label, LANG_RU), kind->label.ru);
    assert_string_not_equal(kind->label.en, kind->label.ru);
    assert_string_not_equal(reach_up_in(UP_REGION, LANG_EN), reach_up_in(UP_REGION, LANG_RU));
    assert_string_not_equal(reach_down_in(DOWN_ALL, LANG_EN), reach_down_in(DOWN_ALL, LANG_RU));
}

static void a_word_of_another_field_is_no_word(void **state)
{
    (void)state;
    const kind_rule_t *kind = kind_by_name("route");
    const field_rule_t *state_field = &kind->fields[kind_field(kind, "state")];
    assert_null(field_word(state_field, slice_text("purple")));
    assert_null(field_word(state_field, slice_text("")));
    assert_null(field_word(state_field, slice_text("draf")));
    const field_word_t *word = field_word(state_field, slice_text("draft"));
    assert_non_null(word);
    assert_string_not_equal(bilingual_in(&word->label, LANG_RU), bilingual_in(&word->label, LANG_EN));
}

static void what_is_wrong_with_an_expression_is_said_in_the_readers_language(void **state)
{
    (void)state;
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "BAD-EXPRESSION", "numerator", "the table has no such flag or column", "7");
    assert_string_equal(fault_text_in(&fault, LANG_EN, text, sizeof text),
                        "numerator, character 7: the table has no such flag or column.");
    assert_string_equal(fault_text_in(&fault, LANG_RU, text, sizeof text),
                        "«Числитель», знак 7: в таблице нет такого признака или столбца.");
}

static void counts_are_said_in_the_forms_of_russian(void **state)
{
    (void)state;
    static const struct {
        unsigned long long n;
        const char *said;
    } counts[] = {{1, "прочитана 1 строка"},
                  {2, "прочитано 2 строки"},
                  {5, "прочитано 5 строк"},
                  {11, "прочитано 11 строк"},
                  {21, "прочитана 21 строка"}};
    char text[64];
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        snprintf(text, sizeof text, i18n_n_in(LANG_RU, "%llu row read", "%llu rows read", counts[i].n),
                 counts[i].n);
        assert_string_equal(text, counts[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_is_said_to_each_in_his_language),
        cmocka_unit_test(words_of_states_are_said_to_each_in_his_language),
        cmocka_unit_test(a_reason_is_said_to_each_in_his_language),
        cmocka_unit_test(kinds_are_named_to_each_in_his_language),
        cmocka_unit_test(a_word_of_another_field_is_no_word),
        cmocka_unit_test(counts_are_said_in_the_forms_of_russian),
        cmocka_unit_test(what_is_wrong_with_an_expression_is_said_in_the_readers_language),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
