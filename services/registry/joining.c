// SPDX-License-Identifier: Apache-2.0
// A node that joins. What it may is told by join_rules.c, over facts gathered here.
#include "common/base/log.h"
#include "common/node/msg.h"
#include "common/node/root.h"
#include "proto/envelope.pb-c.h"
#include "services/registry/admission.h"
#include "services/registry/admission_private.h"
#include "services/registry/join_rules.h"
#include "services/registry/known.h"
#include "services/registry/table.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

// What a join is about. Both are freed by clear().
typedef struct joining {
    Selenga__Join *join;
    Selenga__InviteRecord *invite;
    Selenga__Node *node; // of the organisation, as it stood before; NULL: none here
    bool elsewhere;
    path_t path;
} joining_t;

static void clear(joining_t *j)
{
    msg_body_free(&j->join);
    msg_body_free(&j->invite);
    msg_body_free(&j->node);
}

static int find_invite(store_txn_t *txn, const envelope_t *e, record_t *ret)
{
    static const char prefix[] = "invite:";
    uint8_t key[NODE_KEY_SIZE];
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

// --- facts ---------------------------------------------------------------------------------------

static bool same_key(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
    return a->len == NODE_KEY_SIZE && b->len == NODE_KEY_SIZE &&
           sodium_memcmp(a->data, b->data, NODE_KEY_SIZE) == 0;
}

static int find_present_node(registry_t *self, store_txn_t *txn, joining_t *j)
{
    record_t held;
    int rc = admission_find_node(txn, j->invite->org, &held);
    if (rc != 0) return rc < 0 ? rc : 0;
    j->elsewhere = !path_equal(&held.home, &service_node(self->service)->path);
    if (!j->elsewhere) j->node = msg_body_unpack(&selenga__node__descriptor, held.body);
    return 0;
}

static bool is_other_root(const joining_t *j)
{
    const ProtobufCBinaryData *given = &j->join->root_check;
    if (!j->join->restored || j->node == NULL || j->node->root_check.len != ROOT_CHECK_SIZE) return false;
    return given->len != ROOT_CHECK_SIZE || memcmp(given->data, j->node->root_check.data, given->len) != 0;
}

// The code of what forbids it in *ret_code, or NULL. 0 or -errno.
static int check_join(registry_t *self, store_txn_t *txn, joining_t *j, const char **ret_code,
                      bool *ret_again)
{
    const Selenga__InviteRecord *invite = j->invite;
    join_facts_t facts = {
        .has_key = j->join->key.len == NODE_KEY_SIZE,
        .used = invite->used_by.len > 0,
        .used_by_it = same_key(&invite->used_by, &j->join->key),
        .withdrawn = invite->state != NULL && strcmp(invite->state, "revoked") == 0,
        .expired = invite->expires_s <= registry_now_s(self),
        .replace = invite->replace,
        .elsewhere = j->elsewhere,
        .active = j->node != NULL && admission_is_active(j->node),
        .its_key = j->node != NULL && same_key(&j->node->key, &j->join->key),
        .other_root = is_other_root(j),
    };
    *ret_code = join_refusal(&facts, ret_again);
    if (*ret_code != NULL || *ret_again) return 0;
    int rc = known_key(self, txn, j->join->key.data); // the dearest question comes last
    facts.key_known = rc > 0;
    *ret_code = join_refusal(&facts, ret_again);
    return rc < 0 ? rc : 0;
}

// --- the new node --------------------------------------------------------------------------------

// A node that stood at this organisation before is replaced and keeps its path: its neighbours fill the empty
// store.
static bool choose_path(registry_t *self, joining_t *j)
{
    const path_t *here = &service_node(self->service)->path;
    if (j->node != NULL && path_from_bytes(slice(j->node->path.data, j->node->path.len), &j->path))
        return true;
    uint32_t label;
    do label = randombytes_random();
    while (label < PEER_LABEL_MIN || label == PEER_PARENT ||
           scope_has_child(service_scope(self->service), label));
    return path_child(here, label, &j->path);
}

static char *name_of(const joining_t *j)
{
    return j->join->name != NULL && j->join->name[0] != '\0' ? j->join->name : j->invite->org;
}

static int enrol(registry_t *self, store_txn_t *txn, const joining_t *j, fault_t *ret_fault)
{
    const path_t *here = &service_node(self->service)->path;
    Selenga__Node node = SELENGA__NODE__INIT;
    node.org = j->invite->org;
    node.name = name_of(j);
    node.level = j->invite->level;
    node.state = text("active");
    node.has_key = node.has_path = node.has_parent = 1;
    node.key = j->join->key;
    node.path = binary(j->path.b, j->path.len);
    node.parent = binary(here->b, here->len);
    node.has_root_check = j->join->root_check.len == ROOT_CHECK_SIZE;
    if (node.has_root_check) node.root_check = j->join->root_check;
    int rc = admission_write_node(self, txn, &node, ret_fault);
    if (rc != 0) return rc;
    Selenga__InviteRecord used = *j->invite;
    used.has_used_by = used.has_replace = 1;
    used.used_by = j->join->key;
    used.state = text("used");
    used.replace = j->node != NULL; // so that the answer is the same when it is asked for again
    rc = admission_write_invite(self, txn, &used, ret_fault);
    return rc == 0 ? admission_withdraw(self, txn, used.org, used.key.data) : rc;
}

static void welcome(registry_t *self, const envelope_t *e, const joining_t *j, bool replaced)
{
    const node_conf_t *conf = service_node(self->service);
    Selenga__JoinReply reply = SELENGA__JOIN_REPLY__INIT;
    reply.has_path = reply.has_parent_rank = reply.has_replaced = 1;
    reply.path = binary(j->path.b, j->path.len);
    reply.org = j->invite->org;
    reply.level = j->invite->level;
    reply.name = name_of(j);
    reply.parent_org = text(conf->org);
    reply.parent_rank = conf->rank;
    reply.replaced = replaced;
    service_reply(self->service, e, MSG_JOIN_REPLY, &reply.base);
}

static int join(registry_t *self, store_txn_t *txn, const envelope_t *e, joining_t *j)
{
    const char *code = NULL;
    bool again = false;
    fault_t fault;
    int rc = find_present_node(self, txn, j);
    if (rc == 0) rc = check_join(self, txn, j, &code, &again);
    if (rc < 0) return rc;
    if (code != NULL) return admission_refuse(self, e, code, j->invite->org);
    if (!choose_path(self, j)) return admission_refuse(self, e, "TREE-DEPTH", "");
    if (again) {
        welcome(self, e, j, j->invite->replace);
        return 0;
    }
    rc = enrol(self, txn, j, &fault);
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    if ((rc = table_send_changes(self, txn)) != 0)
        return rc; // before the node can come, and an old one no more
    welcome(self, e, j, j->node != NULL);
    log_at(L_INFO, "NODE-JOINED", j->node == NULL ? _("node of %s joined") : _("node of %s was replaced"),
           j->invite->org);
    return service_audit(self->service, txn, e, &(audit_note_t){.what = "join", .about = j->invite->org});
}

int admission_join(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(clear) joining_t j = {.join = msg_body_unpack(&selenga__join__descriptor, e->body)};
    record_t held;
    if (j.join == NULL) return admission_refuse(self, e, "MALFORMED", "");
    int rc = find_invite(txn, e, &held);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return admission_refuse(self, e, "TOKEN-FOREIGN", "");
    j.invite = msg_body_unpack(&selenga__invite_record__descriptor, held.body);
    return j.invite != NULL ? join(self, txn, e, &j) : -EUCLEAN;
}
