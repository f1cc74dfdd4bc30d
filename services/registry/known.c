// SPDX-License-Identifier: Apache-2.0
// Memory holds all keys that may stand there: it is filled when it is asked for the first time, and never
// forgets one that a record lost, or that a transaction took with it. So what it does not hold stands
// nowhere, and of what it holds the records are asked.
#include "services/registry/known.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include "services/registry/table.h"
#include <sodium.h>

typedef void each_key_fn(void *arg, slice_t key);

static void each_key(const record_t *r, each_key_fn *fn, void *arg)
{
    if (r->deleted) return;
    if (r->kind == N_NODE) {
        AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
        if (m != NULL) fn(arg, slice(m->key.data, m->key.len));
        return;
    }
    AUTO(msg_body_free)
    Selenga__InviteRecord *m = msg_body_unpack(&selenga__invite_record__descriptor, r->body);
    if (m == NULL) return;
    fn(arg, slice(m->key.data, m->key.len));
    fn(arg, slice(m->used_by.data, m->used_by.len));
}

static int each_record(registry_t *self, store_txn_t *txn, table_each_fn *fn, void *arg)
{
    int rc = table_each_own(self, txn, N_NODE, fn, arg);
    return rc == 0 ? table_each_own(self, txn, N_INVITE, fn, arg) : rc;
}

// --- memory --------------------------------------------------------------------------------------

static void remember(void *arg, slice_t key)
{
    if (key.size == NODE_KEY_SIZE) dict_add(arg, key);
}

static int remember_all(void *arg, store_txn_t *txn, const record_t *r)
{
    (void)txn;
    each_key(r, remember, arg);
    return 0;
}

void known_note(registry_t *self, const record_t *now)
{
    bool own = path_equal(&now->home, &service_node(self->service)->path);
    if (self->known != NULL && own) each_key(now, remember, self->known);
}

static int fill(registry_t *self, store_txn_t *txn)
{
    self->known = dict_new();
    int rc = each_record(self, txn, remember_all, self->known);
    if (rc != 0) known_clear(self);
    return rc;
}

void known_clear(registry_t *self)
{
    dict_destroy(&self->known);
}

// --- records -------------------------------------------------------------------------------------

struct search {
    const uint8_t *key;
    bool found;
};

static void compare(void *arg, slice_t key)
{
    struct search *s = arg;
    s->found |= key.size == NODE_KEY_SIZE && sodium_memcmp(key.data, s->key, NODE_KEY_SIZE) == 0;
}

static int stands_in(void *arg, store_txn_t *txn, const record_t *r)
{
    struct search *s = arg;
    (void)txn;
    each_key(r, compare, s);
    return s->found;
}

int known_key(registry_t *self, store_txn_t *txn, const uint8_t *key)
{
    struct search search = {.key = key};
    int rc = self->known == NULL ? fill(self, txn) : 0;
    if (rc != 0 || dict_find(self->known, slice(key, NODE_KEY_SIZE)) == DICT_NONE) return rc;
    return each_record(self, txn, stands_in, &search);
}
