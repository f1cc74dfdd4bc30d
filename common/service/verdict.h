// SPDX-License-Identifier: Apache-2.0
// What a person decides of what waits. A conflict goes at the node that found it, an item at the node that
// refused it; for those below, a verdict (kind 3) travels to them and is obeyed there: it comes from above,
// over the same lines as everything else, so that nobody else can send one.
#pragma once
#include "common/store/store.h"

// Word of a decision obeyed here: whose (as that node's gate proved), about what, and why.
typedef void verdict_told_fn(const rid_t *subject, const char *who, const char *why);

// Takes away a conflict of this node's own. 0, KV_NONE (there is none), or -errno.
int verdict_discard_conflict(store_txn_t *txn, const rid_t *id);
// Takes away all that waits under a record's id; home: NULL, or only of that home. 0, KV_NONE, or -errno.
int verdict_discard_items(store_txn_t *txn, const rid_t *id, const path_t *home);
// Decides about a conflict or refusal of a node below this one. 0, or -errno.
int verdict_write(store_txn_t *txn, const record_t *subject, slice_t who, const char *why);
// What a node that is not below this one says of ours is shown no more, until it says something else: a
// verdict that stays here. 0, or -errno.
int verdict_put_by(store_txn_t *txn, const record_t *subject, slice_t who, const char *why);
// Has this node decided about that already? at: this store's seq at the subject's last change.
int verdict_stands(store_txn_t *txn, const rid_t *subject, uint64_t at, bool *ret);
// A record became the present one: a verdict for this node is obeyed, one of ours that was obeyed is
// withdrawn. Errors stick to the transaction.
void verdict_changed(store_txn_t *txn, const record_t *now, verdict_told_fn *told);
