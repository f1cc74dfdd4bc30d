// SPDX-License-Identifier: Apache-2.0
// See arena.h. Blocks in a chain, each twice as large as what was asked for so far; addresses only go up in a
// block.
#include "common/base/arena.h"
#include <stdlib.h>

enum { ALIGN = 16, FIRST_BLOCK = 2 * 1024 };

typedef struct block {
    struct block *before;
    size_t size, used;
    _Alignas(ALIGN) uint8_t bytes[];
} block_t;

struct arena {
    ProtobufCAllocator allocator;
    block_t *last;
    size_t spent, allowed;
    bool exhausted;
};

static void *allocate(void *arena, size_t size)
{
    return arena_alloc((arena_t *)arena, size);
}

static void release(void *arena, void *pointer)
{
    (void)arena;
    (void)pointer; // freed with the arena
}

static block_t *block_new(block_t *before, size_t size)
{
    block_t *block = xmalloc(sizeof *block + size);
    block->before = before;
    block->size = size;
    block->used = 0;
    return block;
}

static void set_bound(arena_t *arena, size_t input)
{
    size_t allowed = input < ARENA_LIMIT / ARENA_FACTOR ? input * ARENA_FACTOR : ARENA_LIMIT;
    arena->allowed = allowed > ARENA_MIN ? allowed : ARENA_MIN;
    arena->spent = 0;
    arena->exhausted = false;
}

arena_t *arena_new(size_t input)
{
    arena_t *arena = xcalloc(1, sizeof *arena);
    arena->allocator = (ProtobufCAllocator){.alloc = allocate, .free = release, .allocator_data = arena};
    arena->last = block_new(NULL, FIRST_BLOCK);
    set_bound(arena, input);
    return arena;
}

static void drop_blocks(arena_t *arena, bool keep_first)
{
    while (arena->last != NULL && !(keep_first && arena->last->before == NULL)) {
        block_t *before = arena->last->before;
        free(arena->last);
        arena->last = before;
    }
}

void arena_destroy(arena_t **arena_p)
{
    if (*arena_p == NULL) return;
    drop_blocks(*arena_p, false);
    free(*arena_p);
    *arena_p = NULL;
}

void arena_reset(arena_t *arena, size_t input)
{
    drop_blocks(arena, true);
    arena->last->used = 0;
    set_bound(arena, input);
}

void *arena_alloc(arena_t *arena, size_t size)
{
    // Nothing costs nothing, else a million empty things would; the bound also keeps the rounding from
    // wrapping.
    if (size > arena->allowed) arena->exhausted = true;
    if (arena->exhausted) return NULL;
    size = size == 0 ? ALIGN : (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > arena->allowed - arena->spent) {
        arena->exhausted = true;
        return NULL;
    }
    if (size > arena->last->size - arena->last->used) {
        size_t next = arena->spent > FIRST_BLOCK ? 2 * arena->spent : 2 * FIRST_BLOCK;
        if (next > arena->allowed) next = arena->allowed;
        arena->last = block_new(arena->last, size > next ? size : next);
    }
    void *memory = arena->last->bytes + arena->last->used;
    arena->last->used += size;
    arena->spent += size;
    return memset(memory, 0, size);
}

char *arena_text(arena_t *arena, slice_t text)
{
    char *copy = arena_alloc(arena, text.size + 1);
    if (copy != NULL && text.size > 0) memcpy(copy, text.data, text.size);
    return copy;
}

bool arena_exhausted(const arena_t *arena)
{
    return arena->exhausted;
}

ProtobufCAllocator *arena_allocator(arena_t *arena)
{
    return &arena->allocator;
}
