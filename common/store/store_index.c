// SPDX-License-Identifier: Apache-2.0
// Bringing the indexes up to the log (store.c): what stands behind X, in the order of keys, and what it has
// left.
#include "common/base/vec.h"
#include "common/store/lane_counts.h"
#include "common/store/store_private.h"
#include <assert.h>
#include <stdlib.h>

typedef struct moved {
    uint64_t *from; // places in the log and the indexes that records have left
    size_t n, room, refs_read;
} moved_t;

static int gather(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    moved_t *moved = arg;
    uint8_t key[8];
    be64_store(key, place->at);
    if (place->aside) return lanes_gather(txn, place);
    uint64_t left = memtable_left(txn->store->memtable, &r->id);
    if (left != 0) *vec_add(moved->from, moved->n, moved->room) = left;
    index_batch_add(&txn->entries, KV_RECORDS, slice(r->id.b, sizeof r->id.b), slice(key, sizeof key));
    index_gather(txn, r, place->at, &moved->refs_read);
    lane_counts_record(&txn->counts, txn, r, place, 1);
    return lanes_gather(txn, place);
}

static int forget_place(store_txn_t *txn, uint64_t at)
{
    record_t r;
    place_t place;
    uint8_t key[8];
    int rc = store_at(txn, at, &r, &place);
    if (rc != 0) return rc;
    r = store_record_dup(&r);
    rc = lanes_remove(txn, &place);
    if (rc == 0) rc = index_remove(txn, &r, at);
    if (rc == 0) lane_counts_record(&txn->counts, txn, &r, &place, -1);
    store_record_free(&r);
    be64_store(key, at);
    return rc == 0 ? kv_del(txn->kv, KV_LOG, slice(key, sizeof key)) : rc;
}

int store_index(store_txn_t *txn)
{
    moved_t moved = {0};
    uint8_t indexed[8];
    assert(txn->write);
    if (txn->indexed == txn->head) return 0;
    txn->dirty = true;
    int rc = log_each(txn, txn->indexed, gather, &moved);
    for (size_t i = 0; i < moved.n && rc == 0; i++) rc = forget_place(txn, moved.from[i]);
    free(moved.from);
    if (rc == 0) rc = index_batch_put(&txn->entries, txn->kv);
    be64_store(indexed, txn->head);
    if (rc == 0) rc = kv_put(txn->kv, KV_META, slice_text("X"), slice(indexed, sizeof indexed));
    if (rc != 0) return rc;
    txn->indexed = txn->head;
    txn->found = false;
    memtable_empty(txn->store->memtable);
    return 0;
}
