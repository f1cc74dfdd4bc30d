// SPDX-License-Identifier: Apache-2.0
// From records about one human being to flags: employment, age, experience (domain 2.2).
#include "tests/unit/reporting/one.h"

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
    one->jobs[0].org_kind = "university";
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
