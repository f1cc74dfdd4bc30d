// SPDX-License-Identifier: Apache-2.0
// See contents.h. The hash table never gives up a key, so it is made anew when there are many unused ones.
#include "services/reporting/contents.h"
#include "common/base/vec.h"
#include <stdlib.h>

enum { STALE_LEAST = 4096 };

static slice_t key_of(const void *owner, uint32_t number)
{
    const contents_t *contents = owner;
    return slice(&contents->all[number], sizeof *contents->all);
}

static uint32_t number_of(contents_t *contents, const content_t *content)
{
    uint32_t before = contents->hash.n, number = hash_add(&contents->hash, slice(content, sizeof *content));
    if (number < before) return number;
    vec_reserve(contents->all, contents->all_room, (size_t)number + 1);
    vec_reserve(contents->uses, contents->uses_room, (size_t)number + 1);
    contents->all[number] = *content;
    contents->uses[number] = 0;
    contents->n_unused++;
    return number;
}

uint32_t contents_use(contents_t *contents, const content_t *content)
{
    uint32_t number = number_of(contents, content);
    if (contents->uses[number]++ == 0) contents->n_unused--;
    return number;
}

void contents_leave(contents_t *contents, uint32_t number)
{
    if (number != 0 && --contents->uses[number] == 0) contents->n_unused++;
}

// No row of a table says this: its pseudonym would be of no key.
static void add_none(contents_t *contents)
{
    contents_use(contents, &(content_t){.made = UINT32_MAX});
}

void contents_init(contents_t *contents)
{
    *contents = (contents_t){0};
    hash_init(&contents->hash, key_of, contents);
    add_none(contents);
}

void contents_clear(contents_t *contents)
{
    hash_empty(&contents->hash);
    free(contents->all);
    free(contents->uses);
    *contents = (contents_t){0};
}

bool contents_are_stale(const contents_t *contents)
{
    return contents->n_unused > STALE_LEAST && contents->n_unused > contents->hash.n / 2;
}

uint32_t *contents_pack(contents_t *contents)
{
    contents_t old = *contents;
    uint32_t n = old.hash.n, *now = xcalloc(n, sizeof *now);
    contents_init(contents);
    for (uint32_t i = 1; i < n; i++) {
        if (old.uses[i] == 0) continue;
        now[i] = contents_use(contents, &old.all[i]);
        contents->uses[now[i]] = old.uses[i];
    }
    contents_clear(&old);
    return now;
}
