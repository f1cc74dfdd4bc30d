// SPDX-License-Identifier: Apache-2.0
// What a feed reads anew: filters that grew, neighbours with another key.
#include "tests/unit/common/sides.h"

static bool has_gone(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t held;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &held, NULL), 0);
    bool gone = held.gone;
    store_abort(&txn);
    return gone;
}

// In the school's name it is said that the record is gone.
static void hear_own_gone(side_t *hub, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t held;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(hub->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &held, NULL), 0);
    record_t word = record_gone(&held); // it has no past: none of its bytes are the store's
    store_abort(&txn);
    hear_gone(hub, &word);
}

static void know_key(side_t *side, uint8_t byte)
{
    store_txn_t *txn = NULL;
    uint8_t key[FEED_KEY] = {byte, [FEED_KEY - 1] = byte};
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_true(feed_know_key(side->feed, txn, side->peer, key) >= 0);
    assert_int_equal(store_commit(&txn), 0);
    feed_tick(side->feed, now_ms);
}

static void a_neighbour_with_another_key_is_read_from_the_beginning(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    know_key(&hub, 7);
    write_record(&home, 1);
    talk(&hub, &home);
    hear_own_gone(&hub, 1);
    know_key(&hub, 7);
    talk(&hub, &home);
    assert_true(has_gone(&hub, 1));
    know_key(&hub, 8);
    talk(&hub, &home);
    assert_false(has_gone(&hub, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&home);
    close_side(&hub);
}

// The home's other service: it reads records of this one by a filter.
static void open_reader(side_t *reader, const char *path, uint64_t epoch, const feed_filter_t *filter)
{
    *reader = (side_t){.peer = SERVICE};
    store_place_t place = {.service = SERVICE + 1, .has_parent = true, .parent_rank = 1};
    assert_true(path_parse("0a0b0c0d.11223344", &place.path));
    reader->scope = scope_new(&place.path, "03-08-01");
    place.scope = reader->scope;
    assert_int_equal(kv_lmdb_open(path, 64 << 20, &reader->kv), 0);
    assert_int_equal(store_open(reader->kv, &place, epoch, no_time, &reader->store), 0);
    feed_hooks_t hooks = {.arg = reader, .admit = admit_all, .send = keep_letter};
    reader->feed = feed_new(reader->store, &hooks, epoch);
    feed_subscribe(reader->feed, SERVICE, filter);
    feed_link(reader->feed, SERVICE, true, now_ms);
}

static void a_filter_that_grew_reads_what_it_had_passed_over(void **state)
{
    (void)state;
    side_t home, reader;
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, n_stores++);
    const feed_filter_t narrow = {.kinds = {KIND - 1}, .n_kinds = 1};
    const feed_filter_t wide = {.kinds = {KIND - 1}, .n_kinds = 1, .near = {KIND}, .n_near = 1};
    open_side(&home, false, 101);
    feed_link(home.feed, PEER_PARENT, false, now_ms);
    home.peer = SERVICE + 1;
    feed_link(home.feed, home.peer, true, now_ms);
    write_record(&home, 1);
    open_reader(&reader, path, 301, &narrow);
    talk(&reader, &home);
    assert_false(holds(&reader, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&reader);
    open_reader(&reader, path, 302, &wide);
    talk(&reader, &home);
    assert_true(holds(&reader, 1));
    close_side(&reader);

    n_letters = 0;
    open_reader(&reader, path, 303, &wide); // the same again goes on where it was
    talk(&reader, &home);
    assert_int_equal(acked(&home), store_head(home.store));
    assert_in_range(n_letters, 1, 3);
    close_side(&reader);
    close_side(&home);
}

// How long a filter is on disk does not follow from how many kinds this program's filters may name.
static void a_filter_of_a_program_with_longer_ones_is_read_anew(void **state)
{
    (void)state;
    side_t home, reader;
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, n_stores++);
    const feed_filter_t filter = {.kinds = {KIND}, .n_kinds = 1};
    open_side(&home, false, 101);
    feed_link(home.feed, PEER_PARENT, false, now_ms);
    home.peer = SERVICE + 1;
    feed_link(home.feed, home.peer, true, now_ms);
    write_record(&home, 1);
    open_reader(&reader, path, 301, &filter);
    talk(&reader, &home);
    store_txn_t *txn = NULL;
    uint8_t key[5] = {0, 0, 0, SERVICE, 'f'}, row[8 * (2 + 2 * 200)] = {0};
    slice_t held;
    assert_int_equal(store_begin(reader.store, true, &txn), 0);
    assert_int_equal(kv_get(store_kv(txn), KV_PEERS, slice(key, sizeof key), &held), 0);
    assert_int_equal(held.size, 8 * (2 + 2 * 32)); // as programs before wrote it
    row[7] = 100;
    assert_int_equal(kv_put(store_kv(txn), KV_PEERS, slice(key, sizeof key), slice(row, sizeof row)), 0);
    assert_int_equal(store_commit(&txn), 0);
    close_side(&reader);
    open_reader(&reader, path, 302, &filter);
    talk(&reader, &home);
    assert_true(holds(&reader, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&reader);
    close_side(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_neighbour_with_another_key_is_read_from_the_beginning),
        cmocka_unit_test(a_filter_that_grew_reads_what_it_had_passed_over),
        cmocka_unit_test(a_filter_of_a_program_with_longer_ones_is_read_anew),
    };
    return cmocka_run_group_tests(tests, make_dir, NULL);
}
