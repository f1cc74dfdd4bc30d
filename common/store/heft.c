// SPDX-License-Identifier: Apache-2.0
// Row 'h': FORMAT.md, peers; absent: none. META 'W' says that they are kept.
#include "common/store/heft.h"
#include "common/base/vec.h"
#include "common/store/quota.h"
#include "common/store/store_private.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_KEY = 5, ROW = 8 };

static slice_t row_key(uint8_t buf[ROW_KEY], uint32_t peer)
{
    be32_store(buf, peer);
    buf[4] = 'h';
    return slice(buf, ROW_KEY);
}

static bool is_child(uint32_t peer)
{
    return peer >= PEER_LABEL_MIN && peer != PEER_PARENT;
}

static int read_row(store_txn_t *txn, uint32_t peer, uint64_t *ret)
{
    slice_t v;
    uint8_t key[ROW_KEY];
    *ret = 0;
    int rc = kv_get(txn->kv, KV_PEERS, row_key(key, peer), &v);
    if (rc == KV_NONE) return 0;
    if (rc == 0 && v.size != ROW) return -EUCLEAN;
    if (rc == 0) *ret = be64_load(v.data);
    return rc;
}

static uint64_t sum(uint64_t bytes, int64_t change)
{
    uint64_t less = change < 0 ? (uint64_t)-change : 0;
    return change >= 0 ? bytes + (uint64_t)change : bytes - (bytes < less ? bytes : less);
}

int heft_note(store_txn_t *txn, uint32_t peer, int64_t bytes)
{
    if (!is_child(peer)) return 0;
    int rc = txn->heft_peer != peer ? heft_put(txn) : 0; // a push is of one child
    txn->heft_peer = peer;
    txn->heft_bytes += bytes;
    return rc;
}

static int put_row(store_txn_t *txn, uint32_t peer, uint64_t bytes)
{
    uint8_t key[ROW_KEY], row[ROW];
    be64_store(row, bytes);
    return kv_put(txn->kv, KV_PEERS, row_key(key, peer), slice(row, sizeof row));
}

int heft_put(store_txn_t *txn)
{
    uint64_t bytes;
    if (txn->heft_bytes == 0) return 0;
    int rc = read_row(txn, txn->heft_peer, &bytes);
    if (rc != 0) return rc;
    bytes = sum(bytes, txn->heft_bytes);
    txn->heft_bytes = 0;
    return put_row(txn, txn->heft_peer, bytes);
}

int heft_used(store_txn_t *txn, uint32_t peer, uint64_t *ret_bytes)
{
    int rc = read_row(txn, peer, ret_bytes);
    if (rc == 0 && txn->heft_peer == peer) *ret_bytes = sum(*ret_bytes, txn->heft_bytes);
    return rc;
}

int heft_is_full(store_txn_t *txn, uint32_t peer, bool *ret_full)
{
    uint64_t used, most = txn->store->place.child_bytes;
    scope_t *scope = txn->store->place.scope;
    *ret_full = false;
    if (most == 0 || !is_child(peer)) return 0;
    for (int rank = scope != NULL ? scope_child_rank(scope, peer) : 0; rank > 0; rank--)
        most *= QUOTA_RANK_TIMES;
    int rc = heft_used(txn, peer, &used);
    *ret_full = rc == 0 && used >= most;
    return rc;
}

// --- a store of before they were kept ------------------------------------------------------------

typedef struct heft {
    uint32_t peer;
    uint64_t bytes;
} heft_t;

typedef struct hefts { // by peer
    heft_t *all;
    size_t n, room;
} hefts_t;

static heft_t *heft_of(hefts_t *hefts, uint32_t peer)
{
    size_t at = vec_place_number(hefts->all, hefts->n, sizeof *hefts->all, peer);
    if (at < hefts->n && hefts->all[at].peer == peer) return &hefts->all[at];
    vec_reserve(hefts->all, hefts->room, hefts->n + 1);
    memmove(&hefts->all[at + 1], &hefts->all[at], (hefts->n - at) * sizeof *hefts->all);
    hefts->n++;
    hefts->all[at] = (heft_t){.peer = peer};
    return &hefts->all[at];
}

// The log has places, too, that records have left since.
static int weigh(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    record_t present;
    place_t now;
    if (place->aside || !is_child(place->toward)) return 0;
    int rc = store_get(txn, &r->id, &present, &now);
    if (rc == 0 && now.at == place->at) heft_of(arg, place->toward)->bytes += r->wire.size;
    return rc < 0 ? rc : 0;
}

static int weigh_all(store_txn_t *txn)
{
    hefts_t hefts = {0};
    int rc = log_each(txn, 0, weigh, &hefts);
    for (size_t i = 0; i < hefts.n && rc == 0; i++) rc = put_row(txn, hefts.all[i].peer, hefts.all[i].bytes);
    free(hefts.all);
    return rc;
}

int heft_open(store_t *store)
{
    static const uint8_t letter[] = {'W'};
    slice_t v, mark = slice(letter, sizeof letter);
    store_txn_t *txn = NULL;
    int rc = store_begin(store, true, &txn);
    if (rc != 0) return rc;
    rc = kv_get(txn->kv, KV_META, mark, &v);
    if (rc == KV_NONE && (rc = weigh_all(txn)) == 0) {
        rc = kv_put(txn->kv, KV_META, mark, mark);
        if (rc == 0) return store_commit(&txn);
    }
    store_abort(&txn);
    return rc;
}
