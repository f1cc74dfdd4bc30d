// SPDX-License-Identifier: Apache-2.0
#include "services/registry/people.h"
#include <sodium.h>
#include <stdlib.h>

enum { ROOM_FIRST = 64 };

static slice_t digest_of(const void *people, uint32_t number)
{
    return slice(((const people_t *)people)->known[number].digest, INPUT_DIGEST);
}

static slice_t id_of(const void *people, uint32_t number)
{
    return slice(((const people_t *)people)->own[number].id.b, sizeof(rid_t));
}

// Room for one more row, all zeros; nothing of the rows stays where they were.
static void *widen(void *rows, size_t n, size_t *room, size_t size)
{
    if (n < *room) return rows;
    *room = *room > 0 ? 2 * *room : ROOM_FIRST;
    void *wider = xcalloc(*room, size);
    if (n > 0) memcpy(wider, rows, n * size);
    if (n > 0) sodium_memzero(rows, n * size);
    free(rows);
    return wider;
}

void people_init(people_t *people)
{
    *people = (people_t){0};
    hash_init(&people->known_at, digest_of, people);
    hash_init(&people->own_at, id_of, people);
}

void people_clear(people_t *people)
{
    if (people->known != NULL) sodium_memzero(people->known, people->known_room * sizeof *people->known);
    if (people->own != NULL) sodium_memzero(people->own, people->own_room * sizeof *people->own);
    hash_empty(&people->known_at);
    hash_empty(&people->own_at);
    free(people->known);
    free(people->own);
    people->known = NULL;
    people->own = NULL;
    people->known_room = people->own_room = people->n_wanted = 0;
}

const pseudonym_t *people_known(const people_t *people, const uint8_t digest[static INPUT_DIGEST])
{
    uint32_t number = hash_find(&people->known_at, slice(digest, INPUT_DIGEST));
    return number != HASH_NONE ? &people->known[number].pseudonym : NULL;
}

void people_know(people_t *people, const uint8_t digest[static INPUT_DIGEST], const pseudonym_t *pseudonym)
{
    uint32_t n = people->known_at.n, number = hash_add(&people->known_at, slice(digest, INPUT_DIGEST));
    if (number == n) people->known = widen(people->known, n, &people->known_room, sizeof *people->known);
    memcpy(people->known[number].digest, digest, INPUT_DIGEST);
    people->known[number].pseudonym = *pseudonym;
}

void people_set_early(people_t *people, const uint8_t digest[static INPUT_DIGEST], bool early)
{
    uint32_t number = hash_find(&people->known_at, slice(digest, INPUT_DIGEST));
    if (number != HASH_NONE) people->known[number].early = early;
}

bool people_is_early(const people_t *people, const uint8_t digest[static INPUT_DIGEST])
{
    uint32_t number = hash_find(&people->known_at, slice(digest, INPUT_DIGEST));
    return number != HASH_NONE && people->known[number].early;
}

void people_forget_early(people_t *people)
{
    for (uint32_t i = 0; i < people->known_at.n; i++) people->known[i].early = false;
}

own_person_t *people_find(const people_t *people, const rid_t *id)
{
    uint32_t number = hash_find(&people->own_at, slice(id->b, sizeof id->b));
    return number != HASH_NONE ? &people->own[number] : NULL;
}

own_person_t *people_add(people_t *people, const rid_t *id)
{
    uint32_t n = people->own_at.n, number = hash_add(&people->own_at, slice(id->b, sizeof id->b));
    if (number == n) people->own = widen(people->own, n, &people->own_room, sizeof *people->own);
    people->own[number].id = *id;
    return &people->own[number];
}

void people_want(people_t *people, own_person_t *person, bool wanted)
{
    if (person->wanted && !wanted) people->n_wanted--;
    if (!person->wanted && wanted) people->n_wanted++;
    person->wanted = wanted;
}

own_person_t *people_next(const people_t *people, size_t *at)
{
    return *at < people->own_at.n ? &people->own[(*at)++] : NULL;
}
