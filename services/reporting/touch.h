// SPDX-License-Identifier: Apache-2.0
// Joins flags of one person's rows group by group, each row in its group and all groups above. Used by the
// scans.
#pragma once
#include "services/reporting/table.h"

// Organisations that were closed before the last day of a period: rows of people there count nowhere.
typedef struct closed {
    bool *of;
    uint32_t n; // 0: none was
} closed_t;
closed_t closed_find(const table_t *table, const period_t *period);
void closed_clear(closed_t *closed);
static inline bool closed_has(const closed_t *closed, uint32_t org)
{
    return org < closed->n && closed->of[org];
}

typedef struct touch {
    const groups_t *groups;
    const closed_t *closed; // NULL: none
    uint32_t *mark;         // of each group: the round in which it was touched last
    uint32_t *flags;        // joined flags, of groups touched in this round
    uint32_t *list;         // groups touched in this round
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
// Joins the rows that a person has in a year, for a cell: of his career `first` and all behind it. Rows
// without flags touch nothing.
void touch_person(touch_t *touch, const table_t *table, const table_slice_t *slice, uint32_t first,
                  period_cell_t cell);
