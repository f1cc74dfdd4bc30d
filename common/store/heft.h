// SPDX-License-Identifier: Apache-2.0
// How much of the store the records of each child's side fill: those that keep all rules, which no other
// share bounds (design 2.7, rule 5). Counted where a version becomes the present one, written at the commit.
#pragma once
#include "common/store/store.h"

// A version of that side came (bytes of its wire form), or gave way (minus them). Of nobody but children.
// 0 or -errno.
int heft_note(store_txn_t *txn, uint32_t peer, int64_t bytes);
int heft_put(store_txn_t *txn); // before the commit. 0 or -errno
int heft_used(store_txn_t *txn, uint32_t peer, uint64_t *ret_bytes);
// Does it fill its part, so that nothing more is taken of it? 0 or -errno.
int heft_is_full(store_txn_t *txn, uint32_t peer, bool *ret_full);
// Counts them in a store of a program that did not, once. 0 or -errno.
int heft_open(store_t *store);
