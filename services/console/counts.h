// SPDX-License-Identifier: Apache-2.0
// How many requests the console has answered, and how fast.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { COUNTS_CLASSES = 6, COUNTS_BOUNDS = 5 };

extern const double COUNTS_BOUND_S[COUNTS_BOUNDS]; // upper bounds of the histogram

typedef struct counts {
    uint64_t answered[2][COUNTS_CLASSES]; // get, post; hundreds of the status
    uint64_t within[COUNTS_BOUNDS];       // not cumulative; slower ones are in `n` alone
    uint64_t n;
    double sum_s;
} counts_t;

void counts_add(counts_t *counts, bool post, unsigned status, uint64_t took_ms);
