// SPDX-License-Identifier: Apache-2.0
// Joins flags of one person's rows group by group, each row in its group and all groups above. Used by the
// scans.
#pragma once
#include "services/reporting/table.h"

typedef struct touch {
    const groups_t *groups;
    uint32_t *mark;  // of each group: the round in which it was touched last
    uint32_t *flags; // joined flags, of groups touched in this round
    uint32_t *list;  // groups touched in this round
    uint32_t n;
    uint32_t round;
} touch_t;

void touch_init(touch_t *touch, const groups_t *groups);
void touch_clear(touch_t *touch);

// Begins a new round: nothing is touched.
void touch_begin(touch_t *touch);
// Joins flags into the organisation's group and all above it; organisations outside all groups are passed
// over.
void touch_add(touch_t *touch, uint32_t org, uint32_t flags);
// Touches a group, and with `upwards` all above it.
void touch_group(touch_t *touch, uint32_t group, bool upwards);
// Joins all rows of a person for a cell: from his row `first` on. Rows without flags touch nothing.
void touch_person(touch_t *touch, const table_slice_t *slice, uint32_t first, period_cell_t cell);
