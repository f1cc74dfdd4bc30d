// SPDX-License-Identifier: Apache-2.0
// What a person's change or deletion replaced, kept at home for a while so that it can be looked at and
// brought back. It is no part of a record and travels nowhere. Rows: FORMAT.md, history.
//
// The clock only says what is old, here alone: a wrong one makes this forget sooner or later, and nothing
// else.
#pragma once
#include "common/store/store.h"

enum {
    HISTORY_DAYS = 30,
    HISTORY_OF_ONE = 50,       // versions of one record: the oldest gives way
    HISTORY_ROWS = 1 << 18,    // of all records of a store,
    HISTORY_BYTES = 256 << 20, // and their bytes on the wire: the oldest give way
};

// Keeps this version, which is about to be replaced. Slices of the transaction, old's too, die. 0 or -errno.
int history_keep(store_txn_t *txn, const record_t *old);

// The versions of a record that are kept, latest first. Non-zero from fn stops, and is returned; 0; or
// -errno. fn must not write. replaced_s: unix time, for people.
typedef int history_fn(void *arg, const record_t *record, int64_t replaced_s);
int history_each(store_txn_t *txn, const rid_t *id, history_fn *fn, void *arg);

typedef struct history_size {
    uint64_t rows, bytes;
} history_size_t;
int history_size(store_txn_t *txn, history_size_t *ret); // 0 or -errno
