// SPDX-License-Identifier: Apache-2.0
// Documents of programmes, and in which part of education somebody works: N-1, N-2 and N-8 of domain 2.4.
#include "tests/unit/reporting/one.h"

static one_t *at(const char *org_kind, const char *post_class)
{
    one_t *one = a_teacher();
    one->jobs[0] = a_job("S", post_class, "2022-09-01", NULL);
    one->jobs[0].org_kind = org_kind;
    return one;
}

static one_t *with_document(const char *programme_kind, const char *issued_on, const char *provider)
{
    one_t *one = at("school", "pedagogue");
    one->certificates[0] =
        (human_certificate_t){"R", programme_kind, NULL, on(issued_on), DAY_NONE, provider};
    one->human.n_certificates = 1;
    return one;
}

// ---- where

static void a_teacher_of_a_kindergarten_is_in_the_system_and_in_no_school(void **state)
{
    (void)state;
    uint32_t found = flags(at("kindergarten", "pedagogue"), "2024");
    assert_not(found, FACT_IN_SCHOOL);
    assert_has(found, FACT_IN_SYSTEM);
}

static void a_manager_of_a_school_is_in_the_system_and_no_teacher_of_a_school(void **state)
{
    (void)state;
    uint32_t found = flags(at("school", "manager"), "2024");
    assert_not(found, FACT_IN_SCHOOL);
    assert_has(found, FACT_IN_SYSTEM);
}

static void who_works_at_an_institute_a_university_or_nobody_knows_where_is_in_neither(void **state)
{
    (void)state;
    const char *const kinds[] = {"dpo_institute", "university", "cnppm", NULL};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_not(flags(at(kinds[i], "pedagogue"), "2024"), FACT_IN_SCHOOL | FACT_IN_SYSTEM);
}

static void an_external_part_timer_is_in_neither(void **state)
{
    (void)state;
    one_t *one = at("school", "pedagogue");
    one->jobs[0].external = ANSWER_YES;
    one->jobs[0].main_place = ANSWER_NO;
    assert_not(flags(one, "2024"), FACT_IN_SCHOOL | FACT_IN_SYSTEM);
}

static void who_left_before_the_last_day_is_in_neither(void **state)
{
    (void)state;
    one_t *one = at("school", "pedagogue");
    one->jobs[0].to = on("2024-12-30");
    assert_not(flags(one, "2024"), FACT_IN_SCHOOL | FACT_IN_SYSTEM);
    assert_has(flags(one, "2024-Q3"), FACT_IN_SCHOOL | FACT_IN_SYSTEM);
}

static void any_post_at_a_centre_is_of_its_staff(void **state)
{
    (void)state;
    assert_has(flags(at("cnppm", "other"), "2024"), FACT_CNPPM_STAFF);
    assert_has(flags(at("cnppm", "manager"), "2024"), FACT_CNPPM_STAFF);
    assert_not(flags(at("school", "pedagogue"), "2024"), FACT_CNPPM_STAFF);
}

// ---- documents

static void who_has_no_document_has_no_flag(void **state)
{
    (void)state;
    assert_not(flags(at("school", "pedagogue"), "2024"),
               FACT_DOC_PK | FACT_DOC_CNPPM | FACT_DOC_RETRAINING | FACT_DOC_INTERNSHIP | FACT_DOC_FEDERAL);
}

static void a_document_counts_in_the_period_of_its_day(void **state)
{
    (void)state;
    one_t *one = with_document("pk", "2024-12-31", NULL); // whenever the course began
    assert_has(flags(one, "2024"), FACT_DOC_PK);
    assert_has(flags(one, "2024-Q4"), FACT_DOC_PK);
    assert_not(flags(one, "2024-Q3"), FACT_DOC_PK);
    assert_not(flags(one, "2025"), FACT_DOC_PK);
    assert_not(flags(one, "2023"), FACT_DOC_PK);
}

static void each_kind_of_programme_is_told_apart(void **state)
{
    (void)state;
    const uint32_t all = FACT_DOC_PK | FACT_DOC_RETRAINING | FACT_DOC_INTERNSHIP;
    assert_int_equal(flags(with_document("pk", "2024-05-05", NULL), "2024") & all, FACT_DOC_PK);
    assert_int_equal(flags(with_document("retraining", "2024-05-05", NULL), "2024") & all,
                     FACT_DOC_RETRAINING);
    assert_int_equal(flags(with_document("internship", "2024-05-05", NULL), "2024") & all,
                     FACT_DOC_INTERNSHIP);
}

static void the_centres_documents_are_those_of_advanced_training(void **state)
{
    (void)state;
    assert_has(flags(with_document("pk", "2024-05-05", "cnppm"), "2024"), FACT_DOC_CNPPM | FACT_DOC_PK);
    assert_not(flags(with_document("pk", "2024-05-05", "institute"), "2024"), FACT_DOC_CNPPM);
    assert_not(flags(with_document("retraining", "2024-05-05", "cnppm"), "2024"), FACT_DOC_CNPPM);
}

static void a_document_of_the_federal_operator_counts_while_it_is_valid(void **state)
{
    (void)state;
    one_t *one = with_document("pk", "2023-05-05", "federal");
    one->certificates[0].valid_to = on("2024-12-31");
    assert_not(flags(one, "2023-Q1"), FACT_DOC_FEDERAL);
    assert_has(flags(one, "2023"), FACT_DOC_FEDERAL);
    assert_has(flags(one, "2024"), FACT_DOC_FEDERAL);
    assert_not(flags(one, "2025-Q1"), FACT_DOC_FEDERAL);
    one->certificates[0].valid_to = on("2024-12-30");
    assert_not(flags(one, "2024"), FACT_DOC_FEDERAL);
    one->certificates[0].valid_to = DAY_NONE;
    assert_has(flags(one, "2030"), FACT_DOC_FEDERAL);
}

static void a_document_of_others_is_none_of_the_federal_operator(void **state)
{
    (void)state;
    assert_not(flags(with_document("pk", "2024-05-05", "cnppm"), "2024"), FACT_DOC_FEDERAL);
}

// ---- measures

static void a_measure_counts_in_the_period_of_its_day(void **state)
{
    (void)state;
    one_t *one = at("school", "pedagogue");
    const human_measure_t measure = {on("2024-03-31")};
    one->human.measures = &measure;
    one->human.n_measures = 1;
    assert_has(flags(one, "2024-Q1"), FACT_MEASURED);
    assert_not(flags(one, "2024-Q2"), FACT_MEASURED);
    assert_not(flags(one, "2025"), FACT_MEASURED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teacher_of_a_kindergarten_is_in_the_system_and_in_no_school),
        cmocka_unit_test(a_manager_of_a_school_is_in_the_system_and_no_teacher_of_a_school),
        cmocka_unit_test(who_works_at_an_institute_a_university_or_nobody_knows_where_is_in_neither),
        cmocka_unit_test(an_external_part_timer_is_in_neither),
        cmocka_unit_test(who_left_before_the_last_day_is_in_neither),
        cmocka_unit_test(any_post_at_a_centre_is_of_its_staff),
        cmocka_unit_test(who_has_no_document_has_no_flag),
        cmocka_unit_test(a_document_counts_in_the_period_of_its_day),
        cmocka_unit_test(each_kind_of_programme_is_told_apart),
        cmocka_unit_test(the_centres_documents_are_those_of_advanced_training),
        cmocka_unit_test(a_document_of_the_federal_operator_counts_while_it_is_valid),
        cmocka_unit_test(a_document_of_others_is_none_of_the_federal_operator),
        cmocka_unit_test(a_measure_counts_in_the_period_of_its_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
