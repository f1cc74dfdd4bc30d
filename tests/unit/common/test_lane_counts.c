// SPDX-License-Identifier: Apache-2.0
// Counts of lanes are those that a recount gives, whatever happened to the records, and cost no recount.
#include "common/store/lane_counts.h"
#include "common/store/store_private.h"
#include "tests/unit/common/shelf.h"
#include <stdio.h>
#include <stdlib.h>

enum { SORTS = 3, PEERS = 3, ROUNDS = 3000 };

static const uint32_t peers[PEERS] = {PEER_PARENT, SCHOOL, SCHOOL + 1};

// --- a recount -----------------------------------------------------------------------------------

static lane_count_t recount(store_txn_t *txn, unsigned lanes, uint32_t peer, uint64_t after)
{
    lane_count_t count = {0};
    lane_reader_t *reader = NULL;
    uint64_t seq;
    unsigned on;
    int rc = lane_open(txn, lanes, peer, 0, &reader);
    while (rc == 0 && (rc = lane_next(reader, &seq, &on)) == 0) {
        if (on == LANE_LEFT) continue;
        count.all++;
        count.beyond += seq > after;
    }
    assert_int_equal(rc, KV_NONE);
    lane_close(&reader);
    return count;
}

static lane_count_t recount_kind(store_txn_t *txn, uint32_t kind, bool near, uint64_t after)
{
    lane_count_t count = {0};
    lane_reader_t *reader = NULL;
    uint64_t seq;
    record_t r;
    int rc = lane_open(txn, LANE_ALL, PEER_SELF, 0, &reader);
    while (rc == 0 && (rc = lane_next(reader, &seq, NULL)) == 0) {
        assert_int_equal(store_at(txn, seq, &r, NULL), 0);
        if (r.gone || r.kind != kind || (near && !path_is_prefix(&r.home, &shelf.place.path))) continue;
        count.all++;
        count.beyond += seq > after;
    }
    assert_int_equal(rc, KV_NONE);
    lane_close(&reader);
    return count;
}

static void assert_same(lane_count_t is, lane_count_t should)
{
    assert_int_equal(is.all, should.all);
    assert_int_equal(is.beyond, should.beyond);
}

static void assert_counts_after(lane_counts_t *counts, store_txn_t *txn, uint64_t after)
{
    for (size_t p = 0; p < PEERS; p++)
        for (enum stream stream = 0; stream < STREAMS; stream++) {
            unsigned lanes = store_feed_lanes(peers[p], stream);
            lane_count_t count = {0};
            assert_int_equal(lane_counts_of(counts, lanes, peers[p], after, &count), 0);
            assert_same(count, recount(txn, lanes, peers[p], after));
        }
    for (uint32_t kind = SHELF_KIND - SORTS; kind <= SHELF_KIND; kind++)
        for (unsigned near = 0; near < 2; near++) {
            lane_kinds_t which = near ? (lane_kinds_t){.near = &kind, .n_near = 1}
                                      : (lane_kinds_t){.kinds = &kind, .n_kinds = 1};
            lane_count_t count = {0};
            assert_int_equal(lane_counts_of_kinds(counts, &which, after, &count), 0);
            assert_same(count, recount_kind(txn, kind, near, after));
        }
}

// The transaction may have written.
static void assert_counts(store_txn_t *txn)
{
    lane_counts_t *counts = NULL;
    uint64_t head = store_txn_head(txn);
    const uint64_t after[] = {0, 1, 511, 512, 513, head / 3, head / 2, head - head / 10, head, UINT64_MAX};
    assert_int_equal(lane_counts_begin(txn, &counts), 0);
    for (size_t i = 0; i < ARRAY_SIZE(after); i++) assert_counts_after(counts, txn, after[i]);
    lane_counts_end(&counts);
}

static void assert_counts_of_store(void)
{
    assert_counts(shelf_read(&shelf));
    shelf_abort(&shelf);
}

// --- anything happens ----------------------------------------------------------------------------

static unsigned below(unsigned n)
{
    return (unsigned)rand() % n;
}

static void write_something(store_txn_t *txn)
{
    record_t draft = shelf_draft((uint8_t)below(200));
    draft.kind = SHELF_KIND - below(SORTS);
    draft.id.b[14] = (uint8_t)(SHELF_KIND - draft.kind);
    draft.up = below(2) ? UP_ALL : UP_HOME;
    draft.down = (uint8_t[]){DOWN_NONE, DOWN_SERVING, DOWN_ALL}[below(3)];
    draft.org = slice_text(below(2) ? "03-08-01" : "03-08-02");
    draft.bulk = below(2);
    draft.deleted = below(5) == 0;
    if (draft.deleted) draft.body = (slice_t){0};
    assert_int_equal(store_write(txn, &draft, NULL), 0);
}

static void take_something(store_txn_t *txn, uint64_t round)
{
    uint8_t wire[512];
    record_t r = shelf_incoming((uint8_t)below(200), round + 1, wire);
    r.id.b[13] = 1;
    r.bulk = below(2);
    if (below(3) == 0) r.down = DOWN_ALL;
    record_pack(&r, wire);
    arrival_t arrival = {.peer = below(4) == 0 ? PEER_PARENT : SCHOOL};
    applied_t applied;
    assert_int_equal(store_apply(txn, &r, &arrival, &applied), 0);
}

static void move_school(store_txn_t *txn, bool there)
{
    path_t school;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &school));
    if (there)
        scope_set_node(shelf.scope, slice_text("03-08-01"), &school, 0);
    else
        scope_drop_node(shelf.scope, slice_text("03-08-01"));
    assert_int_equal(store_relane_org(txn, slice_text("03-08-01")), 0);
}

static void whatever_happens_counts_are_those_of_a_recount(void **state)
{
    (void)state;
    srand(7);
    bool there = true;
    shelf_write(&shelf);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        write_something(shelf.txn);
        if (below(2)) take_something(shelf.txn, round);
        if (below(300) == 0) move_school(shelf.txn, there = !there);
        if (below(300) == 0) assert_int_equal(store_index(shelf.txn), 0);
        if (below(300) == 0) assert_counts(shelf.txn);
        if (below(50) != 0) continue;
        shelf_commit(&shelf);
        shelf_write(&shelf);
    }
    assert_counts(shelf.txn);
    shelf_commit(&shelf);
    assert_counts_of_store();
}

static void what_was_not_committed_does_not_count(void **state)
{
    (void)state;
    shelf_write(&shelf);
    for (unsigned i = 0; i < 100; i++) write_something(shelf.txn);
    assert_int_equal(store_index(shelf.txn), 0);
    shelf_commit(&shelf);
    shelf_write(&shelf);
    for (unsigned i = 0; i < 100; i++) write_something(shelf.txn);
    assert_int_equal(store_index(shelf.txn), 0);
    shelf_abort(&shelf);
    assert_counts_of_store();
}

// --- made anew -----------------------------------------------------------------------------------

static void forget_counts(const char *what)
{
    shelf_write(&shelf);
    kv_txn_t *kv = store_kv(shelf.txn);
    uint8_t key[15] = {0, 0, 0, 0, 'n', LANE_UP, 2}, wrong[8] = {[7] = 99};
    if (*what == 'w') assert_int_equal(kv_put(kv, KV_PEERS, slice(key, sizeof key), slice(wrong, 8)), 0);
    assert_true(kv_del(kv, KV_META, slice_text("C")) >= 0);
    shelf_commit(&shelf);
    shelf_reopen(&shelf, 102);
}

static void a_store_of_a_program_without_counts_gets_them_when_it_is_opened(void **state)
{
    (void)state;
    shelf_write(&shelf);
    for (unsigned i = 0; i < 700; i++) write_something(shelf.txn);
    assert_int_equal(store_index(shelf.txn), 0);
    for (unsigned i = 0; i < 100; i++) write_something(shelf.txn);
    shelf_commit(&shelf);
    forget_counts("wrong ones");
    assert_counts_of_store();
    shelf_write(&shelf);
    for (unsigned i = 0; i < 100; i++) write_something(shelf.txn);
    shelf_commit(&shelf);
    assert_counts_of_store();
    shelf_reopen(&shelf, 103);
    assert_counts_of_store();
}

// --- what it costs -------------------------------------------------------------------------------

static uint64_t steps;
static const kv_ops_t *plain;

static int count_next(kv_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value)
{
    steps++;
    return plain->next(cursor, ret_key, ret_value);
}

static uint64_t cost_of_asking(unsigned records)
{
    static kv_ops_t counting;
    shelf_write(&shelf);
    for (unsigned i = 0; i < records; i++) {
        record_t draft = shelf_draft((uint8_t)i);
        draft.id.b[13] = (uint8_t)(i >> 8);
        assert_int_equal(store_write(shelf.txn, &draft, NULL), 0);
    }
    assert_int_equal(store_index(shelf.txn), 0);
    shelf_commit(&shelf);
    plain = shelf.kv->ops;
    counting = *plain;
    counting.next = count_next;
    shelf.kv->ops = &counting;
    steps = 0;
    lane_counts_t *counts = NULL;
    lane_count_t count = {0};
    assert_int_equal(lane_counts_begin(shelf_read(&shelf), &counts), 0);
    assert_int_equal(lane_counts_of(counts, LANE_UP, PEER_PARENT, records / 2, &count), 0);
    assert_int_equal(count.all, records);
    assert_int_equal(count.beyond, records - records / 2);
    lane_counts_end(&counts);
    shelf_abort(&shelf);
    shelf.kv->ops = plain;
    return steps;
}

static void asking_costs_no_more_in_a_large_store(void **state)
{
    (void)state;
    uint64_t small = cost_of_asking(1000);
    shelf_stop(NULL);
    shelf_start(NULL);
    uint64_t large = cost_of_asking(20000);
    printf("1000 records: %llu steps; 20000 records: %llu\n", (unsigned long long)small,
           (unsigned long long)large);
    assert_in_range(large, 0, 600); // a block, and some sums
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(whatever_happens_counts_are_those_of_a_recount),
        SHELF(what_was_not_committed_does_not_count),
        SHELF(a_store_of_a_program_without_counts_gets_them_when_it_is_opened),
        SHELF(asking_costs_no_more_in_a_large_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
