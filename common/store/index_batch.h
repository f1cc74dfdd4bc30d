// SPDX-License-Identifier: Apache-2.0
// Entries of a store's indexes that are put together, in the order of their keys: those that belong on one
// page come one after the other, and a page is written once for all of them.
#pragma once
#include "common/store/kv.h"

typedef struct index_batch {
    struct entry *all;
    size_t n, room;
    uint8_t *bytes; // of keys and values
    size_t size, bytes_room;
} index_batch_t;

void index_batch_add(index_batch_t *entries, enum kv_table table, slice_t key, slice_t value);
// 0 or -errno. Empty afterwards.
int index_batch_put(index_batch_t *entries, kv_txn_t *txn);
void index_batch_clear(index_batch_t *entries);
