// SPDX-License-Identifier: Apache-2.0
// Quarantine: a neighbour's record that breaks a rule for good waits here with its reason, delaying nobody
// (design 2.5). A later version that is admitted takes its place away; one that is not, from the same
// neighbour, replaces it. A refusal record, addressed to the record's home, shows the same item there.
#pragma once
#include "common/schema/fault_value.h"
#include "common/store/store.h"

// An item is what one neighbour has of one record: he is to hear what becomes of it. And two homes may have
// given their records one id.
typedef struct quarantine_key {
    rid_t id;
    uint32_t peer; // from whom
    path_t home;   // of no labels where the record cannot be read
} quarantine_key_t;

typedef struct quarantined {
    quarantine_key_t key;
    bool giveback;  // handed back: it may exist nowhere else
    int64_t came_s; // unix time, for people
    fault_t fault;
    slice_t wire;    // the record as received
    size_t size;     // of all that is kept for it
    record_t record; // parsed; kind 0 if it cannot be
} quarantined_t;

static inline quarantine_key_t quarantine_key_of(const record_t *r, uint32_t peer)
{
    return (quarantine_key_t){r->id, peer, r->home};
}

// The order in which quarantine_each meets them.
int quarantine_key_cmp(const quarantine_key_t *a, const quarantine_key_t *b);

// The key as bytes, for a page's end, and back: false when it is none.
enum { QUARANTINE_KEY_MAX = 20 + PATH_BYTES };
slice_t quarantine_key_pack(const quarantine_key_t *key, uint8_t buf[QUARANTINE_KEY_MAX]);
bool quarantine_key_parse(slice_t bytes, quarantine_key_t *ret_key);

// Keeps the record, unless a newer version of it from the same neighbour waits already. 0; 1: the
// neighbour's share is used up (common/store/quota.h), nothing changed; or -errno.
int quarantine_put(store_txn_t *txn, const arrival_t *arrival, slice_t wire, const record_t *record,
                   const fault_t *fault);
// Takes the item away, if it is not newer than `version` (NULL: whatever it is). KV_NONE when there is none.
int quarantine_clear(store_txn_t *txn, const quarantine_key_t *key, const version_t *version);
int quarantine_get(store_txn_t *txn, const quarantine_key_t *key, quarantined_t *ret_item);
// The item of this id behind `after`, which may be gone; NULL: the first one. KV_NONE when there is none.
int quarantine_next(store_txn_t *txn, const rid_t *id, const quarantine_key_t *after,
                    quarantined_t *ret_item);

// Non-zero stops, and is what quarantine_each returns. Must not write.
typedef int quarantine_fn(void *arg, const quarantined_t *item);
int quarantine_each(store_txn_t *txn, quarantine_fn *fn, void *arg);
// The same from behind `after` on, which may be gone.
int quarantine_each_after(store_txn_t *txn, const quarantine_key_t *after, quarantine_fn *fn, void *arg);
int quarantine_count(store_txn_t *txn, uint32_t peer, uint64_t *ret_n); // kept, not scanned for
