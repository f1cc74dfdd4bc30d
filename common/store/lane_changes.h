// SPDX-License-Identifier: Apache-2.0
// How counts of lanes change in a transaction; lane_counts.h makes and takes them.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Changes that wait for the end of their transaction.
typedef struct lane_changes {
    struct lane_change *all;
    size_t n, room;
    bool exact; // each seq is asked about, not its block alone
} lane_changes_t;
