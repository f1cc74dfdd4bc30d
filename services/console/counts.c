// SPDX-License-Identifier: Apache-2.0
#include "services/console/counts.h"

const double COUNTS_BOUND_S[COUNTS_BOUNDS] = {0.01, 0.05, 0.1, 0.5, 2};

void counts_add(counts_t *counts, bool post, unsigned status, uint64_t took_ms)
{
    double took_s = (double)took_ms / 1000;
    unsigned hundreds = status / 100;
    if (hundreds < COUNTS_CLASSES) counts->answered[post][hundreds]++;
    counts->n++;
    counts->sum_s += took_s;
    for (int i = 0; i < COUNTS_BOUNDS; i++) {
        if (took_s > COUNTS_BOUND_S[i]) continue;
        counts->within[i]++;
        return;
    }
}
