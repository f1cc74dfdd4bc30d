// SPDX-License-Identifier: Apache-2.0
// Days that may be unknown, and intervals of days. Calendar arithmetic is common/base/date.h.
#pragma once
#include <stdbool.h>
#include <stdint.h>

static const int32_t DAY_NONE = INT32_MIN; // no day known; as an end: open

// Whether from..to, both inclusive, covers the day. `to` DAY_NONE is open; `from` DAY_NONE covers nothing.
static inline bool day_within(int32_t day, int32_t from, int32_t to)
{
    return from != DAY_NONE && from <= day && (to == DAY_NONE || to >= day);
}
