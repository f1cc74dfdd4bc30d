// SPDX-License-Identifier: Apache-2.0
#include "services/gate/up.h"
#include <stdlib.h>

void up_clear(up_t *up)
{
    free(up->rows);
    *up = (up_t){0};
}

static size_t place_of(const up_t *up, uint32_t label)
{
    size_t low = 0, high = up->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (up->rows[middle].label < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int up_find(const up_t *up, uint32_t label)
{
    size_t at = place_of(up, label);
    return at < up->n && up->rows[at].label == label ? up->rows[at].fd : -1;
}

void up_add(up_t *up, uint32_t label, int fd)
{
    size_t at = place_of(up, label);
    if (up->n == up->room) {
        up->room = up->room ? 2 * up->room : 16;
        up->rows = xrealloc(up->rows, up->room * sizeof *up->rows);
    }
    memmove(&up->rows[at + 1], &up->rows[at], (up->n - at) * sizeof *up->rows);
    up->rows[at] = (up_row_t){label, fd};
    up->n++;
}

bool up_remove(up_t *up, uint32_t label, int fd)
{
    size_t at = place_of(up, label);
    if (at == up->n || up->rows[at].label != label || up->rows[at].fd != fd) return false;
    up->n--;
    memmove(&up->rows[at], &up->rows[at + 1], (up->n - at) * sizeof *up->rows);
    return true;
}
