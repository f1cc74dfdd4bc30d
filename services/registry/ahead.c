// SPDX-License-Identifier: Apache-2.0
// A pseudonym costs a multiplication on the curve, far more than all else that is done for a row of a staff
// sheet, and each is made for itself. Those of a long request are made before it is decided, by all
// processors; everything else stays with the service's one thread, which waits for them here.
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "services/registry/pseudonym_private.h"
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

enum { PART_LEAST = 16, PARTS_MOST = 4, STACK = 256 * 1024 };

typedef struct ahead { // one to make
    input_t input;
    uint8_t output[OPRF_OUTPUT];
    bool made;
} ahead_t;

typedef struct part { // of one thread
    pthread_t thread;
    const uint8_t *key;
    ahead_t *all;
    size_t n;
    bool elsewhere; // the thread runs
} part_t;

static void *make_part(void *arg)
{
    const part_t *part = arg;
    for (size_t i = 0; i < part->n; i++)
        part->all[i].made =
            oprf_direct(part->key, pseudonym_input_slice(&part->all[i].input), part->all[i].output);
    return NULL;
}

// Signals are for the service's own thread.
static void start_part(part_t *part)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    part->elsewhere = pthread_create(&part->thread, &attributes, make_part, part) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

static size_t parts_for(size_t n)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t parts = processors > 1 ? (size_t)processors : 1, most = n / PART_LEAST;
    if (parts > PARTS_MOST) parts = PARTS_MOST;
    return parts < most ? parts : most > 0 ? most : 1;
}

static void make_all(const uint8_t *key, ahead_t *all, size_t n)
{
    part_t parts[PARTS_MOST] = {0};
    size_t count = parts_for(n), at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = n * (i + 1) / count;
        parts[i] = (part_t){.key = key, .all = all + at, .n = end - at};
        at = end;
        if (i > 0) start_part(&parts[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (!parts[i].elsewhere) make_part(&parts[i]);
    for (size_t i = 0; i < count; i++)
        if (parts[i].elsewhere) pthread_join(parts[i].thread, NULL);
}

// --- whom a request is about ---------------------------------------------------------------------

static body_t *body_in(const Selenga__Item *item, uint32_t kind, const ProtobufCMessageDescriptor *descriptor)
{
    if (item->kind != kind || item->deleted) return NULL;
    return msg_body_unpack(descriptor, slice(item->body.data, item->body.len));
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static Selenga__Identity *identity_in(const Selenga__Group *group, const Selenga__Person *person)
{
    for (size_t i = 0; i < group->n_items; i++) {
        Selenga__Identity *m =
            (Selenga__Identity *)body_in(group->items[i], N_IDENTITY, &selenga__identity__descriptor);
        if (m != NULL && same_text(m->org, person->org) && same_text(m->number, person->number)) return m;
        msg_body_free(&m);
    }
    return NULL;
}

// Whoever is known here has his already, and what the request says of him may not be all that is known.
static bool input_of(const pseudonyms_t *self, const Selenga__Group *group, const Selenga__Item *item,
                     input_t *ret)
{
    rid_t id;
    AUTO(msg_body_free)
    Selenga__Person *m = (Selenga__Person *)body_in(item, N_PERSON, &selenga__person__descriptor);
    if (m == NULL || m->org == NULL || m->number == NULL || !body_id(&KIND_PERSON, &m->base, &id))
        return false;
    if (people_find(&self->people, &id) != NULL) return false;
    AUTO(msg_body_free) Selenga__Identity *identity = identity_in(group, m);
    pseudonym_make_input(identity, m->org, m->number, ret);
    const pseudonym_t *known = people_known(&self->people, ret->digest);
    return known == NULL || !pseudonym_is_settled(self, known);
}

void pseudonyms_foresee(pseudonyms_t *self, const Selenga__Put *put)
{
    if (!self->maker || put->n_groups < 2 * PART_LEAST) return;
    size_t n = 0, size = put->n_groups * sizeof(ahead_t);
    AUTO(xfree) ahead_t *all = xcalloc(put->n_groups, sizeof *all);
    for (size_t i = 0; i < put->n_groups; i++) // one person a group: others are made one by one
        for (size_t k = 0; k < put->groups[i]->n_items; k++)
            if (input_of(self, put->groups[i], put->groups[i]->items[k], &all[n].input)) {
                n++;
                break;
            }
    make_all(self->keys, all, n);
    for (size_t i = 0; i < n; i++) {
        pseudonym_t made;
        if (!all[i].made) continue;
        pseudonym_of_output(all[i].output, self->mark, &made);
        people_know(&self->people, all[i].input.digest, &made);
    }
    sodium_memzero(all, size);
}
