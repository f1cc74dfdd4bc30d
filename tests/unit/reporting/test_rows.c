// SPDX-License-Identifier: Apache-2.0
// Declared tables: what formulas say of organisations, methodists and assignments, which are kinds like any
// other.
#include "services/reporting/scan.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

static expr_t *parse(const char *text)
{
    expr_error_t error = {0};
    expr_t *expr = expr_parse(text, strlen(text), &error);
    if (!expr) fail_msg("%s: at %zu: %s", text, error.at, error.what);
    return expr;
}

// The value of an expression with one aggregate, for an organisation's subtree in 2024.
static value_t ask(const table_t *table, const char *org, const char *text)
{
    period_t period = the_period("2024");
    AUTO(expr_destroy) expr_t *expr = parse(text);
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, DAY_NOW);
    const query_t *query = &expr->queries[0];
    AUTO(xfree) value_t *values = scan_run(table, groups, &period, &query, 1);
    return expr_value(expr, &values[groups->of_org[orgs_find(table->orgs, org)]]);
}

static int64_t count(const table_t *table, const char *org, const char *text)
{
    value_t value = ask(table, org, text);
    assert_false(value.null);
    return value.number;
}

static void put_school(table_t *table, const char *code, const char *parent, const char *kind,
                       const char *settlement, const char *from)
{
    Selenga__Organisation m = SELENGA__ORGANISATION__INIT;
    m.code = loose(code);
    m.parent = loose(parent);
    m.kind = loose(kind);
    m.settlement = loose(settlement);
    m.has_valid_from = from != NULL;
    m.valid_from = from != NULL ? on(from) : 0;
    put_row(table, &KIND_ORGANISATION, code, &m.base);
    put_org(table, code, parent, kind);
}

// Region R, municipalities M and N, schools A and B of M, C of N.
static int setup(void **state)
{
    table_t *table = table_new();
    put_school(table, "R", NULL, "ministry", NULL, NULL);
    put_school(table, "M", "R", "municipal_authority", NULL, "2020-01-01");
    put_school(table, "N", "R", "municipal_authority", NULL, NULL);
    put_school(table, "A", "M", "school", "rural", "2024-01-01");
    put_school(table, "B", "M", "school", "urban", "2024-12-31");
    put_school(table, "C", "N", "kindergarten", NULL, "2025-01-01");
    *state = table;
    return 0;
}

static int teardown(void **state)
{
    table_t *table = *state;
    table_destroy(&table);
    return 0;
}

static void assert_refused(const char *text, size_t at)
{
    expr_error_t error = {0};
    AUTO(expr_destroy) expr_t *expr = expr_parse(text, strlen(text), &error);
    assert_null(expr);
    assert_non_null(error.what);
    if (error.at != at) fail_msg("%s: refused at %zu, not at %zu", text, error.at, at);
}

static void what_is_no_table_or_column_is_refused(void **state)
{
    (void)state;
    assert_refused("count(attendance)", 6); // no field of it is a column
    assert_refused("count(mentoring-pair)", 6);
    assert_refused("count(organisation where name = x)", 25);
    assert_refused("count(assignment where methodist.code = x)", 33);
    assert_refused("count(assignment where methodist.load > 1)", 33); // made while methodists are counted
    assert_refused("count(assignment where from.to > 1)", 27);
    assert_refused("count(distinct organisation)", 27);
    assert_refused("count(distinct person.org)", 15);
    assert_refused("count(organisation where parent.parent.parent.parent.parent.kind = school)", 53);
}

static void columns_are_compared_with_their_like_only(void **state)
{
    (void)state;
    assert_refused("count(organisation where kind = nursery)", 32);
    assert_refused("count(organisation where kind < school)", 30);
    assert_refused("count(organisation where kind = 3)", 32);
    assert_refused("count(organisation where kind = settlement)", 32);
    assert_refused("count(organisation where valid_from = 2024)", 38);
    assert_refused("count(organisation where valid_from = 2024-02-30)", 38);
    assert_refused("count(organisation where valid_from = kind)", 38);
    assert_refused("count(organisation where valid_from = period)", 44);
    assert_refused("count(organisation where valid_from = period.middle)", 45);
    assert_refused("count(organisation where valid_from in year)", 39);
    assert_refused("count(organisation where kind in period)", 30);
    assert_refused("count(organisation where org = parent)", 25);
    assert_refused("count(organisation where parent = kind)", 34);
    assert_refused("count(assignment where methodist = person)", 35);
    assert_refused("count(team where hours > 1.5)", 26);
    assert_refused("sum(organisation.kind)", 4);
    assert_refused("max(organisation.valid_from)", 4);
}

static void rows_count_in_their_organisation_and_all_above(void **state)
{
    const table_t *table = *state;
    assert_int_equal(count(table, "R", "count(organisation)"), 6);
    assert_int_equal(count(table, "M", "count(organisation)"), 3);
    assert_int_equal(count(table, "R", "count(organisation where kind = school)"), 2);
    assert_int_equal(count(table, "A", "count(organisation where kind = school)"), 1);
    assert_int_equal(count(table, "N", "count(organisation where kind = school)"), 0);
    assert_int_equal(count(table, "R", "count(organisation where kind = municipal_authority)"), 2);
}

static void what_is_absent_is_in_no_relation_to_anything(void **state)
{
    const table_t *table = *state;
    assert_int_equal(count(table, "R", "count(organisation where settlement = rural)"), 1);
    assert_int_equal(count(table, "R", "count(organisation where settlement <> rural)"), 1);
    assert_int_equal(count(table, "R", "count(organisation where not settlement = rural)"), 5);
    assert_int_equal(count(table, "R", "count(organisation where known settlement)"), 2);
    assert_int_equal(count(table, "R", "count(organisation where not known valid_to)"), 6);
    assert_int_equal(count(table, "R", "count(organisation where valid_to >= valid_from)"), 0);
}

static void days_are_compared_with_days_and_with_the_period(void **state)
{
    const table_t *table = *state;
    assert_int_equal(count(table, "R", "count(organisation where valid_from in period)"), 2);
    assert_int_equal(count(table, "R", "count(organisation where valid_from < period.first)"), 1);
    assert_int_equal(count(table, "R", "count(organisation where valid_from > period.last)"), 1);
    assert_int_equal(count(table, "R", "count(organisation where valid_from >= 2024-12-31)"), 2);
    assert_int_equal(count(table, "R", "count(organisation where valid_from = 2024-01-01)"), 1);
}

static void columns_follow_references(void **state)
{
    table_t *table = *state;
    assert_int_equal(count(table, "R", "count(organisation where parent.kind = municipal_authority)"), 3);
    assert_int_equal(count(table, "R", "count(organisation where parent.parent.kind = ministry)"), 3);
    assert_int_equal(count(table, "R", "count(organisation where parent.valid_from < valid_from)"), 2);
    assert_int_equal(count(table, "R", "count(organisation where parent = parent.parent)"), 0);
}

static void a_reference_may_come_before_what_it_refers_to(void **state)
{
    table_t *table = *state;
    static const char *const LATE = "count(assignment where methodist.from < from)";
    put_assignment_of(table, "A", "M-1", "A:1", on("2024-02-01"), DAY_NONE);
    assert_int_equal(count(table, "R", "count(assignment)"), 1);
    assert_int_equal(count(table, "R", LATE), 0);
    put_methodist(table, "M-1", "R:1", "R", on("2024-01-01"), DAY_NONE);
    assert_int_equal(count(table, "R", LATE), 1);
    put_methodist(table, "M-1", "R:1", "R", on("2024-03-01"), DAY_NONE); // a later version
    assert_int_equal(count(table, "R", LATE), 0);
    put_methodist(table, "M-1", "R:1", "R", on("2024-01-01"), DAY_NONE);
    remove_methodist(table, "M-1");
    assert_int_equal(count(table, "R", LATE), 0);
}

static void different_values_count_once_in_each_subtree(void **state)
{
    table_t *table = *state;
    put_assignment_of(table, "A", "M-1", "A:1", 0, DAY_NONE);
    put_assignment_of(table, "A", "M-1", "A:2", 0, DAY_NONE);
    put_assignment_of(table, "B", "M-1", "B:1", 0, DAY_NONE);
    put_assignment_of(table, "C", "M-2", "C:1", 0, DAY_NONE);
    static const char *const METHODISTS = "count(distinct assignment.methodist)";
    assert_int_equal(count(table, "A", METHODISTS), 1);
    assert_int_equal(count(table, "B", METHODISTS), 1);
    assert_int_equal(count(table, "M", METHODISTS), 1);
    assert_int_equal(count(table, "R", METHODISTS), 2);
    assert_int_equal(count(table, "R", "count(distinct assignment.person)"), 4);
    assert_int_equal(count(table, "R", "count(distinct assignment.org)"), 3);
    assert_int_equal(count(table, "R", "count(org of assignment where methodist.from >= 1970-01-01)"), 0);
    assert_int_equal(count(table, "R", "count(distinct organisation.parent)"), 3);
    assert_int_equal(count(table, "R", "count(distinct organisation.settlement)"), 2); // absent is no value
}

static void different_values_of_many_rows_count_once(void **state)
{
    table_t *table = *state;
    enum { METHODISTS = 7, TEACHERS = 900 };
    for (int i = 0; i < TEACHERS; i++) {
        char methodist[16], teacher[16];
        snprintf(methodist, sizeof methodist, "M-%d", i % METHODISTS);
        snprintf(teacher, sizeof teacher, "A:%d", i % (TEACHERS / 2));
        put_assignment_of(table, i % 3 == 0 ? "A" : i % 3 == 1 ? "B" : "C", methodist, teacher, i, DAY_NONE);
    }
    assert_int_equal(count(table, "R", "count(assignment)"), TEACHERS);
    assert_int_equal(count(table, "R", "count(distinct assignment.methodist)"), METHODISTS);
    assert_int_equal(count(table, "C", "count(distinct assignment.methodist)"), METHODISTS);
    assert_int_equal(count(table, "R", "count(distinct assignment.person)"), TEACHERS / 2);
    assert_int_equal(count(table, "R", "count(distinct assignment.from)"), TEACHERS);
    assert_int_equal(count(table, "M", "count(distinct assignment.from)"), TEACHERS / 3 * 2);
}

static void a_row_that_is_gone_counts_no_more(void **state)
{
    table_t *table = *state;
    uint64_t version = table_version(table);
    put_assignment_of(table, "A", "M-1", "A:1", 0, DAY_NONE);
    assert_true(table_version(table) > version);
    version = table_version(table);
    remove_assignment(table, "M-1", "A:1", 0);
    assert_true(table_version(table) > version);
    assert_int_equal(count(table, "R", "count(assignment)"), 0);
    remove_assignment(table, "M-1", "A:1", 0);
    put_assignment_of(table, "C", "M-1", "A:1", 0, DAY_NONE); // and comes again, elsewhere
    assert_int_equal(count(table, "N", "count(assignment)"), 1);
    assert_int_equal(count(table, "M", "count(assignment)"), 0);
}

static void the_same_in_other_words_is_the_same_query(void **state)
{
    (void)state;
    AUTO(expr_destroy)
    expr_t *a = parse("count(distinct assignment.org where from in period and to > 2024-01-01)");
    AUTO(expr_destroy) expr_t *b = parse("count(org of assignment where from in period and to>2024-01-01)");
    assert_memory_equal(&a->queries[0], &b->queries[0], sizeof a->queries[0]);
}

static void declared_columns_of_a_made_table_stand_beside_made_ones(void **state)
{
    table_t *table = *state;
    put_methodist(table, "M-1", "R:1", "R", on("2023-09-01"), DAY_NONE);
    put_methodist(table, "M-2", "R:2", "R", on("2024-09-01"), DAY_NONE);
    assert_int_equal(count(table, "R", "count(methodist where active and from in period)"), 1);
    assert_int_equal(count(table, "R", "count(methodist where load = 0)"), 2);
    assert_int_equal(count(table, "R", "count(distinct methodist.person)"), 2);
    assert_int_equal(count(table, "R", "min(methodist.load)"), 0);
    assert_true(ask(table, "N", "min(methodist.load)").null);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_table_or_column_is_refused),
        TEST(columns_are_compared_with_their_like_only),
        TEST(rows_count_in_their_organisation_and_all_above),
        TEST(what_is_absent_is_in_no_relation_to_anything),
        TEST(days_are_compared_with_days_and_with_the_period),
        TEST(columns_follow_references),
        TEST(a_reference_may_come_before_what_it_refers_to),
        TEST(different_values_count_once_in_each_subtree),
        TEST(different_values_of_many_rows_count_once),
        TEST(a_row_that_is_gone_counts_no_more),
        TEST(the_same_in_other_words_is_the_same_query),
        TEST(declared_columns_of_a_made_table_stand_beside_made_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
