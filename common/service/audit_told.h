// SPDX-License-Identifier: Apache-2.0
// How far the audit log of a child's service goes is told to the same service of its parent: counts and
// hashes, no entry. A log that became shorter, or another one up to where it had come, is marked there, and
// the mark stays as long as that computer does.
#pragma once
#include "common/node/audit.h"
#include "common/store/store.h"
#include "proto/audit.pb-c.h"

enum { AUDIT_CHILDREN = 100, AUDIT_TELL_MS = 10000 };

typedef struct audit_above { // of a child: what its parent was told
    uint64_t up_ms;          // since when the link is up on which that was
    uint64_t told_ms;
    audit_head_t told; // seq 0: nothing, in this run
} audit_above_t;

typedef struct audit_children { // of a parent, as the message wants them
    Selenga__AuditChild items[AUDIT_CHILDREN], *refs[AUDIT_CHILDREN];
    uint8_t hashes[AUDIT_CHILDREN][AUDIT_HASH];
    uint32_t peers[AUDIT_CHILDREN];
    size_t n;
} audit_children_t;

// Of this child; 0: those that bear a mark. 0 or -errno.
int audit_children_read(store_txn_t *txn, uint32_t peer, audit_children_t *ret);

// A head that a child tells, beside what is kept of it.
typedef enum audit_verdict {
    AUDIT_GOES_ON, // what is kept lies on its way, or nothing is kept
    AUDIT_UNSAID,  // it does not say how it comes from there
    AUDIT_SHORTER,
    AUDIT_CHANGED,
} audit_verdict_t;

// kept->seq 0: nothing. prior NULL: none was told.
audit_verdict_t audit_judge(const audit_head_t *kept, const audit_head_t *told, const audit_head_t *prior);

typedef struct audit_told { // what is kept of a child
    audit_head_t head;      // as it was told last; seq 0: nothing was
    int64_t told_s;
    audit_verdict_t mark; // AUDIT_GOES_ON: none
    uint64_t had;         // entries that it had when it was marked
    int64_t marked_s;
} audit_told_t;

// 0 or -errno.
int audit_told_read(store_txn_t *txn, uint32_t peer, audit_told_t *ret);
int audit_told_write(store_txn_t *txn, uint32_t peer, const audit_told_t *row);
// A computer that takes another's place begins a log of its own. 0 or -errno.
int audit_told_forget(store_txn_t *txn, uint32_t peer);
