// SPDX-License-Identifier: Apache-2.0
// Numbers and targets (domain 2.2, rule 12), and definitions as data.
#include "services/reporting/number.h"
#include "tests/unit/reporting/region.h"

// ---- numbers (rule 12) ----

static void assert_printed(int64_t numerator, int64_t denominator, int64_t scale, int decimals,
                           const char *text)
{
    char buffer[NUMBER_TEXT_MAX];
    number_text(numerator, denominator, scale, decimals, buffer);
    assert_string_equal(buffer, text);
}

static void numbers_are_rounded_half_up_from_exact_integers(void **state)
{
    (void)state;
    assert_printed(1, 3, 100, 1, "33.3");
    assert_printed(2, 3, 100, 1, "66.7");
    assert_printed(1, 2000, 100, 1, "0.1"); // 0.05
    assert_printed(49, 100000, 100, 1, "0.0");
    assert_printed(1, 8, 1, 2, "0.13");
    assert_printed(0, 5, 100, 1, "0.0");
    assert_printed(7, 1, 1, 0, "7");
    assert_printed(-1, 1, 1, 0, "-1");
    assert_printed(5, 2, 1, 0, "3");
    assert_printed(1000000000000, 3, 100, 1, "33333333333333.3");
}

static void targets_are_printed_without_needless_zeros(void **state)
{
    (void)state;
    char text[NUMBER_TEXT_MAX];
    hundredths_text(7000, text);
    assert_string_equal(text, "70");
    hundredths_text(9950, text);
    assert_string_equal(text, "99.5");
    hundredths_text(5, text);
    assert_string_equal(text, "0.05");
}

static void a_69_95_percent_prints_70_0_and_fails(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 1399, "A", YOUNG | FACT_SUPPORT_A);
    put_many(f, 5000, 601, "A", YOUNG);
    assert_value(value(f, "R", "I-5.3.2"), 1399, 2000, "70.0");
    assert_met(value(f, "R", "I-5.3.2"), false);
    put_fact(f->table, 5000, "A", 2024, YOUNG | FACT_SUPPORT_A);
    assert_value(value(f, "R", "I-5.3.2"), 1400, 2000, "70.0");
    assert_met(value(f, "R", "I-5.3.2"), true);
}

// ---- definitions as data ----

static Selenga__Indicator a_definition(void)
{
    Selenga__Indicator d = SELENGA__INDICATOR__INIT;
    d.code = (char *)"X-1";
    d.title = (char *)"Проба";
    d.unit = (char *)"count";
    d.numerator = (char *)"count(person)";
    d.has_valid_from = true;
    d.valid_from = on("2020-01-01");
    return d;
}

static void a_definition_with_a_fault_is_refused_and_changes_nothing(void **state)
{
    fixture_t *f = *state;
    indicator_error_t error;
    Selenga__Indicator good = a_definition();
    assert_true(indicators_put(f->set, &good, &error));
    for (int i = 0; i < 12; i++) {
        Selenga__Indicator d = a_definition();
        const char *field = "notes";
        if (i == 0) d.code = NULL, field = "code";
        if (i == 1) d.unit = (char *)"kg", field = "unit";
        if (i == 2) d.numerator = (char *)"count(person where", field = "numerator";
        if (i == 3) d.denominator = (char *)"1", field = "denominator";
        if (i == 4) d.unit = (char *)"percent", field = "denominator";
        if (i == 5) d.target_op = (char *)"<", d.has_target_value = true, field = "target_op";
        if (i == 6) d.target_op = (char *)"<=", field = "target_value";
        if (i == 7) d.notes = (char *)"A";
        if (i == 8) d.notes = (char *)"a = 1";
        if (i == 9) d.notes = (char *)"A = 1; B = count(";
        if (i == 10) d.has_valid_from = false, field = "valid_from";
        if (i == 11) d.has_decimals = true, d.decimals = 5, field = "decimals";
        assert_false(indicators_put(f->set, &d, &error));
        assert_false(indicator_check(&d, &error));
        assert_string_equal(error.field, field);
        if (i == 9) assert_int_equal(error.at, strlen(d.notes));
    }
    put_many(f, 0, 2, "A", OLD);
    assert_value(value(f, "R", "X-1"), 2, 0, "2");
}

static void a_period_is_counted_by_the_definition_of_its_last_day(void **state)
{
    fixture_t *f = *state;
    indicator_error_t error;
    Selenga__Indicator d = a_definition();
    assert_true(indicators_put(f->set, &d, &error));
    d.valid_from = on("2024-07-01");
    d.numerator = (char *)"count(person) + 100";
    assert_true(indicators_put(f->set, &d, &error));
    put_many(f, 0, 2, "A", OLD);
    assert_value(value_of(report(f, "R", "2024-Q2"), "X-1"), 2, 0, "2");
    assert_value(value_of(report(f, "R", "2024-Q3"), "X-1"), 102, 0, "102");
    indicators_remove(f->set, "X-1", on("2024-07-01"));
    assert_value(value_of(report(f, "R", "2024-Q3"), "X-1"), 2, 0, "2");
}

static void of_two_definitions_in_force_the_later_one_is_explained_as_it_is_counted(void **state)
{
    fixture_t *f = *state;
    indicator_error_t error;
    Selenga__Indicator d = a_definition();
    assert_true(indicators_put(f->set, &d, &error));
    d.valid_from = on("2024-07-01");
    assert_true(indicators_put(f->set, &d, &error));
    assert_int_equal(indicators_in_force(f->set, "X-1", on("2024-06-30"))->valid_from, on("2020-01-01"));
    assert_int_equal(indicators_in_force(f->set, "X-1", on("2024-12-31"))->valid_from, on("2024-07-01"));
}

static void a_draft_that_cannot_be_counted_is_refused_with_the_place(void **state)
{
    fixture_t *f = *state;
    period_t period;
    indicator_error_t error;
    Selenga__Indicator d = a_definition();
    assert_true(period_parse("2024", &period));
    d.numerator = (char *)"count(person where pedagog)";
    assert_null(indicators_try(f->set, f->table, "R", &period, 0, &d, &error));
    assert_string_equal(error.field, "numerator");
    assert_int_equal(error.at, strlen("count(person where "));
    d.numerator = (char *)"count(person)";
    assert_null(indicators_try(f->set, f->table, "NOWHERE", &period, 0, &d, &error));
    assert_null(error.what);
}

static void a_draft_is_counted_in_the_place_of_its_code_and_changes_nothing(void **state)
{
    fixture_t *f = *state;
    period_t period;
    indicator_error_t error;
    Selenga__Indicator d = a_definition();
    assert_true(period_parse("2024", &period));
    assert_true(indicators_put(f->set, &d, &error));
    put_many(f, 0, 2, "A", OLD);
    d.numerator = (char *)"count(person) + 100";
    d.valid_from = on("2030-01-01"); // whatever its own days
    Selenga__ReportReply *reply = indicators_try(f->set, f->table, "R", &period, 0, &d, &error);
    assert_non_null(reply);
    assert_value(value_of(reply->unit, "X-1"), 102, 0, "102");
    assert_int_equal(reply->unit->n_indicators, report(f, "R", "2024")->n_indicators);
    assert_int_equal(reply->n_children, 0);
    selenga__report_reply__free_unpacked(reply, NULL);
    assert_value(value(f, "R", "X-1"), 2, 0, "2");
}

static void a_definition_that_ended_before_the_last_day_is_not_reported(void **state)
{
    fixture_t *f = *state;
    indicator_error_t error;
    Selenga__Indicator d = a_definition();
    d.has_valid_to = true;
    d.valid_to = on("2024-12-30");
    assert_true(indicators_put(f->set, &d, &error));
    size_t n = report(f, "R", "2024-Q3")->n_indicators;
    assert_int_equal(report(f, "R", "2024")->n_indicators, n - 1);
}

static void a_target_counts_from_its_year_on(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2023, YOUNG);
    const Selenga__IndicatorValue *v = value_of(report(f, "R", "2023"), "I-5.3.2");
    assert_true(v->has_value);
    assert_false(v->has_met);
    assert_null(v->target_op);
    v = value_of(report(f, "R", "2023/24"), "I-5.3.2"); // ends in 2024
    assert_met(v, false);
    assert_string_equal(v->target_op, ">=");
    assert_string_equal(v->target_value, "70");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_rounded_half_up_from_exact_integers),
        TEST(targets_are_printed_without_needless_zeros),
        TEST(a_69_95_percent_prints_70_0_and_fails),
        TEST(a_definition_with_a_fault_is_refused_and_changes_nothing),
        TEST(a_period_is_counted_by_the_definition_of_its_last_day),
        TEST(of_two_definitions_in_force_the_later_one_is_explained_as_it_is_counted),
        TEST(a_draft_that_cannot_be_counted_is_refused_with_the_place),
        TEST(a_draft_is_counted_in_the_place_of_its_code_and_changes_nothing),
        TEST(a_definition_that_ended_before_the_last_day_is_not_reported),
        TEST(a_target_counts_from_its_year_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
