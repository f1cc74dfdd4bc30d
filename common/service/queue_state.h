// SPDX-License-Identifier: Apache-2.0
// In what state a feed is, for people: by its progress, not by whether a process lives.
#pragma once
#include "proto/api.pb-c.h"
#include <stdbool.h>
#include <stdint.h>

enum { QUEUE_PATIENCE_MS = 15000 }; // without progress, while something waits

typedef struct queue_facts {
    bool up, diverged, cloned, silent;
    const char *trouble; // fault code that the consumer tells; "" for none
    uint64_t waiting;
    // Monotonic; 0: not in this run.
    int64_t now_ms, progress_ms, started_ms, up_ms;
    int64_t oldest_age_s; // of the oldest record that waits, by the clock on the wall; negative: not to be
                          // believed
} queue_facts_t;

// live, catching-up, offline, blocked or stopped; *ret_reason: a fault code, "" for none.
const char *queue_state(const queue_facts_t *facts, const char **ret_reason);

// For qsort-like orders: negative where `a` needs somebody sooner than `b`. No two queues of a node are
// equal.
int queue_worse(const Selenga__Queue *a, const Selenga__Queue *b);
