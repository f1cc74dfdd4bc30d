// SPDX-License-Identifier: Apache-2.0
// A round costs the groups it touches, not the groups there are.
#include "services/reporting/touch.h"
#include <stdlib.h>

closed_t closed_find(const table_t *table, const period_t *period)
{
    closed_t closed = {0};
    uint32_t n = orgs_count(table->orgs);
    for (uint32_t org = 0; org < n; org++) {
        if (!orgs_closed_on(table->orgs, org, period->last_day)) continue;
        if (closed.of == NULL) closed.of = xcalloc(n, sizeof *closed.of);
        closed.of[org] = true;
        closed.n = n;
    }
    return closed;
}

void closed_clear(closed_t *closed)
{
    free(closed->of);
    *closed = (closed_t){0};
}

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

void touch_person(touch_t *touch, const table_t *table, const table_slice_t *slice, uint32_t first,
                  period_cell_t cell)
{
    for (uint32_t at = first; at != DICT_NONE; at = table->careers[at].next) {
        const content_t *row = table_row(table, slice, at);
        uint32_t org = table_org(table, at);
        bool counts = row != NULL && row->cells[cell] != 0 &&
                      (touch->closed == NULL || !closed_has(touch->closed, org));
        if (counts) touch_add(touch, org, row->cells[cell]);
    }
}
