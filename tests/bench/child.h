// SPDX-License-Identifier: Apache-2.0
// A child of a hub as far as the hub can tell: the real gate's link (CURVE, greeting, pings, backoff), and
// beside it the feeds of the four services with no store behind them. It pulls what comes down and
// acknowledges it; its routing service has records to push.
#pragma once
#include "services/gate/link.h"
#include "tests/bench/enrol.h"

typedef struct child child_t;

// Called when the hub acknowledged routing's records up to this position, having committed them.
typedef void child_acked_fn(void *arg, child_t *child, uint64_t position);

typedef struct child_setup {
    void *context;
    const node_parent_t *hub;
    const pupil_t *pupil;
    const gate_settings_t *settings;
    child_acked_fn *acked; // NULL: nobody asks
    void *arg;
} child_setup_t;

child_t *child_new(const child_setup_t *setup);
void child_destroy(child_t **child);

// Makes `n` records to push, numbered from `first` up in all that this child ever had; earlier ones must be
// acknowledged. `in_push`: most records of one push.
void child_load(child_t *child, uint64_t n, uint64_t in_push);
// Lets it push its records up to this position, as if they had been written just now.
void child_release(child_t *child, uint64_t position);
uint64_t child_head(const child_t *child);  // position of the last record made
uint64_t child_acked(const child_t *child); // durable at the hub
bool child_is_up(const child_t *child);
bool child_is_open(const child_t *child); // the hub's routing pulls

// Timers, and all that has come in.
void child_turn(child_t *child, uint64_t now_ms);
int child_poll_items(const child_t *child, zmq_pollitem_t ret_items[static LINK_ITEMS]); // as link_poll_items
