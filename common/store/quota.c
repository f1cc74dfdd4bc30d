// SPDX-License-Identifier: Apache-2.0
// Rows: FORMAT.md, peers; absent: none.
#include "common/store/quota.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include <errno.h>

enum { ROW_KEY = 5, ROW = 16 };

typedef struct used {
    uint64_t items, bytes;
} used_t;

static slice_t row_key(uint8_t buf[ROW_KEY], uint32_t peer, enum quota_sort sort)
{
    static const char letters[QUOTA_SORTS] = {'q', 's', 'd', 'n'};
    be32_store(buf, peer);
    buf[4] = (uint8_t)letters[sort];
    return slice(buf, ROW_KEY);
}

static int read_row(store_txn_t *txn, uint32_t peer, enum quota_sort sort, used_t *ret)
{
    slice_t v;
    uint8_t key[ROW_KEY];
    *ret = (used_t){0};
    int rc = kv_get(store_kv(txn), KV_PEERS, row_key(key, peer, sort), &v);
    if (rc == KV_NONE) return 0;
    if (rc == 0 && v.size != ROW) return -EUCLEAN;
    if (rc == 0) *ret = (used_t){be64_load(v.data), be64_load(v.data + 8)};
    return rc;
}

static int write_row(store_txn_t *txn, uint32_t peer, enum quota_sort sort, const used_t *used)
{
    uint8_t key_buf[ROW_KEY], row[ROW];
    slice_t key = row_key(key_buf, peer, sort);
    if (used->items == 0) {
        int rc = kv_del(store_kv(txn), KV_PEERS, key);
        return rc == KV_NONE ? 0 : rc;
    }
    be64_store(row, used->items);
    be64_store(row + 8, used->bytes);
    return kv_put(store_kv(txn), KV_PEERS, key, slice(row, ROW));
}

// A child whose level is not known has what the lowest has.
static uint64_t times(store_t *store, uint32_t peer)
{
    scope_t *scope = store_place(store)->scope;
    uint64_t n = 1;
    if (peer == PEER_PARENT) return QUOTA_PARENT_TIMES;
    for (int rank = scope != NULL ? scope_child_rank(scope, peer) : 0; rank > 0; rank--)
        n *= QUOTA_RANK_TIMES;
    return n;
}

void quota_share(store_t *store, uint32_t peer, enum quota_sort sort, uint64_t *ret_items,
                 uint64_t *ret_bytes)
{
    static const uint64_t items[QUOTA_SORTS] = {QUOTA_ITEMS, QUOTA_ASIDE_ITEMS, QUOTA_ITEMS,
                                                QUOTA_NOTICE_ITEMS};
    *ret_items = *ret_bytes = UINT64_MAX;
    if (peer < PEER_LABEL_MIN) return;
    uint64_t n = peer == PEER_PARENT && sort == QUOTA_ASIDE ? QUOTA_PARENT_ASIDE : times(store, peer);
    *ret_items = n * items[sort];
    *ret_bytes = n * QUOTA_BYTES;
}

int quota_take(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes)
{
    used_t used, share;
    int rc = read_row(txn, peer, sort, &used);
    if (rc != 0) return rc;
    quota_share(store_of(txn), peer, sort, &share.items, &share.bytes);
    used.items++;
    used.bytes += bytes;
    if (used.items > share.items || used.bytes > share.bytes) return 1;
    return write_row(txn, peer, sort, &used);
}

int quota_swap(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t old_bytes, size_t new_bytes)
{
    used_t used, share;
    int rc = read_row(txn, peer, sort, &used);
    if (rc != 0) return rc;
    quota_share(store_of(txn), peer, sort, &share.items, &share.bytes);
    used.bytes -= used.bytes < old_bytes ? used.bytes : old_bytes;
    used.bytes += new_bytes;
    if (new_bytes > old_bytes && used.bytes > share.bytes) return 1;
    return write_row(txn, peer, sort, &used);
}

int quota_free(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes)
{
    used_t used;
    int rc = read_row(txn, peer, sort, &used);
    if (rc != 0) return rc;
    used.items -= used.items > 0;
    used.bytes -= used.bytes < bytes ? used.bytes : bytes;
    return write_row(txn, peer, sort, &used);
}

int quota_used(store_txn_t *txn, uint32_t peer, enum quota_sort sort, uint64_t *ret_items,
               uint64_t *ret_bytes)
{
    used_t used;
    int rc = read_row(txn, peer, sort, &used);
    *ret_items = used.items;
    *ret_bytes = used.bytes;
    return rc;
}
