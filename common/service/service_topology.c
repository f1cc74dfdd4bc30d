// SPDX-License-Identifier: Apache-2.0
// How a service learns which child serves an organisation: from records of organisations and nodes, its own
// or neighbours'. What follows is done once a transaction: lanes anew, what waited in quarantine tried again.
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/service/service_private.h"
#include "proto/registry.pb-c.h"
#include <stdlib.h>
#include <string.h>

static void learn_organisation(service_t *service, const record_t *r)
{
    if (r->deleted) {
        service->topology_changed |= scope_drop_org(service->scope, r->org);
        return;
    }
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, r->body);
    if (m == NULL || m->code == NULL) return;
    slice_t parent = m->parent != NULL ? slice_text(m->parent) : (slice_t){0};
    service->topology_changed |= scope_set_org(service->scope, slice_text(m->code), parent);
}

// What its key says is settled with the transaction: nothing may be written while records are being kept.
static void meet(service_t *service, uint32_t peer, const uint8_t key[static NODE_KEY_SIZE])
{
    struct met *met = vec_add(service->met, service->n_met, service->room_met);
    met->peer = peer;
    memcpy(met->key, key, NODE_KEY_SIZE);
}

static void meet_child(service_t *service, const record_t *r, const path_t *path, const Selenga__Node *m)
{
    const path_t *self = &service->place.path, above = path_parent(path);
    if (!path_equal(&r->home, self) || !path_equal(&above, self) || m->key.len != NODE_KEY_SIZE) return;
    nears_of(&service->nears, path_own_label(path))->revoked =
        m->state != NULL && strcmp(m->state, "revoked") == 0;
    meet(service, path_own_label(path), m->key.data);
}

static int settle_met(service_t *service, store_txn_t *txn)
{
    int rc = 0;
    if (service->feed == NULL) return 0;
    for (size_t i = 0; i < service->n_met && rc == 0; i++) {
        rc = feed_know_key(service->feed, txn, service->met[i].peer, service->met[i].key);
        if (rc == 1) rc = audit_told_forget(txn, service->met[i].peer);
    }
    service->n_met = 0;
    return rc;
}

static void learn_node(service_t *service, const record_t *r)
{
    path_t path;
    if (r->deleted) {
        service->topology_changed |= scope_drop_node(service->scope, r->org);
        return;
    }
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL || m->org == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path)) return;
    meet_child(service, r, &path, m);
    service->topology_changed |= scope_set_node(service->scope, slice_text(m->org), &path,
                                                m->level != NULL ? level_rank(m->level) : -1);
    bool revoked = m->state != NULL && strcmp(m->state, "revoked") == 0;
    service->topology_changed |= scope_end_node(service->scope, slice_text(m->org), revoked);
}

void topology_learn(service_t *service, const record_t *r)
{
    if (r->kind == N_ORGANISATION) learn_organisation(service, r);
    if (r->kind == N_NODE) learn_node(service, r);
}

static int learn(void *arg, const record_t *r, const place_t *place)
{
    (void)place;
    topology_learn(arg, r);
    return 0;
}

int topology_learn_all(service_t *service)
{
    static const uint32_t kinds[] = {N_ORGANISATION, N_NODE};
    store_txn_t *txn = NULL;
    int rc = store_begin(service->store, false, &txn);
    if (rc != 0) return rc;
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && rc == 0; i++)
        rc = store_each(txn, kinds[i], (slice_t){0}, NULL, learn, service);
    store_abort(&txn);
    slice_t org;
    size_t state = 0;
    while (scope_moved(service->scope, &state, &org)) {
    } // lanes in the store are as the topology was when they were written
    if (service->place.has_parent) meet(service, PEER_PARENT, service->node.parent.key);
    return rc;
}

void topology_know_neighbours(service_t *service)
{
    size_t state = 0;
    uint32_t child;
    if (service->feed == NULL) return;
    if (service->place.has_parent) feed_know(service->feed, PEER_PARENT);
    while ((child = scope_next_child(service->scope, &state)) != PEER_SELF) feed_know(service->feed, child);
}

int topology_settle(service_t *service, store_txn_t *txn)
{
    slice_t org;
    char code[ORG_MAX + 1];
    size_t state = 0;
    int rc = settle_met(service, txn);
    if (rc != 0 || !service->topology_changed) return rc;
    service->topology_changed = false;
    topology_know_neighbours(service);
    while (rc == 0 && scope_moved(service->scope, &state, &org)) {
        memcpy(code, org.data, org.size);
        rc = store_relane_org(txn, slice(code, org.size)); // to the lane of the child that serves it now
    }
    requests_retry(service);
    return rc;
}
