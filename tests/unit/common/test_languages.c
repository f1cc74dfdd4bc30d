// SPDX-License-Identifier: Apache-2.0
// Two languages in one process, with the catalogue that the build made: sentences and words for either
// reader.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_is_said_to_each_in_his_language),
        cmocka_unit_test(a_reason_is_said_to_each_in_his_language),
        cmocka_unit_test(kinds_are_named_to_each_in_his_language),
        cmocka_unit_test(a_word_of_another_field_is_no_word),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
