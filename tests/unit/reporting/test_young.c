// SPDX-License-Identifier: Apache-2.0
// I-5.3.2: young teachers with support (domain 2.3).
#include "tests/unit/reporting/region.h"

static void zero_denominator_is_not_applicable(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 3, "A", OLD);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.2");
    assert_not_applicable(v);
    assert_false(v->has_met);
    assert_int_equal(v->numerator, 0);
    assert_int_equal(v->denominator, 0);
}

static void each_form_of_support_qualifies_and_two_are_not_more_than_one(void **state)
{
    fixture_t *f = *state;
    static const uint32_t FORMS[] = {FACT_SUPPORT_A, FACT_SUPPORT_B, FACT_SUPPORT_C, FACT_SUPPORT_D,
                                     FACT_SUPPORT_E};
    put_many(f, 100, 5, "A", YOUNG);
    for (uint32_t i = 0; i < 5; i++) put_fact(f->table, i, "A", 2024, YOUNG | FORMS[i]);
    assert_value(value(f, "R", "I-5.3.2"), 5, 10, "50.0");
    put_fact(f->table, 0, "A", 2024, YOUNG | FACT_SUPPORT_A | FACT_SUPPORT_B);
    assert_value(value(f, "R", "I-5.3.2"), 5, 10, "50.0");
}

static void who_is_on_long_leave_is_in_neither_part_but_in_the_headcount(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG | FACT_SUPPORT_A);
    put_fact(f->table, 2, "A", 2024, YOUNG | FACT_SUPPORT_A | FACT_LONG_LEAVE);
    put_fact(f->table, 3, "A", 2024, YOUNG | FACT_LONG_LEAVE);
    assert_value(value(f, "R", "I-5.3.2"), 1, 1, "100.0");
    assert_int_equal(value(f, "R", "I-5.3.1c")->denominator, 3);
}

static void who_cannot_be_classified_is_in_neither_part_but_noted(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG);
    put_fact(f->table, 2, "A", 2024, FACT_PEDAGOGUE | FACT_YOUNG_AGE | FACT_SUPPORT_A);
    put_fact(f->table, 3, "A", 2024, FACT_PEDAGOGUE | FACT_YOUNG_EXP);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.2");
    assert_value(v, 0, 1, "0.0");
    assert_string_equal(note(v, "NO-DATA"), "2");
}

static void supported_people_who_left_are_noted(void **state)
{
    fixture_t *f = *state;
    uint32_t gone = (YOUNG & ~(uint32_t)FACT_PEDAGOGUE) | FACT_LEFT;
    put_fact(f->table, 1, "A", 2024, gone | FACT_FORMER_A);
    put_fact(f->table, 2, "A", 2024, gone);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.2");
    assert_not_applicable(v);
    assert_string_equal(note(v, "LEFT"), "1");
}

static void who_moved_within_the_region_has_left_the_school_only(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, (YOUNG & ~(uint32_t)FACT_PEDAGOGUE) | FACT_LEFT | FACT_FORMER_A);
    put_fact(f->table, 1, "C", 2024, YOUNG);
    assert_string_equal(note(value(f, "A", "I-5.3.2"), "LEFT"), "1");
    assert_null(note(value(f, "R", "I-5.3.2"), "LEFT"));
    assert_value(value(f, "R", "I-5.3.2"), 0, 1, "0.0"); // the old school's support stays there
}

static void external_part_timers_are_out_of_the_denominator(void **state)
{
    fixture_t *f = *state;
    uint32_t elsewhere = YOUNG & ~(uint32_t)FACT_PEDAGOGUE;
    put_fact(f->table, 1, "A", 2024, YOUNG);
    put_fact(f->table, 1, "C", 2024, elsewhere | FACT_EXT_PEDAGOGUE);
    put_fact(f->table, 2, "C", 2024, elsewhere | FACT_EXT_PEDAGOGUE);
    assert_int_equal(value(f, "R", "I-5.3.2")->denominator, 1);
    assert_int_equal(value(f, "C", "I-5.3.2")->denominator, 0);
}

static void what_one_school_knows_of_a_career_settles_it_for_the_region(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG);
    put_fact(f->table, 1, "C", 2024, FACT_PEDAGOGUE | FACT_YOUNG_AGE | FACT_OVER_EXP);
    assert_int_equal(value(f, "A", "I-5.3.2")->denominator, 1);
    assert_int_equal(value(f, "R", "I-5.3.2")->denominator, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zero_denominator_is_not_applicable),
        TEST(each_form_of_support_qualifies_and_two_are_not_more_than_one),
        TEST(who_is_on_long_leave_is_in_neither_part_but_in_the_headcount),
        TEST(who_cannot_be_classified_is_in_neither_part_but_noted),
        TEST(supported_people_who_left_are_noted),
        TEST(who_moved_within_the_region_has_left_the_school_only),
        TEST(external_part_timers_are_out_of_the_denominator),
        TEST(what_one_school_knows_of_a_career_settles_it_for_the_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
