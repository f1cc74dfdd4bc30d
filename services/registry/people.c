// SPDX-License-Identifier: Apache-2.0
#include "services/registry/people.h"
#include <sodium.h>
#include <stdlib.h>

enum { ROOM_FIRST = 64 };

// Ids of one organisation begin alike; their second halves are hashes, as digests are throughout.
static size_t place_of(const map16_t *map, const uint8_t key[static 16])
{
    size_t i = (size_t)be64_load(key + 8) & (map->room - 1);
    while (map->used[i] && memcmp(map->keys[i], key, 16) != 0) i = (i + 1) & (map->room - 1);
    return i;
}

static void *map_find(const map16_t *map, const uint8_t key[static 16])
{
    if (map->room == 0) return NULL;
    size_t i = place_of(map, key);
    return map->used[i] ? map->values + i * map->size : NULL;
}

static void map_clear(map16_t *map)
{
    if (map->values != NULL) sodium_memzero(map->values, map->room * map->size);
    free(map->keys);
    free(map->used);
    free(map->values);
    *map = (map16_t){.size = map->size};
}

static void *map_add(map16_t *map, const uint8_t key[static 16]);

static void map_widen(map16_t *map)
{
    map16_t wider = {.size = map->size, .room = map->room > 0 ? 2 * map->room : ROOM_FIRST};
    wider.keys = xcalloc(wider.room, sizeof *wider.keys);
    wider.used = xcalloc(wider.room, sizeof *wider.used);
    wider.values = xcalloc(wider.room, wider.size);
    for (size_t i = 0; i < map->room; i++)
        if (map->used[i]) memcpy(map_add(&wider, map->keys[i]), map->values + i * map->size, map->size);
    map_clear(map);
    *map = wider;
}

static void *map_add(map16_t *map, const uint8_t key[static 16])
{
    void *held = map_find(map, key); // who is there stays where he is
    if (held != NULL) return held;
    if (2 * (map->n + 1) > map->room) map_widen(map);
    size_t i = place_of(map, key);
    memcpy(map->keys[i], key, 16);
    map->used[i] = true;
    map->n++;
    return map->values + i * map->size;
}

void people_init(people_t *people)
{
    *people = (people_t){.known.size = sizeof(pseudonym_t), .own.size = sizeof(own_person_t)};
}

void people_clear(people_t *people)
{
    map_clear(&people->known);
    map_clear(&people->own);
    people->n_wanted = 0;
}

const pseudonym_t *people_known(const people_t *people, const uint8_t digest[static INPUT_DIGEST])
{
    return map_find(&people->known, digest);
}

void people_know(people_t *people, const uint8_t digest[static INPUT_DIGEST], const pseudonym_t *pseudonym)
{
    *(pseudonym_t *)map_add(&people->known, digest) = *pseudonym;
}

own_person_t *people_find(const people_t *people, const rid_t *id)
{
    return map_find(&people->own, id->b);
}

own_person_t *people_add(people_t *people, const rid_t *id)
{
    own_person_t *person = map_add(&people->own, id->b);
    person->id = *id;
    return person;
}

void people_want(people_t *people, own_person_t *person, bool wanted)
{
    if (person->wanted && !wanted) people->n_wanted--;
    if (!person->wanted && wanted) people->n_wanted++;
    person->wanted = wanted;
}

own_person_t *people_next(const people_t *people, size_t *at)
{
    while (*at < people->own.room) {
        size_t i = (*at)++;
        if (people->own.used[i]) return (own_person_t *)(void *)(people->own.values + i * people->own.size);
    }
    return NULL;
}
