// SPDX-License-Identifier: Apache-2.0
#include "services/registry/guard.h"
#include <sodium.h>
#include <string.h>

enum { FIRST_MS = 1000, DOUBLINGS = 10 };

_Static_assert(sizeof((guard_t *)0)->key == crypto_shorthash_KEYBYTES, "a key of the hash");

void guard_init(guard_t *self)
{
    *self = (guard_t){0};
    randombytes_buf(self->key, sizeof self->key);
}

static size_t bucket_of(const guard_t *self, const char *name)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const uint8_t *)name, strlen(name), self->key);
    return hash[0];
}

uint64_t guard_ask(guard_t *self, const char *name, uint64_t now_ms)
{
    uint64_t until = self->buckets[bucket_of(self, name)].until_ms, burst = GUARD_EACH_MS * GUARD_BURST;
    if (until > now_ms) return until - now_ms;
    if (self->due_ms >= now_ms + burst) return self->due_ms - now_ms - burst + 1;
    if (self->due_ms < now_ms) self->due_ms = now_ms;
    self->due_ms += GUARD_EACH_MS;
    return 0;
}

void guard_failed(guard_t *self, const char *name, uint64_t now_ms)
{
    size_t at = bucket_of(self, name);
    uint32_t n = ++self->buckets[at].failures;
    if (n <= GUARD_FREE) return;
    n -= GUARD_FREE + 1;
    if (n > DOUBLINGS) self->buckets[at].failures = GUARD_FREE + 1 + (n = DOUBLINGS);
    uint64_t wait = (uint64_t)FIRST_MS << n;
    self->buckets[at].until_ms = now_ms + (wait < GUARD_LONGEST_MS ? wait : GUARD_LONGEST_MS);
}

void guard_succeeded(guard_t *self, const char *name)
{
    size_t at = bucket_of(self, name);
    self->buckets[at].failures = 0;
    self->buckets[at].until_ms = 0;
}
