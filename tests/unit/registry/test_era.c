// SPDX-License-Identifier: Apache-2.0
// The time by which invitations expire, under clocks that are wrong.
#include "common/store/topology.h"
#include "services/registry/era.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { HOUR = 3600, LIFE = 72 * HOUR };
static const int64_t TODAY = 1788000000, IN_2100 = 4102444800;

static char dir[512];
static kv_t *kv;
static scope_t *scope;
static store_t *store;

static int64_t no_time(void)
{
    return 0;
}

static int start(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    snprintf(dir, sizeof dir, "%s/era.XXXXXX", scratch != NULL ? scratch : "/tmp");
    for (char *c = dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(dir, 0755);
        *c = '/';
    }
    store_place_t place = {.service = 1, .rank = 1};
    if (mkdtemp(dir) == NULL || !path_parse("0a0b0c0d", &place.path)) return -1;
    scope = place.scope = scope_new(&place.path, "03");
    return kv_lmdb_open(dir, 16 << 20, &kv) != 0 || store_open(kv, &place, 1, no_time, &store) != 0;
}

static int stop(void **state)
{
    (void)state;
    store_close(&store);
    kv_destroy(&kv);
    scope_destroy(&scope);
    return 0;
}

// As a registry that starts when the machine says this.
static era_t started(int64_t wall_s)
{
    era_t era;
    store_txn_t *txn;
    assert_int_equal(store_begin(store, false, &txn), 0);
    assert_int_equal(era_load(&era, txn, wall_s, 0), 0);
    store_abort(&txn);
    return era;
}

static void keep(era_t *era, bool at_once)
{
    store_txn_t *txn;
    assert_int_equal(store_begin(store, true, &txn), 0);
    assert_int_equal(era_keep(era, txn, at_once), 0);
    assert_int_equal(store_commit(&txn), 0);
}

static void a_clock_that_is_put_back_brings_no_invitation_to_life(void **state)
{
    (void)state;
    era_t era = started(TODAY);
    int64_t expires = era_now(&era, TODAY, 0) + LIFE;
    assert_true(era_now(&era, TODAY + LIFE, 1000) >= expires);
    assert_true(era_now(&era, TODAY, 2000) >= expires);
    keep(&era, false);
    era = started(TODAY); // nor after a restart
    assert_true(era_now(&era, TODAY, 0) >= expires);
}

// The clock was put back before the invitation expired: its time runs on all the same.
static void under_a_clock_that_stands_still_time_goes_on(void **state)
{
    (void)state;
    era_t era = started(TODAY);
    int64_t expires = era_now(&era, TODAY, 0) + LIFE;
    for (uint64_t ms = 0; ms < LIFE * 1000ULL; ms += 700) assert_true(era_now(&era, 86400, ms) < expires);
    assert_true(era_now(&era, 86400, LIFE * 1000ULL) >= expires);
}

static void a_clock_that_was_far_ahead_shortens_no_later_invitation(void **state)
{
    (void)state;
    era_t era = started(IN_2100);
    keep(&era, true);
    era = started(TODAY);
    int64_t expires = era_now(&era, TODAY, 0) + LIFE;
    assert_true(era_now(&era, TODAY + HOUR, HOUR * 1000) < expires);
    assert_true(era_now(&era, TODAY + LIFE, LIFE * 1000ULL) >= expires);
}

static void with_a_good_clock_it_is_that_clock(void **state)
{
    (void)state;
    era_t era = started(TODAY);
    assert_int_equal(era_now(&era, TODAY, 0), TODAY);
    assert_int_equal(era_now(&era, TODAY + 100, 100000), TODAY + 100);
    assert_int_equal(era_now(&era, TODAY + 5000, 100000), TODAY + 5000); // the machine slept
}

// What has nothing to do writes nothing.
static void the_store_hears_of_it_in_steps(void **state)
{
    (void)state;
    store_txn_t *txn;
    slice_t v;
    uint8_t name = 'E';
    era_t era = started(TODAY);
    keep(&era, false);
    era_now(&era, TODAY + ERA_STEP_S - 1, 1000);
    keep(&era, false);
    assert_int_equal(store_begin(store, false, &txn), 0);
    assert_int_equal(kv_get(store_kv(txn), KV_AUX, slice(&name, 1), &v), 0);
    assert_int_equal(be64_load(v.data), TODAY);
    store_abort(&txn);
    keep(&era, true);
    assert_int_equal(started(0).now_s, TODAY + ERA_STEP_S - 1);
}

#define ON_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STORE(a_clock_that_is_put_back_brings_no_invitation_to_life),
        ON_A_STORE(under_a_clock_that_stands_still_time_goes_on),
        ON_A_STORE(a_clock_that_was_far_ahead_shortens_no_later_invitation),
        ON_A_STORE(with_a_good_clock_it_is_that_clock),
        ON_A_STORE(the_store_hears_of_it_in_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
