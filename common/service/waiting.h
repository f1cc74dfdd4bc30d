// SPDX-License-Identifier: Apache-2.0
// What waits for a person, in one order: what was refused here, what others refused of ours, and conflicts. A
// list of thousands is read in pages, and decided about in slices.
#pragma once
#include "common/store/quarantine.h"
#include "proto/kind.h"

enum waiting_sort {
    WAITING_ITEM,     // refused here
    WAITING_REFUSAL,  // of ours, refused elsewhere
    WAITING_CONFLICT, // a version to merge by hand: shown at its finder, at its home, and between
    WAITING_SORTS
};

typedef struct waiting {
    enum waiting_sort sort;
    rid_t id;             // as people name it: the record's; of a conflict its own
    rid_t subject;        // of a refusal or conflict: of the record that tells of it
    quarantine_key_t key; // of an item
    path_t finder;        // who refused or found it; of no labels: here
    uint32_t from;        // who brought it; else in whose direction the finder stands, or the version's home
    fault_t fault;
    // the version that it is about
    uint32_t kind;
    path_t home;
    version_t version;
    slice_t org, wire; // wire: of a conflict, or of what may be our own; else empty. Live during the call
    int64_t came_s;
} waiting_t;

typedef struct waiting_query {
    bool has_from;
    uint32_t from;
    const char *code; // NULL: any
} waiting_query_t;

// Where a walk stands: opaque bytes, good for as long as the store. Of size 0: at the beginning.
typedef struct waiting_mark {
    uint8_t b[1 + QUARANTINE_KEY_MAX];
    size_t size;
} waiting_mark_t;
bool waiting_mark_from(slice_t bytes, waiting_mark_t *ret); // outside bytes

// What waits under this id: items; or the conflict that it is; or what others refused of it. Of items and
// conflicts only sort, id, key, subject and fault are told. 0 or -errno.
int waiting_find(store_txn_t *txn, const rid_t *id, waiting_t *ret, size_t most, size_t *ret_n);

// Walks on from the mark, which ends behind the last one that fn took. fn: 0 goes on, 1 leaves this one for
// the next walk; must not write. A walk looks at so many at most, and *ret_more says whether there may be
// more. 0 or -errno.
typedef int waiting_fn(void *arg, const waiting_t *waiting);
int waiting_each(store_txn_t *txn, const waiting_query_t *query, waiting_mark_t *mark, waiting_fn *fn,
                 void *arg, bool *ret_more);
