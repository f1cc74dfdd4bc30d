// SPDX-License-Identifier: Apache-2.0
// See seen.h. Keys that look alike have one skeleton; those that do are a chain.
#include "common/forms/seen.h"
#include "common/base/hash.h"
#include "common/forms/fold.h"
#include <stdlib.h>

enum { FIRST_SIZE = 1024 };

typedef struct entry {
    uint64_t skeleton, id;
    uint32_t row, next; // next: of the same skeleton, HASH_NONE at the end
} entry_t;

struct seen {
    hash_t hash;      // skeletons, by the number of their first entry in `firsts`
    uint32_t *firsts; // entries
    entry_t *entries;
    uint32_t n, size, firsts_size;
};

static slice_t skeleton_at(const void *owner, uint32_t number)
{
    const seen_t *seen = owner;
    return slice(&seen->entries[seen->firsts[number]].skeleton, sizeof(uint64_t));
}

seen_t *seen_new(void)
{
    seen_t *seen = xcalloc(1, sizeof *seen);
    hash_init(&seen->hash, skeleton_at, seen);
    return seen;
}

void seen_destroy(seen_t **seen_p)
{
    seen_t *seen = *seen_p;
    if (seen == NULL) return;
    hash_empty(&seen->hash);
    xfree(&seen->firsts);
    xfree(&seen->entries);
    xfree(seen_p);
}

// --- skeletons -----------------------------------------------------------------------------------

// The Latin letter that a small Cyrillic one looks like.
static uint32_t look_of(uint32_t c)
{
    static const struct {
        uint16_t cyrillic;
        char latin;
    } pairs[] = {{0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'},
                 {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'},
                 {0x443, 'y'}, {0x445, 'x'}, {0x456, 'i'}, {0x437, '3'}};
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        if (pairs[i].cyrillic == c) return (uint32_t)pairs[i].latin;
    return c;
}

static uint64_t mix(uint64_t hash, uint32_t c)
{
    return (hash ^ c) * 0x100000001b3ULL;
}

// 7 of 007 and of 7.0: the digits of a piece that is all a number; empty where it is none.
static slice_t whole_number(slice_t piece)
{
    size_t n = 0, first = 0;
    while (n < piece.size && piece.data[n] >= '0' && piece.data[n] <= '9') n++;
    if (n == 0) return (slice_t){0};
    for (size_t i = n; i < piece.size; i++)
        if (piece.data[i] != '0' && !(i == n && piece.data[i] == '.')) return (slice_t){0};
    if (n + 1 == piece.size) return (slice_t){0}; // "7."
    while (first + 1 < n && piece.data[first] == '0') first++;
    return slice(piece.data + first, n - first);
}

static uint64_t mix_piece(uint64_t hash, slice_t piece)
{
    char text[FOLD_MAX], folded[FOLD_MAX];
    slice_t number = whole_number(piece);
    if (number.size > 0) piece = number;
    size_t n = piece.size < sizeof text ? piece.size : sizeof text - 1, bytes;
    memcpy(text, piece.data, n);
    text[n] = '\0';
    for (const char *c = fold(text, folded); *c != '\0'; c += bytes) {
        uint32_t character = fold_character(c, &bytes);
        if (character != ' ') hash = mix(hash, look_of(character));
    }
    return mix(hash, ':');
}

// The parts of a key are each after a byte that is in no part, or after a colon within a reference.
static uint64_t skeleton_of(slice_t key)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    size_t first = 0;
    for (size_t i = 0; i <= key.size; i++) {
        if (i < key.size && key.data[i] >= ' ' && key.data[i] != ':') continue;
        hash = mix_piece(hash, slice(key.data + first, i - first));
        first = i + 1;
    }
    return hash ^ hash >> 29;
}

// --- table ---------------------------------------------------------------------------------------

static uint32_t append(seen_t *seen, const entry_t *entry)
{
    if (seen->n == seen->size) {
        seen->size = seen->size > 0 ? 2 * seen->size : FIRST_SIZE;
        seen->entries = xrealloc(seen->entries, seen->size * sizeof *seen->entries);
    }
    seen->entries[seen->n] = *entry;
    return seen->n++;
}

static void append_first(seen_t *seen, uint32_t number, uint32_t entry)
{
    if (number >= seen->firsts_size) {
        seen->firsts_size = seen->firsts_size > 0 ? 2 * seen->firsts_size : FIRST_SIZE;
        seen->firsts = xrealloc(seen->firsts, seen->firsts_size * sizeof *seen->firsts);
    }
    seen->firsts[number] = entry;
}

seen_how_t seen_enter(seen_t *seen, const rid_t *id, slice_t key, uint32_t row, uint32_t *ret_row)
{
    entry_t entry = {.skeleton = skeleton_of(key), .row = row, .next = HASH_NONE};
    memcpy(&entry.id, id->b + sizeof id->b - sizeof entry.id, sizeof entry.id);
    uint32_t known = seen->hash.n;
    uint32_t number = hash_add(&seen->hash, slice(&entry.skeleton, sizeof entry.skeleton));
    if (number == known) {
        append_first(seen, number, append(seen, &entry));
        return SEEN_NEW;
    }
    for (uint32_t at = seen->firsts[number]; at != HASH_NONE; at = seen->entries[at].next) {
        if (seen->entries[at].id != entry.id) continue;
        *ret_row = seen->entries[at].row;
        return SEEN_SAME;
    }
    uint32_t first = seen->firsts[number];
    *ret_row = seen->entries[first].row;
    entry.next = seen->entries[first].next;
    uint32_t at = append(seen, &entry);
    seen->entries[first].next = at;
    return SEEN_ALIKE;
}
