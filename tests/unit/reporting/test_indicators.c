// SPDX-License-Identifier: Apache-2.0
// Reports: the regulation's indicators (domain 2.3) and the rules of values and targets (domain 2.2).
#include "services/reporting/indicators.h"
#include "services/reporting/number.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

enum {
    YOUNG = FACT_PEDAGOGUE | FACT_YOUNG_AGE | FACT_YOUNG_EXP,
    OLD = FACT_PEDAGOGUE | FACT_OVER_AGE | FACT_OVER_EXP
};

// Region R, municipalities M1 (schools A, B) and M2 (school C), with the built-in definitions.
typedef struct fixture {
    table_t *table;
    indicators_t *set;
    Selenga__ReportReply *reply;
} fixture_t;

static const report_page_t FIRST;

static int setup(void **state)
{
    fixture_t *f = xcalloc(1, sizeof *f);
    f->table = table_new();
    f->set = indicators_new();
    indicators_put_defaults(f->set);
    put_org(f->table, "R", NULL, "ministry");
    put_org(f->table, "M1", "R", "municipal_authority");
    put_org(f->table, "M2", "R", "municipal_authority");
    put_org(f->table, "A", "M1", "school");
    put_org(f->table, "B", "M1", "kindergarten");
    put_org(f->table, "C", "M2", "school");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_t *f = *state;
    if (f->reply) selenga__report_reply__free_unpacked(f->reply, NULL);
    indicators_destroy(&f->set);
    table_destroy(&f->table);
    free(f);
    return 0;
}

static const Selenga__ReportUnit *report(fixture_t *f, const char *org, const char *text)
{
    period_t period = the_period(text);
    if (f->reply) selenga__report_reply__free_unpacked(f->reply, NULL);
    f->reply = indicators_report(f->set, f->table, org, &period, &FIRST);
    assert_non_null(f->reply);
    return f->reply->unit;
}

static const Selenga__IndicatorValue *value_of(const Selenga__ReportUnit *unit, const char *code)
{
    for (size_t i = 0; i < unit->n_indicators; i++)
        if (strcmp(unit->indicators[i]->code, code) == 0) return unit->indicators[i];
    fail_msg("no %s", code);
    return NULL;
}

static const Selenga__IndicatorValue *value(fixture_t *f, const char *org, const char *code)
{
    return value_of(report(f, org, "2024"), code);
}

// The argument of a note, or NULL.
static const char *note(const Selenga__IndicatorValue *v, const char *code)
{
    for (size_t i = 0; i < v->n_notes; i++)
        if (strcmp(v->notes[i]->code, code) == 0) return v->notes[i]->args[0];
    return NULL;
}

#define assert_value(V, NUMERATOR, DENOMINATOR, TEXT)                                                        \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_int_equal(v_->numerator, NUMERATOR);                                                          \
        assert_int_equal(v_->denominator, DENOMINATOR);                                                      \
        assert_true(v_->has_value);                                                                          \
        assert_string_equal(v_->value, TEXT);                                                                \
    } while (0)
#define assert_met(V, MET)                                                                                   \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_true(v_->has_met);                                                                            \
        assert_int_equal(v_->met, MET);                                                                      \
    } while (0)
#define assert_not_applicable(V)                                                                             \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_false(v_->has_value);                                                                         \
        assert_null(v_->value);                                                                              \
    } while (0)

// n people with the flags, numbered from `first`.
static void put_many(fixture_t *f, uint32_t first, uint32_t n, const char *org, uint32_t flags)
{
    for (uint32_t i = 0; i < n; i++) put_fact(f->table, first + i, org, 2024, flags);
}

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

// ---- I-5.3.2 ----

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

// ---- I-5.3.1 ----

static const char *ref_of(uint32_t person)
{
    static char texts[4][24];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0], "A:%u", person);
    return text;
}

static void put_ref(fixture_t *f, uint32_t person)
{
    uint8_t pseudonym[PSEUDONYM_BYTES];
    pseudonym_of(person, pseudonym);
    roster_put_person(f->table->roster, ref_of(person), pseudonym, sizeof pseudonym);
}

static void put_methodist(fixture_t *f, const char *code, uint32_t person)
{
    put_ref(f, person);
    roster_put_methodist(f->table->roster, code, ref_of(person), "R", on("2022-01-01"), DAY_NONE);
}

static void assign(fixture_t *f, const char *methodist, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        put_ref(f, i);
        roster_put_assignment(f->table->roster, methodist, ref_of(i), on("2023-01-01"), DAY_NONE);
    }
}

static void no_methodists_and_no_teachers_is_not_applicable(void **state)
{
    fixture_t *f = *state;
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_not_applicable(v);
    assert_false(v->has_met);
    assert_null(note(v, "NO-METHODISTS"));
    assert_not_applicable(value(f, "R", "I-5.3.1b"));
    assert_not_applicable(value(f, "R", "I-5.3.1c"));
}

static void no_methodists_but_teachers_fail_the_target(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 251, "A", OLD);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_not_applicable(v);
    assert_met(v, false);
    assert_string_equal(note(v, "NO-METHODISTS"), "251");
    assert_string_equal(note(v, "REQUIRED-METHODISTS"), "2");
    assert_value(value(f, "R", "I-5.3.1c"), 0, 251, "0.0");
    assert_value(value(f, "R", "I-5.3.1d"), 251, 0, "251");
}

static void everybody_assigned_to_methodists_who_have_at_most_250_is_met(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 500, "A", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9001);
    assign(f, "M-1", 0, 250);
    assign(f, "M-2", 250, 250);
    assert_value(value(f, "R", "I-5.3.1a"), 500, 2, "250.0");
    assert_met(value(f, "R", "I-5.3.1a"), true);
    assert_value(value(f, "R", "I-5.3.1b"), 250, 0, "250");
    assert_met(value(f, "R", "I-5.3.1c"), true);
    assert_value(value(f, "R", "I-5.3.1d"), 0, 0, "0");
}

static void assigning_nobody_does_not_meet_the_target(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 10, "A", OLD);
    put_methodist(f, "M-1", 9000);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_value(v, 0, 1, "0.0");
    assert_met(v, false);
    assert_string_equal(note(v, "REQUIRES"), "I-5.3.1c");
}

static void one_overloaded_methodist_fails_the_average(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 260, "A", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9001);
    assign(f, "M-1", 0, 251);
    assign(f, "M-2", 251, 9);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_value(v, 260, 2, "130.0");
    assert_met(v, false);
    assert_string_equal(note(v, "REQUIRES"), "I-5.3.1b");
    assert_met(value(f, "R", "I-5.3.1b"), false);
}

static void a_person_with_two_methodists_is_one_person_in_both_loads(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 3, "A", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9001);
    assign(f, "M-1", 0, 2);
    assign(f, "M-2", 1, 2);
    assert_value(value(f, "R", "I-5.3.1a"), 3, 2, "1.5");
    assert_value(value(f, "R", "I-5.3.1b"), 2, 0, "2");
    assert_value(value(f, "R", "I-5.3.1d"), 0, 0, "0");
}

static void who_is_assigned_twice_to_one_methodist_is_one_in_the_load(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 1, "A", OLD);
    put_methodist(f, "M-1", 9000);
    assign(f, "M-1", 0, 1);
    roster_put_assignment(f->table->roster, "M-1", ref_of(0), on("2024-01-01"), DAY_NONE);
    assert_value(value(f, "R", "I-5.3.1b"), 1, 0, "1");
}

static void a_methodist_on_leave_over_30_days_is_out_and_his_people_are_unassigned(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 4, "A", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9001);
    put_fact(f->table, 9001, "B", 2024, FACT_LEAVE_OVER_30);
    assign(f, "M-1", 0, 1);
    assign(f, "M-2", 1, 3);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_value(v, 1, 1, "1.0");
    assert_string_equal(note(v, "LEAVE-METHODISTS"), "1");
    assert_value(value(f, "R", "I-5.3.1b"), 1, 0, "1");
    assert_value(value(f, "R", "I-5.3.1d"), 3, 0, "3");
}

static void an_appointment_or_assignment_that_ended_before_the_last_day_does_not_count(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    put_methodist(f, "M-1", 9000);
    assign(f, "M-1", 0, 2);
    roster_put_assignment(f->table->roster, "M-1", ref_of(1), on("2023-01-01"), on("2024-12-30"));
    assert_value(value(f, "R", "I-5.3.1d"), 1, 0, "1");
    roster_put_methodist(f->table->roster, "M-1", ref_of(9000), "R", on("2022-01-01"), on("2024-12-30"));
    assert_not_applicable(value(f, "R", "I-5.3.1a"));
    assert_value(value(f, "R", "I-5.3.1d"), 2, 0, "2");
}

static void removed_records_no_longer_count(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    put_methodist(f, "M-1", 9000);
    assign(f, "M-1", 0, 2);
    roster_remove_assignment(f->table->roster, "M-1", ref_of(1), on("2023-01-01"));
    assert_value(value(f, "R", "I-5.3.1d"), 1, 0, "1");
    roster_remove_person(f->table->roster, ref_of(0));
    assert_value(value(f, "R", "I-5.3.1d"), 2, 0, "2");
    roster_remove_methodist(f->table->roster, "M-1");
    assert_not_applicable(value(f, "R", "I-5.3.1a"));
}

static void below_the_region_a_methodist_counts_where_he_has_somebody(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    put_many(f, 10, 1, "C", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9001);
    assign(f, "M-1", 0, 2);
    assign(f, "M-1", 10, 1);
    assert_value(value(f, "R", "I-5.3.1a"), 3, 2, "1.5"); // M-2 is the region's, though idle
    assert_value(value(f, "M1", "I-5.3.1a"), 2, 1, "2.0");
    assert_value(value(f, "M2", "I-5.3.1a"), 1, 1, "1.0");
    assert_not_applicable(value(f, "B", "I-5.3.1a"));
}

static void two_appointments_of_one_human_are_one_methodist(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 3, "A", OLD);
    put_methodist(f, "M-1", 9000);
    put_methodist(f, "M-2", 9000);
    assign(f, "M-1", 0, 2);
    assign(f, "M-2", 1, 2);
    assert_value(value(f, "R", "I-5.3.1a"), 3, 1, "3.0");
    assert_value(value(f, "R", "I-5.3.1b"), 3, 0, "3");
}

// ---- I-5.2.1 ----

static team_part_t a_part(const char *team)
{
    return (team_part_t){team, "RUN", on("2024-05-31"), PROGRAMME_PK, 16, true, true};
}

static void put_part(fixture_t *f, uint32_t person, const char *org, team_part_t part)
{
    fact_t fact = a_fact(person, org, 2024, FACT_MANAGER | FACT_OVER_AGE);
    fact.row.parts[fact.row.n_parts++] = part;
    table_put(f->table, &fact);
}

static void put_team(fixture_t *f, const char *team, uint32_t first, uint32_t n, const char *org)
{
    for (uint32_t i = 0; i < n; i++) put_part(f, first + i, org, a_part(team));
}

static int64_t teams(fixture_t *f, const char *org)
{
    return value(f, org, "I-5.2.1")->numerator;
}

static void one_manager_is_no_team(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T", 1, 1, "A");
    assert_int_equal(teams(f, "R"), 0);
}

static void two_managers_of_one_school_are_a_team(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T", 1, 2, "A");
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.2.1");
    assert_value(v, 1, 0, "1");
    assert_false(v->has_met);
    assert_false(v->has_denominator);
    assert_int_equal(teams(f, "A"), 1);
    assert_int_equal(teams(f, "B"), 0);
}

static void two_members_must_have_attended(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T", 1, 3, "A");
    team_part_t absent = a_part("T");
    absent.attended = false;
    put_part(f, 1, "A", absent);
    assert_int_equal(teams(f, "R"), 1);
    put_part(f, 2, "A", absent);
    assert_int_equal(teams(f, "R"), 0);
}

static void a_short_or_another_programme_does_not_count(void **state)
{
    fixture_t *f = *state;
    for (int i = 0; i < 2; i++) {
        team_part_t part = a_part("T");
        if (i == 0) part.hours = 15;
        if (i == 1) part.programme = PROGRAMME_RETRAINING;
        put_part(f, 1, "A", part);
        put_part(f, 2, "A", part);
        assert_int_equal(teams(f, "R"), 0);
    }
}

static void the_year_of_account_is_that_of_the_last_day_of_the_run(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T", 1, 2, "A");
    assert_int_equal(value_of(report(f, "R", "2024-Q2"), "I-5.2.1")->numerator, 1);
    assert_int_equal(value_of(report(f, "R", "2024-Q3"), "I-5.2.1")->numerator, 0);
    assert_int_equal(value_of(report(f, "R", "2023"), "I-5.2.1")->numerator, 0);
}

static void members_of_one_team_in_different_runs_are_different_teams(void **state)
{
    fixture_t *f = *state;
    team_part_t other = a_part("T");
    other.run = "RUN-2";
    put_part(f, 1, "A", a_part("T"));
    put_part(f, 2, "A", other);
    assert_int_equal(teams(f, "R"), 0);
}

static void three_teams_of_one_school_count_once_and_are_noted(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T1", 1, 2, "A");
    put_team(f, "T2", 11, 2, "A");
    put_team(f, "T3", 21, 2, "A");
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.2.1");
    assert_value(v, 1, 0, "1");
    assert_string_equal(note(v, "TEAMS"), "3");
    assert_string_equal(note(v, "TEAMS-COMPLETED"), "3");
}

static void a_municipal_team_counts_for_the_municipality(void **state)
{
    fixture_t *f = *state;
    roster_put_team(f->table->roster, "T", "M1");
    put_team(f, "T", 1, 1, "A");
    put_team(f, "T", 2, 1, "B");
    assert_int_equal(teams(f, "M1"), 1);
    assert_int_equal(teams(f, "R"), 1);
    assert_int_equal(teams(f, "A"), 0);
    assert_int_equal(teams(f, "B"), 0);
}

static void managers_of_two_schools_in_one_schools_team_are_no_team(void **state)
{
    fixture_t *f = *state;
    roster_put_team(f->table->roster, "T", "A");
    put_team(f, "T", 1, 1, "A");
    put_team(f, "T", 2, 1, "B");
    assert_int_equal(teams(f, "R"), 0);
    put_team(f, "T", 3, 1, "A"); // now two of its own, and a guest
    assert_int_equal(teams(f, "A"), 1);
    assert_int_equal(teams(f, "B"), 0);
    assert_int_equal(teams(f, "R"), 1);
}

static void a_mixed_team_of_unknown_origin_counts_for_nobody(void **state)
{
    fixture_t *f = *state;
    put_team(f, "T", 1, 2, "A");
    put_team(f, "T", 3, 2, "B");
    assert_int_equal(teams(f, "R"), 0);
}

// ---- roll-up and coverage (rules 10, 11) ----

static void a_sum_is_over_distinct_people_not_the_mean_of_percentages(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG | FACT_SUPPORT_A);
    put_many(f, 10, 9, "C", YOUNG);
    assert_value(value(f, "R", "I-5.3.2"), 1, 10, "10.0");
    assert_int_equal(f->reply->n_children, 2);
    assert_string_equal(f->reply->children[0]->org, "M1");
    assert_value(value_of(f->reply->children[0], "I-5.3.2"), 1, 1, "100.0");
    assert_value(value_of(f->reply->children[1], "I-5.3.2"), 0, 9, "0.0");
    assert_string_equal(f->reply->period, "2024");
    assert_string_equal(f->reply->as_of, "2025-01-01");
}

static void missing_units_make_a_value_preliminary(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 1, "A", OLD);
    put_many(f, 1, 1, "B", OLD);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1d");
    assert_int_equal(v->coverage->received, 2);
    assert_int_equal(v->coverage->expected, 3);
    assert_string_equal(v->state, "preliminary");
    assert_string_equal(value_of(f->reply->children[0], "I-5.3.1d")->state, "complete");
    assert_string_equal(value_of(f->reply->children[1], "I-5.3.1d")->state, "preliminary");
}

static void nineteen_of_twenty_units_are_enough(void **state)
{
    fixture_t *f = *state;
    char code[8];
    for (uint32_t i = 0; i < 20; i++) {
        snprintf(code, sizeof code, "M3-%u", i);
        put_org(f->table, code, "M3", "school");
        if (i < 18) put_many(f, i, 1, code, OLD);
    }
    put_org(f->table, "M3", "R", "municipal_authority");
    assert_string_equal(value(f, "M3", "I-5.3.1d")->state, "preliminary");
    put_many(f, 18, 1, code, OLD);
    assert_string_equal(value(f, "M3", "I-5.3.1d")->state, "complete");
}

static void closed_units_and_other_kinds_are_not_expected(void **state)
{
    fixture_t *f = *state;
    orgs_put(f->table->orgs, "C", &(org_row_t){"M2", "school", "", DAY_NONE, on("2024-12-30")});
    put_org(f->table, "U", "M2", "university");
    put_org(f->table, "D", "M2", "methodical_service");
    const Selenga__IndicatorValue *v = value(f, "M2", "I-5.3.1d");
    assert_int_equal(v->coverage->expected, 0);
    assert_string_equal(v->state, "complete");
}

static void an_unknown_organisation_has_no_report(void **state)
{
    fixture_t *f = *state;
    period_t period = the_period("2024");
    assert_null(indicators_report(f->set, f->table, "Z", &period, &FIRST));
    put_fact(f->table, 1, "Y", 2024, OLD); // heard of, but without a record
    assert_null(indicators_report(f->set, f->table, "Y", &period, &FIRST));
}

// M1 with more schools than a page holds.
enum { MANY = 1000 };

static void put_many_schools(fixture_t *f)
{
    char code[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(code, sizeof code, "M1-%04d", i);
        put_org(f->table, code, "M1", "school");
    }
}

static Selenga__ReportReply *page_behind(fixture_t *f, const Selenga__ReportReply *before)
{
    period_t period = the_period("2024");
    report_page_t page = {before->children[before->n_children - 1]->org, before->state};
    Selenga__ReportReply *reply = indicators_report(f->set, f->table, "M1", &period, &page);
    assert_non_null(reply);
    return reply;
}

static void more_children_than_fit_a_page_come_on_the_next_ones_each_once(void **state)
{
    fixture_t *f = *state;
    char last[16] = "";
    size_t n = 0, pages = 1;
    put_many_schools(f);
    report(f, "M1", "2024");
    for (bool more = true; more; pages++) {
        for (size_t i = 0; i < f->reply->n_children; i++, n++) {
            assert_true(strcmp(last, f->reply->children[i]->org) < 0);
            snprintf(last, sizeof last, "%s", f->reply->children[i]->org);
        }
        Selenga__ReportReply *next = page_behind(f, f->reply);
        more = f->reply->more;
        selenga__report_reply__free_unpacked(f->reply, NULL);
        f->reply = next;
    }
    assert_int_equal(n, MANY + 2);
    assert_true(pages > 2);
    assert_int_equal(f->reply->n_children, 0);
}

static void a_further_page_is_of_the_first_ones_state_though_more_has_come(void **state)
{
    fixture_t *f = *state;
    put_many_schools(f);
    report(f, "M1", "2024");
    const char *late = "M1-0999";
    put_fact(f->table, 1, late, 2024, OLD);
    Selenga__ReportReply *next = page_behind(f, f->reply);
    assert_int_equal(next->state, f->reply->state);
    while (next->more) {
        Selenga__ReportReply *further = page_behind(f, next);
        selenga__report_reply__free_unpacked(next, NULL);
        next = further;
    }
    assert_string_equal(next->children[next->n_children - 1]->org, late);
    assert_int_equal(value_of(next->children[next->n_children - 1], "I-5.3.1d")->numerator, 0);
    selenga__report_reply__free_unpacked(next, NULL);
}

static void a_further_page_after_an_organisation_changed_is_of_another_state(void **state)
{
    fixture_t *f = *state;
    put_many_schools(f);
    report(f, "M1", "2024");
    put_org(f->table, "M1-new", "M1", "school");
    Selenga__ReportReply *next = page_behind(f, f->reply);
    assert_int_not_equal(next->state, f->reply->state);
    selenga__report_reply__free_unpacked(next, NULL);
}

static int64_t teachers(fixture_t *f, const char *org)
{
    return value(f, org, "I-5.3.1d")->numerator; // none is assigned
}

static void a_report_made_again_knows_what_changed_since(void **state)
{
    fixture_t *f = *state;
    uint8_t pseudonym[PSEUDONYM_BYTES];
    put_fact(f->table, 1, "A", 2024, OLD);
    assert_int_equal(teachers(f, "R"), 1);
    put_fact(f->table, 2, "C", 2024, OLD);
    assert_int_equal(teachers(f, "R"), 2);
    assert_int_equal(teachers(f, "M2"), 1);
    put_org(f->table, "C", "M1", "school"); // it moved
    assert_int_equal(teachers(f, "M2"), 0);
    assert_int_equal(teachers(f, "M1"), 2);
    pseudonym_of(2, pseudonym);
    table_remove(f->table, pseudonym, "C", 2024);
    assert_int_equal(teachers(f, "R"), 1);
    roster_put_person(f->table->roster, "A:1", (pseudonym_of(1, pseudonym), pseudonym), sizeof pseudonym);
    roster_put_methodist(f->table->roster, "M-1", "A:9", "R", 0, DAY_NONE);
    roster_put_assignment(f->table->roster, "M-1", "A:1", 0, DAY_NONE);
    assert_int_equal(teachers(f, "R"), 0); // now assigned
    indicators_remove(f->set, "I-5.3.1d", date_days(2020, 1, 1));
    const Selenga__ReportUnit *unit = report(f, "R", "2024");
    for (size_t i = 0; i < unit->n_indicators; i++)
        assert_string_not_equal(unit->indicators[i]->code, "I-5.3.1d");
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_rounded_half_up_from_exact_integers),
        TEST(targets_are_printed_without_needless_zeros),
        TEST(a_69_95_percent_prints_70_0_and_fails),
        TEST(a_definition_with_a_fault_is_refused_and_changes_nothing),
        TEST(a_period_is_counted_by_the_definition_of_its_last_day),
        TEST(a_definition_that_ended_before_the_last_day_is_not_reported),
        TEST(a_target_counts_from_its_year_on),
        TEST(zero_denominator_is_not_applicable),
        TEST(each_form_of_support_qualifies_and_two_are_not_more_than_one),
        TEST(who_is_on_long_leave_is_in_neither_part_but_in_the_headcount),
        TEST(who_cannot_be_classified_is_in_neither_part_but_noted),
        TEST(supported_people_who_left_are_noted),
        TEST(who_moved_within_the_region_has_left_the_school_only),
        TEST(external_part_timers_are_out_of_the_denominator),
        TEST(what_one_school_knows_of_a_career_settles_it_for_the_region),
        TEST(no_methodists_and_no_teachers_is_not_applicable),
        TEST(no_methodists_but_teachers_fail_the_target),
        TEST(everybody_assigned_to_methodists_who_have_at_most_250_is_met),
        TEST(assigning_nobody_does_not_meet_the_target),
        TEST(one_overloaded_methodist_fails_the_average),
        TEST(a_person_with_two_methodists_is_one_person_in_both_loads),
        TEST(who_is_assigned_twice_to_one_methodist_is_one_in_the_load),
        TEST(a_methodist_on_leave_over_30_days_is_out_and_his_people_are_unassigned),
        TEST(an_appointment_or_assignment_that_ended_before_the_last_day_does_not_count),
        TEST(removed_records_no_longer_count),
        TEST(below_the_region_a_methodist_counts_where_he_has_somebody),
        TEST(two_appointments_of_one_human_are_one_methodist),
        TEST(one_manager_is_no_team),
        TEST(two_managers_of_one_school_are_a_team),
        TEST(two_members_must_have_attended),
        TEST(a_short_or_another_programme_does_not_count),
        TEST(the_year_of_account_is_that_of_the_last_day_of_the_run),
        TEST(members_of_one_team_in_different_runs_are_different_teams),
        TEST(three_teams_of_one_school_count_once_and_are_noted),
        TEST(a_municipal_team_counts_for_the_municipality),
        TEST(managers_of_two_schools_in_one_schools_team_are_no_team),
        TEST(a_mixed_team_of_unknown_origin_counts_for_nobody),
        TEST(a_sum_is_over_distinct_people_not_the_mean_of_percentages),
        TEST(missing_units_make_a_value_preliminary),
        TEST(nineteen_of_twenty_units_are_enough),
        TEST(closed_units_and_other_kinds_are_not_expected),
        TEST(an_unknown_organisation_has_no_report),
        TEST(more_children_than_fit_a_page_come_on_the_next_ones_each_once),
        TEST(a_further_page_is_of_the_first_ones_state_though_more_has_come),
        TEST(a_further_page_after_an_organisation_changed_is_of_another_state),
        TEST(a_report_made_again_knows_what_changed_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
