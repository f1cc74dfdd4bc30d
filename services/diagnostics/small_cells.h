// SPDX-License-Identifier: Apache-2.0
// Small groups of people in figures that others read (domain 3, rule 15): a group of fewer than five could be
// told by name.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMALL_CELL = 5 };

// Which of n groups, which make up a whole that is shown, must be hidden: those of 1 to 4, and where these
// are fewer than five people together, the smallest other one that is not empty: one alone could be worked
// out, and of two with two people everybody. False: the whole is smaller than five, and nothing is shown.
bool small_cells_hide(const int64_t *groups, size_t n, bool *ret_hidden);
