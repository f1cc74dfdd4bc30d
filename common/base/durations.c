// SPDX-License-Identifier: Apache-2.0
#include "common/base/durations.h"

const uint32_t DURATIONS_BOUND_MS[DURATIONS_BOUNDS] = {1, 5, 25, 100, 250, 1000, 5000};

void durations_add(durations_t *durations, uint64_t took_us)
{
    durations->n++;
    durations->sum_us += took_us;
    for (size_t i = 0; i < DURATIONS_BOUNDS; i++) {
        if (took_us > DURATIONS_BOUND_MS[i] * 1000ULL) continue;
        durations->within[i]++;
        return;
    }
}
