// SPDX-License-Identifier: Apache-2.0
// The one hash table: each distinct key gets the next number, 0, 1, 2 … and keeps it. Its owner keeps the
// keys and what belongs to them in arrays by number. Keys are never taken out, but all together.
//
// Hashing is keyed at random, so nobody outside can choose keys that collide.
#pragma once
#include "common/base/util.h"

static const uint32_t HASH_NONE = UINT32_MAX;

// The key that this number stands for, as the owner keeps it.
typedef slice_t hash_key_fn(const void *owner, uint32_t number);

typedef struct hash {
    hash_key_fn *key_of;
    const void *owner;
    uint8_t seed[16];
    struct hash_slot *slots;
    uint32_t n;       // keys
    uint32_t n_slots; // a power of two, at least half of it empty; 0: none yet
} hash_t;

void hash_init(hash_t *hash, hash_key_fn *key_of, const void *owner);
// Takes out all keys and frees what they needed. One that is all zeros is empty.
void hash_empty(hash_t *hash);

// The key's number, or HASH_NONE.
uint32_t hash_find(const hash_t *hash, slice_t key);
// The key's number. It is new where it is what hash->n was before: the owner puts the key there before he
// asks again.
uint32_t hash_add(hash_t *hash, slice_t key);
