// SPDX-License-Identifier: Apache-2.0
// Arrays that grow: when, and by how much.
#include "common/base/vec.h"
#include "common/base/util.h"

enum { FIRST_ROOM = 16 };

void *vec_widen(void *items, size_t *room, size_t need, size_t size)
{
    size_t most = SIZE_MAX / 2 / size; // no object of C is larger
    size_t wider = *room > most / 2 ? most : 2 * *room;
    if (wider < FIRST_ROOM) wider = FIRST_ROOM;
    if (wider < need) wider = need;
    if (wider > most) out_of_memory();
    items = xrealloc(items, wider * size);
    *room = wider;
    return items;
}

size_t vec_place(const void *items, size_t n, size_t size, const void *sought,
                 int (*compare)(const void *item, const void *sought))
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare((const char *)items + middle * size, sought) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_number(const void *item, const void *sought)
{
    uint32_t a = *(const uint32_t *)item, b = *(const uint32_t *)sought;
    return (a > b) - (a < b);
}

size_t vec_place_number(const void *items, size_t n, size_t size, uint32_t number)
{
    return vec_place(items, n, size, &number, by_number);
}
