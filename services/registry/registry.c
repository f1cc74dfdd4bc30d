// SPDX-License-Identifier: Apache-2.0
// What the registry adds to the common loop: see the table at the end.
#include "services/registry/registry.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include "services/registry/account.h"
#include "services/registry/admission.h"
#include "services/registry/admitted.h"
#include "services/registry/known.h"
#include "services/registry/pseudonym.h"
#include "services/registry/table.h"
#include <errno.h>
#include <stdlib.h>

int64_t registry_now_s(registry_t *self)
{
    return era_now(&self->era, wall_s(), mono_ms());
}

static void load_era(registry_t *self)
{
    store_txn_t *txn = NULL;
    int rc = store_begin(service_store(self->service), false, &txn);
    if (rc == 0) rc = era_load(&self->era, txn, wall_s(), mono_ms());
    store_abort(&txn);
    if (rc != 0) log_at(L_ERROR, "STORE-FAILED", _("the store cannot be read: %s"), system_error(-rc));
}

static void *open_registry(service_t *service)
{
    why_t why;
    node_keys_t keys;
    registry_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    if (node_keys_load(".", &keys, &why) != 0) {
        log_at(L_ERROR, "NODE-SECRET", "%s", why.text);
        exit(1); // without its keys a node cannot be known
    }
    memcpy(self->public_key, keys.public_key, sizeof self->public_key);
    self->pseudonyms = pseudonyms_open(service);
    if (self->pseudonyms == NULL) exit(1); // nor name people without those that it should have
    table_start(self);
    load_era(self);
    guard_init(&self->guard);
    return self;
}

static void close_registry(void *arg)
{
    registry_t *self = arg;
    table_clear(self);
    known_clear(self);
    pseudonyms_close(&self->pseudonyms);
    free(self);
}

// --- what a new root needs -----------------------------------------------------------------------

static const char *kind_of_level(uint32_t rank)
{
    static const char *const kinds[] = {"school", "municipal_authority", "ministry", "ministry"};
    return kinds[rank < ARRAY_SIZE(kinds) ? rank : ARRAY_SIZE(kinds) - 1];
}

static bool stands(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    return store_get(txn, id, &held, NULL) == 0;
}

// The root's own organisation, until a sheet says more, and its node. Others get theirs from the hub above, a
// root that came back from its children.
static int start_registry(void *arg, store_txn_t *txn)
{
    registry_t *self = arg;
    const node_conf_t *node = service_node(self->service);
    author_t author = service_author(self->service);
    int rc = admitted_restore(self, txn);
    if (rc != 0 || node->parent.known) return rc;
    Selenga__Organisation org = SELENGA__ORGANISATION__INIT;
    rid_t id;
    org.code = (char *)(uintptr_t)node->org;
    org.kind = (char *)(uintptr_t)kind_of_level(node->rank);
    org.name = (char *)(uintptr_t)(node->name[0] != '\0' ? node->name : node->org);
    if (!body_id(&KIND_ORGANISATION, &org.base, &id)) return -EINVAL;
    if (!node->replaced && !stands(txn, &id)) {
        rc = record_write_own(&author, txn, &KIND_ORGANISATION, NULL, &org.base, NULL);
        if (rc != 0) return rc;
    }
    return admission_write_self(self, txn);
}

// --- hooks ---------------------------------------------------------------------------------------

static int derive(void *arg, store_txn_t *txn, const author_t *author, const kind_rule_t *rule, body_t *body,
                  fault_t *ret_fault)
{
    const registry_t *self = arg;
    (void)ret_fault;
    if (rule->number != N_PERSON) return 0;
    return pseudonyms_derive(self->pseudonyms, txn, author, (Selenga__Person *)body);
}

static void foresee(void *arg, const Selenga__Put *put)
{
    const registry_t *self = arg;
    pseudonyms_foresee(self->pseudonyms, put);
}

static void changed(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    registry_t *self = arg;
    if (now->kind == N_NODE || now->kind == N_INVITE) {
        table_note(self, old, now);
        known_note(self, now);
    }
    admitted_note(self, now);
    pseudonyms_changed(self->pseudonyms, txn, old, now);
}

static int settle(void *arg, store_txn_t *txn)
{
    registry_t *self = arg;
    registry_now_s(self);
    int rc = era_keep(&self->era, txn, false);
    if (rc == 0) rc = pseudonyms_settle(self->pseudonyms, txn);
    if (rc == 0) rc = table_send_changes(self, txn);
    return rc != 0 ? rc : admitted_settle(self, txn);
}

static bool is_busy(void *arg)
{
    const registry_t *self = arg;
    return pseudonyms_are_busy(self->pseudonyms);
}

static int message(void *arg, store_txn_t *txn, const envelope_t *e)
{
    registry_t *self = arg;
    if (e->type == MSG_EVALUATE || e->type == MSG_EVALUATED)
        return pseudonyms_message(self->pseudonyms, txn, e);
    if (e->peer != PEER_SELF && e->type != MSG_JOIN) return 0;
    switch (e->type) {
    case MSG_HELLO:
        return e->from == SERVICE_GATE ? table_send_whole(self, txn) : 0;
    case MSG_INVITE:
        return admission_invite(self, txn, e);
    case MSG_JOIN:
        return admission_join(self, txn, e);
    case MSG_REVOKE:
        return admission_revoke(self, txn, e);
    case MSG_ADMIT:
        return admission_admit(self, txn, e);
    case MSG_ACCOUNT_ACT:
        return e->from == SERVICE_CLI ? account_act(self, txn, e) : 0;
    case MSG_LOGIN:
        return e->from == SERVICE_CLI ? account_login(self, txn, e) : 0;
    case MSG_ROTATE_PSEUDONYMS:
        return e->from == SERVICE_CLI ? pseudonyms_rotate(self->pseudonyms, txn, e) : 0;
    default:
        return 0;
    }
}

static void link_changed(void *arg, uint32_t peer, bool up)
{
    const registry_t *self = arg;
    pseudonyms_link(self->pseudonyms, peer, up);
}

const service_def_t REGISTRY = {
    .number = SERVICE_REGISTRY,
    .program = "selenga-registry",
    .settings = &PSEUDONYM_SETTINGS,
    .open = open_registry,
    .close = close_registry,
    .start = start_registry,
    .foresee = foresee,
    .derive = derive,
    .changed = changed,
    .settle = settle,
    .busy = is_busy,
    .message = message,
    .link = link_changed,
};
