// SPDX-License-Identifier: Apache-2.0
// What one neighbour may make this node keep: records in quarantine, versions kept aside, conflicts, and
// notices of what was refused, each with a share of its own in items and bytes (design 2.7, rule 5). Counts
// change in the transaction that changes what they count, so that nobody scans for them. Services of the node
// are counted, and have no bound.
#pragma once
#include "common/store/store.h"

#ifndef SELENGA_QUOTA_ITEMS
#define SELENGA_QUOTA_ITEMS 2000
#endif
#ifndef SELENGA_QUOTA_BYTES
#define SELENGA_QUOTA_BYTES (8 * 1024 * 1024)
#endif

enum {
    QUOTA_ITEMS = SELENGA_QUOTA_ITEMS, // of a child of the lowest rank, in quarantine
    QUOTA_ASIDE_ITEMS = 2 * QUOTA_ITEMS,
    QUOTA_NOTICE_ITEMS = 4 * QUOTA_ITEMS,
    QUOTA_BYTES = SELENGA_QUOTA_BYTES,
    QUOTA_RANK_TIMES = 4, // for each rank above the lowest
    QUOTA_PARENT_TIMES = 16,
    QUOTA_PARENT_ASIDE = 256, // times: he is the backup of a hub that was lost, with all that stood below it
};

enum quota_sort {
    QUOTA_QUARANTINE,
    QUOTA_ASIDE,
    QUOTA_CONFLICTS, // versions of homes on his side that were let go
    QUOTA_NOTICES,   // never freed: what was withdrawn leaves its tombstone
    QUOTA_SORTS,
};

// One more item of these bytes because of this neighbour. 0: taken; 1: over its share, nothing changed;
// -errno.
int quota_take(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes);
// One item takes another one's place. 0; 1: it is greater, and over the share, nothing changed; -errno.
int quota_swap(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t old_bytes, size_t new_bytes);
int quota_free(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes);
int quota_used(store_txn_t *txn, uint32_t peer, enum quota_sort sort, uint64_t *ret_items,
               uint64_t *ret_bytes);
// The neighbour's share; UINT64_MAX: without bound.
void quota_share(store_t *store, uint32_t peer, enum quota_sort sort, uint64_t *ret_items,
                 uint64_t *ret_bytes);
