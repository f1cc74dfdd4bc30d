// SPDX-License-Identifier: Apache-2.0
// A histogram of durations: what falls where, and what is slower than every bound.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/durations.h"
#include <cmocka.h>

static void what_is_slower_than_every_bound_is_counted_and_within_none(void **state)
{
    (void)state;
    durations_t durations = {.n = 0};
    durations_add(&durations, 5000001);
    for (size_t i = 0; i < DURATIONS_BOUNDS; i++) assert_int_equal(durations.within[i], 0);
    assert_int_equal(durations.n, 1);
    assert_int_equal(durations.sum_us, 5000001);
}

static void a_bound_belongs_to_what_is_below_it(void **state)
{
    (void)state;
    durations_t durations = {.n = 0};
    for (size_t i = 0; i < DURATIONS_BOUNDS; i++) {
        durations_add(&durations, DURATIONS_BOUND_MS[i] * 1000ULL);
        durations_add(&durations, DURATIONS_BOUND_MS[i] * 1000ULL - 1);
        assert_int_equal(durations.within[i], 2);
    }
    assert_int_equal(durations.n, 2 * DURATIONS_BOUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_slower_than_every_bound_is_counted_and_within_none),
        cmocka_unit_test(a_bound_belongs_to_what_is_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
