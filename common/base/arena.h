// SPDX-License-Identifier: Apache-2.0
// Memory for one message and what hangs on it: bounded before a byte of it is read, freed at once.
// protobuf-c makes 72 MiB of 1 MiB of hostile bytes; with this allocator it gets NULL instead.
#pragma once
#include "common/base/util.h"
#include <protobuf-c/protobuf-c.h>

typedef struct arena arena_t;

enum {
    ARENA_FACTOR = 8,               // bytes allowed per byte of input
    ARENA_MIN = 4 * 1024,           // allowed in any case
    ARENA_LIMIT = 16 * 1024 * 1024, // never more
};

// An arena for `input` bytes of outside data: it hands out ARENA_FACTOR times that, within ARENA_MIN and
// ARENA_LIMIT.
arena_t *arena_new(size_t input);
void arena_destroy(arena_t **arena_p);
// Forgets all that was handed out and sets the bound anew. Keeps the first block, so a loop costs no malloc.
void arena_reset(arena_t *arena, size_t input);

// Zeroed memory, aligned for any type, valid until reset or destroy. NULL when the bound is reached: then
// every later call returns NULL too, so that a caller may look once, at the end.
void *arena_alloc(arena_t *arena, size_t size);
// A copy with a NUL behind it; NULL as above.
char *arena_text(arena_t *arena, slice_t text);
bool arena_exhausted(const arena_t *arena);

// For protobuf-c's unpack. Freeing does nothing. Belongs to the arena.
ProtobufCAllocator *arena_allocator(arena_t *arena);
