// SPDX-License-Identifier: Apache-2.0
// The regulation's indicators as we read them (domain 2.3). The root node of a tree writes them as its first
// records; from then on the records count, and a region may replace them.
#pragma once
#include "proto/reporting.pb-c.h"
#include <stddef.h>

extern const size_t N_INDICATOR_DEFAULTS;

// Fills an initialised message; its texts are constant and must not be freed.
void indicator_default(size_t i, Selenga__Indicator *ret_record);
