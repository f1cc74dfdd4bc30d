// SPDX-License-Identifier: Apache-2.0
// The file's bytes: common/store/FORMAT.md.
#include "services/registry/admitted.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/sync/batch.h"
#include "proto/registry.pb-c.h"
#include "services/registry/table.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

static const char MAGIC[] = "selenga admitted 1\n";
enum { HASH = 32, HEAD = sizeof MAGIC - 1 + HASH, FILE_MOST = 64 * 1024 * 1024, PAUSE_MS = 1000 };

static int own_organisation(registry_t *self, rid_t *ret_id)
{
    Selenga__Organisation key = SELENGA__ORGANISATION__INIT;
    key.code = (char *)(uintptr_t)service_node(self->service)->org;
    return body_id(&KIND_ORGANISATION, &key.base, ret_id) ? 0 : -EINVAL;
}

static bool belongs(registry_t *self, const record_t *r)
{
    const node_conf_t *node = service_node(self->service);
    if (!path_equal(&r->home, &node->path)) return false;
    if (r->kind == N_ORGANISATION) return slice_equal(r->org, slice_text(node->org));
    return r->kind == N_NODE || r->kind == N_INVITE;
}

// --- reading

static int take_back(registry_t *self, store_txn_t *txn, const record_t *r)
{
    record_t held;
    applied_t applied;
    if (!belongs(self, r)) return 0;
    int rc = store_get(txn, &r->id, &held, NULL);
    if (rc < 0 || (rc == 0 && version_cmp(&r->version, &held.version) <= 0)) return rc;
    arrival_t arrival = {.peer = PEER_SELF, .giveback = true};
    return store_apply(txn, r, &arrival, &applied);
}

static bool is_whole(slice_t file)
{
    uint8_t hash[HASH];
    if (file.size < HEAD || memcmp(file.data, MAGIC, sizeof MAGIC - 1) != 0) return false;
    crypto_generichash(hash, sizeof hash, file.data + HEAD, file.size - HEAD, NULL, 0);
    return memcmp(hash, file.data + HEAD - HASH, HASH) == 0;
}

static int take_all_back(registry_t *self, store_txn_t *txn, slice_t rest)
{
    slice_t wire;
    record_t r;
    int rc = 0;
    while (rc == 0 && (rc = batch_next(&rest, &wire)) == 0)
        rc = record_parse(wire, &r) == 0 ? take_back(self, txn, &r) : -EBADMSG;
    return rc == 1 ? 0 : rc;
}

int admitted_restore(registry_t *self, store_txn_t *txn)
{
    AUTO(xfree) uint8_t *data = NULL;
    size_t size = 0;
    self->admitted_changed = true;
    int rc = file_read(NODE_ADMITTED, FILE_MOST, true, &data, &size);
    if (rc == -ENOENT) return 0;
    if (rc == 0 && !is_whole(slice(data, size))) rc = -EBADMSG;
    if (rc == 0) return take_all_back(self, txn, slice(data + HEAD, size - HEAD));
    log_at(L_ERROR, "ADMITTED-READ", _("%s cannot be used and is written anew: %s"), NODE_ADMITTED,
           system_error(-rc));
    return 0;
}

// --- writing

static bool has_children(const registry_t *self)
{
    size_t state = 0;
    return scope_next_child(service_scope(self->service), &state) != PEER_SELF;
}

static int gather(void *arg, store_txn_t *txn, const record_t *r)
{
    (void)txn;
    batch_add(arg, r->wire);
    return 0;
}

static int gather_all(registry_t *self, store_txn_t *txn, batch_t *to)
{
    record_t r;
    rid_t id;
    int rc = table_each_own(self, txn, N_NODE, gather, to);
    if (rc == 0) rc = table_each_own(self, txn, N_INVITE, gather, to);
    if (rc == 0) rc = own_organisation(self, &id);
    if (rc == 0) rc = store_get(txn, &id, &r, NULL);
    if (rc == 0 && belongs(self, &r)) batch_add(to, r.wire);
    return rc < 0 ? rc : 0;
}

static void write_file(const batch_t *batch)
{
    size_t size = HEAD + batch->size;
    AUTO(xfree) uint8_t *data = xmalloc(size);
    memcpy(data, MAGIC, sizeof MAGIC - 1);
    crypto_generichash(data + HEAD - HASH, HASH, batch->data, batch->size, NULL, 0);
    if (batch->size > 0) memcpy(data + HEAD, batch->data, batch->size);
    int rc = file_replace(NODE_ADMITTED, slice(data, size), 0600);
    if (rc != 0)
        log_once(L_ERROR, "ADMITTED-WRITE", 0, _("cannot write %s: %s"), NODE_ADMITTED, system_error(-rc));
}

void admitted_note(registry_t *self, const record_t *now)
{
    if (!belongs(self, now)) return;
    self->admitted_changed = self->admitted_pending = true;
}

int admitted_settle(registry_t *self, store_txn_t *txn)
{
    uint64_t now_ms = mono_ms();
    bool pending = self->admitted_pending;
    self->admitted_pending = false;
    if (pending || !self->admitted_changed || now_ms - self->admitted_ms < PAUSE_MS) return 0;
    self->admitted_changed = false;
    self->admitted_ms = now_ms;
    if (!has_children(self)) return 0;
    AUTO(batch_clear) batch_t all = {0};
    int rc = gather_all(self, txn, &all);
    if (rc == 0) write_file(&all);
    return rc;
}
