// SPDX-License-Identifier: Apache-2.0
// The tree of a day: where organisations stood then, and what they were called.
#include "tests/unit/reporting/make.h"
#include "tests/unit/reporting/put.h"

// R over A and B; S was under A until the end of 2023, then under B until 31 August 2025, now under A again.
static table_t *a_moving_school(void)
{
    table_t *table = table_new();
    orgs_put(table->orgs, "R", &(org_row_t){NULL, "ministry", "Region", DAY_NONE, DAY_NONE});
    orgs_put(table->orgs, "A", &(org_row_t){"R", "municipal_authority", "A", DAY_NONE, DAY_NONE});
    orgs_put(table->orgs, "B", &(org_row_t){"R", "municipal_authority", "B", DAY_NONE, DAY_NONE});
    orgs_put_past(table->orgs, "S", on("2025-08-31"), "B", "School 2"); // whichever comes first
    orgs_put(table->orgs, "S", &(org_row_t){"A", "school", "Lyceum", DAY_NONE, DAY_NONE});
    orgs_put_past(table->orgs, "S", on("2023-12-31"), "A", "School 1");
    return table;
}

static const char *above(const table_t *table, int32_t day)
{
    uint32_t org = orgs_find(table->orgs, "S");
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, day);
    uint32_t group = groups->parent[groups->of_org[org]];
    return group != DICT_NONE ? orgs_code(table->orgs, groups->head[group]) : "";
}

static const char *called(const table_t *table, const char *day)
{
    return orgs_name(table->orgs, orgs_find(table->orgs, "S"), on(day));
}

static bool is_child_of(const table_t *table, const char *unit, const char *period)
{
    period_t p = the_period(period);
    uint32_t n;
    bool found = false;
    AUTO(xfree) uint32_t *children = orgs_children(table->orgs, orgs_find(table->orgs, unit), &p, &n);
    for (uint32_t i = 0; i < n; i++) found = found || children[i] == orgs_find(table->orgs, "S");
    return found;
}

static void a_day_has_the_place_and_the_name_that_held_then(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_moving_school();
    assert_string_equal(above(table, on("2023-12-31")), "A");
    assert_string_equal(above(table, on("2024-01-01")), "B");
    assert_string_equal(above(table, on("2025-08-31")), "B");
    assert_string_equal(above(table, on("2025-09-01")), "A");
    assert_string_equal(above(table, DAY_NOW), "A");
    assert_string_equal(called(table, "2020-01-01"), "School 1");
    assert_string_equal(called(table, "2024-06-01"), "School 2");
    assert_string_equal(called(table, "2026-01-01"), "Lyceum");
}

static void a_period_has_the_tree_of_its_last_day(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_moving_school();
    assert_true(is_child_of(table, "A", "2023"));
    assert_false(is_child_of(table, "B", "2023"));
    assert_true(is_child_of(table, "B", "2024"));
    assert_true(is_child_of(table, "A", "2025"));
    assert_true(is_child_of(table, "B", "2024/25"));
}

static void what_is_taken_back_or_said_again_holds(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_moving_school();
    uint64_t before = orgs_changes(table->orgs);
    orgs_put_past(table->orgs, "S", on("2025-08-31"), "R", "School 3");
    assert_true(orgs_changes(table->orgs) > before);
    assert_string_equal(above(table, on("2024-06-01")), "R");
    orgs_remove_past(table->orgs, "S", on("2025-08-31"));
    orgs_remove_past(table->orgs, "S", on("2025-08-31")); // not there any more
    orgs_remove_past(table->orgs, "unknown", on("2025-08-31"));
    assert_string_equal(above(table, on("2024-06-01")), "A");
    assert_string_equal(called(table, "2024-06-01"), "Lyceum");
    assert_string_equal(called(table, "2023-06-01"), "School 1");
}

static void a_root_that_came_under_another_was_one(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_moving_school();
    orgs_put_past(table->orgs, "S", on("2022-12-31"), NULL, "Own");
    assert_string_equal(above(table, on("2022-12-31")), "");
    assert_string_equal(above(table, on("2023-01-01")), "A");
}

static void the_past_of_one_that_is_not_known_stands_when_it_is(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_moving_school();
    orgs_remove(table->orgs, "S");
    assert_string_equal(called(table, "2024-06-01"), "");
    orgs_put(table->orgs, "S", &(org_row_t){"A", "school", "Lyceum", DAY_NONE, DAY_NONE});
    assert_string_equal(called(table, "2024-06-01"), "School 2");
    assert_string_equal(above(table, on("2024-06-01")), "B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_has_the_place_and_the_name_that_held_then),
        cmocka_unit_test(a_period_has_the_tree_of_its_last_day),
        cmocka_unit_test(what_is_taken_back_or_said_again_holds),
        cmocka_unit_test(a_root_that_came_under_another_was_one),
        cmocka_unit_test(the_past_of_one_that_is_not_known_stands_when_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
