// SPDX-License-Identifier: Apache-2.0
// Row 'h': FORMAT.md, peers; absent: none, or a store of before.
#include "common/store/heft.h"
#include "common/store/quota.h"
#include "common/store/store_private.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include <errno.h>

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

int heft_put(store_txn_t *txn)
{
    uint64_t bytes;
    uint8_t key[ROW_KEY], row[ROW];
    if (txn->heft_bytes == 0) return 0;
    int rc = read_row(txn, txn->heft_peer, &bytes);
    if (rc != 0) return rc;
    be64_store(row, sum(bytes, txn->heft_bytes));
    txn->heft_bytes = 0;
    return kv_put(txn->kv, KV_PEERS, row_key(key, txn->heft_peer), slice(row, sizeof row));
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
