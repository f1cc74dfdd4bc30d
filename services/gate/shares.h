// SPDX-License-Identifier: Apache-2.0
// What was given to each service and is not done with, by whom it came from (common/node/outgoing.h). It
// bounds what one neighbour, and all of them, can pile up in the node, without a queue of the gate's own.
#pragma once
#include "common/base/util.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"

typedef struct share {
    uint32_t of;
    uint64_t owed[SERVICES_END];
} share_t;

typedef struct shares {
    share_t *rows; // ascending by `of`
    size_t n, room;
    uint64_t outside[SERVICES_END];  // of all that comes from outside of the node
    uint64_t moved_ms[SERVICES_END]; // when it last went on; since when it may be stuck
} shares_t;

void shares_clear(shares_t *shares);

// Is it from a neighbour or a joining node?
bool share_is_outside(uint32_t of);
uint64_t shares_owed(const shares_t *shares, uint32_t service, uint32_t of);
void shares_give(shares_t *shares, uint32_t service, uint32_t of, size_t cost, uint64_t now_ms);
// It did not arrive.
void shares_take_back(shares_t *shares, uint32_t service, uint32_t of, uint64_t cost);
// The service's own word. Outside of what was given it changes nothing: a gate that was started again hears
// of what the one before gave.
void shares_done(shares_t *shares, uint32_t service, const Selenga__Taken *taken, uint64_t now_ms);
// The service is another process now, or none.
void shares_forget(shares_t *shares, uint32_t service);
