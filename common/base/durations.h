// SPDX-License-Identifier: Apache-2.0
// How long the same work took, again and again: a histogram with fixed bounds, as monitors read it.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { DURATIONS_BOUNDS = 7 };

extern const uint32_t DURATIONS_BOUND_MS[DURATIONS_BOUNDS];

typedef struct durations {
    uint64_t within[DURATIONS_BOUNDS]; // not cumulative; slower ones are in `n` alone
    uint64_t n, sum_us;
} durations_t;

void durations_add(durations_t *durations, uint64_t took_us);
