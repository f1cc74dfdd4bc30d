// SPDX-License-Identifier: Apache-2.0
// How much of the store a child's records fill: counted as they come, and once from the log where that is
// new.
#include "common/store/heft.h"
#include "common/store/store_private.h"
#include "tests/unit/common/shelf.h"

static void take(uint8_t n, uint64_t seq)
{
    uint8_t wire[512];
    applied_t applied;
    arrival_t arrival = {.peer = SCHOOL};
    record_t r = shelf_incoming(n, seq, wire);
    assert_int_equal(store_apply(shelf.txn, &r, &arrival, &applied), 0);
    assert_int_equal(applied, APPLIED_NEW);
}

static uint64_t used(uint32_t peer)
{
    uint64_t bytes;
    assert_int_equal(heft_used(shelf_read(&shelf), peer, &bytes), 0);
    shelf_abort(&shelf);
    return bytes;
}

static void fill(void)
{
    shelf_write(&shelf);
    for (uint8_t n = 0; n < 40; n++) take(n, n + 1u);
    assert_int_equal(store_index(shelf.txn), 0);
    for (uint8_t n = 0; n < 10; n++) take(n, n + 100u); // they leave their places
    shelf_commit(&shelf);
}

// As a program leaves it that did not count.
static void forget(void)
{
    uint8_t row[5];
    be32_store(row, SCHOOL);
    row[4] = 'h';
    kv_txn_t *kv = store_kv(shelf_write(&shelf));
    assert_int_equal(kv_del(kv, KV_META, slice_text("W")), 0);
    assert_true(kv_del(kv, KV_PEERS, slice(row, sizeof row)) >= 0);
    shelf_commit(&shelf);
    assert_int_equal(used(SCHOOL), 0);
    shelf_reopen(&shelf, 200);
}

static void own_records_and_the_parent_s_weigh_nothing(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    shelf_write(&shelf);
    assert_int_equal(store_write(shelf.txn, &draft, NULL), 0);
    shelf_commit(&shelf);
    forget();
    assert_int_equal(used(SCHOOL), 0);
    assert_int_equal(used(PEER_PARENT), 0);
}

static void a_store_of_a_program_that_did_not_count_is_counted_once(void **state)
{
    (void)state;
    fill();
    uint64_t before = used(SCHOOL);
    assert_true(before > 0);
    forget();
    assert_int_equal(used(SCHOOL), before);
    shelf_reopen(&shelf, 201);
    assert_int_equal(used(SCHOOL), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(own_records_and_the_parent_s_weigh_nothing),
        SHELF(a_store_of_a_program_that_did_not_count_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
