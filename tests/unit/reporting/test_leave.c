// SPDX-License-Identifier: Apache-2.0
// From records about one human being to flags of leave (domain 2.2), and to team parts (2.3).
#include "tests/unit/reporting/one.h"

// ---- leave (rule 7) ----

static void a_leave_that_covers_every_day_is_long(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->absences[0] = an_absence("childcare", "2024-01-01", "2024-12-31");
    one->human.n_absences = 1;
    assert_has(flags(one, "2024"), FACT_LONG_LEAVE | FACT_PEDAGOGUE);
}

static void a_leave_shorter_than_the_period_by_a_day_is_not_long(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->human.n_absences = 1;
    one->absences[0] = an_absence("childcare", "2024-01-02", "2024-12-31");
    assert_not(flags(one, "2024"), FACT_LONG_LEAVE);
    one->absences[0] = an_absence("childcare", "2024-01-01", "2024-12-30");
    assert_not(flags(one, "2024"), FACT_LONG_LEAVE);
    assert_has(flags(one, "2024-Q2"), FACT_LONG_LEAVE);
}

static void maternity_and_childcare_one_after_the_other_are_one_leave(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->human.n_absences = 2;
    one->absences[0] = an_absence("childcare", "2024-05-20", NULL);
    one->absences[1] = an_absence("maternity", "2023-12-25", "2024-05-19");
    assert_has(flags(one, "2024"), FACT_LONG_LEAVE);
    one->absences[0].from = on("2024-05-21"); // a day between them
    assert_not(flags(one, "2024"), FACT_LONG_LEAVE);
}

static void sick_and_study_leave_are_never_long(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->human.n_absences = 1;
    static const char *const SHORT[] = {"sick", "study", "other"};
    for (size_t i = 0; i < ARRAY_SIZE(SHORT); i++) {
        one->absences[0] = an_absence(SHORT[i], "2023-01-01", NULL);
        assert_not(flags(one, "2024"), FACT_LONG_LEAVE);
    }
    one->absences[0] = an_absence("military", "2023-01-01", NULL);
    assert_has(flags(one, "2024"), FACT_LONG_LEAVE);
}

static void a_leave_of_31_days_on_the_last_day_is_over_30(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->human.n_absences = 1;
    one->absences[0] = an_absence("sick", "2024-12-10", "2025-01-08"); // 30 days
    assert_not(flags(one, "2024"), FACT_LEAVE_OVER_30);
    one->absences[0] = an_absence("sick", "2024-12-10", "2025-01-09");
    assert_has(flags(one, "2024"), FACT_LEAVE_OVER_30);
    one->absences[0] = an_absence("sick", "2024-12-31", NULL);
    assert_has(flags(one, "2024"), FACT_LEAVE_OVER_30);
    one->absences[0] = an_absence("sick", "2024-01-01", "2024-12-30"); // over by the last day
    assert_not(flags(one, "2024"), FACT_LEAVE_OVER_30);
}

// ---- team parts ----

static one_t *a_manager(void)
{
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "manager", "2020-01-01", NULL);
    one->enrolments[0] = (human_enrolment_t){.team = "T1",
                                             .run = "R1",
                                             .run_from = on("2024-03-01"),
                                             .run_to = on("2024-04-30"),
                                             .programme_kind = "pk",
                                             .programme_hours = 36,
                                             .attended_hours = 3600};
    one->human.n_enrolments = 1;
    return one;
}

static facts_t *rows(const one_t *one, int year)
{
    return facts_make(&one->human, year);
}

static void a_manager_enrolled_with_a_team_has_a_part(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->certificates[0] = (human_certificate_t){"R1", "pk", NULL, on("2024-05-05"), DAY_NONE, NULL};
    one->human.n_certificates = 1;
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_int_equal(facts->rows[0].n_parts, 1);
    const team_part_t *part = &facts->rows[0].parts[0];
    assert_string_equal(part->team, "T1");
    assert_string_equal(part->run, "R1");
    assert_int_equal(part->run_last_day, on("2024-04-30"));
    assert_int_equal(part->programme, PROGRAMME_PK);
    assert_int_equal(part->hours, 36);
    assert_true(part->attended);
    assert_true(part->completed);
}

static void who_was_no_manager_when_the_run_began_has_no_part(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->jobs[0].from = on("2024-03-02");
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_int_equal(facts->rows[0].n_parts, 0);
}

static void who_was_enrolled_without_a_team_has_no_part(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->enrolments[0].team = NULL;
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_int_equal(facts->rows[0].n_parts, 0);
}

static void the_part_stands_in_the_year_of_the_last_day_of_the_run(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->enrolments[0].run_from = on("2023-11-01");
    AUTO(facts_destroy) facts_t *of_2022 = rows(one, 2022), *of_2024 = rows(one, 2024);
    assert_int_equal(of_2022->rows[0].n_parts, 0);
    assert_int_equal(of_2024->rows[0].n_parts, 1);
}

static void a_manager_who_left_after_the_run_began_keeps_the_part(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->enrolments[0].run_from = on("2022-11-01");
    one->jobs[0].to = on("2022-12-31");
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_int_equal(facts->n_rows, 1);
    assert_int_equal(facts->rows[0].n_parts, 1);
    assert_int_equal(facts->rows[0].cells[CELL_YEAR], 0);
}

static void zero_attended_hours_are_not_attendance(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->enrolments[0].attended_hours = 0;
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_false(facts->rows[0].parts[0].attended);
}

static void one_member_enrolled_under_two_staff_numbers_is_one_part(void **state)
{
    (void)state;
    one_t *one = a_manager();
    one->enrolments[1] = one->enrolments[0];
    one->enrolments[0].attended_hours = 0;
    one->human.n_enrolments = 2;
    AUTO(facts_destroy) facts_t *facts = rows(one, 2024);
    assert_int_equal(facts->rows[0].n_parts, 1);
    assert_true(facts->rows[0].parts[0].attended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leave_that_covers_every_day_is_long),
        cmocka_unit_test(a_leave_shorter_than_the_period_by_a_day_is_not_long),
        cmocka_unit_test(maternity_and_childcare_one_after_the_other_are_one_leave),
        cmocka_unit_test(sick_and_study_leave_are_never_long),
        cmocka_unit_test(a_leave_of_31_days_on_the_last_day_is_over_30),
        cmocka_unit_test(a_manager_enrolled_with_a_team_has_a_part),
        cmocka_unit_test(who_was_no_manager_when_the_run_began_has_no_part),
        cmocka_unit_test(who_was_enrolled_without_a_team_has_no_part),
        cmocka_unit_test(the_part_stands_in_the_year_of_the_last_day_of_the_run),
        cmocka_unit_test(a_manager_who_left_after_the_run_began_keeps_the_part),
        cmocka_unit_test(zero_attended_hours_are_not_attendance),
        cmocka_unit_test(one_member_enrolled_under_two_staff_numbers_is_one_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
