// SPDX-License-Identifier: Apache-2.0
#include "services/gate/up.h"
#include "common/base/vec.h"
#include <stdlib.h>

void up_clear(up_t *up)
{
    free(up->rows);
    *up = (up_t){0};
}

static size_t place_of(const up_t *up, uint32_t label)
{
    return vec_place_number(up->rows, up->n, sizeof *up->rows, label);
}

int up_find(const up_t *up, uint32_t label)
{
    size_t at = place_of(up, label);
    return at < up->n && up->rows[at].label == label ? up->rows[at].fd : -1;
}

void up_add(up_t *up, uint32_t label, int fd)
{
    size_t at = place_of(up, label);
    vec_reserve(up->rows, up->room, up->n + 1);
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
