// SPDX-License-Identifier: Apache-2.0
// How many records stand on a lane, and how many of them behind a position, without counting them.
//
// Kept for what the indexes hold, in the transactions that change them, and never counted but when they are
// missing: after an upgrade, or after a program that knows nothing of them. What no index has yet, some
// thousands of records at most, is looked through once for all the questions of one transaction.
#pragma once
#include "common/store/lane_changes.h"
#include "common/store/store.h"

// A lane's entry comes (1) or goes (-1); its key as lanes.c makes it.
void lane_counts_entry(lane_changes_t *changes, slice_t key, int sign);
// The same for the lane ALL, where it stands on that: by its kind.
void lane_counts_record(lane_changes_t *changes, const store_txn_t *txn, const record_t *r,
                        const place_t *place, int sign);
// Before the commit. 0 or -errno.
int lane_counts_put(store_txn_t *txn);
void lane_changes_clear(lane_changes_t *changes);
// Makes them anew of what the indexes hold, if they are not those of this store's head. 0 or -errno.
int lane_counts_open(store_t *store);
void lane_counts_mark(store_txn_t *txn); // they are those of its head; errors stick

// --- asking --------------------------------------------------------------------------------------

// In one transaction, which must not write while there is one of these.
typedef struct lane_counts lane_counts_t;
int lane_counts_begin(store_txn_t *txn, lane_counts_t **ret_counts); // 0 or -errno
void lane_counts_end(lane_counts_t **counts_p);

typedef struct lane_count {
    uint64_t all, beyond; // the position asked for
} lane_count_t;

// Adds the entries of these lanes in the half that LANE_BULK says; LANE_LEFT is passed over. 0 or -errno.
int lane_counts_of(lane_counts_t *counts, unsigned lanes, uint32_t peer, uint64_t after,
                   lane_count_t *ret_count);

// Which records of the lane ALL: of these kinds from any home, of those in `near` from this node and those
// above it; no kinds and no near ones: all but those below 100, which each service has for itself.
typedef struct lane_kinds {
    const uint32_t *kinds, *near;
    size_t n_kinds, n_near;
} lane_kinds_t;
int lane_counts_of_kinds(lane_counts_t *counts, const lane_kinds_t *which, uint64_t after,
                         lane_count_t *ret_count);
