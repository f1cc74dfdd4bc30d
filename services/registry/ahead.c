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
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { PART_LEAST = 16, THREADS_MOST = 4, STACK = 256 * 1024 };

typedef struct ahead { // one to make
    input_t input;
    uint8_t output[OPRF_OUTPUT];
    bool made;
} ahead_t;

typedef struct work { // of one request; threads share nothing else
    const uint8_t *key;
    ahead_t *all;
    size_t n;
    atomic_size_t next; // that nobody has taken: whoever has a processor takes more of them
} work_t;

static void *make_some(void *arg)
{
    work_t *work = arg;
    for (size_t i; (i = atomic_fetch_add(&work->next, 1)) < work->n;)
        work->all[i].made =
            oprf_direct(work->key, pseudonym_input_slice(&work->all[i].input), work->all[i].output);
    return NULL;
}

// Signals are for the service's own thread.
static bool start_thread(work_t *work, pthread_t *ret_thread)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(ret_thread, &attributes, make_some, work) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

static size_t threads_for(size_t n)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = processors > 1 ? (size_t)processors : 1, most = n / PART_LEAST;
    if (threads > THREADS_MOST) threads = THREADS_MOST;
    return threads < most ? threads : most;
}

static void make_all(const uint8_t *key, ahead_t *all, size_t n)
{
    work_t work = {.key = key, .all = all, .n = n};
    pthread_t others[THREADS_MOST];
    size_t started = 0, most = threads_for(n);
    while (started + 1 < most && start_thread(&work, &others[started])) started++;
    make_some(&work);
    for (size_t i = 0; i < started; i++) pthread_join(others[i], NULL);
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
