// SPDX-License-Identifier: Apache-2.0
// Open addressing: slots hold numbers, and hashes beside them, so that keys are compared only where they are
// the same, and none is asked for when there are more slots.
#include "common/base/hash.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

enum { SLOTS_MIN = 64 };

struct hash_slot {
    uint32_t hash;
    uint32_t number; // and 1; 0: free
};

void hash_init(hash_t *hash, hash_key_fn *key_of, const void *owner)
{
    static_assert(sizeof hash->seed == crypto_shorthash_KEYBYTES, "a key of SipHash");
    *hash = (hash_t){.key_of = key_of, .owner = owner};
    crypto_shorthash_keygen(hash->seed);
}

void hash_empty(hash_t *hash)
{
    free(hash->slots);
    hash->slots = NULL;
    hash->n = hash->n_slots = 0;
}

static uint32_t hash_of(const hash_t *hash, slice_t key)
{
    uint8_t sum[crypto_shorthash_BYTES];
    crypto_shorthash(sum, key.data, key.size, hash->seed);
    return be32_load(sum);
}

// The slot that holds the key, or the free one where it belongs.
static struct hash_slot *slot_of(const hash_t *hash, slice_t key, uint32_t sum)
{
    uint32_t mask = hash->n_slots - 1, i = sum & mask;
    for (; hash->slots[i].number != 0; i = (i + 1) & mask)
        if (hash->slots[i].hash == sum &&
            slice_equal(key, hash->key_of(hash->owner, hash->slots[i].number - 1)))
            break;
    return &hash->slots[i];
}

static void widen(hash_t *hash)
{
    struct hash_slot *old = hash->slots;
    uint32_t n_old = hash->n_slots;
    hash->n_slots = n_old > 0 ? 2 * n_old : SLOTS_MIN;
    hash->slots = xcalloc(hash->n_slots, sizeof *hash->slots);
    for (uint32_t i = 0; i < n_old; i++) {
        uint32_t to = old[i].hash & (hash->n_slots - 1);
        if (old[i].number == 0) continue;
        while (hash->slots[to].number != 0) to = (to + 1) & (hash->n_slots - 1);
        hash->slots[to] = old[i];
    }
    free(old);
}

uint32_t hash_find(const hash_t *hash, slice_t key)
{
    if (hash->n == 0) return HASH_NONE;
    return slot_of(hash, key, hash_of(hash, key))->number - 1; // a free slot gives HASH_NONE
}

uint32_t hash_add(hash_t *hash, slice_t key)
{
    uint32_t sum = hash_of(hash, key);
    if (hash->n >= hash->n_slots / 2) widen(hash);
    struct hash_slot *slot = slot_of(hash, key, sum);
    if (slot->number == 0) {
        assert(hash->n < UINT32_MAX / 4);
        *slot = (struct hash_slot){sum, ++hash->n};
    }
    return slot->number - 1;
}
