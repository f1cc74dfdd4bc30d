// SPDX-License-Identifier: Apache-2.0
// The clocks. Monotonic time drives timers; wall time is only shown to people and never decides anything
// about data.
#pragma once
#include <stdint.h>

// Time since an arbitrary start; never goes back.
uint64_t mono_us(void);
uint64_t mono_ms(void);

// Unix time in seconds, whatever the machine believes it to be.
int64_t wall_s(void);

// The day that people at this computer have, by its time zone.
int32_t wall_day(void);

// For tests: freezes both clocks at these values, in this process.
void clock_freeze(uint64_t mono_value_us, int64_t wall_value_s);
// For tests: moves the frozen clocks forward. They must have been frozen.
void clock_advance_ms(uint64_t ms);
// For tests: back to the real clocks.
void clock_thaw(void);
