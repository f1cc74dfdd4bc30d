// SPDX-License-Identifier: Apache-2.0
// Quarantine: a neighbour's record that breaks a rule for good waits here with its reason, delaying nobody
// (design 2.5). A later version that is admitted takes its place away; one that is not replaces it. A refusal
// record, addressed to the record's home, shows the same item there.
#pragma once
#include "common/fault.h"
#include "common/store.h"

typedef struct quarantined {
    rid_t id;
    uint32_t peer;   // from whom
    bool giveback;   // handed back: it may exist nowhere else
    int64_t since_s; // unix time, for people
    fault_t fault;
    slice_t wire;    // the record as received
    record_t record; // parsed; kind 0 if it cannot be
} quarantined_t;

// Keeps the record, unless a newer version of it waits already.
int quarantine_put(store_txn_t *txn, const arrival_t *arrival, slice_t wire, const record_t *record,
                   const fault_t *fault);
// Takes the item of this id away, if it is not newer than `version` (NULL: whatever it is). KV_NONE when
// there is none.
int quarantine_clear(store_txn_t *txn, const rid_t *id, const version_t *version);
int quarantine_get(store_txn_t *txn, const rid_t *id, quarantined_t *ret_item);

// Non-zero stops, and is what quarantine_each returns. Must not write.
typedef int quarantine_fn(void *arg, const quarantined_t *item);
int quarantine_each(store_txn_t *txn, quarantine_fn *fn, void *arg);
int quarantine_count(store_txn_t *txn, uint32_t peer, uint64_t *ret_n);
