// SPDX-License-Identifier: Apache-2.0
#include "services/registry/admission.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/msg.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/registry.pb-c.h"
#include "services/registry/table.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

static int refuse(registry_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

// Ends a request whose record was not written: refused for what the asker said, or -errno.
static int not_written(registry_t *self, const envelope_t *e, int rc, const fault_t *fault)
{
    if (rc == RECORD_E_FAULT) service_refuse(self->service, e, fault, false);
    return rc < 0 ? rc : 0;
}

static ProtobufCBinaryData binary(const void *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

static char *text(const char *s)
{
    return (char *)(uintptr_t)s;
}

// --- nodes ---------------------------------------------------------------------------------------

static int write_node(registry_t *self, store_txn_t *txn, const Selenga__Node *node, fault_t *ret_fault)
{
    author_t author = service_author(self->service);
    return record_write_own(&author, txn, &KIND_NODE, NULL, &node->base, ret_fault);
}

int admission_write_self(registry_t *self, store_txn_t *txn)
{
    const node_conf_t *conf = service_node(self->service);
    Selenga__Node node = SELENGA__NODE__INIT;
    node.org = text(conf->org);
    node.name = text(conf->name[0] != '\0' ? conf->name : conf->org);
    node.level = text(conf->level);
    node.state = text("active");
    node.has_key = node.has_path = 1;
    node.key = binary(self->public_key, NODE_KEY_SIZE);
    node.path = binary(conf->path.b, conf->path.len);
    return write_node(self, txn, &node, NULL);
}

// --- invitations ---------------------------------------------------------------------------------

static const char *level_of_kind(const char *kind)
{
    static const struct {
        const char *kind, *level;
    } levels[] = {
        {"school", "school"},
        {"kindergarten", "school"},
        {"additional", "school"},
        {"college", "school"},
        {"university", "school"},
        {"municipal_authority", "municipality"},
        {"methodical_service", "municipality"},
        {"ministry", "region"},
        {"dpo_institute", "region"},
        {"cnppm", "region"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
        if (strcmp(levels[i].kind, kind) == 0) return levels[i].level;
    return NULL;
}

// The organisation's record tells the level; without it, or where its kind stands too high, one below this
// hub's.
static int find_level(registry_t *self, store_txn_t *txn, const char *org, const char **ret_level,
                      bool *ret_known)
{
    const node_conf_t *conf = service_node(self->service);
    Selenga__Organisation key = SELENGA__ORGANISATION__INIT;
    rid_t id;
    record_t held;
    *ret_level = level_name(conf->rank > 0 ? (int)conf->rank - 1 : 0);
    *ret_known = false;
    key.code = text(org);
    if (!body_id(&KIND_ORGANISATION, &key.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : 0;
    *ret_known = true;
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, held.body);
    const char *level = m != NULL && m->kind != NULL ? level_of_kind(m->kind) : NULL;
    if (level != NULL && level_rank(level) <= (int)conf->rank) *ret_level = level;
    return 0;
}

static int find_node(store_txn_t *txn, const char *org, record_t *ret)
{
    Selenga__Node key = SELENGA__NODE__INIT;
    rid_t id;
    key.org = text(org);
    if (!body_id(&KIND_NODE, &key.base, &id)) return KV_NONE;
    int rc = store_get(txn, &id, ret, NULL);
    return rc == 0 && ret->deleted ? KV_NONE : rc;
}

static const char *check_invite(registry_t *self, store_txn_t *txn, const Selenga__Invite *m,
                                const char **ret_arg)
{
    const node_conf_t *conf = service_node(self->service);
    record_t held;
    *ret_arg = m->org != NULL ? m->org : "";
    if (m->org == NULL || m->org[0] == '\0' || strlen(m->org) > ORG_MAX) return "REQUIRED";
    if (m->key.len != NODE_KEY_SIZE || m->expires_s <= wall_s()) return "EXPIRES-PAST";
    if (conf->listen[0] == '\0') return "NOT-LISTENING";
    if (strcmp(m->org, conf->org) == 0) return "OWN-ORG";
    if (m->level != NULL && m->level[0] != '\0' &&
        (level_rank(m->level) < 0 || level_rank(m->level) > (int)conf->rank))
        return "BAD-LEVEL";
    if (find_node(txn, m->org, &held) == 0 && !path_equal(&held.home, &conf->path)) return "NODE-ELSEWHERE";
    return NULL;
}

int admission_invite(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Invite *m = msg_body_unpack(&selenga__invite__descriptor, e->body);
    const char *arg = "", *level;
    bool known;
    if (m == NULL) return refuse(self, e, "MALFORMED", "");
    const char *code = check_invite(self, txn, m, &arg);
    if (code != NULL) return refuse(self, e, code, arg);
    int rc = find_level(self, txn, m->org, &level, &known);
    if (rc != 0) return rc;
    if (m->level != NULL && m->level[0] != '\0') level = m->level;
    Selenga__InviteRecord invite = SELENGA__INVITE_RECORD__INIT;
    invite.has_key = invite.has_expires_s = 1;
    invite.key = m->key;
    invite.org = m->org;
    invite.level = text(level);
    invite.expires_s = m->expires_s;
    invite.state = text("open");
    author_t author = service_author(self->service);
    fault_t fault;
    rc = record_write_own(&author, txn, &KIND_INVITE, NULL, &invite.base, &fault);
    if (rc != 0) return not_written(self, e, rc, &fault);
    if ((rc = table_send_changes(self, txn)) != 0) return rc; // before the token can be used
    Selenga__InviteReply reply = SELENGA__INVITE_REPLY__INIT;
    reply.org = m->org;
    reply.level = text(level);
    if (!known) reply.warning = text("ORG-UNKNOWN");
    service_reply(self->service, e, MSG_INVITE_REPLY, &reply.base);
    return 0;
}

// --- joining -------------------------------------------------------------------------------------

static int find_invite(store_txn_t *txn, const envelope_t *e, uint8_t *key, record_t *ret)
{
    static const char prefix[] = "invite:";
    Selenga__InviteRecord wanted = SELENGA__INVITE_RECORD__INIT;
    rid_t id;
    if (strncmp(e->principal, prefix, sizeof prefix - 1) != 0) return KV_NONE;
    if (hex_parse(slice_text(e->principal + sizeof prefix - 1), key, NODE_KEY_SIZE) != NODE_KEY_SIZE)
        return KV_NONE;
    wanted.has_key = 1;
    wanted.key = binary(key, NODE_KEY_SIZE);
    if (!body_id(&KIND_INVITE, &wanted.base, &id)) return KV_NONE;
    int rc = store_get(txn, &id, ret, NULL);
    return rc == 0 && ret->deleted ? KV_NONE : rc;
}

static bool same_key(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
    return a->len == NODE_KEY_SIZE && b->len == NODE_KEY_SIZE &&
           sodium_memcmp(a->data, b->data, NODE_KEY_SIZE) == 0;
}

static const char *check_join(const Selenga__InviteRecord *invite, const Selenga__Join *join)
{
    if (join->key.len != NODE_KEY_SIZE) return "MALFORMED";
    bool used = invite->used_by.len > 0;
    if (used && same_key(&invite->used_by, &join->key))
        return NULL; // its answer was lost: the same once more
    if (used) return "TOKEN-USED";
    if (invite->expires_s <= wall_s()) return "TOKEN-EXPIRED";
    return invite->state != NULL && strcmp(invite->state, "revoked") == 0 ? "TOKEN-REVOKED" : NULL;
}

// A node that stood at this organisation before is replaced and keeps its path: its neighbours fill the empty
// store.
static int choose_path(registry_t *self, store_txn_t *txn, const char *org, path_t *ret_path)
{
    const path_t *here = &service_node(self->service)->path;
    record_t held;
    int rc = find_node(txn, org, &held);
    if (rc < 0) return rc;
    if (rc == 0) {
        AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, held.body);
        if (m != NULL && path_from_bytes(slice(m->path.data, m->path.len), ret_path)) return 0;
    }
    uint32_t label;
    do label = randombytes_random();
    while (label < PEER_LABEL_MIN || label == PEER_PARENT ||
           scope_has_child(service_scope(self->service), label));
    return path_child(here, label, ret_path) ? 0 : KV_NONE;
}

static int enrol(registry_t *self, store_txn_t *txn, const Selenga__InviteRecord *invite,
                 const Selenga__Join *join, const path_t *path, fault_t *ret_fault)
{
    const path_t *here = &service_node(self->service)->path;
    author_t author = service_author(self->service);
    Selenga__Node node = SELENGA__NODE__INIT;
    node.org = invite->org;
    node.name = join->name != NULL && join->name[0] != '\0' ? join->name : invite->org;
    node.level = invite->level;
    node.state = text("active");
    node.has_key = node.has_path = node.has_parent = 1;
    node.key = join->key;
    node.path = binary(path->b, path->len);
    node.parent = binary(here->b, here->len);
    int rc = write_node(self, txn, &node, ret_fault);
    if (rc != 0) return rc;
    Selenga__InviteRecord used = *invite;
    used.has_used_by = 1;
    used.used_by = join->key;
    used.state = text("used");
    return record_write_own(&author, txn, &KIND_INVITE, NULL, &used.base, ret_fault);
}

static void welcome(registry_t *self, const envelope_t *e, const Selenga__InviteRecord *invite,
                    const Selenga__Join *join, const path_t *path)
{
    const node_conf_t *conf = service_node(self->service);
    Selenga__JoinReply reply = SELENGA__JOIN_REPLY__INIT;
    reply.has_path = reply.has_parent_rank = 1;
    reply.path = binary(path->b, path->len);
    reply.org = invite->org;
    reply.level = invite->level;
    reply.name = join->name != NULL && join->name[0] != '\0' ? join->name : invite->org;
    reply.parent_org = text(conf->org);
    reply.parent_rank = conf->rank;
    service_reply(self->service, e, MSG_JOIN_REPLY, &reply.base);
}

int admission_join(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Join *join = msg_body_unpack(&selenga__join__descriptor, e->body);
    record_t held;
    uint8_t key[NODE_KEY_SIZE];
    path_t path;
    if (join == NULL) return refuse(self, e, "MALFORMED", "");
    int rc = find_invite(txn, e, key, &held);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return refuse(self, e, "TOKEN-FOREIGN", "");
    AUTO(msg_body_free)
    Selenga__InviteRecord *invite = msg_body_unpack(&selenga__invite_record__descriptor, held.body);
    if (invite == NULL) return -EUCLEAN;
    const char *code = check_join(invite, join);
    if (code != NULL) return refuse(self, e, code, invite->org);
    if ((rc = choose_path(self, txn, invite->org, &path)) != 0)
        return rc < 0 ? rc : refuse(self, e, "TREE-DEPTH", "");
    fault_t fault;
    rc = enrol(self, txn, invite, join, &path, &fault);
    if (rc != 0) return not_written(self, e, rc, &fault);
    if ((rc = table_send_changes(self, txn)) != 0) return rc; // before the node can come
    welcome(self, e, invite, join, &path);
    log_at(L_INFO, "NODE-JOINED", _("node of %s joined"), invite->org);
    return 0;
}

// --- revoking ------------------------------------------------------------------------------------

struct search {
    const char *name;
    const path_t *self;
    rid_t id;
    bool found;
};

static int match_node(void *arg, store_txn_t *txn, const record_t *r)
{
    struct search *s = arg;
    path_t path;
    char shown[PATH_TEXT];
    (void)txn;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path) || path_equal(&path, s->self))
        return 0;
    bool named = strcmp(m->org, s->name) == 0 || (m->name != NULL && strcmp(m->name, s->name) == 0) ||
                 strcmp(path_text(&path, shown), s->name) == 0;
    if (!named) return 0;
    s->id = r->id;
    s->found = true;
    return 1;
}

int admission_revoke(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Revoke *m = msg_body_unpack(&selenga__revoke__descriptor, e->body);
    record_t held;
    if (m == NULL || m->name == NULL) return refuse(self, e, "MALFORMED", "");
    if (m->why == NULL || m->why[0] == '\0') return refuse(self, e, "REQUIRED", "why");
    struct search search = {.name = m->name, .self = &service_node(self->service)->path};
    int rc = table_each_own(self, txn, N_NODE, match_node, &search);
    if (rc < 0) return rc;
    if (!search.found) return refuse(self, e, "NO-CHILD", m->name);
    if ((rc = store_get(txn, &search.id, &held, NULL)) != 0) return rc;
    AUTO(msg_body_free) Selenga__Node *node = msg_body_unpack(&selenga__node__descriptor, held.body);
    if (node == NULL) return -EUCLEAN;
    char *old_state = node->state, *old_why = node->why;
    node->state = text("revoked");
    node->why = m->why;
    fault_t fault;
    rc = write_node(self, txn, node, &fault);
    node->state = old_state; // the message frees what is its own
    node->why = old_why;
    if (rc != 0) return not_written(self, e, rc, &fault);
    service_reply(self->service, e, MSG_DONE, NULL);
    log_at(L_WARNING, "NODE-REVOKED", _("node of %s revoked by %s: %s"), node->org, e->principal, m->why);
    return 0;
}
