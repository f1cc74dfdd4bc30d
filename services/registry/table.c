// SPDX-License-Identifier: Apache-2.0
#include "services/registry/table.h"
#include "common/base/clock.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/fault_value.h"
#include "proto/envelope.pb-c.h"
#include "proto/registry.pb-c.h"
#include <sodium.h>
#include <stdlib.h>

enum {
    ROLE_CHILD = 1,
    ROLE_INVITATION = 2,
    ROLE_REVOKED = 3,
    REMEMBER_S = 30 * 24 * 3600,
    PAGE_KEYS = 1000, // of less than a KiB, so that a page is within a frame
};

void table_start(registry_t *self)
{
    self->keys_seq = (uint64_t)randombytes_random() << 16;
}

void table_clear(registry_t *self)
{
    free(self->touched);
    free(self->gone);
}

// --- reading own records -------------------------------------------------------------------------

struct walk {
    store_txn_t *txn;
    const path_t *self;
    table_each_fn *fn;
    void *arg;
};

static int walk_one(void *arg, const record_t *r, const place_t *place)
{
    struct walk *walk = arg;
    (void)place;
    return path_equal(&r->home, walk->self) ? walk->fn(walk->arg, walk->txn, r) : 0;
}

int table_each_own(registry_t *self, store_txn_t *txn, uint32_t kind, table_each_fn *fn, void *arg)
{
    struct walk walk = {.txn = txn, .self = &service_node(self->service)->path, .fn = fn, .arg = arg};
    return store_each(txn, kind, (slice_t){0}, NULL, walk_one, &walk);
}

// --- a page of the table -------------------------------------------------------------------------

struct page {
    registry_t *registry;
    const path_t *self;
    Selenga__Key *keys[PAGE_KEYS];
    size_t n;
    arena_t *arena; // of the texts
    bool whole;     // the next to be sent begins a table
    int64_t now_s;
};

static struct page *page_new(registry_t *self)
{
    struct page *page = xcalloc(1, sizeof *page);
    page->registry = self;
    page->self = &service_node(self->service)->path;
    page->arena = arena_new(ARENA_LIMIT);
    page->now_s = registry_now_s(self);
    return page;
}

static void page_free(struct page **page)
{
    arena_destroy(&(*page)->arena);
    free(*page);
}

static void page_send(struct page *page, ProtobufCBinaryData *gone, size_t n_gone, bool more)
{
    Selenga__Keys message = SELENGA__KEYS__INIT;
    message.has_whole = message.has_seq = message.has_more = 1;
    message.whole = page->whole;
    message.seq = ++page->registry->keys_seq;
    message.more = more;
    message.keys = page->keys;
    message.n_keys = page->n;
    message.gone = gone;
    message.n_gone = n_gone;
    service_send(page->registry->service, SERVICE_GATE, MSG_KEYS, &message.base);
    page->whole = false;
    page->n = 0;
    arena_reset(page->arena, ARENA_LIMIT);
}

static bool put_bytes(struct page *page, const void *data, size_t size, ProtobufCBinaryData *ret)
{
    uint8_t *bytes = arena_alloc(page->arena, size);
    if (bytes == NULL) return false;
    memcpy(bytes, data, size);
    *ret = (ProtobufCBinaryData){.len = size, .data = bytes};
    return true;
}

static char *put_text(struct page *page, const char *s)
{
    return arena_text(page->arena, slice_text(s != NULL ? s : ""));
}

static Selenga__Key *add_key(struct page *page, const ProtobufCBinaryData *key, uint32_t role,
                             const char *org)
{
    if (key->len != NODE_KEY_SIZE) return NULL;
    if (page->n == PAGE_KEYS) page_send(page, NULL, 0, true);
    Selenga__Key *k = arena_alloc(page->arena, sizeof *k);
    if (k == NULL) return NULL;
    selenga__key__init(k);
    k->has_key = k->has_role = 1;
    k->role = role;
    k->org = put_text(page, org);
    if (k->org == NULL || !put_bytes(page, key->data, key->len, &k->key)) return NULL;
    page->keys[page->n++] = k;
    return k;
}

// As much as a fault says.
static char *put_why(struct page *page, const char *why)
{
    fault_t fault;
    fault_set(&fault, "PARENT-REVOKED", NULL, why != NULL ? why : "");
    return put_text(page, fault.args[0]);
}

static void add_child(struct page *page, const record_t *r)
{
    path_t path;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path) ||
        path_equal(&path, page->self))
        return;
    bool active = m->state == NULL || strcmp(m->state, "active") == 0;
    Selenga__Key *k = add_key(page, &m->key, active ? ROLE_CHILD : ROLE_REVOKED, m->org);
    if (k == NULL) return;
    k->name = put_text(page, m->name);
    if (!active) k->why = put_why(page, m->why);
    k->has_peer = 1;
    k->peer = path_own_label(&path);
    k->has_path = put_bytes(page, path.b, path.len, &k->path);
}

static void add_invitation(struct page *page, const record_t *r)
{
    AUTO(msg_body_free)
    Selenga__InviteRecord *m = msg_body_unpack(&selenga__invite_record__descriptor, r->body);
    // Used and expired ones are still let in to be told so, for a while.
    if (m == NULL || m->expires_s + REMEMBER_S < page->now_s) return;
    Selenga__Key *k = add_key(page, &m->key, ROLE_INVITATION, m->org);
    if (k == NULL) return;
    k->has_expires_s = 1;
    k->expires_s = m->expires_s + REMEMBER_S;
}

static int add_record(void *arg, store_txn_t *txn, const record_t *r)
{
    (void)txn;
    if (r->deleted) return 0;
    if (r->kind == N_NODE)
        add_child(arg, r);
    else
        add_invitation(arg, r);
    return 0;
}

// --- what changed --------------------------------------------------------------------------------

static void note_gone(registry_t *self, const ProtobufCBinaryData *key)
{
    if (key->len != NODE_KEY_SIZE) return;
    memcpy(vec_add(self->gone, self->n_gone, self->room_gone), key->data, NODE_KEY_SIZE);
}

// Another key may stand in a node's record: the node was replaced. An invitation is named by its key, so that
// it keeps it.
static void note_old_key(registry_t *self, const record_t *old, const record_t *now)
{
    AUTO(msg_body_free) Selenga__Node *before = msg_body_unpack(&selenga__node__descriptor, old->body);
    AUTO(msg_body_free) Selenga__Node *after = msg_body_unpack(&selenga__node__descriptor, now->body);
    if (before == NULL) return;
    bool same = after != NULL && !now->deleted && before->key.len == after->key.len &&
                before->key.len == NODE_KEY_SIZE &&
                memcmp(before->key.data, after->key.data, NODE_KEY_SIZE) == 0;
    if (!same) note_gone(self, &before->key);
}

static void note_old_invitation(registry_t *self, const record_t *old)
{
    AUTO(msg_body_free)
    Selenga__InviteRecord *m = msg_body_unpack(&selenga__invite_record__descriptor, old->body);
    if (m != NULL) note_gone(self, &m->key);
}

void table_note(registry_t *self, const record_t *old, const record_t *now)
{
    const path_t *here = &service_node(self->service)->path;
    bool was_own = old != NULL && !old->deleted && path_equal(&old->home, here);
    bool is_own = path_equal(&now->home, here);
    if (!was_own && !is_own) return;
    if (was_own && now->kind == N_NODE) note_old_key(self, old, now);
    if (was_own && now->kind == N_INVITE && (now->deleted || !is_own)) note_old_invitation(self, old);
    *vec_add(self->touched, self->n_touched, self->room_touched) = now->id;
}

// --- sending -------------------------------------------------------------------------------------

static void forget_changes(registry_t *self)
{
    self->n_touched = self->n_gone = 0;
}

int table_send_whole(registry_t *self, store_txn_t *txn)
{
    AUTO(page_free) struct page *page = page_new(self);
    page->whole = true;
    int rc = table_each_own(self, txn, N_NODE, add_record, page);
    if (rc == 0) rc = table_each_own(self, txn, N_INVITE, add_record, page);
    if (rc < 0) return rc;
    page_send(page, NULL, 0, false);
    forget_changes(self);
    return 0;
}

// A change of more keys than a page holds, as after a lost disk, goes out as a whole table.
int table_send_changes(registry_t *self, store_txn_t *txn)
{
    if (self->n_touched + self->n_gone == 0) return 0;
    if (self->n_touched > PAGE_KEYS || self->n_gone > PAGE_KEYS) return table_send_whole(self, txn);
    AUTO(page_free) struct page *page = page_new(self);
    ProtobufCBinaryData gone[PAGE_KEYS];
    for (size_t i = 0; i < self->n_gone; i++)
        gone[i] = (ProtobufCBinaryData){.len = NODE_KEY_SIZE, .data = self->gone[i]};
    for (size_t i = 0; i < self->n_touched; i++) {
        record_t r;
        int rc = store_get(txn, &self->touched[i], &r, NULL);
        if (rc == 0 && path_equal(&r.home, page->self)) rc = add_record(page, txn, &r);
        if (rc < 0) return rc;
    }
    page_send(page, gone, self->n_gone, false);
    forget_changes(self);
    return 0;
}
