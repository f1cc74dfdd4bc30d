// SPDX-License-Identifier: Apache-2.0
// How fast passwords may be tried. After some failures under a name each further one doubles the wait before
// the next attempt, up to a quarter of an hour; and all names together have a rate, since each attempt costs
// memory and time. A name that nobody has counts like any other. Nothing outlives the process, and no attempt
// locks anybody out for good: whoever knows a name could do it.
#pragma once
#include <stdint.h>

enum {
    GUARD_BUCKETS = 256,               // names share them, by a hash that nobody outside can compute
    GUARD_FREE = 3,                    // failures without a wait
    GUARD_LONGEST_MS = 15 * 60 * 1000, // wait
    GUARD_EACH_MS = 200,
    GUARD_BURST = 40 // attempts under all names: one each 200 ms, 40 at once
};

typedef struct guard {
    struct {
        uint32_t failures;
        uint64_t until_ms; // monotonic
    } buckets[GUARD_BUCKETS];
    uint64_t due_ms; // of the next attempt, if there had been no pause
    uint8_t key[16];
} guard_t;

void guard_init(guard_t *self);
// 0: the attempt is counted and may be made now; else in so many milliseconds.
uint64_t guard_ask(guard_t *self, const char *name, uint64_t now_ms);
void guard_failed(guard_t *self, const char *name, uint64_t now_ms);
void guard_succeeded(guard_t *self, const char *name);
