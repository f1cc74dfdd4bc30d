// SPDX-License-Identifier: Apache-2.0
// What a service knows of its neighbours beside their feeds, for people.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct near {
    uint32_t peer;
    uint64_t up_ms; // when its link came up last; 0: not in this run
    bool silent;    // the same service there gives no answer, its gate says
    bool revoked;   // its node was cut off, the registry says
} near_t;

typedef struct nears {
    near_t *rows; // ascending by peer
    size_t n, room;
} nears_t;

void nears_clear(nears_t *nears);
// Of a neighbour; all zero when nothing is known of it.
near_t nears_get(const nears_t *nears, uint32_t peer);
// To be changed. Neighbours are those of the topology: there is one row at most for each. Lives until the
// next call.
near_t *nears_of(nears_t *nears, uint32_t peer);
