// SPDX-License-Identifier: Apache-2.0
// How many evaluations each child of this node may still ask for: twice the staff that its subtree has shown,
// and a slow refill. What was spent is kept in the store, so that a restart gives nothing; the refill goes by
// the time that this process runs, so that no clock does either. Under another key all begin anew: everybody
// has to ask again.
//
// Row 'A': common/store/FORMAT.md, aux.
#pragma once
#include "common/node/oprf.h"
#include "common/store/kv.h"

typedef struct allowance_settings {
    int64_t staff_min;        // what a child is taken to have at least
    int64_t school_staff_max; // and a school at most, whatever it shows
    int64_t per_day;          // that come back
} allowance_settings_t;

typedef struct allowance_child {
    uint32_t label;
    uint32_t persons; // whose home lies in the child's subtree
    uint32_t nodes;   // below the child
    bool school;      // it stands at the lowest level
    uint32_t spent;
    uint32_t under_way; // asked on, and not answered yet
    uint8_t mark[OPRF_MARK];
    bool dirty;
} allowance_child_t;

typedef struct allowance {
    allowance_settings_t settings;
    allowance_child_t *children; // by label
    size_t n, room;
    uint64_t refilled_ms;
} allowance_t;

void allowance_init(allowance_t *allowance, const allowance_settings_t *settings, uint64_t now_ms);
void allowance_clear(allowance_t *allowance);
// Reads what was spent. 0 or -errno.
int allowance_load(allowance_t *allowance, kv_txn_t *txn);
// The child's row, made if need be; holds until the next one is made.
allowance_child_t *allowance_of(allowance_t *allowance, uint32_t label);

// Points that may be evaluated for the child now, under the key of this mark.
uint32_t allowance_left(const allowance_t *allowance, allowance_child_t *child,
                        const uint8_t mark[static OPRF_MARK]);
void allowance_spend(allowance_child_t *child, uint32_t n);
// Gives back what has come in since, and writes what changed. 0 or -errno of the transaction.
int allowance_settle(allowance_t *allowance, kv_txn_t *txn, uint64_t now_ms);
