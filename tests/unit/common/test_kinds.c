// SPDX-License-Identifier: Apache-2.0
// Rows of kinds say what the design says. What a wrong declaration is told: tests/generate.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/util.h"
#include "common/schema/describe.h"
#include <cmocka.h>
#include <stdlib.h>

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
             alone = {.rank = 0, .serving = true, .above = true, .root = true}, program = {.program = true};
    assert_int_equal(kind_may_write(&KIND_METHODIST, &school, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "NOT-WRITER");
    assert_string_equal(fault.args[1], "region");
    assert_int_equal(kind_may_write(&KIND_IDENTITY, &region, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "NOT-SERVING");
    assert_int_equal(kind_may_write(&KIND_DEFICIT, &school, &fault), KIND_E_FAULT);
    assert_string_equal(fault.code, "PROGRAM-ONLY");
    assert_int_equal(kind_may_write(&KIND_METHODIST, &region, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_IDENTITY, &school, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_ORGANISATION, &school, &fault), KIND_E_FAULT);
    assert_int_equal(kind_may_write(&KIND_ORGANISATION, &region, &fault), 0);
    assert_int_equal(kind_may_write(&KIND_ORGANISATION, &alone, &fault), 0);
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
        cmocka_unit_test(kinds_are_found_by_number_and_name),
        cmocka_unit_test(only_identity_names_a_person),
        cmocka_unit_test(keys_that_name_the_organisation_are_told_apart),
        cmocka_unit_test(writers_are_refused_by_level_place_and_right),
        cmocka_unit_test(levels_and_services_have_names),
        cmocka_unit_test(the_help_tells_fields_reach_and_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
