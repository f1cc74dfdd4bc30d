// SPDX-License-Identifier: Apache-2.0
// The time by which invitations expire. It is the greatest time that the machine's clock ever told this
// registry, kept in its store, and goes on with the monotonic clock while the registry runs: so a clock that
// is put back brings no invitation to life again, and one that was far ahead for a while makes none expire
// early, because an invitation's time is counted from when it was made.
//
// Row 'E': common/store/FORMAT.md, aux.
#pragma once
#include "common/store/store.h"

enum {
    ERA_STEP_S = 600
}; // how far the store may be behind: what a cut and a clock put back can give at most

typedef struct era {
    int64_t now_s;
    int64_t kept_s;   // as the store has it
    uint64_t mono_ms; // when now_s was true
} era_t;

// At the start. 0 or -errno.
int era_load(era_t *self, store_txn_t *txn, int64_t wall_s, uint64_t mono_ms);

// Now; never less than it was.
int64_t era_now(era_t *self, int64_t wall_s, uint64_t mono_ms);

// Writes it down: when `at_once`, or when the store is behind by a step. 0 or -errno of the transaction.
int era_keep(era_t *self, store_txn_t *txn, bool at_once);
