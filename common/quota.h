// SPDX-License-Identifier: Apache-2.0
// What one neighbour makes this node keep, in counts and bytes, each sort with a share of its own
// (design 2.7, rule 5).
#pragma once
#include "common/store.h"

enum quota_sort { QUOTA_QUARANTINE, QUOTA_ASIDE, QUOTA_SORTS };
int quota_take(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes);
int quota_free(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes);
