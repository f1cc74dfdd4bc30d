// SPDX-License-Identifier: Apache-2.0
// How many pseudonyms a child may ask for, and what this node remembers of it.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "common/store/kv.h"
#include "services/registry/allowance.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CHILD = 0x11223344, HUB = 0x55667788, HOUR_MS = 3600 * 1000 };

static const allowance_settings_t SETTINGS = {.staff_min = 200, .school_staff_max = 1000, .per_day = 24};
static const uint8_t KEY[OPRF_MARK] = {1}, NEW_KEY[OPRF_MARK] = {2};

static void staff_is_counted_twice_and_at_least_the_minimum(void **state)
{
    allowance_t a;
    (void)state;
    allowance_init(&a, &SETTINGS, 0);
    allowance_child_t *child = allowance_of(&a, CHILD);
    child->school = true;
    assert_int_equal(allowance_left(&a, child, KEY), 400);
    child->persons = 300;
    assert_int_equal(allowance_left(&a, child, KEY), 600);
    child->persons = 50000; // a school that shows a crowd is still a school
    assert_int_equal(allowance_left(&a, child, KEY), 2000);
    child->nodes = 50; // nor does it get more by nodes of its own
    assert_int_equal(allowance_left(&a, child, KEY), 2000);
    allowance_clear(&a);
}

static void a_hub_may_ask_for_the_least_of_each_node_below(void **state)
{
    allowance_t a;
    (void)state;
    allowance_init(&a, &SETTINGS, 0);
    allowance_child_t *hub = allowance_of(&a, HUB);
    hub->nodes = 30;
    hub->persons = 700;
    assert_int_equal(allowance_left(&a, hub, KEY), 2 * 200 * 31);
    hub->persons = 17000;
    assert_int_equal(allowance_left(&a, hub, KEY), 34000);
    allowance_clear(&a);
}

static void what_is_spent_or_under_way_is_not_left_and_another_key_begins_anew(void **state)
{
    allowance_t a;
    (void)state;
    allowance_init(&a, &SETTINGS, 0);
    allowance_child_t *child = allowance_of(&a, CHILD);
    (void)allowance_left(&a, child, KEY);
    allowance_spend(child, 390);
    child->under_way = 6;
    assert_int_equal(allowance_left(&a, child, KEY), 4);
    allowance_spend(child, UINT32_MAX);
    assert_int_equal(allowance_left(&a, child, KEY), 0);
    child->under_way = 0;
    assert_int_equal(allowance_left(&a, child, NEW_KEY), 400);
    allowance_clear(&a);
}

static kv_t *open_scratch(char *dir)
{
    const char *scratch = getenv("TEST_DIR");
    kv_t *kv = NULL;
    snprintf(dir, 512, "%s", scratch != NULL ? scratch : "/tmp/allowance");
    for (char *c = dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(dir, 0755);
        *c = '/';
    }
    mkdir(dir, 0755);
    strcat(dir, "/XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(kv_lmdb_open(dir, 1 << 20, &kv), 0);
    return kv;
}

static void settle_at(allowance_t *a, kv_t *kv, uint64_t now_ms)
{
    kv_txn_t *txn;
    assert_int_equal(kv_begin(kv, true, &txn), 0);
    assert_int_equal(allowance_settle(a, txn, now_ms), 0);
    assert_int_equal(kv_commit(&txn), 0);
}

static void a_restart_gives_nothing_and_time_that_runs_does(void **state)
{
    char dir[512];
    allowance_t a;
    kv_txn_t *txn;
    (void)state;
    kv_t *kv = open_scratch(dir);
    allowance_init(&a, &SETTINGS, 5000);
    (void)allowance_left(&a, allowance_of(&a, CHILD), KEY);
    allowance_spend(allowance_of(&a, CHILD), 400);
    settle_at(&a, kv, 5000 + HOUR_MS - 1);
    allowance_clear(&a);

    allowance_init(&a, &SETTINGS, 1); // another epoch, whose clock begins elsewhere
    assert_int_equal(kv_begin(kv, false, &txn), 0);
    assert_int_equal(allowance_load(&a, txn), 0);
    kv_abort(&txn);
    assert_int_equal(a.n, 1);
    assert_int_equal(allowance_left(&a, allowance_of(&a, CHILD), KEY), 0);
    settle_at(&a, kv, HOUR_MS);
    assert_int_equal(allowance_left(&a, allowance_of(&a, CHILD), KEY), 0);
    settle_at(&a, kv, HOUR_MS + 1);
    assert_int_equal(allowance_left(&a, allowance_of(&a, CHILD), KEY), 1);
    settle_at(&a, kv, 10 * HOUR_MS + 1);
    assert_int_equal(allowance_left(&a, allowance_of(&a, CHILD), KEY), 10);
    settle_at(&a, kv, 1000 * (uint64_t)HOUR_MS + 1); // never more than all
    assert_int_equal(allowance_left(&a, allowance_of(&a, CHILD), KEY), 400);
    allowance_clear(&a);
    kv_destroy(&kv);
}

static void children_are_kept_apart(void **state)
{
    allowance_t a;
    (void)state;
    allowance_init(&a, &SETTINGS, 0);
    for (uint32_t i = 1000; i > 0; i--) allowance_spend(allowance_of(&a, i * 7919), i);
    assert_int_equal(a.n, 1000);
    for (uint32_t i = 1; i <= 1000; i++) assert_int_equal(allowance_of(&a, i * 7919)->spent, i);
    assert_int_equal(a.n, 1000);
    allowance_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(staff_is_counted_twice_and_at_least_the_minimum),
        cmocka_unit_test(a_hub_may_ask_for_the_least_of_each_node_below),
        cmocka_unit_test(what_is_spent_or_under_way_is_not_left_and_another_key_begins_anew),
        cmocka_unit_test(a_restart_gives_nothing_and_time_that_runs_does),
        cmocka_unit_test(children_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
