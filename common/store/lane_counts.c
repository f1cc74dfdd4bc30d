// SPDX-License-Identifier: Apache-2.0
// Entries of a lane are counted by blocks of seqs, in two sizes, and in all. What stands behind a position is
// then a few sums and a walk within one small block. The lane ALL has no entries: in their place its records
// are counted by kind, which stands where the peer does. Rows: FORMAT.md, peers 'n' and meta 'C'.
#include "common/store/lane_counts.h"
#include "common/base/vec.h"
#include "common/store/store_private.h"
#include "proto/kind.h"
#include "proto/message.h"
#include <errno.h>
#include <stdlib.h>

enum { SIZES = 3, KEY = 15, NEAR = LANE_ALL | LANE_BULK, REBUILD_AT_ONCE = 1 << 16 };
enum { LATEST = 12 }; // more lanes than one record stands on

static const unsigned shift_of[SIZES] = {9, 18, 63};

typedef struct lane_change {
    uint64_t seq;
    uint32_t peer;
    uint8_t lane;
    int16_t by;
} lane_change_t;

// Neighbours in the log mostly stand on the same lanes: their changes are one. Returns whether there was one
// to join.
static bool join(lane_changes_t *changes, unsigned lane, uint32_t peer, uint64_t seq, int sign)
{
    if (changes->exact) return false;
    for (size_t i = changes->n; i > 0 && changes->n - i < LATEST; i--) {
        lane_change_t *one = &changes->all[i - 1];
        if (one->lane != lane || one->peer != peer || (one->seq ^ seq) >> shift_of[0] != 0) continue;
        if (one->by == INT16_MAX || one->by == INT16_MIN) return false;
        one->by = (int16_t)(one->by + sign);
        return true;
    }
    return false;
}

static void add(lane_changes_t *changes, unsigned lane, uint32_t peer, uint64_t seq, int sign)
{
    if (join(changes, lane, peer, seq, sign)) return;
    *vec_add(changes->all, changes->n, changes->room) =
        (lane_change_t){.seq = seq, .peer = peer, .lane = (uint8_t)lane, .by = (int16_t)sign};
}

void lane_changes_clear(lane_changes_t *changes)
{
    free(changes->all);
    *changes = (lane_changes_t){0};
}

void lane_counts_entry(lane_changes_t *changes, slice_t key, int sign)
{
    unsigned lane = key.data[0];
    if ((lane & LANE_LEFT) != 0) return; // words, not records
    add(changes, lane, be32_load(key.data + 1), be64_load(key.data + 5), sign);
}

static bool is_near(const store_txn_t *txn, const record_t *r)
{
    return path_is_prefix(&r->home, &txn->store->place.path);
}

void lane_counts_record(lane_changes_t *changes, const store_txn_t *txn, const record_t *r,
                        const place_t *place, int sign)
{
    if ((place->lanes & LANE_ALL) == 0 || place->aside || r->gone || r->kind < SYSTEM_KINDS) return;
    add(changes, LANE_ALL, 0, place->at, sign);
    add(changes, LANE_ALL, r->kind, place->at, sign);
    if (is_near(txn, r)) add(changes, NEAR, r->kind, place->at, sign);
}

// --- keeping -------------------------------------------------------------------------------------

static slice_t count_key(uint8_t *buf, unsigned lane, uint32_t peer, unsigned size, uint64_t block)
{
    be32_store(buf, peer);
    buf[4] = 'n';
    buf[5] = (uint8_t)lane;
    buf[6] = (uint8_t)size;
    be64_store(buf + 7, block);
    return slice(buf, KEY);
}

static int by_lane_and_seq(const void *a, const void *b)
{
    const lane_change_t *x = a, *y = b;
    if (x->peer != y->peer) return x->peer < y->peer ? -1 : 1;
    if (x->lane != y->lane) return (int)x->lane - (int)y->lane;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

static int change_row(kv_txn_t *kv, slice_t key, int64_t by)
{
    uint8_t value[8];
    slice_t held;
    if (by == 0) return 0;
    int rc = kv_get(kv, KV_PEERS, key, &held);
    if (rc < 0 || (rc == 0 && held.size != sizeof value)) return rc < 0 ? rc : -EUCLEAN;
    uint64_t n = (rc == 0 ? be64_load(held.data) : 0) + (uint64_t)by;
    be64_store(value, n);
    rc = n != 0 ? kv_put(kv, KV_PEERS, key, slice(value, sizeof value)) : kv_del(kv, KV_PEERS, key);
    return rc < 0 ? rc : 0;
}

// Changes of one lane stand together, and those of one block of it.
static int put_size(kv_txn_t *kv, const lane_change_t *all, size_t n, unsigned size)
{
    uint8_t key[KEY];
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0;) {
        const lane_change_t *first = &all[i];
        uint64_t block = first->seq >> shift_of[size];
        int64_t by = 0;
        for (; i < n && all[i].peer == first->peer && all[i].lane == first->lane &&
               all[i].seq >> shift_of[size] == block;
             i++)
            by += all[i].by;
        rc = change_row(kv, count_key(key, first->lane, first->peer, size, block), by);
    }
    return rc;
}

int lane_counts_put(store_txn_t *txn)
{
    lane_changes_t *changes = &txn->counts;
    int rc = 0;
    if (changes->n == 0) return 0;
    qsort(changes->all, changes->n, sizeof *changes->all, by_lane_and_seq);
    for (unsigned size = 0; size < SIZES && rc == 0; size++)
        rc = put_size(txn->kv, changes->all, changes->n, size);
    changes->n = 0;
    return rc;
}

static const uint8_t mark_letter[] = {'C'};

void lane_counts_mark(store_txn_t *txn)
{
    uint8_t head[8];
    be64_store(head, txn->head);
    kv_put(txn->kv, KV_META, slice(mark_letter, 1), slice(head, sizeof head));
}

// --- making them anew ----------------------------------------------------------------------------

static int is_marked(store_txn_t *txn, bool *ret)
{
    slice_t v;
    int rc = kv_get(txn->kv, KV_META, slice(mark_letter, 1), &v);
    *ret = rc == 0 && v.size == 8 && be64_load(v.data) == txn->head;
    return rc < 0 ? rc : 0;
}

static int drop_all(store_txn_t *txn)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value, from = slice((const uint8_t *)"", 1);
    uint8_t last[KEY];
    for (;;) { // a cursor does not outlive what is deleted under it
        bool found = false;
        int rc = kv_cursor(txn->kv, KV_PEERS, &cursor);
        if (rc == 0) rc = kv_seek(cursor, from, &key, &value);
        while (rc == 0 && !(found = key.size == KEY && key.data[4] == 'n'))
            rc = kv_next(cursor, &key, &value);
        if (found) memcpy(last, key.data, KEY);
        kv_close_cursor(&cursor);
        if (rc < 0 || !found) return rc < 0 ? rc : 0;
        from = slice(last, KEY);
        if ((rc = kv_del(txn->kv, KV_PEERS, from)) < 0) return rc;
    }
}

static int some_more(store_txn_t *txn)
{
    return txn->counts.n >= REBUILD_AT_ONCE ? lane_counts_put(txn) : 0;
}

static int recount_lanes(store_txn_t *txn)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(txn->kv, KV_LANES, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice((const uint8_t *)"", 1), &key, &value);
    while (rc == 0) {
        if (key.size != SEQ_KEY) rc = -EUCLEAN;
        if (rc == 0) lane_counts_entry(&txn->counts, key, 1);
        if (rc == 0) rc = some_more(txn);
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

static int recount_record(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    (void)arg;
    if (place->at > txn->indexed) return 1;
    lane_counts_record(&txn->counts, txn, r, place, 1);
    return 0;
}

// Of what the indexes hold, places that records have left since included: they go with the others.
static int recount(store_txn_t *txn)
{
    int rc = drop_all(txn);
    if (rc == 0) rc = recount_lanes(txn);
    if (rc == 0) rc = log_each(txn, 0, recount_record, NULL);
    if (rc >= 0) rc = lane_counts_put(txn);
    if (rc == 0) lane_counts_mark(txn);
    return rc;
}

int lane_counts_open(store_t *store)
{
    store_txn_t *txn = NULL;
    bool marked = false;
    int rc = store_begin(store, true, &txn);
    if (rc != 0) return rc;
    rc = is_marked(txn, &marked);
    if (rc == 0 && !marked) rc = recount(txn);
    if (rc == 0 && !marked) return store_commit(&txn);
    store_abort(&txn);
    return rc;
}

// --- asking --------------------------------------------------------------------------------------

struct lane_counts {
    store_txn_t *txn;
    lane_changes_t later; // by what no index has yet, sorted
};

static int come(void *arg, slice_t key)
{
    lane_counts_entry(arg, key, 1);
    return 0;
}

static int go(void *arg, slice_t key)
{
    lane_counts_entry(arg, key, -1);
    return 0;
}

static int count_later(lane_counts_t *counts, const record_t *r, const place_t *place, int sign)
{
    (void)lanes_each(place, sign > 0 ? come : go, &counts->later);
    lane_counts_record(&counts->later, counts->txn, r, place, sign);
    return 0;
}

static int read_later(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    lane_counts_t *counts = arg;
    record_t before;
    place_t left;
    uint64_t at = place->aside ? 0 : memtable_left(txn->store->memtable, &r->id);
    int rc = count_later(counts, r, place, 1);
    if (rc != 0 || at == 0) return rc;
    rc = store_at(txn, at, &before, &left);
    return rc == 0 ? count_later(counts, &before, &left, -1) : rc;
}

int lane_counts_begin(store_txn_t *txn, lane_counts_t **ret_counts)
{
    lane_counts_t *counts = xcalloc(1, sizeof *counts);
    lane_changes_t *later = &counts->later;
    counts->txn = txn;
    later->exact = true;
    int rc = lane_counts_put(txn);
    if (rc == 0) rc = log_each(txn, txn->indexed, read_later, counts);
    if (later->n > 1) qsort(later->all, later->n, sizeof *later->all, by_lane_and_seq);
    *ret_counts = counts;
    if (rc != 0) lane_counts_end(ret_counts);
    return rc;
}

void lane_counts_end(lane_counts_t **counts_p)
{
    if (*counts_p == NULL) return;
    lane_changes_clear(&(*counts_p)->later);
    free(*counts_p);
    *counts_p = NULL;
}

// The first change of the lane.
static size_t find_later(const lane_changes_t *later, unsigned lane, uint32_t peer)
{
    lane_change_t sought = {.peer = peer, .lane = (uint8_t)lane};
    return vec_place(later->all, later->n, sizeof *later->all, &sought, by_lane_and_seq);
}

static void add_later(const lane_counts_t *counts, unsigned lane, uint32_t peer, uint64_t after,
                      lane_count_t *count)
{
    const lane_changes_t *later = &counts->later;
    for (size_t i = find_later(later, lane, peer); i < later->n; i++) {
        const lane_change_t *one = &later->all[i];
        if (one->peer != peer || one->lane != lane) break;
        count->all += (uint64_t)(int64_t)one->by;
        if (one->seq > after) count->beyond += (uint64_t)(int64_t)one->by;
    }
}

// Adds the rows of one size from a block on and before another.
static int add_blocks(store_txn_t *txn, unsigned lane, uint32_t peer, unsigned size, uint64_t from,
                      uint64_t before, uint64_t *sum)
{
    uint8_t buf[KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(txn->kv, KV_PEERS, &cursor);
    if (rc == 0) rc = kv_seek(cursor, count_key(buf, lane, peer, size, from), &key, &value);
    while (rc == 0 && key.size == KEY && memcmp(key.data, buf, KEY - 8) == 0 &&
           be64_load(key.data + KEY - 8) < before) {
        if (value.size != 8) rc = -EUCLEAN;
        if (rc == 0) *sum += be64_load(value.data);
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

// All of the lane that is indexed, and what stands behind the block of `after`.
static int add_indexed(store_txn_t *txn, unsigned lane, uint32_t peer, uint64_t after, lane_count_t *count)
{
    uint64_t block = after >> shift_of[0], large = after >> shift_of[1];
    uint64_t end = (large + 1) << (shift_of[1] - shift_of[0]); // of the small blocks in the same large one
    uint64_t before = count->all;
    int rc = add_blocks(txn, lane, peer, 2, 0, UINT64_MAX, &count->all);
    if (rc != 0 || count->all == before || after >= txn->indexed) return rc; // of nothing, nothing is behind
    rc = add_blocks(txn, lane, peer, 1, large + 1, UINT64_MAX, &count->beyond);
    return rc == 0 ? add_blocks(txn, lane, peer, 0, block + 1, end, &count->beyond) : rc;
}

// The last seq of the block in which `after` stands, as far as there are indexes.
static uint64_t end_of_block(const store_txn_t *txn, uint64_t after)
{
    uint64_t end = ((after >> shift_of[0]) + 1) << shift_of[0];
    return end - 1 < txn->indexed ? end - 1 : txn->indexed;
}

static int add_rest_of_block(store_txn_t *txn, unsigned lane, uint32_t peer, uint64_t after, uint64_t *sum)
{
    uint8_t buf[SEQ_KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    uint64_t end = end_of_block(txn, after);
    if (after >= end) return 0;
    buf[0] = (uint8_t)lane;
    be32_store(buf + 1, peer);
    be64_store(buf + 5, after + 1);
    int rc = kv_cursor(txn->kv, KV_LANES, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(buf, SEQ_KEY), &key, &value);
    while (rc == 0 && key.size == SEQ_KEY && memcmp(key.data, buf, SEQ_KEY - 8) == 0 &&
           be64_load(key.data + SEQ_KEY - 8) <= end) {
        ++*sum;
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

int lane_counts_of(lane_counts_t *counts, unsigned lanes, uint32_t peer, uint64_t after,
                   lane_count_t *ret_count)
{
    unsigned bulk = lanes & LANE_BULK;
    int rc = 0;
    for (unsigned lane = LANE_ALL << 1; lane < LANE_LEFT && rc == 0; lane <<= 1) {
        if ((lanes & lane) == 0 || lane == LANE_BULK) continue;
        unsigned half = lane == LANE_IN ? lane : lane | bulk;
        uint32_t of = (lane & (LANE_CHILD | LANE_BACK | LANE_IN)) != 0 ? peer : PEER_SELF;
        add_later(counts, half, of, after, ret_count);
        rc = add_indexed(counts->txn, half, of, after, ret_count);
        if (rc == 0) rc = add_rest_of_block(counts->txn, half, of, after, &ret_count->beyond);
    }
    return rc;
}

// --- by kind -------------------------------------------------------------------------------------

static bool names(const uint32_t *kinds, size_t n, uint32_t kind)
{
    for (size_t i = 0; i < n; i++)
        if (kinds[i] == kind) return true;
    return false;
}

static bool is_all(const lane_kinds_t *which)
{
    return which->n_kinds == 0 && which->n_near == 0;
}

struct rest {
    const lane_kinds_t *which;
    uint64_t end, n;
};

static int count_rest(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    struct rest *rest = arg;
    const lane_kinds_t *which = rest->which;
    if (place->at > rest->end) return 1;
    if ((place->lanes & LANE_ALL) == 0 || place->aside || r->gone || r->kind < SYSTEM_KINDS) return 0;
    rest->n += is_all(which) || names(which->kinds, which->n_kinds, r->kind) ||
               (names(which->near, which->n_near, r->kind) && is_near(txn, r));
    return 0;
}

static int add_kind(lane_counts_t *counts, unsigned lane, uint32_t kind, uint64_t after, lane_count_t *count)
{
    add_later(counts, lane, kind, after, count);
    return add_indexed(counts->txn, lane, kind, after, count);
}

int lane_counts_of_kinds(lane_counts_t *counts, const lane_kinds_t *which, uint64_t after,
                         lane_count_t *ret_count)
{
    struct rest rest = {.which = which, .end = end_of_block(counts->txn, after)};
    int rc = is_all(which) ? add_kind(counts, LANE_ALL, 0, after, ret_count) : 0;
    for (size_t i = 0; i < which->n_kinds && rc == 0; i++)
        if (!names(which->kinds, i, which->kinds[i]))
            rc = add_kind(counts, LANE_ALL, which->kinds[i], after, ret_count);
    for (size_t i = 0; i < which->n_near && rc == 0; i++)
        if (!names(which->near, i, which->near[i]) && !names(which->kinds, which->n_kinds, which->near[i]))
            rc = add_kind(counts, NEAR, which->near[i], after, ret_count);
    if (rc == 0 && after < rest.end) rc = log_each(counts->txn, after, count_rest, &rest);
    ret_count->beyond += rest.n;
    return rc < 0 ? rc : 0;
}
