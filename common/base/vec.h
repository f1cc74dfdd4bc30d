// SPDX-License-Identifier: Apache-2.0
// Arrays that grow. One is three things of its owner: the items, how many there are and for how many there is
// room, all zero at first; free(items) ends it. What outsiders can make it hold is bounded before it gets
// here.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The items with room for `need` of `size` bytes each, moved perhaps; the room at least doubles each time, so
// that adding one by one stays cheap. Aborts when memory is out or the bytes cannot be counted.
void *vec_widen(void *items, size_t *room, size_t need, size_t size);

static inline void *vec_grow(void *items, size_t *room, size_t need, size_t size)
{
    return need <= *room ? items : vec_widen(items, room, need, size);
}

// Room for `need` items; what is in it beyond those there were is not set.
#define vec_reserve(items, room, need) ((items) = vec_grow((items), &(room), (need), sizeof *(items)))

// The place of one more item, which is not set: *vec_add(list->ids, list->n, list->room) = id.
#define vec_add(items, n, room) (vec_reserve((items), (room), (size_t)(n) + 1), &(items)[(n)++])

// Where in an ascending array the item that is sought stands, or would: the first that `compare` does not put
// before it, n if there is none.
size_t vec_place(const void *items, size_t n, size_t size, const void *sought,
                 int (*compare)(const void *item, const void *sought));
// The same for items that begin with the number, a uint32_t, by which they ascend.
size_t vec_place_number(const void *items, size_t n, size_t size, uint32_t number);
