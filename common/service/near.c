// SPDX-License-Identifier: Apache-2.0
#include "common/service/near.h"
#include "common/base/vec.h"
#include <stdlib.h>
#include <string.h>

void nears_clear(nears_t *nears)
{
    free(nears->rows);
    *nears = (nears_t){0};
}

static size_t place_of(const nears_t *nears, uint32_t peer)
{
    return vec_place_number(nears->rows, nears->n, sizeof *nears->rows, peer);
}

near_t nears_get(const nears_t *nears, uint32_t peer)
{
    size_t at = place_of(nears, peer);
    return at < nears->n && nears->rows[at].peer == peer ? nears->rows[at] : (near_t){.peer = peer};
}

near_t *nears_of(nears_t *nears, uint32_t peer)
{
    size_t at = place_of(nears, peer);
    if (at < nears->n && nears->rows[at].peer == peer) return &nears->rows[at];
    vec_reserve(nears->rows, nears->room, nears->n + 1);
    memmove(&nears->rows[at + 1], &nears->rows[at], (nears->n - at) * sizeof *nears->rows);
    nears->rows[at] = (near_t){.peer = peer};
    nears->n++;
    return &nears->rows[at];
}
