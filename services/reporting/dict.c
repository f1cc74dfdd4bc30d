// SPDX-License-Identifier: Apache-2.0
// Open addressing over an array of keys that lie one behind the other in one block.
#include "services/reporting/dict.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

struct dict {
    uint8_t seed[crypto_shorthash_KEYBYTES];
    char *bytes; // all keys, each with a NUL behind it
    size_t used, room;
    struct {
        size_t at;
        uint32_t size;
        uint32_t hash;
    } * keys;
    uint32_t n, n_room;
    uint32_t *slots;  // number + 1, 0 = empty
    uint32_t n_slots; // a power of two, at least half of it empty
};

enum { SLOTS_MIN = 64 };

dict_t *dict_new(void)
{
    dict_t *dict = xcalloc(1, sizeof *dict);
    crypto_shorthash_keygen(dict->seed);
    dict->n_slots = SLOTS_MIN;
    dict->slots = xcalloc(dict->n_slots, sizeof *dict->slots);
    return dict;
}

void dict_destroy(dict_t **dict)
{
    if (!dict || !*dict) return;
    free((*dict)->bytes);
    free((*dict)->keys);
    free((*dict)->slots);
    free(*dict);
    *dict = NULL;
}

static uint32_t hash_of(const dict_t *dict, slice_t key)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, key.data, key.size, dict->seed);
    return be32_load(hash);
}

// The slot that holds the key, or the empty one where it belongs.
static uint32_t slot_of(const dict_t *dict, slice_t key, uint32_t hash)
{
    uint32_t mask = dict->n_slots - 1, slot = hash & mask;
    for (; dict->slots[slot]; slot = (slot + 1) & mask) {
        uint32_t i = dict->slots[slot] - 1;
        if (dict->keys[i].hash == hash &&
            slice_equal(key, slice(dict->bytes + dict->keys[i].at, dict->keys[i].size)))
            break;
    }
    return slot;
}

uint32_t dict_find(const dict_t *dict, slice_t key)
{
    return dict->slots[slot_of(dict, key, hash_of(dict, key))] - 1; // an empty slot gives DICT_NONE
}

static void widen_slots(dict_t *dict)
{
    dict->n_slots *= 2;
    free(dict->slots);
    dict->slots = xcalloc(dict->n_slots, sizeof *dict->slots);
    for (uint32_t i = 0; i < dict->n; i++) {
        uint32_t slot = dict->keys[i].hash & (dict->n_slots - 1);
        while (dict->slots[slot]) slot = (slot + 1) & (dict->n_slots - 1);
        dict->slots[slot] = i + 1;
    }
}

static void append(dict_t *dict, slice_t key, uint32_t hash)
{
    if (dict->n == dict->n_room) {
        dict->n_room = dict->n_room ? dict->n_room * 2 : SLOTS_MIN;
        dict->keys = xrealloc(dict->keys, dict->n_room * sizeof *dict->keys);
    }
    if (dict->used + key.size + 1 > dict->room) {
        dict->room = (dict->used + key.size + 1) * 2;
        dict->bytes = xrealloc(dict->bytes, dict->room);
    }
    dict->keys[dict->n].at = dict->used;
    dict->keys[dict->n].size = (uint32_t)key.size;
    dict->keys[dict->n].hash = hash;
    dict->n++;
    if (key.size) memcpy(dict->bytes + dict->used, key.data, key.size);
    dict->bytes[dict->used + key.size] = '\0';
    dict->used += key.size + 1;
}

uint32_t dict_add(dict_t *dict, slice_t key)
{
    uint32_t hash = hash_of(dict, key), slot = slot_of(dict, key, hash);
    if (dict->slots[slot]) return dict->slots[slot] - 1;
    assert(dict->n < UINT32_MAX / 4);
    append(dict, key, hash);
    dict->slots[slot] = dict->n;
    if (dict->n * 2 > dict->n_slots) widen_slots(dict);
    return dict->n - 1;
}

uint32_t dict_count(const dict_t *dict)
{
    return dict->n;
}

const char *dict_key(const dict_t *dict, uint32_t number)
{
    assert(number < dict->n);
    return dict->bytes + dict->keys[number].at;
}
