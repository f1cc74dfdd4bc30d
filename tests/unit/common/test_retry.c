// SPDX-License-Identifier: Apache-2.0
// What waits in quarantine and a new topology may let in is tried again, each item once, some a turn: however
// much waits that will never be let in, and however often the topology changes.
#include "common/sync/admit.h"
#include "tests/unit/desk.h"
#include <errno.h>

enum { MANY = 8200, KIND = 399, SERVICE = 3 };

static desk_t desk;
static unsigned tried, good_from, good_to; // numbers of records that admission lets in

static bool admit_some(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    (void)arg, (void)txn, (void)peer;
    uint32_t n = be32_load(r->id.b + 12);
    tried++;
    if (n >= good_from && n < good_to) return true;
    fault_set(ret_fault, "ORG-UNKNOWN", NULL, "03-08-09");
    return false;
}

static void no_close(void *self)
{
    (void)self;
}

static int start(void **state)
{
    static const service_def_t def = {.number = SERVICE, .program = "test", .close = no_close};
    feed_hooks_t hooks = {.admit = admit_some};
    (void)state;
    desk_open(&desk, &def);
    feed_destroy(&desk.service.feed);
    desk.service.feed = feed_new(desk.service.store, &hooks, 7);
    tried = good_from = good_to = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// The node above brought records of these numbers, which were refused.
static void refuse(unsigned from, unsigned to, const char *code)
{
    arrival_t arrival = {.peer = PEER_PARENT};
    fault_t fault;
    fault_set(&fault, code, NULL, "03-08-09");
    desk_begin(&desk);
    for (unsigned n = from; n < to; n++) {
        uint8_t wire[256];
        record_t r = {.id = {{1}}, .kind = KIND, .version = {1, n + 1, 7}, .down = DOWN_ALL};
        be32_store(r.id.b + 12, n);
        assert_true(path_parse("0a0b0c0d.11223344", &r.home));
        record_pack(&r, wire);
        assert_int_equal(quarantine_put(desk.txn, &arrival, r.wire, &r, &fault), 0);
    }
    desk_commit(&desk);
}

static void turn(void)
{
    desk_begin(&desk);
    assert_int_equal(requests_retry_on(&desk.service, desk.txn), 0);
    desk_commit(&desk);
}

static unsigned turn_to_the_end(void)
{
    unsigned turns = 0;
    for (; desk.service.retry.on; turns++) {
        turn();
        assert_true(turns < MANY);
    }
    return turns;
}

static uint64_t left(void)
{
    uint64_t n;
    desk_begin(&desk);
    assert_int_equal(quarantine_count(desk.txn, PEER_PARENT, &n), 0);
    desk_commit(&desk);
    return n;
}

static void what_no_topology_lets_in_is_not_tried(void **state)
{
    (void)state;
    refuse(0, 3000, "REACH");
    good_to = MANY;
    requests_retry(&desk.service);
    assert_true(turn_to_the_end() > 1); // a long quarantine is not even looked through at once
    assert_int_equal(tried, 0);
    assert_int_equal(left(), 3000);
}

static void nothing_is_tried_that_nobody_has_begun(void **state)
{
    (void)state;
    refuse(0, 1, "ORG-UNKNOWN");
    turn();
    assert_int_equal(tried, 0);
}

static void while_nothing_can_be_written_nothing_is_tried(void **state)
{
    (void)state;
    refuse(0, 1, "ORG-UNKNOWN");
    good_to = 1;
    desk.service.trouble = -ENOSPC;
    requests_retry(&desk.service);
    turn();
    assert_int_equal(tried, 0);
    desk.service.trouble = 0;
    turn_to_the_end();
    assert_int_equal(left(), 0);
}

static void the_last_of_many_that_stay_refused_is_let_in(void **state)
{
    (void)state;
    refuse(0, MANY, "ORG-UNKNOWN");
    good_from = MANY - 1, good_to = MANY;
    requests_retry(&desk.service);
    assert_true(turn_to_the_end() > 10); // nobody waits for all of them
    assert_int_equal(tried, MANY);
    assert_int_equal(left(), MANY - 1);
}

static void a_change_meanwhile_tries_the_first_ones_once_more(void **state)
{
    (void)state;
    refuse(0, 600, "ORG-UNKNOWN");
    requests_retry(&desk.service);
    turn();
    good_to = 600;
    requests_retry(&desk.service);
    turn_to_the_end();
    assert_int_equal(left(), 0);
}

static void changes_without_end_do_not_keep_the_last_from_their_turn(void **state)
{
    (void)state;
    refuse(0, 600, "ORG-UNKNOWN");
    good_from = 599, good_to = 600;
    for (unsigned i = 0; i < 4; i++) {
        requests_retry(&desk.service);
        turn();
    }
    assert_int_equal(left(), 599);
}

#define RETRY(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RETRY(what_no_topology_lets_in_is_not_tried),
        RETRY(nothing_is_tried_that_nobody_has_begun),
        RETRY(while_nothing_can_be_written_nothing_is_tried),
        RETRY(the_last_of_many_that_stay_refused_is_let_in),
        RETRY(a_change_meanwhile_tries_the_first_ones_once_more),
        RETRY(changes_without_end_do_not_keep_the_last_from_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
