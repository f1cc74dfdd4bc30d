// SPDX-License-Identifier: Apache-2.0
// What no neighbour may bring about, whatever it says: looked for in the store after each turn of rig.c.
#pragma once
#include "common/store/quota.h"
#include "common/store/store.h"

enum { HOLDS_PEERS = 16 };

typedef struct holds {
    // what came in, of this node's own
    uint32_t inc;   // the greatest incarnation of a version with our seal, or that a person took
    bool own_found; // conflicts and refusals of our own came back: those nobody has counted
    bool adopting;  // what the parent says is ours was to be taken
    // what each neighbour had before
    struct holds_used {
        uint32_t peer;
        uint64_t items[QUOTA_SORTS], bytes[QUOTA_SORTS];
    } used[HOLDS_PEERS];
    size_t n;
} holds_t;

// A record comes in, of whatever neighbour.
void holds_see(holds_t *holds, const store_t *store, const record_t *r);
// Asserts: what is ours bears our seal, and no number came from elsewhere than our own versions; what is
// another's came from its home's side; what is kept aside is of a home for which its bringer does not speak;
// what each neighbour's share is said to hold is there, and is no more than the share.
void holds_check(holds_t *holds, store_t *store);
