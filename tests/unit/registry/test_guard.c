// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "services/registry/guard.h"

enum { PAUSE_MS = 24 * 3600 * 1000 };

static guard_t guard;
static uint64_t now;

static int begin(void **state)
{
    (void)state;
    guard_init(&guard);
    now = 1000;
    return 0;
}

static void miss(const char *name, unsigned times)
{
    for (unsigned i = 0; i < times; i++) guard_failed(&guard, name, now);
}

static void after_some_failures_the_next_attempt_has_to_wait(void **state)
{
    (void)state;
    miss("anna", GUARD_FREE);
    assert_int_equal(guard_ask(&guard, "anna", now), 0);
    miss("anna", 1);
    assert_int_equal(guard_ask(&guard, "anna", now), 1000);
    assert_int_equal(guard_ask(&guard, "anna", now + 999), 1);
    assert_int_equal(guard_ask(&guard, "anna", now + 1000), 0);
}

static void each_further_failure_doubles_the_wait_up_to_the_longest(void **state)
{
    uint64_t before = 500;
    (void)state;
    miss("anna", GUARD_FREE);
    for (int i = 0; i < 10; i++) {
        miss("anna", 1);
        uint64_t wait = guard_ask(&guard, "anna", now);
        assert_int_equal(wait, before * 2 < GUARD_LONGEST_MS ? before * 2 : GUARD_LONGEST_MS);
        before = wait;
    }
    miss("anna", 1000);
    assert_int_equal(guard_ask(&guard, "anna", now), GUARD_LONGEST_MS);
}

static void who_gets_in_begins_anew(void **state)
{
    (void)state;
    miss("anna", GUARD_FREE + 5);
    guard_succeeded(&guard, "anna");
    assert_int_equal(guard_ask(&guard, "anna", now), 0);
    miss("anna", GUARD_FREE);
    assert_int_equal(guard_ask(&guard, "anna", now), 0);
}

static void most_other_names_do_not_wait_for_it(void **state)
{
    unsigned waits = 0;
    (void)state;
    miss("anna", GUARD_FREE + 1);
    for (char c = 'a'; c <= 'z'; c++) waits += guard_ask(&guard, (char[]){c, '\0'}, now) > 0;
    assert_true(waits < 26 / 2);
}

static void all_names_together_have_a_rate(void **state)
{
    unsigned made = 0;
    (void)state;
    for (int i = 0; i < 10 * GUARD_BURST; i++) made += guard_ask(&guard, "anna", now) == 0;
    assert_int_equal(made, GUARD_BURST);
    uint64_t wait = guard_ask(&guard, "boris", now);
    assert_true(wait > 0 && wait <= GUARD_EACH_MS);
    now += wait;
    assert_int_equal(guard_ask(&guard, "boris", now), 0);
    assert_true(guard_ask(&guard, "boris", now) > 0);
    now += PAUSE_MS;
    assert_int_equal(guard_ask(&guard, "boris", now), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(after_some_failures_the_next_attempt_has_to_wait),
        TEST(each_further_failure_doubles_the_wait_up_to_the_longest),
        TEST(who_gets_in_begins_anew),
        TEST(most_other_names_do_not_wait_for_it),
        TEST(all_names_together_have_a_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
