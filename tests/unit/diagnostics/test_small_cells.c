// SPDX-License-Identifier: Apache-2.0
// Which groups of a figure are too small to be shown.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/diagnostics/small_cells.h"

enum { N = 4 };

static void assert_shown(const int64_t *groups, const char *expected)
{
    bool hidden[N];
    char shown[N + 1] = {0};
    assert_true(small_cells_hide(groups, N, hidden));
    for (size_t i = 0; i < N; i++) shown[i] = hidden[i] ? '-' : '+';
    assert_string_equal(shown, expected);
}

static void of_fewer_than_five_people_nothing_is_shown(void **state)
{
    bool hidden[N];
    (void)state;
    assert_false(small_cells_hide((int64_t[N]){0, 0, 0, 0}, N, hidden));
    assert_false(small_cells_hide((int64_t[N]){4, 0, 0, 0}, N, hidden));
    assert_false(small_cells_hide((int64_t[N]){1, 1, 1, 1}, N, hidden));
}

static void groups_of_one_to_four_are_hidden(void **state)
{
    (void)state;
    assert_shown((int64_t[N]){1, 4, 9, 8}, "--++");
    assert_shown((int64_t[N]){2, 1, 1, 1}, "----");
}

static void a_small_group_that_could_be_worked_out_hides_the_smallest_other_one(void **state)
{
    (void)state;
    assert_shown((int64_t[N]){3, 20, 9, 30}, "-+-+");
    assert_shown((int64_t[N]){30, 0, 0, 1}, "-++-");
}

static void small_groups_that_are_fewer_than_five_together_hide_the_smallest_other_one(void **state)
{
    (void)state;
    assert_shown((int64_t[N]){8, 1, 1, 0},
                 "---+"); // two people in two groups that are not empty: one in each
    assert_shown((int64_t[N]){9, 20, 2, 2}, "-+--");
    assert_shown((int64_t[N]){9, 20, 2, 3}, "++--");
}

static void empty_and_large_groups_are_shown(void **state)
{
    (void)state;
    assert_shown((int64_t[N]){5, 0, 0, 0}, "++++");
    assert_shown((int64_t[N]){5, 6, 0, 7}, "++++");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_fewer_than_five_people_nothing_is_shown),
        cmocka_unit_test(groups_of_one_to_four_are_hidden),
        cmocka_unit_test(a_small_group_that_could_be_worked_out_hides_the_smallest_other_one),
        cmocka_unit_test(small_groups_that_are_fewer_than_five_together_hide_the_smallest_other_one),
        cmocka_unit_test(empty_and_large_groups_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
