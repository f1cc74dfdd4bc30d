// SPDX-License-Identifier: Apache-2.0
// A child that this hub has forgotten: the hub lost all that it had and came back by its phrase, and nobody
// else knew whom it admitted. Its operator admits it again by what its card says; it keeps its path, key and
// store.
#include "common/base/log.h"
#include "common/node/msg.h"
#include "common/node/root.h"
#include "proto/api.pb-c.h"
#include "services/registry/admission.h"
#include "services/registry/admission_private.h"
#include "services/registry/table.h"
#include <errno.h>

struct taken {
    const Selenga__Admit *card;
    bool path, key;
};

static bool same(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int find_taken(void *arg, store_txn_t *txn, const record_t *r)
{
    struct taken *taken = arg;
    (void)txn;
    if (slice_equal(r->org, slice_text(taken->card->org))) return 0;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL) return 0;
    taken->path |= same(&m->path, &taken->card->path);
    taken->key |= same(&m->key, &taken->card->key);
    return 0;
}

// Its own record here, when there is one, must be of the same place and not revoked.
static const char *check_known(const Selenga__Node *node, const Selenga__Admit *m)
{
    if (!admission_is_active(node)) return "NODE-REVOKED";
    return same(&node->key, &m->key) && same(&node->path, &m->path) ? NULL : "NODE-ACTIVE";
}

static const char *check_form(registry_t *self, const Selenga__Admit *m)
{
    const node_conf_t *conf = service_node(self->service);
    path_t path;
    if (m->org == NULL || !node_is_org(m->org) || m->key.len != NODE_KEY_SIZE || m->level == NULL ||
        !path_from_bytes(slice(m->path.data, m->path.len), &path))
        return "MALFORMED";
    path_t above = path_parent(&path);
    if (path.len == 0 || !path_equal(&above, &conf->path)) return "NOT-BELOW";
    if (strcmp(m->org, conf->org) == 0) return "OWN-ORG";
    return level_rank(m->level) < 0 || level_rank(m->level) > (int)conf->rank ? "BAD-LEVEL" : NULL;
}

static int check(registry_t *self, store_txn_t *txn, const Selenga__Admit *m, const char **ret_code)
{
    record_t held;
    struct taken taken = {.card = m};
    *ret_code = check_form(self, m);
    if (*ret_code != NULL) return 0;
    int rc = admission_find_node(txn, m->org, &held);
    if (rc < 0) return rc;
    if (rc == 0 && !path_equal(&held.home, &service_node(self->service)->path)) {
        *ret_code = "NODE-ELSEWHERE";
        return 0;
    }
    if (rc == 0) {
        AUTO(msg_body_free) Selenga__Node *node = msg_body_unpack(&selenga__node__descriptor, held.body);
        if (node == NULL) return -EUCLEAN;
        *ret_code = check_known(node, m);
        return 0;
    }
    rc = table_each_own(self, txn, N_NODE, find_taken, &taken);
    if (taken.path || taken.key) *ret_code = taken.path ? "PATH-TAKEN" : "NODE-KEY-KNOWN";
    return rc < 0 ? rc : 0;
}

int admission_admit(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Admit *m = msg_body_unpack(&selenga__admit__descriptor, e->body);
    const path_t *here = &service_node(self->service)->path;
    const char *code = NULL;
    fault_t fault;
    if (m == NULL) return admission_refuse(self, e, "MALFORMED", "");
    int rc = check(self, txn, m, &code);
    if (rc < 0) return rc;
    if (code != NULL) return admission_refuse(self, e, code, m->org != NULL ? m->org : "");
    Selenga__Node node = SELENGA__NODE__INIT;
    node.org = m->org;
    node.name = m->name != NULL && m->name[0] != '\0' ? m->name : m->org;
    node.level = m->level;
    node.state = text("active");
    node.has_key = node.has_path = node.has_parent = 1;
    node.key = m->key;
    node.path = m->path;
    node.parent = binary(here->b, here->len);
    node.has_root_check = m->root_check.len == ROOT_CHECK_SIZE;
    if (node.has_root_check) node.root_check = m->root_check;
    rc = admission_write_node(self, txn, &node, &fault);
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    service_reply(self->service, e, MSG_DONE, NULL);
    log_at(L_WARNING, "NODE-ADMITTED", _("node of %s admitted again by %s"), m->org, e->principal);
    return service_audit(self->service, txn, e, &(audit_note_t){.what = "admit", .about = m->org});
}
