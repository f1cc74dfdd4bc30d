// SPDX-License-Identifier: Apache-2.0
// A round costs the groups it touches, not the groups there are.
#include "services/reporting/touch.h"
#include <stdlib.h>

void touch_init(touch_t *touch, const groups_t *groups)
{
    *touch = (touch_t){.groups = groups, .round = 1};
    touch->mark = xcalloc(groups->n + 1, sizeof *touch->mark);
    touch->flags = xcalloc(groups->n + 1, sizeof *touch->flags);
    touch->list = xcalloc(groups->n + 1, sizeof *touch->list);
}

void touch_clear(touch_t *touch)
{
    free(touch->mark);
    free(touch->flags);
    free(touch->list);
    *touch = (touch_t){0};
}

void touch_begin(touch_t *touch)
{
    touch->n = 0;
    touch->round++;
}

static void touch_one(touch_t *touch, uint32_t group, uint32_t flags)
{
    if (touch->mark[group] != touch->round) {
        touch->mark[group] = touch->round;
        touch->flags[group] = 0;
        touch->list[touch->n++] = group;
    }
    touch->flags[group] |= flags;
}

void touch_add(touch_t *touch, uint32_t org, uint32_t flags)
{
    const groups_t *groups = touch->groups;
    uint32_t group = org < groups->n_orgs ? groups->of_org[org] : DICT_NONE;
    for (; group != DICT_NONE; group = groups->parent[group]) touch_one(touch, group, flags);
}

void touch_group(touch_t *touch, uint32_t group, bool upwards)
{
    touch_one(touch, group, 0);
    for (group = touch->groups->parent[group]; upwards && group != DICT_NONE;
         group = touch->groups->parent[group])
        touch_one(touch, group, 0);
}

void touch_person(touch_t *touch, const table_slice_t *slice, uint32_t first, period_cell_t cell)
{
    for (uint32_t row = first; row != DICT_NONE; row = slice->next[row])
        if (slice->cells[cell][row]) touch_add(touch, slice->org[row] & ~ROW_SHARED, slice->cells[cell][row]);
}
