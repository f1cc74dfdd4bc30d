// SPDX-License-Identifier: Apache-2.0
// A store was kept by a program that did not know a kind, and took its records by their stamp. The program
// that knows it judges them.
#include "common/store/quarantine.h"
#include "common/store/quota.h"
#include "common/sync/admit.h"
#include "proto/kinds.h"
#include "tests/unit/desk.h"

enum { MANY = 150 };

static desk_t desk;
static const char ABOVE[] = "0a0b0c0d.11223344";

static void no_close(void *self)
{
    (void)self;
}

static bool by_the_rules(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    return admit(arg, txn, peer, r, ret_fault);
}

static int start(void **state)
{
    static const service_def_t def = {.number = SERVICE_REGISTRY, .program = "test", .close = no_close};
    (void)state;
    desk_open(&desk, &def);
    feed_hooks_t hooks = {.arg = &desk.service.place, .admit = by_the_rules};
    feed_destroy(&desk.service.feed);
    desk.service.feed = feed_new(desk.service.store, &hooks, 7);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static rid_t id_of(unsigned n)
{
    rid_t id = {{1}};
    be32_store(id.b + 12, n);
    return id;
}

// An event of the hub's as that program held it: nobody looked into its body.
static void hold_bad(unsigned n)
{
    uint8_t wire[256];
    applied_t applied;
    arrival_t arrival = {.peer = PEER_PARENT};
    record_t r = {.id = id_of(n),
                  .kind = N_EVENT,
                  .version = {1, n + 1, 7},
                  .org = slice_text("03-08"),
                  .down = DOWN_ALL,
                  .body = slice_text("?")};
    assert_true(path_parse(ABOVE, &r.home));
    record_pack(&r, wire);
    desk_begin(&desk);
    assert_int_equal(store_apply(desk.txn, &r, &arrival, &applied), 0);
    assert_int_equal(applied, APPLIED_NEW);
    desk_commit(&desk);
}

// The row of that program: of this service's kinds it knew all but events.
static void it_knew_no_events(void)
{
    uint8_t row[4 * 100];
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++)
        if (KINDS[i]->number / 100 == SERVICE_REGISTRY && KINDS[i]->number != N_EVENT)
            be32_store(row + 4 * n++, KINDS[i]->number);
    desk_begin(&desk);
    assert_int_equal(kv_put(store_kv(desk.txn), KV_META, slice_text("K"), slice(row, 4 * n)), 0);
    desk_commit(&desk);
}

static unsigned judge_to_the_end(void)
{
    unsigned turns = 0;
    assert_int_equal(rejudge_open(&desk.service), 0);
    for (; desk.service.rejudge.on; turns++) {
        desk_begin(&desk);
        assert_int_equal(rejudge_on(&desk.service, desk.txn), 0);
        desk_commit(&desk);
        assert_true(turns < MANY);
    }
    return turns;
}

static uint64_t waiting(void)
{
    uint64_t n;
    desk_begin(&desk);
    assert_int_equal(quarantine_count(desk.txn, PEER_PARENT, &n), 0);
    desk_commit(&desk);
    return n;
}

static void what_breaks_a_rule_that_is_known_now_leaves_its_place_and_waits(void **state)
{
    quarantined_t item;
    record_t held;
    (void)state;
    hold_bad(1);
    it_knew_no_events();
    judge_to_the_end();
    desk_begin(&desk);
    rid_t id = id_of(1);
    assert_int_equal(quarantine_next(desk.txn, &id, NULL, &item), 0);
    assert_string_equal(item.fault.code, "MALFORMED");
    assert_int_equal(store_get(desk.txn, &id, &held, NULL), 0);
    assert_true(held.gone);
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_EVENT), 0);
}

static void what_keeps_the_rules_stays(void **state)
{
    (void)state;
    desk_begin(&desk);
    desk_tell(&desk, &KIND_EVENT, "code=E-1|kind=seminar|title=T|org=03-08|starts_on=2024-01-10");
    desk_commit(&desk);
    it_knew_no_events();
    judge_to_the_end();
    assert_int_equal(waiting(), 0);
    assert_int_equal(desk_count(&desk, &KIND_EVENT), 1);
}

static void many_are_judged_some_a_turn_and_only_once(void **state)
{
    (void)state;
    for (unsigned n = 0; n < MANY; n++) hold_bad(n);
    it_knew_no_events();
    assert_true(judge_to_the_end() > 2);
    assert_int_equal(waiting(), MANY);
    assert_int_equal(judge_to_the_end(), 0);
}

static void what_was_known_before_is_not_judged_again(void **state)
{
    (void)state;
    judge_to_the_end(); // a new store: what is known now is written
    hold_bad(1);
    assert_int_equal(judge_to_the_end(), 0);
    assert_int_equal(waiting(), 0);
    assert_int_equal(desk_count(&desk, &KIND_EVENT), 1);
}

static void what_finds_no_room_in_quarantine_stays_until_the_next_start(void **state)
{
    (void)state;
    hold_bad(1);
    it_knew_no_events();
    desk_begin(&desk);
    while (quota_take(desk.txn, PEER_PARENT, QUOTA_QUARANTINE, 1) == 0) {}
    desk_commit(&desk);
    judge_to_the_end();
    assert_int_equal(desk_count(&desk, &KIND_EVENT), 1);
    desk_begin(&desk);
    assert_int_equal(quota_free(desk.txn, PEER_PARENT, QUOTA_QUARANTINE, 1), 0);
    desk_commit(&desk);
    desk_begin(&desk);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(quota_free(desk.txn, PEER_PARENT, QUOTA_QUARANTINE, 1), 0);
    desk_commit(&desk);
    judge_to_the_end();
    assert_int_equal(desk_count(&desk, &KIND_EVENT), 0);
}

// The parent's later version that keeps the rules is in reach again.
static void a_later_good_version_takes_the_place_again(void **state)
{
    (void)state;
    rid_t id = id_of(3);
    record_t held;
    hold_bad(3);
    it_knew_no_events();
    judge_to_the_end();
    uint8_t wire[256];
    applied_t applied;
    arrival_t arrival = {.peer = PEER_PARENT};
    record_t r = {
        .id = id, .kind = N_EVENT, .version = {1, 99, 7}, .org = slice_text("03-08"), .down = DOWN_ALL};
    r.body = slice_text("later");
    assert_true(path_parse(ABOVE, &r.home));
    record_pack(&r, wire);
    desk_begin(&desk);
    assert_int_equal(store_apply(desk.txn, &r, &arrival, &applied), 0);
    assert_int_equal(store_get(desk.txn, &id, &held, NULL), 0);
    assert_true(!held.gone && held.version.seq == 99);
    desk_commit(&desk);
}

#define REJUDGE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REJUDGE(what_breaks_a_rule_that_is_known_now_leaves_its_place_and_waits),
        REJUDGE(what_keeps_the_rules_stays),
        REJUDGE(many_are_judged_some_a_turn_and_only_once),
        REJUDGE(what_was_known_before_is_not_judged_again),
        REJUDGE(what_finds_no_room_in_quarantine_stays_until_the_next_start),
        REJUDGE(a_later_good_version_takes_the_place_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
