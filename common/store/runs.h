// SPDX-License-Identifier: Apache-2.0
// What the last message of a load wrote, for a caller who was killed before he heard it. A load, one run of a
// program that sends many messages one after another, has a number of its own choice: by sending the next
// message it says that it heard about the one before, so only the last is kept. Rows: FORMAT.md, history.
//
// The clock only says what is old, as in history.h.
#pragma once
#include "common/store/store.h"

enum { RUN_SIZE = 16, RUNS_KEPT = 64, RUNS_DAYS = 30 };

typedef struct run_id {
    uint8_t b[RUN_SIZE];
} run_id_t;

// Takes the place of what was kept of the run. Slices of the transaction die. 0 or -errno; -EPIPE: it is
// over.
int runs_keep(store_txn_t *txn, const run_id_t *run, slice_t wrote);
// From now on runs_keep refuses it. *ret_wrote: what was kept of it, until the next write, may be empty.
int runs_end(store_txn_t *txn, const run_id_t *run, slice_t *ret_wrote);
// 0, 1: it is over; or -errno.
int runs_is_over(store_txn_t *txn, const run_id_t *run);
