// SPDX-License-Identifier: Apache-2.0
// What the rules of sense say today of a record that is in the store.
#pragma once
#include "common/base/arena.h"
#include "common/schema/kinds.h"
#include "common/store/store.h"
#include "proto/api.pb-c.h"

// NULL where there is nothing to say; else the caller frees it with msg_body_free. The arena is reset. 0 or
// -errno.
int doubts_find(store_txn_t *txn, arena_t *arena, const kind_rule_t *kind, const record_t *record,
                Selenga__Doubts **ret_doubts);
