// SPDX-License-Identifier: Apache-2.0
// The five forms of support of a young teacher (domain 2.3, I-5.3.2).
#include "services/reporting/support.h"
#include "tests/unit/reporting/make.h"

typedef struct one {
    human_job_t jobs[3];
    human_pair_t pairs[2];
    human_meeting_t meetings[2];
    human_certificate_t certificates[1];
    human_attendance_t attendances[4];
    human_act_t acts[4];
    human_route_t routes[1];
    int32_t done[2];
    human_t human;
} one_t;

static human_job_t a_job(const char *org, const char *from, const char *to)
{
    return (human_job_t){
        .org = org, .post_class = "pedagogue", .from = on(from), .to = to ? on(to) : DAY_NONE};
}

// A teacher of school S since 2022 without any support.
static one_t *a_teacher(void)
{
    static one_t one; // one test at a time
    one = (one_t){0};
    one.jobs[0] = a_job("S", "2022-09-01", NULL);
    one.human = (human_t){.jobs = one.jobs,
                          .n_jobs = 1,
                          .pairs = one.pairs,
                          .meetings = one.meetings,
                          .certificates = one.certificates,
                          .attendances = one.attendances,
                          .acts = one.acts,
                          .routes = one.routes};
    return &one;
}

static uint32_t support_at(const one_t *one, const char *period, const char *org)
{
    static const uint32_t FORMS =
        FACT_SUPPORT_A | FACT_SUPPORT_B | FACT_SUPPORT_C | FACT_SUPPORT_D | FACT_SUPPORT_E;
    const uint32_t ALL = FORMS | FORMS << FACT_FORMER_SHIFT;
    period_t p = the_period(period);
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, p.year);
    for (size_t i = 0; i < facts->n_rows; i++)
        if (strcmp(facts->rows[i].org, org) == 0) return facts->rows[i].cells[p.cell] & ALL;
    return 0;
}

static uint32_t support(const one_t *one, const char *period)
{
    return support_at(one, period, "S");
}

// ---- (a) ----

static one_t *a_mentee(const char *from, const char *to, const char *met)
{
    one_t *one = a_teacher();
    one->pairs[0] = (human_pair_t){"S:1", on(from), to ? on(to) : DAY_NONE};
    one->meetings[0] = (human_meeting_t){"S:1", on(met)};
    one->human.n_pairs = one->human.n_meetings = 1;
    return one;
}

static void a_pair_of_29_days_is_no_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_mentee("2024-03-01", "2024-03-29", "2024-03-10"), "2024"), 0);
}

static void a_pair_of_30_days_with_a_meeting_is_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_mentee("2024-03-01", "2024-03-30", "2024-03-10"), "2024"), FACT_SUPPORT_A);
}

static void only_days_of_the_pair_within_the_period_count(void **state)
{
    (void)state;
    assert_int_equal(support(a_mentee("2024-12-03", NULL, "2024-12-20"), "2024"), 0); // 29 days
    assert_int_equal(support(a_mentee("2024-12-02", NULL, "2024-12-20"), "2024"), FACT_SUPPORT_A);
    assert_int_equal(support(a_mentee("2023-01-01", "2024-01-29", "2024-01-10"), "2024"), 0);
    assert_int_equal(support(a_mentee("2023-01-01", "2024-01-30", "2024-01-10"), "2024"), FACT_SUPPORT_A);
}

static void a_pair_without_a_meeting_in_the_period_is_no_support(void **state)
{
    (void)state;
    one_t *one = a_mentee("2023-01-01", NULL, "2023-12-31");
    assert_int_equal(support(one, "2024"), 0);
    one->human.n_meetings = 0;
    assert_int_equal(support(one, "2023"), 0);
}

static void a_meeting_with_another_mentor_does_not_count(void **state)
{
    (void)state;
    one_t *one = a_mentee("2024-01-01", NULL, "2024-05-01");
    one->meetings[0].mentor = "S:2";
    assert_int_equal(support(one, "2024"), 0);
}

// ---- (b) ----

static one_t *a_routed(const char *state, const char *done)
{
    one_t *one = a_teacher();
    one->done[0] = on(done);
    one->routes[0] = (human_route_t){.state = state,
                                     .tutor = true,
                                     .from = on("2024-02-01"),
                                     .to = DAY_NONE,
                                     .closed_on = DAY_NONE,
                                     .done = one->done,
                                     .n_done = 1};
    one->human.n_routes = 1;
    return one;
}

static void a_draft_route_is_no_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_routed("draft", "2024-05-01"), "2024"), 0);
    assert_int_equal(support(a_routed("withdrawn", "2024-05-01"), "2024"), 0);
}

static void a_route_without_a_tutor_is_no_support(void **state)
{
    (void)state;
    one_t *one = a_routed("active", "2024-05-01");
    one->routes[0].tutor = false;
    assert_int_equal(support(one, "2024"), 0);
}

static void a_route_without_a_done_activity_is_no_support(void **state)
{
    (void)state;
    one_t *one = a_routed("active", "2025-01-01");
    assert_int_equal(support(one, "2024"), 0);
    one->routes[0].n_done = 0;
    assert_int_equal(support(one, "2024"), 0);
}

static void an_active_route_with_a_tutor_and_a_done_activity_is_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_routed("active", "2024-05-01"), "2024"), FACT_SUPPORT_B);
    assert_int_equal(support(a_routed("agreed", "2024-05-01"), "2024"), FACT_SUPPORT_B);
}

static void a_route_closed_within_the_period_is_support(void **state)
{
    (void)state;
    one_t *one = a_routed("closed", "2024-02-10");
    one->routes[0].closed_on = on("2024-03-01");
    assert_int_equal(support(one, "2024"), FACT_SUPPORT_B);
    one->done[0] = on("2024-04-10");
    assert_int_equal(support(one, "2024-Q2"), 0); // closed before it
}

// ---- (c) ----

static one_t *a_graduate(const char *kind, const char *target_group, const char *issued_on)
{
    one_t *one = a_teacher();
    one->certificates[0] = (human_certificate_t){"R", kind, target_group, on(issued_on), DAY_NONE, NULL};
    one->human.n_certificates = 1;
    return one;
}

static void a_programme_for_everybody_is_no_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_graduate("pk", "учителя математики", "2024-05-01"), "2024"), 0);
    assert_int_equal(support(a_graduate("pk", NULL, "2024-05-01"), "2024"), 0);
}

static void retraining_is_no_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_graduate("retraining", "молодые педагоги", "2024-05-01"), "2024"), 0);
}

static void a_certificate_of_another_period_is_no_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_graduate("pk", "молодые педагоги", "2025-01-01"), "2024"), 0);
}

static void a_finished_programme_or_internship_for_young_teachers_is_support(void **state)
{
    (void)state;
    assert_int_equal(support(a_graduate("pk", "молодые педагоги", "2024-05-01"), "2024"), FACT_SUPPORT_C);
    assert_int_equal(support(a_graduate("internship", "Школа МОЛОДОГО учителя", "2024-12-31"), "2024"),
                     FACT_SUPPORT_C);
    assert_int_equal(support(a_graduate("pk", "Young", "2024-01-01"), "2024"), FACT_SUPPORT_C);
}

// ---- (d) ----

static one_t *a_visitor(size_t n)
{
    static const char *const EVENTS[] = {"E1", "E2", "E3", "E4"};
    one_t *one = a_teacher();
    for (size_t i = 0; i < n; i++)
        one->attendances[i] = (human_attendance_t){EVENTS[i], true, on("2024-10-10")};
    one->human.n_attendances = n;
    return one;
}

static void two_events_are_no_support_and_three_are(void **state)
{
    (void)state;
    assert_int_equal(support(a_visitor(2), "2024"), 0);
    assert_int_equal(support(a_visitor(3), "2024"), FACT_SUPPORT_D);
}

static void one_event_attended_twice_is_one_event(void **state)
{
    (void)state;
    one_t *one = a_visitor(3);
    one->attendances[2].event = "E1";
    assert_int_equal(support(one, "2024"), 0);
}

static void events_not_of_a_young_teachers_school_do_not_count(void **state)
{
    (void)state;
    one_t *one = a_visitor(3);
    one->attendances[1].young_school = false;
    assert_int_equal(support(one, "2024"), 0);
}

static void events_that_end_after_the_period_do_not_count(void **state)
{
    (void)state;
    one_t *one = a_visitor(3);
    one->attendances[1].ends_on = on("2025-01-01");
    assert_int_equal(support(one, "2024"), 0);
}

// ---- (e) ----

static one_t *a_helped(size_t n)
{
    static const char *const DAYS[] = {"2024-10-01", "2024-10-02", "2024-10-03", "2024-10-04"};
    one_t *one = a_teacher();
    for (size_t i = 0; i < n; i++) one->acts[i] = (human_act_t){"M1", "visit", on(DAYS[i])};
    one->human.n_acts = n;
    return one;
}

static void two_acts_are_no_support_and_three_are(void **state)
{
    (void)state;
    assert_int_equal(support(a_helped(2), "2024"), 0);
    assert_int_equal(support(a_helped(3), "2024"), FACT_SUPPORT_E);
}

static void acts_without_a_methodist_do_not_count(void **state)
{
    (void)state;
    one_t *one = a_helped(3);
    one->acts[0].methodist = NULL;
    assert_int_equal(support(one, "2024"), 0);
}

static void one_act_under_two_staff_numbers_is_one_act(void **state)
{
    (void)state;
    one_t *one = a_helped(3);
    one->acts[2] = one->acts[0];
    assert_int_equal(support(one, "2024"), 0);
}

// ---- hiring ----

static void support_before_the_hiring_does_not_count(void **state)
{
    (void)state;
    one_t *one = a_helped(3);
    one->jobs[0].from = on("2024-10-01");
    assert_int_equal(support(one, "2024"), FACT_SUPPORT_E);
    one->jobs[0].from = on("2024-10-02");
    assert_int_equal(support(one, "2024"), 0);
}

static void days_of_a_pair_before_the_hiring_do_not_count(void **state)
{
    (void)state;
    one_t *one = a_mentee("2024-01-01", "2024-03-31", "2024-03-15");
    one->jobs[0].from = on("2024-03-02"); // exactly 30 days are left
    assert_int_equal(support(one, "2024"), FACT_SUPPORT_A);
    one->jobs[0].from = on("2024-03-03");
    assert_int_equal(support(one, "2024"), 0);
}

static void support_at_a_former_school_does_not_count_at_the_new_one(void **state)
{
    (void)state;
    one_t *one = a_helped(3);
    one->jobs[0] = a_job("S", "2022-09-01", "2024-11-30");
    one->jobs[1] = a_job("T", "2024-12-01", NULL);
    one->human.n_jobs = 2;
    assert_int_equal(support_at(one, "2024", "S"), FACT_FORMER_E); // lost with him
    assert_int_equal(support_at(one, "2024", "T"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_of_29_days_is_no_support),
        cmocka_unit_test(a_pair_of_30_days_with_a_meeting_is_support),
        cmocka_unit_test(only_days_of_the_pair_within_the_period_count),
        cmocka_unit_test(a_pair_without_a_meeting_in_the_period_is_no_support),
        cmocka_unit_test(a_meeting_with_another_mentor_does_not_count),
        cmocka_unit_test(a_draft_route_is_no_support),
        cmocka_unit_test(a_route_without_a_tutor_is_no_support),
        cmocka_unit_test(a_route_without_a_done_activity_is_no_support),
        cmocka_unit_test(an_active_route_with_a_tutor_and_a_done_activity_is_support),
        cmocka_unit_test(a_route_closed_within_the_period_is_support),
        cmocka_unit_test(a_programme_for_everybody_is_no_support),
        cmocka_unit_test(retraining_is_no_support),
        cmocka_unit_test(a_certificate_of_another_period_is_no_support),
        cmocka_unit_test(a_finished_programme_or_internship_for_young_teachers_is_support),
        cmocka_unit_test(two_events_are_no_support_and_three_are),
        cmocka_unit_test(one_event_attended_twice_is_one_event),
        cmocka_unit_test(events_not_of_a_young_teachers_school_do_not_count),
        cmocka_unit_test(events_that_end_after_the_period_do_not_count),
        cmocka_unit_test(two_acts_are_no_support_and_three_are),
        cmocka_unit_test(acts_without_a_methodist_do_not_count),
        cmocka_unit_test(one_act_under_two_staff_numbers_is_one_act),
        cmocka_unit_test(support_before_the_hiring_does_not_count),
        cmocka_unit_test(days_of_a_pair_before_the_hiring_do_not_count),
        cmocka_unit_test(support_at_a_former_school_does_not_count_at_the_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
