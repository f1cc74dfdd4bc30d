// SPDX-License-Identifier: Apache-2.0
// What a neighbour's PING says.
#pragma once
#include "common/base/util.h"

// Which of its services give no answer, bits by number of service; `before` where it says nothing.
uint8_t ping_silent(slice_t body, uint8_t before);
