// SPDX-License-Identifier: Apache-2.0
// Each neighbour has a share, each sort its own, and nobody's use takes anything from another one.
#include "common/store/heft.h"
#include "common/store/quota.h"
#include "tests/unit/common/shelf.h"

static int take(uint32_t peer, enum quota_sort sort, size_t bytes)
{
    int rc = quota_take(shelf_write(&shelf), peer, sort, bytes);
    shelf_commit(&shelf);
    return rc;
}

static void fill(uint32_t peer, enum quota_sort sort, unsigned items, size_t bytes)
{
    store_txn_t *txn = shelf_write(&shelf);
    for (unsigned i = 0; i < items; i++) assert_int_equal(quota_take(txn, peer, sort, bytes), 0);
    shelf_commit(&shelf);
}

static void used_is(uint32_t peer, enum quota_sort sort, uint64_t items, uint64_t bytes)
{
    uint64_t used_items, used_bytes;
    assert_int_equal(quota_used(shelf_read(&shelf), peer, sort, &used_items, &used_bytes), 0);
    shelf_abort(&shelf);
    assert_int_equal(used_items, items);
    assert_int_equal(used_bytes, bytes);
}

static void past_the_share_of_items_nothing_is_taken(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_QUARANTINE, QUOTA_ITEMS, 10);
    assert_int_equal(take(SCHOOL, QUOTA_QUARANTINE, 10), 1);
    used_is(SCHOOL, QUOTA_QUARANTINE, QUOTA_ITEMS, 10 * QUOTA_ITEMS);
}

static void past_the_share_of_bytes_nothing_is_taken(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_ASIDE, 8, QUOTA_BYTES / 8);
    assert_int_equal(take(SCHOOL, QUOTA_ASIDE, 1), 1);
    used_is(SCHOOL, QUOTA_ASIDE, 8, QUOTA_BYTES);
}

static void one_neighbours_use_is_nobody_elses_and_no_other_sorts(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_QUARANTINE, QUOTA_ITEMS, 10);
    assert_int_equal(take(SCHOOL + 1, QUOTA_QUARANTINE, 10), 0);
    assert_int_equal(take(PEER_PARENT, QUOTA_QUARANTINE, 10), 0);
    assert_int_equal(take(SCHOOL, QUOTA_ASIDE, 10), 0);
}

static void what_is_freed_may_be_taken_again(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_QUARANTINE, 8, QUOTA_BYTES / 8);
    assert_int_equal(quota_free(shelf_write(&shelf), SCHOOL, QUOTA_QUARANTINE, QUOTA_BYTES / 8), 0);
    shelf_commit(&shelf);
    assert_int_equal(take(SCHOOL, QUOTA_QUARANTINE, QUOTA_BYTES / 8), 0);
    used_is(SCHOOL, QUOTA_QUARANTINE, 8, QUOTA_BYTES);
}

static void more_than_was_taken_is_never_freed(void **state)
{
    (void)state;
    assert_int_equal(take(SCHOOL, QUOTA_QUARANTINE, 5), 0);
    store_txn_t *txn = shelf_write(&shelf);
    assert_int_equal(quota_free(txn, SCHOOL, QUOTA_QUARANTINE, 9), 0);
    assert_int_equal(quota_free(txn, SCHOOL, QUOTA_QUARANTINE, 9), 0);
    shelf_commit(&shelf);
    used_is(SCHOOL, QUOTA_QUARANTINE, 0, 0);
}

static void in_a_full_share_an_item_gives_its_place_to_one_that_is_no_greater(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_QUARANTINE, 8, QUOTA_BYTES / 8);
    store_txn_t *txn = shelf_write(&shelf);
    assert_int_equal(quota_swap(txn, SCHOOL, QUOTA_QUARANTINE, QUOTA_BYTES / 8, QUOTA_BYTES / 8 + 1), 1);
    assert_int_equal(quota_swap(txn, SCHOOL, QUOTA_QUARANTINE, QUOTA_BYTES / 8, QUOTA_BYTES / 8), 0);
    shelf_commit(&shelf);
    used_is(SCHOOL, QUOTA_QUARANTINE, 8, QUOTA_BYTES);
}

static void counts_outlive_the_process_and_go_with_a_lost_transaction(void **state)
{
    (void)state;
    fill(SCHOOL, QUOTA_QUARANTINE, 3, 7);
    assert_int_equal(quota_take(shelf_write(&shelf), SCHOOL, QUOTA_QUARANTINE, 7), 0);
    shelf_abort(&shelf);
    shelf_reopen(&shelf, 102);
    used_is(SCHOOL, QUOTA_QUARANTINE, 3, 21);
}

static void a_child_of_a_higher_level_has_four_times_as_much_and_the_parent_sixteen_times(void **state)
{
    (void)state;
    path_t hub = shelf.place.path;
    uint64_t items, bytes;
    be32_store(hub.b + hub.len, 0x22334455);
    hub.len += PATH_LABEL;
    scope_set_node(shelf.scope, slice_text("03-09"), &hub, 1);
    quota_share(shelf.store, SCHOOL, QUOTA_ASIDE, &items, &bytes);
    assert_true(items == QUOTA_ASIDE_ITEMS && bytes == QUOTA_BYTES);
    quota_share(shelf.store, 0x22334455, QUOTA_QUARANTINE, &items, &bytes);
    assert_true(items == 4 * QUOTA_ITEMS && bytes == 4ULL * QUOTA_BYTES);
    quota_share(shelf.store, PEER_PARENT, QUOTA_QUARANTINE, &items, &bytes);
    assert_true(items == 16 * QUOTA_ITEMS && bytes == 16ULL * QUOTA_BYTES);
}

static void a_service_of_the_node_is_counted_without_a_bound(void **state)
{
    (void)state;
    fill(SERVICE_REGISTRY, QUOTA_QUARANTINE, 3, QUOTA_BYTES);
    used_is(SERVICE_REGISTRY, QUOTA_QUARANTINE, 3, 3ULL * QUOTA_BYTES);
}

// --- records that keep all rules

static void brings(uint8_t n, uint64_t seq)
{
    uint8_t wire[512];
    applied_t applied;
    record_t r = shelf_incoming(n, seq, wire);
    assert_int_equal(store_apply(shelf_write(&shelf), &r, &(arrival_t){.peer = SCHOOL}, &applied), 0);
    assert_int_equal(applied, APPLIED_NEW);
    shelf_commit(&shelf);
}

static uint64_t fills(uint32_t peer)
{
    uint64_t bytes;
    assert_int_equal(heft_used(shelf_read(&shelf), peer, &bytes), 0);
    shelf_abort(&shelf);
    return bytes;
}

static bool is_full(void)
{
    bool full;
    assert_int_equal(heft_is_full(shelf_read(&shelf), SCHOOL, &full), 0);
    shelf_abort(&shelf);
    return full;
}

static void a_childs_records_fill_as_much_as_their_present_versions_have(void **state)
{
    (void)state;
    uint8_t wire[512];
    uint64_t each = shelf_incoming(1, 5, wire).wire.size;
    brings(1, 5);
    brings(2, 6);
    brings(1, 7);
    assert_int_equal(fills(SCHOOL), 2 * each);
    assert_int_equal(fills(PEER_PARENT), 0);
    assert_false(is_full()); // without bound
    shelf.place.child_bytes = 2 * each;
    shelf_reopen(&shelf, 102);
    assert_true(is_full());
    shelf.place.child_bytes++;
    shelf_reopen(&shelf, 103);
    assert_false(is_full());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(past_the_share_of_items_nothing_is_taken),
        SHELF(past_the_share_of_bytes_nothing_is_taken),
        SHELF(one_neighbours_use_is_nobody_elses_and_no_other_sorts),
        SHELF(what_is_freed_may_be_taken_again),
        SHELF(more_than_was_taken_is_never_freed),
        SHELF(in_a_full_share_an_item_gives_its_place_to_one_that_is_no_greater),
        SHELF(counts_outlive_the_process_and_go_with_a_lost_transaction),
        SHELF(a_child_of_a_higher_level_has_four_times_as_much_and_the_parent_sixteen_times),
        SHELF(a_service_of_the_node_is_counted_without_a_bound),
        SHELF(a_childs_records_fill_as_much_as_their_present_versions_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
