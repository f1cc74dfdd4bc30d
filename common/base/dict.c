// SPDX-License-Identifier: Apache-2.0
// Keys lie one behind the other in one block, so that where each begins says how long the one before is.
#include "common/base/dict.h"
#include "common/base/hash.h"
#include "common/base/vec.h"
#include <assert.h>
#include <stdlib.h>

struct dict {
    hash_t hash;
    uint32_t n;  // keys
    char *bytes; // all keys, each with a NUL behind it
    size_t used, room, begins_room;
    size_t *begins; // of each key
};

static size_t size_of(const dict_t *dict, uint32_t number)
{
    size_t end = number + 1 < dict->n ? dict->begins[number + 1] : dict->used;
    return end - dict->begins[number] - 1;
}

static slice_t key_of(const void *owner, uint32_t number)
{
    const dict_t *dict = owner;
    return slice(dict->bytes + dict->begins[number], size_of(dict, number));
}

dict_t *dict_new(void)
{
    dict_t *dict = xcalloc(1, sizeof *dict);
    hash_init(&dict->hash, key_of, dict);
    return dict;
}

void dict_destroy(dict_t **dict)
{
    if (!dict || !*dict) return;
    hash_empty(&(*dict)->hash);
    free((*dict)->bytes);
    free((*dict)->begins);
    free(*dict);
    *dict = NULL;
}

uint32_t dict_find(const dict_t *dict, slice_t key)
{
    return hash_find(&dict->hash, key);
}

uint32_t dict_add(dict_t *dict, slice_t key)
{
    uint32_t number = hash_add(&dict->hash, key);
    if (number < dict->n) return number;
    *vec_add(dict->begins, dict->n, dict->begins_room) = dict->used;
    vec_reserve(dict->bytes, dict->room, dict->used + key.size + 1);
    if (key.size) memcpy(dict->bytes + dict->used, key.data, key.size);
    dict->bytes[dict->used + key.size] = '\0';
    dict->used += key.size + 1;
    return number;
}

uint32_t dict_count(const dict_t *dict)
{
    return dict->n;
}

const char *dict_key(const dict_t *dict, uint32_t number)
{
    assert(number < dict->n);
    return dict->bytes + dict->begins[number];
}
