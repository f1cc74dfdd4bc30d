// SPDX-License-Identifier: Apache-2.0
// The clocks.
#include "common/base/clock.h"
#include "common/base/date.h"
#include <assert.h>
#include <stdbool.h>
#include <time.h>

static struct {
    bool on;
    uint64_t mono_us;
    uint64_t wall_us;
} frozen; // set by tests only, before they start threads

uint64_t mono_us(void)
{
    if (frozen.on) return frozen.mono_us;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

uint64_t mono_ms(void)
{
    return mono_us() / 1000U;
}

int64_t wall_s(void)
{
    return frozen.on ? (int64_t)(frozen.wall_us / 1000000U) : (int64_t)time(NULL);
}

int32_t wall_day(void)
{
    time_t now = (time_t)wall_s();
    struct tm tm;
    localtime_r(&now, &tm);
    return date_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

void clock_freeze(uint64_t mono_value_us, int64_t wall_value_s)
{
    frozen.on = true;
    frozen.mono_us = mono_value_us;
    frozen.wall_us = (uint64_t)wall_value_s * 1000000U;
}

void clock_advance_ms(uint64_t ms)
{
    assert(frozen.on);
    frozen.mono_us += ms * 1000U;
    frozen.wall_us += ms * 1000U;
}

void clock_thaw(void)
{
    frozen.on = false;
}
