// SPDX-License-Identifier: Apache-2.0
// Rows of kinds: the check that runs in every build finds each kind of mistake, and the rows that we have say
// what the design says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/kinds.h"
#include "common/util.h"
#include "proto/registry.pb-c.h"
#include "proto/rules_check.h"
#include <cmocka.h>
#include <stdlib.h>

// --- wrong rows ----------------------------------------------------------------------------------

// A row that fits Team; each test spoils one thing.
typedef struct sample {
    field_rule_t fields[3];
    kind_rule_t kind;
} sample_t;

static sample_t a_sample(void)
{
    return (sample_t){
        .fields = {{.name = "code",
                    .pd = PD_PUBLIC,
                    .type = FIELD_TEXT,
                    .flags = F_REQUIRED | F_KEY,
                    .max = 64,
                    .help = "h"},
                   {.name = "org",
                    .pd = PD_PUBLIC,
                    .type = FIELD_REF,
                    .flags = F_REQUIRED,
                    .ref = 901,
                    .help = "h"}},
        .kind = {.number = 901,
                 .name = "sample",
                 .message = &selenga__team__descriptor,
                 .n_fields = 2,
                 .up = UP_REGION,
                 .writers = W_ANY,
                 .org_field = "org",
                 .help = "h"},
    };
}

// The one line that the checker says of the sample, or "" when it is content.
static void assert_verdict(sample_t *s, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    s->kind.fields = s->fields;
    const kind_rule_t *kinds[] = {&s->kind};
    FILE *out = open_memstream(&text, &size);
    size_t mistakes = rules_check(kinds, 1, out);
    fclose(out);
    assert_int_equal(mistakes, expected[0] != '\0');
    assert_string_equal(text, expected);
    free(text);
}

static void a_field_without_a_personal_data_class_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].pd = (pd_class_t)0;
    assert_verdict(&s, "kind sample, field code: no personal-data class\n");
}

static void a_field_without_a_rule_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.kind.n_fields = 1;
    s.kind.org_field = NULL;
    assert_verdict(&s, "kind sample, field org: has no rule\n");
}

static void a_rule_without_a_field_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[2] = s.fields[0];
    s.fields[2].name = "moon";
    s.fields[2].flags = 0;
    s.kind.n_fields = 3;
    assert_verdict(&s, "kind sample, field moon: the message has no such field\n");
}

static void a_type_that_does_not_fit_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].type = FIELD_DATE;
    s.fields[0].max = 0;
    assert_verdict(&s, "kind sample, field code: a type that the message's does not fit\n");
}

static void rows_out_of_order_do_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].name = "name";
    assert_verdict(&s, "kind sample, field name: stands where the message has `code`\n");
}

static void a_reference_to_nothing_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[1].ref = 999;
    assert_verdict(&s, "kind sample, field org: refers to kind 999, which is not there\n");
}

static void an_index_of_no_reference_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].flags |= F_INDEX;
    assert_verdict(&s, "kind sample, field code: an index of no reference\n");
}

static void an_organisation_that_is_no_field_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.kind.org_field = "moon";
    assert_verdict(&s, "kind sample: org_field names no field: moon\n");
}

static void an_optional_organisation_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[1].flags = 0;
    assert_verdict(&s, "kind sample, field org: names the organisation and is not required\n");
}

static void a_key_that_nobody_can_know_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].flags |= F_DERIVED;
    assert_verdict(&s, "kind sample, field code: a key that nobody can know\n");
}

static void an_enumeration_without_values_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].type = FIELD_ENUM;
    assert_verdict(&s, "kind sample, field code: an enumeration without values\n");
}

static void names_of_people_beyond_the_municipality_do_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].pd = PD_IDENTITY;
    assert_verdict(&s, "kind sample, field code: names a person and would leave the municipality\n");
}

static void special_data_beyond_the_organisation_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.fields[0].pd = PD_SPECIAL;
    assert_verdict(&s, "kind sample, field code: of the special class and would leave its organisation\n");
}

static void a_kind_without_writers_does_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.kind.writers = 0;
    assert_verdict(&s, "kind sample: no or unknown writers\n");
}

static void doubled_numbers_and_names_do_not_build(void **state)
{
    (void)state;
    sample_t s = a_sample();
    s.kind.fields = s.fields;
    const kind_rule_t *twice[] = {&s.kind, &s.kind};
    FILE *out = fopen("/dev/null", "w");
    assert_int_equal(rules_check(twice, 2, out), 3); // number, name, message
    fclose(out);
}

static void a_right_row_builds(void **state)
{
    (void)state;
    sample_t s = a_sample();
    assert_verdict(&s, "");
    assert_int_equal(rules_check(KINDS, N_KINDS, stderr), 0);
}

// --- the rows that we have -----------------------------------------------------------------------

static void kinds_are_found_by_number_and_name(void **state)
{
    (void)state;
    assert_null(kind_by_number(0));
    assert_null(kind_by_number(100));
    assert_null(kind_by_number(UINT32_MAX));
    assert_null(kind_by_name("Person"));
    for (size_t i = 0; i < N_KINDS; i++) {
        assert_ptr_equal(kind_by_number(KINDS[i]->number), KINDS[i]);
        assert_ptr_equal(kind_by_name(KINDS[i]->name), KINDS[i]);
        assert_non_null(service_name(KINDS[i]->number / 100));
        for (size_t f = 0; f < KINDS[i]->n_fields; f++) {
            assert_int_equal(kind_field(KINDS[i], KINDS[i]->fields[f].name), f);
            assert_int_equal(kind_field_by_number(KINDS[i], kind_field_number(KINDS[i], f)), f);
        }
    }
    assert_int_equal(kind_field_by_number(&KIND_TEAM, 0), -1);
    assert_int_equal(kind_field(&KIND_TEAM, "moon"), -1);
}

static void only_identity_names_a_person(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_KINDS; i++)
        for (size_t f = 0; f < KINDS[i]->n_fields; f++)
            if (KINDS[i]->fields[f].pd == PD_IDENTITY) assert_ptr_equal(KINDS[i], &KIND_IDENTITY);
    assert_int_equal(KIND_IDENTITY.up, UP_MUNICIPALITY);
    assert_int_equal(KIND_RESULT.up, UP_HOME);
    assert_int_equal(KIND_ABSENCE.up, UP_HOME);
}

static void keys_that_name_the_organisation_are_told_apart(void **state)
{
    (void)state;
    assert_true(kind_key_names_org(&KIND_PERSON));
    assert_true(kind_key_names_org(&KIND_ORGANISATION));
    assert_true(kind_key_names_org(&KIND_ASSIGNMENT));
    assert_false(kind_key_names_org(&KIND_TEAM));
    assert_false(kind_key_names_org(&KIND_CERTIFICATE));
    assert_false(kind_key_names_org(&KIND_METHODIST));
    assert_int_equal(kind_ref_parts(&KIND_PERSON), 2);
    assert_int_equal(kind_ref_parts(&KIND_COMPETENCY), 2);
    assert_int_equal(kind_ref_parts(&KIND_EVENT), 1);
}

static void writers_are_refused_by_level_place_and_right(void **state)
{
    (void)state;
    fault_t fault;
    writer_t school = {.rank = 0, .serving = true}, region = {.rank = 2, .above = true},
             program = {.program = true};
    assert_int_equal(kind_may_write(&KIND_METHODIST, &school, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "NOT-WRITER");
    assert_string_equal(fault.args[1], "region");
    assert_int_equal(kind_may_write(&KIND_IDENTITY, &region, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "NOT-SERVING");
    assert_int_equal(kind_may_write(&KIND_DEFICIT, &school, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "PROGRAM-ONLY");
    assert_int_equal(kind_may_write(&KIND_METHODIST, &region, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_IDENTITY, &school, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_ORGANISATION, &region, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_DEFICIT, &program, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_EVENT, &school, &fault), 0);
}

static void levels_and_services_have_names(void **state)
{
    (void)state;
    assert_int_equal(level_rank("district"), -1);
    assert_null(level_name(-1));
    assert_null(level_name(4));
    for (int rank = 0; rank < 4; rank++) assert_int_equal(level_rank(level_name(rank)), rank);
    assert_null(service_name(7));
    assert_int_equal(service_by_name("moon"), -1);
    assert_int_equal(service_by_name("routing"), SERVICE_ROUTING);
}

static void the_help_tells_fields_reach_and_classes(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    kinds_describe(NULL, out);
    kinds_describe(&KIND_IDENTITY, out);
    fclose(out);
    assert_non_null(strstr(text, "mentoring-pair"));
    assert_non_null(strstr(text, "up to the municipality"));
    assert_non_null(strstr(text, "birth_date"));
    assert_non_null(strstr(text, "identity"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_without_a_personal_data_class_does_not_build),
        cmocka_unit_test(a_field_without_a_rule_does_not_build),
        cmocka_unit_test(a_rule_without_a_field_does_not_build),
        cmocka_unit_test(a_type_that_does_not_fit_does_not_build),
        cmocka_unit_test(rows_out_of_order_do_not_build),
        cmocka_unit_test(a_reference_to_nothing_does_not_build),
        cmocka_unit_test(an_index_of_no_reference_does_not_build),
        cmocka_unit_test(an_organisation_that_is_no_field_does_not_build),
        cmocka_unit_test(an_optional_organisation_does_not_build),
        cmocka_unit_test(a_key_that_nobody_can_know_does_not_build),
        cmocka_unit_test(an_enumeration_without_values_does_not_build),
        cmocka_unit_test(names_of_people_beyond_the_municipality_do_not_build),
        cmocka_unit_test(special_data_beyond_the_organisation_does_not_build),
        cmocka_unit_test(a_kind_without_writers_does_not_build),
        cmocka_unit_test(doubled_numbers_and_names_do_not_build),
        cmocka_unit_test(a_right_row_builds),
        cmocka_unit_test(kinds_are_found_by_number_and_name),
        cmocka_unit_test(only_identity_names_a_person),
        cmocka_unit_test(keys_that_name_the_organisation_are_told_apart),
        cmocka_unit_test(writers_are_refused_by_level_place_and_right),
        cmocka_unit_test(levels_and_services_have_names),
        cmocka_unit_test(the_help_tells_fields_reach_and_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
