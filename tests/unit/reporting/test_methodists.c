// SPDX-License-Identifier: Apache-2.0
// I-5.3.1: teachers for one methodist (domain 2.3).
#include "tests/unit/reporting/region.h"

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
    put_person(f->table, ref_of(person), pseudonym);
}

static void appoint(fixture_t *f, const char *code, uint32_t person)
{
    put_ref(f, person);
    put_methodist(f->table, code, ref_of(person), "R", on("2022-01-01"), DAY_NONE);
}

static void assign(fixture_t *f, const char *methodist, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        put_ref(f, i);
        put_assignment(f->table, methodist, ref_of(i), on("2023-01-01"), DAY_NONE);
    }
}

// He has the state from the first day on.
static void appoint_as(fixture_t *f, const char *code, uint32_t person, const char *state)
{
    Selenga__Methodist m = SELENGA__METHODIST__INIT;
    put_ref(f, person);
    m.code = loose(code);
    m.person = loose(ref_of(person));
    m.state = loose(state);
    m.has_from = true;
    m.from = on("2022-01-01");
    put_row(f->table, &KIND_METHODIST, "R", &m.base);
}

static void a_candidate_is_no_methodist_until_he_is_appointed(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    appoint_as(f, "M-1", 9000, "candidate");
    assign(f, "M-1", 0, 2);
    assert_not_applicable(value(f, "R", "I-5.3.1a"));
    assert_value(value(f, "R", "I-5.3.1d"), 2, 0, "2");
    for (int i = 0; i < 2; i++) {
        appoint_as(f, "M-1", 9000, i == 0 ? "appointed" : "certified");
        assert_value(value(f, "R", "I-5.3.1a"), 2, 1, "2.0");
        assert_value(value(f, "R", "I-5.3.1d"), 0, 0, "0");
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
    assert_string_equal(also(v, "REQUIRED-METHODISTS"), "0"); // needed and there
    assert_value(value(f, "R", "I-5.3.1c"), 0, 251, "0.0");
    assert_value(value(f, "R", "I-5.3.1d"), 251, 0, "251");
}

static void everybody_assigned_to_methodists_who_have_at_most_250_is_met(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 500, "A", OLD);
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9001);
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
    appoint(f, "M-1", 9000);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1a");
    assert_value(v, 0, 1, "0.0");
    assert_met(v, false);
    assert_string_equal(note(v, "REQUIRES"), "I-5.3.1c");
}

static void one_overloaded_methodist_fails_the_average(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 260, "A", OLD);
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9001);
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
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9001);
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
    appoint(f, "M-1", 9000);
    assign(f, "M-1", 0, 1);
    put_assignment(f->table, "M-1", ref_of(0), on("2024-01-01"), DAY_NONE);
    assert_value(value(f, "R", "I-5.3.1b"), 1, 0, "1");
}

static void a_methodist_on_leave_over_30_days_is_out_and_his_people_are_unassigned(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 4, "A", OLD);
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9001);
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
    appoint(f, "M-1", 9000);
    assign(f, "M-1", 0, 2);
    put_assignment(f->table, "M-1", ref_of(1), on("2023-01-01"), on("2024-12-30"));
    assert_value(value(f, "R", "I-5.3.1d"), 1, 0, "1");
    put_methodist(f->table, "M-1", ref_of(9000), "R", on("2022-01-01"), on("2024-12-30"));
    assert_not_applicable(value(f, "R", "I-5.3.1a"));
    assert_value(value(f, "R", "I-5.3.1d"), 2, 0, "2");
}

static void removed_records_no_longer_count(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    appoint(f, "M-1", 9000);
    assign(f, "M-1", 0, 2);
    remove_assignment(f->table, "M-1", ref_of(1), on("2023-01-01"));
    assert_value(value(f, "R", "I-5.3.1d"), 1, 0, "1");
    remove_person(f->table, ref_of(0));
    assert_value(value(f, "R", "I-5.3.1d"), 2, 0, "2");
    remove_methodist(f->table, "M-1");
    assert_not_applicable(value(f, "R", "I-5.3.1a"));
}

static void below_the_region_a_methodist_counts_where_he_has_somebody(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", OLD);
    put_many(f, 10, 1, "C", OLD);
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9001);
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
    appoint(f, "M-1", 9000);
    appoint(f, "M-2", 9000);
    assign(f, "M-1", 0, 2);
    assign(f, "M-2", 1, 2);
    assert_value(value(f, "R", "I-5.3.1a"), 3, 1, "3.0");
    assert_value(value(f, "R", "I-5.3.1b"), 3, 0, "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_candidate_is_no_methodist_until_he_is_appointed),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
