// SPDX-License-Identifier: Apache-2.0
// I-5.2.1: teams of managers in advanced training (domain 2.3).
#include "tests/unit/reporting/region.h"

static team_part_t a_part(const char *team)
{
    return (team_part_t){team, "RUN", on("2024-05-31"), PROGRAMME_PK, 16, true, true};
}

static void put_part(fixture_t *f, uint32_t person, const char *org, team_part_t part)
{
    career_t fact = a_fact(person, org, 2024, FACT_MANAGER | FACT_OVER_AGE);
    fact.parts[fact.n_parts++] = part;
    table_put(f->table, &fact, NULL);
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
    put_team_of(f->table, "T", "M1");
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
    put_team_of(f->table, "T", "A");
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

static void a_sum_beyond_64_bits_is_nothing(void **state)
{
    fixture_t *f = *state;
    Selenga__Indicator record = SELENGA__INDICATOR__INIT;
    indicator_error_t error;
    record.code = record.title = loose("X");
    record.unit = loose("count");
    record.numerator = loose("sum(team.hours)");
    record.has_valid_from = true;
    assert_true(indicators_put(f->set, &record, &error));
    team_part_t part = a_part("T");
    part.hours = INT64_MAX;
    put_part(f, 1, "A", part);
    part.team = "U";
    put_part(f, 2, "C", part);
    assert_int_equal(value(f, "A", "X")->numerator, INT64_MAX);
    assert_int_equal(value(f, "M2", "X")->numerator, INT64_MAX);
    assert_not_applicable(value(f, "R", "X"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        TEST(a_sum_beyond_64_bits_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
