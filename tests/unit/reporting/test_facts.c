// SPDX-License-Identifier: Apache-2.0
// From records about one human being to flags: employment, age, experience, leave (domain 2.2), team parts
// (2.3).
#include "tests/unit/reporting/make.h"

// A teacher of school S since 2022, born 1995, at work since 2022: young in 2024 in every respect.
typedef struct one {
    human_staff_t staff[3];
    human_job_t jobs[4];
    human_absence_t absences[3];
    human_enrolment_t enrolments[3];
    human_certificate_t certificates[2];
    human_t human;
} one_t;

static human_job_t a_job(const char *org, const char *post_class, const char *from, const char *to)
{
    return (human_job_t){.org = org,
                         .post_class = post_class,
                         .main_place = ANSWER_YES,
                         .external = ANSWER_NO,
                         .from = on(from),
                         .to = to ? on(to) : DAY_NONE};
}

static human_absence_t an_absence(const char *kind, const char *from, const char *to)
{
    return (human_absence_t){kind, on(from), to ? on(to) : DAY_NONE};
}

static one_t *a_teacher(void)
{
    static one_t one; // one test at a time
    one = (one_t){0};
    one.staff[0] = (human_staff_t){on("1995-06-15"), on("2022-09-01"), 0};
    one.jobs[0] = a_job("S", "pedagogue", "2022-09-01", NULL);
    one.human = (human_t){.staff = one.staff,
                          .n_staff = 1,
                          .jobs = one.jobs,
                          .n_jobs = 1,
                          .absences = one.absences,
                          .enrolments = one.enrolments,
                          .certificates = one.certificates};
    return &one;
}

// Flags of the organisation's row in the period; 0 when there is no row.
static uint32_t flags_at(const one_t *one, const char *period, const char *org)
{
    period_t p = the_period(period);
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, p.year);
    for (size_t i = 0; i < facts->n_rows; i++)
        if (strcmp(facts->rows[i].org, org) == 0) return facts->rows[i].cells[p.cell];
    return 0;
}

static uint32_t flags(const one_t *one, const char *period)
{
    return flags_at(one, period, "S");
}

#define assert_has(flags, flag) assert_int_equal((flags) & (flag), flag)
#define assert_not(flags, flag) assert_int_equal((flags) & (flag), 0)

// ---- the snapshot (rules 2, 8) ----

static void who_was_never_employed_has_no_rows(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->human.n_jobs = 0;
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, 2024);
    assert_int_equal(facts->n_rows, 0);
}

static void who_begins_the_day_after_the_period_is_not_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2025-01-01", NULL);
    assert_int_equal(flags(one, "2024"), 0);
    assert_has(flags(one, "2024/25"), FACT_PEDAGOGUE);
}

static void who_arrives_on_the_last_day_is_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2024-12-31", NULL);
    assert_has(flags(one, "2024"), FACT_PEDAGOGUE);
    assert_int_equal(flags(one, "2024-Q3"), 0);
}

static void who_leaves_on_the_last_day_is_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2022-09-01", "2024-12-31");
    assert_has(flags(one, "2024"), FACT_PEDAGOGUE);
    assert_not(flags(one, "2024"), FACT_LEFT);
}

static void who_left_the_day_before_is_not_counted_but_shown_as_left(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2022-09-01", "2024-12-30");
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE);
    assert_has(flags(one, "2024"), FACT_LEFT);
    assert_has(flags(one, "2024-Q3"), FACT_PEDAGOGUE);
}

static void who_left_before_the_period_is_not_there_at_all(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2022-09-01", "2024-09-30");
    assert_int_equal(flags(one, "2024-Q4"), 0);
    assert_has(flags(one, "2024-Q3"), FACT_PEDAGOGUE);
}

static void who_moves_to_another_school_leaves_a_row_at_the_first(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2022-09-01", "2024-08-31");
    one->jobs[1] = a_job("T", "pedagogue", "2024-09-01", NULL);
    one->human.n_jobs = 2;
    assert_has(flags_at(one, "2024", "S"), FACT_LEFT);
    assert_not(flags_at(one, "2024", "S"), FACT_PEDAGOGUE);
    assert_has(flags_at(one, "2024", "T"), FACT_PEDAGOGUE);
}

static void an_interim_period_uses_its_own_dates(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].birth = on("1989-04-01"); // 35 on 1 April 2024
    assert_has(flags(one, "2023/24"), FACT_OVER_AGE);
    assert_has(flags(one, "2024-H1"), FACT_OVER_AGE);
    assert_has(flags(one, "2024-Q1"), FACT_OVER_AGE); // counted on 1 April itself
    assert_has(flags(one, "2023"), FACT_YOUNG_AGE);
}

// ---- classes (rule 5) ----

static void a_teacher_of_a_university_is_no_pedagogue(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].university = true;
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE | FACT_EXT_PEDAGOGUE);
    one->jobs[0].post_class = "manager";
    assert_has(flags(one, "2024"), FACT_MANAGER);
}

static void other_staff_are_in_neither_class(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].post_class = "other";
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE | FACT_MANAGER | FACT_EXT_PEDAGOGUE | FACT_EXT_MANAGER);
}

static void a_deputy_who_teaches_is_in_both_classes_once(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "manager", "2022-09-01", NULL);
    one->jobs[1] = a_job("S", "pedagogue", "2022-09-01", NULL);
    one->jobs[1].main_place = ANSWER_NO;
    one->human.n_jobs = 2;
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, 2024);
    assert_int_equal(facts->n_rows, 1);
    assert_has(facts->rows[0].cells[CELL_YEAR], FACT_MANAGER | FACT_PEDAGOGUE);
}

// ---- part-timers (rule 6) ----

static void an_external_part_timer_is_not_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].external = ANSWER_YES;
    one->jobs[0].main_place = ANSWER_NO;
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE);
    assert_has(flags(one, "2024"), FACT_EXT_PEDAGOGUE);
    one->jobs[0].main_place = ANSWER_YES; // the sheet contradicts itself: external wins
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE);
}

static void an_external_part_timer_counts_at_the_main_place_only(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[1] = a_job("T", "pedagogue", "2023-09-01", NULL);
    one->jobs[1].main_place = ANSWER_NO;
    one->jobs[1].external = ANSWER_YES;
    one->human.n_jobs = 2;
    assert_has(flags_at(one, "2024", "S"), FACT_PEDAGOGUE);
    assert_not(flags_at(one, "2024", "T"), FACT_PEDAGOGUE);
}

static void who_has_the_main_place_elsewhere_is_not_counted_even_if_not_called_external(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].main_place = ANSWER_NO;
    one->jobs[0].external = ANSWER_UNKNOWN;
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE);
    assert_has(flags(one, "2024"), FACT_EXT_PEDAGOGUE);
}

static void a_part_timer_said_not_to_be_external_is_internal(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].main_place = ANSWER_NO;
    one->jobs[0].external = ANSWER_NO;
    assert_has(flags(one, "2024"), FACT_PEDAGOGUE);
}

static void an_unknown_main_place_is_taken_for_the_main_one(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].main_place = ANSWER_UNKNOWN;
    one->jobs[0].external = ANSWER_UNKNOWN;
    assert_has(flags(one, "2024"), FACT_PEDAGOGUE);
    one->jobs[0].external = ANSWER_YES;
    assert_not(flags(one, "2024"), FACT_PEDAGOGUE);
}

static void an_internal_part_timer_is_counted_once(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[1] = a_job("S", "pedagogue", "2023-09-01", NULL);
    one->jobs[1].main_place = ANSWER_NO;
    one->jobs[1].external = ANSWER_UNKNOWN;
    one->human.n_jobs = 2;
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, 2024);
    assert_int_equal(facts->n_rows, 1);
    assert_has(facts->rows[0].cells[CELL_YEAR], FACT_PEDAGOGUE);
}

// ---- age (rule 3) ----

static void a_person_turning_35_on_the_snapshot_date_is_not_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].birth = on("1990-01-01");
    assert_not(flags(one, "2024"), FACT_YOUNG_AGE);
    assert_has(flags(one, "2024"), FACT_OVER_AGE);
}

static void a_person_turning_35_the_day_after_the_snapshot_date_is_counted(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].birth = on("1990-01-02");
    assert_has(flags(one, "2024"), FACT_YOUNG_AGE);
}

static void born_on_29_february_is_35_from_1_march_on(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].from = on("2020-09-01");
    one->staff[0].birth = on("1988-02-29");
    assert_has(flags(one, "2022"), FACT_YOUNG_AGE);
    assert_has(flags(one, "2023-Q1"), FACT_OVER_AGE);
    one->staff[0].birth = on("1988-04-01");
    assert_has(flags(one, "2023-Q1"), FACT_OVER_AGE);
}

static void without_a_birth_date_young_or_not_cannot_be_told(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].birth = DAY_NONE;
    assert_has(flags(one, "2024"), FACT_NO_DATA | FACT_PEDAGOGUE);
    assert_not(flags(one, "2024"), FACT_YOUNG_AGE | FACT_OVER_AGE);
}

static void a_birth_date_on_another_of_his_rows_is_enough(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[1] = one->staff[0];
    one->staff[0].birth = DAY_NONE;
    one->human.n_staff = 2;
    assert_has(flags(one, "2024"), FACT_YOUNG_AGE);
    assert_not(flags(one, "2024"), FACT_NO_DATA);
}

// ---- experience (rule 4) ----

static void three_full_years_on_the_snapshot_date_are_no_longer_young(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].experience_from = on("2022-01-01");
    assert_has(flags(one, "2024"), FACT_OVER_EXP);
    one->staff[0].experience_from = on("2022-01-02");
    assert_has(flags(one, "2024"), FACT_YOUNG_EXP);
}

static void three_years_are_compared_by_calendar_not_by_1095_days(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].from = on("2020-01-01");
    one->staff[0].experience_from = on("2021-04-01"); // 1096 days before 1 April 2024
    assert_has(flags(one, "2024-Q1"), FACT_OVER_EXP);
    one->staff[0].experience_from = on("2021-04-02"); // 1095 days before
    assert_has(flags(one, "2024-Q1"), FACT_YOUNG_EXP);
}

static void experience_from_29_february_is_full_on_1_march(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0].from = on("2020-02-29");
    one->staff[0].experience_from = on("2020-02-29");
    one->staff[0].break_days = 0;
    assert_has(flags(one, "2022"), FACT_YOUNG_EXP);
    assert_has(flags(one, "2023-Q1"), FACT_OVER_EXP);
}

static void days_that_do_not_count_shift_the_start(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].experience_from = on("2021-12-31");
    assert_has(flags(one, "2024"), FACT_OVER_EXP);
    one->staff[0].break_days = 1;
    assert_has(flags(one, "2024"), FACT_OVER_EXP); // shifted to 1 January 2022
    one->staff[0].break_days = 2;
    assert_has(flags(one, "2024"), FACT_YOUNG_EXP);
}

static void changing_school_does_not_restart_the_clock(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", "pedagogue", "2015-09-01", "2024-06-30");
    one->jobs[1] = a_job("T", "pedagogue", "2024-07-01", NULL);
    one->human.n_jobs = 2;
    one->staff[0].experience_from = on("2015-09-01");
    one->staff[1] = (human_staff_t){on("1995-06-15"), on("2024-07-01"), 0};
    one->human.n_staff = 2;
    assert_has(flags_at(one, "2024", "T"), FACT_OVER_EXP);
}

static void an_unknown_start_is_neither_young_nor_experienced_but_no_data(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0].experience_from = DAY_NONE;
    assert_not(flags(one, "2024"), FACT_YOUNG_EXP | FACT_OVER_EXP);
    assert_has(flags(one, "2024"), FACT_NO_DATA);
}

static void what_is_not_known_does_not_matter_where_the_rest_decides(void **state)
{
    (void)state;
    one_t *one = a_teacher();
    one->staff[0] = (human_staff_t){on("1970-01-01"), DAY_NONE, 0};
    assert_not(flags(one, "2024"), FACT_NO_DATA);
    one->staff[0] = (human_staff_t){DAY_NONE, on("2000-01-01"), 0};
    assert_not(flags(one, "2024"), FACT_NO_DATA);
}

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
    one->certificates[0] = (human_certificate_t){"R1", "pk", NULL, on("2024-05-05")};
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
        cmocka_unit_test(who_was_never_employed_has_no_rows),
        cmocka_unit_test(who_begins_the_day_after_the_period_is_not_counted),
        cmocka_unit_test(who_arrives_on_the_last_day_is_counted),
        cmocka_unit_test(who_leaves_on_the_last_day_is_counted),
        cmocka_unit_test(who_left_the_day_before_is_not_counted_but_shown_as_left),
        cmocka_unit_test(who_left_before_the_period_is_not_there_at_all),
        cmocka_unit_test(who_moves_to_another_school_leaves_a_row_at_the_first),
        cmocka_unit_test(an_interim_period_uses_its_own_dates),
        cmocka_unit_test(a_teacher_of_a_university_is_no_pedagogue),
        cmocka_unit_test(other_staff_are_in_neither_class),
        cmocka_unit_test(a_deputy_who_teaches_is_in_both_classes_once),
        cmocka_unit_test(an_external_part_timer_is_not_counted),
        cmocka_unit_test(an_external_part_timer_counts_at_the_main_place_only),
        cmocka_unit_test(who_has_the_main_place_elsewhere_is_not_counted_even_if_not_called_external),
        cmocka_unit_test(a_part_timer_said_not_to_be_external_is_internal),
        cmocka_unit_test(an_unknown_main_place_is_taken_for_the_main_one),
        cmocka_unit_test(an_internal_part_timer_is_counted_once),
        cmocka_unit_test(a_person_turning_35_on_the_snapshot_date_is_not_counted),
        cmocka_unit_test(a_person_turning_35_the_day_after_the_snapshot_date_is_counted),
        cmocka_unit_test(born_on_29_february_is_35_from_1_march_on),
        cmocka_unit_test(without_a_birth_date_young_or_not_cannot_be_told),
        cmocka_unit_test(a_birth_date_on_another_of_his_rows_is_enough),
        cmocka_unit_test(three_full_years_on_the_snapshot_date_are_no_longer_young),
        cmocka_unit_test(three_years_are_compared_by_calendar_not_by_1095_days),
        cmocka_unit_test(experience_from_29_february_is_full_on_1_march),
        cmocka_unit_test(days_that_do_not_count_shift_the_start),
        cmocka_unit_test(changing_school_does_not_restart_the_clock),
        cmocka_unit_test(an_unknown_start_is_neither_young_nor_experienced_but_no_data),
        cmocka_unit_test(what_is_not_known_does_not_matter_where_the_rest_decides),
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
