// SPDX-License-Identifier: Apache-2.0
// Kinds whose records stand above each other (`above` of their declaration): what a person may not make of
// such a tree. What came from elsewhere is not judged: reports name what hangs nowhere.
#pragma once
#include "common/service/author.h"

// Is the place of this body in the tree good? 0, RECORD_E_FAULT with the reason, or -errno. old: what stands
// there.
int tree_check(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
               slice_t old, const body_t *body, arena_t *arena, fault_t *ret_fault);
