// SPDX-License-Identifier: Apache-2.0
#include "services/registry/admission.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "services/registry/admission_private.h"
#include "services/registry/join_rules.h"
#include "services/registry/table.h"
#include <errno.h>
#include <stdlib.h>

enum { LIFE_MOST_S = 10 * 366 * 24 * 3600 }; // of an invitation

int admission_refuse(registry_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

// Ends a request whose record was not written: refused for what the asker said, or -errno.
int admission_not_written(registry_t *self, const envelope_t *e, int rc, const fault_t *fault)
{
    if (rc == RECORD_E_FAULT) service_refuse(self->service, e, fault, false);
    return rc < 0 ? rc : 0;
}

// --- nodes ---------------------------------------------------------------------------------------

int admission_write_node(registry_t *self, store_txn_t *txn, const Selenga__Node *node, fault_t *ret_fault)
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
    return admission_write_node(self, txn, &node, NULL);
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

// The rank that the organisation's kind tells, -1 where it tells none or has no record.
static int find_organisation(store_txn_t *txn, const char *org, bool *ret_known, int *ret_rank)
{
    Selenga__Organisation key = SELENGA__ORGANISATION__INIT;
    rid_t id;
    record_t held;
    *ret_known = false;
    *ret_rank = -1;
    key.code = text(org);
    if (!body_id(&KIND_ORGANISATION, &key.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc != 0 || held.deleted || held.gone) return rc < 0 ? rc : 0;
    *ret_known = true;
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, held.body);
    const char *level = m != NULL && m->kind != NULL ? level_of_kind(m->kind) : NULL;
    *ret_rank = level != NULL ? level_rank(level) : -1;
    return 0;
}

int admission_find_node(store_txn_t *txn, const char *org, record_t *ret)
{
    Selenga__Node key = SELENGA__NODE__INIT;
    rid_t id;
    key.org = text(org);
    if (!body_id(&KIND_NODE, &key.base, &id)) return KV_NONE;
    int rc = store_get(txn, &id, ret, NULL);
    return rc == 0 && ret->deleted ? KV_NONE : rc;
}

bool admission_is_active(const Selenga__Node *node)
{
    return node->state == NULL || strcmp(node->state, "active") == 0;
}

int admission_write_invite(registry_t *self, store_txn_t *txn, const Selenga__InviteRecord *invite,
                           fault_t *ret_fault)
{
    author_t author = service_author(self->service);
    return record_write_own(&author, txn, &KIND_INVITE, NULL, &invite->base, ret_fault);
}

struct open_invites {
    const path_t *self;
    const uint8_t *but;
    rid_t *ids;
    size_t n, room;
};

static int gather_open(void *arg, const record_t *r, const place_t *place)
{
    struct open_invites *list = arg;
    (void)place;
    AUTO(msg_body_free)
    Selenga__InviteRecord *m = msg_body_unpack(&selenga__invite_record__descriptor, r->body);
    bool open = m != NULL && m->used_by.len == 0 && m->state != NULL && strcmp(m->state, "open") == 0;
    if (!open || !path_equal(&r->home, list->self)) return 0;
    if (list->but != NULL && m->key.len == NODE_KEY_SIZE && memcmp(m->key.data, list->but, m->key.len) == 0)
        return 0;
    *vec_add(list->ids, list->n, list->room) = r->id;
    return 0;
}

static int withdraw_one(registry_t *self, store_txn_t *txn, const rid_t *id)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0) return rc;
    AUTO(msg_body_free)
    Selenga__InviteRecord *m = msg_body_unpack(&selenga__invite_record__descriptor, held.body);
    if (m == NULL) return -EUCLEAN;
    Selenga__InviteRecord withdrawn = *m;
    withdrawn.state = text("revoked");
    rc = admission_write_invite(self, txn, &withdrawn, NULL);
    return rc == RECORD_E_FAULT ? -EUCLEAN : rc; // it was written by the same rules before
}

int admission_withdraw(registry_t *self, store_txn_t *txn, const char *org, const uint8_t *but)
{
    struct open_invites list = {.self = &service_node(self->service)->path, .but = but};
    int rc = store_each(txn, N_INVITE, slice_text(org), NULL, gather_open, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) rc = withdraw_one(self, txn, &list.ids[i]);
    free(list.ids);
    return rc;
}

static const char *check_request(const node_conf_t *conf, const Selenga__Invite *m, const char **ret_arg)
{
    *ret_arg = m->org != NULL ? m->org : "";
    if (m->org == NULL || m->org[0] == '\0' || strlen(m->org) > ORG_MAX) return "REQUIRED";
    if (m->key.len != NODE_KEY_SIZE || m->expires_s <= wall_s()) return "EXPIRES-PAST";
    if (conf->listen[0] == '\0') return "NOT-LISTENING";
    if (strcmp(m->org, conf->org) == 0) return "OWN-ORG";
    return m->level != NULL && m->level[0] != '\0' && level_rank(m->level) < 0 ? "BAD-LEVEL" : NULL;
}

// Whether the organisation may be invited, and at which level: *ret_code NULL, or what forbids it. 0 or
// -errno.
static int check_invite(registry_t *self, store_txn_t *txn, const Selenga__Invite *m, const char **ret_level,
                        const char **ret_code)
{
    const node_conf_t *conf = service_node(self->service);
    bool given = m->level != NULL && m->level[0] != '\0';
    invite_facts_t facts = {.replace = m->replace,
                            .hub_rank = (int)conf->rank,
                            .given_rank = given ? level_rank(m->level) : -1,
                            .below =
                                scope_in_self(service_scope(self->service), slice_text(m->org)) == SCOPE_YES};
    record_t held;
    AUTO(msg_body_free) Selenga__Node *node = NULL;
    int rc = admission_find_node(txn, m->org, &held);
    if (rc == 0) node = msg_body_unpack(&selenga__node__descriptor, held.body);
    facts.elsewhere = rc == 0 && !path_equal(&held.home, &conf->path);
    facts.stands = node != NULL && !facts.elsewhere;
    facts.active = facts.stands && admission_is_active(node);
    if (rc >= 0) rc = find_organisation(txn, m->org, &facts.known, &facts.kind_rank);
    if (rc < 0) return rc;
    *ret_code = invite_refusal(&facts);
    int rank = facts.given_rank;
    if (rank < 0 && facts.stands) rank = level_rank(node->level); // as the one before did
    if (rank < 0) rank = facts.kind_rank;
    if (rank < 0) rank = conf->rank > 0 ? (int)conf->rank - 1 : 0;
    *ret_level = level_name(rank);
    return 0;
}

// How long it is to be good. The command line has the same clock, right or wrong.
static int64_t life_s(const Selenga__Invite *m)
{
    int64_t seconds = m->expires_s - wall_s();
    return seconds < LIFE_MOST_S ? seconds : LIFE_MOST_S;
}

static int write_invite(registry_t *self, store_txn_t *txn, const Selenga__Invite *m, const char *level,
                        fault_t *ret_fault)
{
    Selenga__InviteRecord invite = SELENGA__INVITE_RECORD__INIT;
    invite.has_key = invite.has_expires_s = invite.has_replace = 1;
    invite.key = m->key;
    invite.org = m->org;
    invite.level = text(level);
    invite.expires_s = registry_now_s(self) + life_s(m);
    invite.state = text("open");
    invite.replace = m->replace;
    int rc = admission_write_invite(self, txn, &invite, ret_fault);
    if (rc == 0) rc = era_keep(&self->era, txn, true);
    return rc == 0 ? table_send_changes(self, txn) : rc; // before the token can be used
}

int admission_invite(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Invite *m = msg_body_unpack(&selenga__invite__descriptor, e->body);
    const char *arg, *level;
    fault_t fault;
    if (m == NULL) return admission_refuse(self, e, "MALFORMED", "");
    const char *code = check_request(service_node(self->service), m, &arg);
    int rc = code == NULL ? check_invite(self, txn, m, &level, &code) : 0;
    if (rc != 0) return rc;
    if (code != NULL) return admission_refuse(self, e, code, arg);
    rc = write_invite(self, txn, m, level, &fault);
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    Selenga__InviteReply reply = SELENGA__INVITE_REPLY__INIT;
    reply.org = m->org;
    reply.level = text(level);
    service_reply(self->service, e, MSG_INVITE_REPLY, &reply.base);
    return service_audit(self->service, txn, e, &(audit_note_t){.what = "invite", .about = m->org});
}

// --- revoking ------------------------------------------------------------------------------------

enum { MATCHES = 2 }; // more are no clearer

struct search {
    const char *given;
    const path_t *self;
    rid_t ids[MATCHES];
    size_t n;
};

// A child by its organisation or its path. A name is whatever a child calls itself, so that it names nobody.
static int match_node(void *arg, store_txn_t *txn, const record_t *r)
{
    struct search *s = arg;
    path_t path;
    char shown[PATH_TEXT];
    (void)txn;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path) || path_equal(&path, s->self))
        return 0;
    if (strcmp(m->org, s->given) != 0 && strcmp(path_text(&path, shown), s->given) != 0) return 0;
    s->ids[s->n++] = r->id;
    return s->n == MATCHES;
}

// What goes with a child.
typedef struct with_it {
    path_t path;
    uint32_t below, invites;
    bool revoked;
} with_it_t;

static int count_below(void *arg, const record_t *r, const place_t *place)
{
    with_it_t *with_it = arg;
    path_t path;
    (void)place;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    bool below = m != NULL && path_from_bytes(slice(m->path.data, m->path.len), &path) &&
                 path.len > with_it->path.len && path_is_prefix(&with_it->path, &path);
    with_it->below += below && admission_is_active(m);
    return 0;
}

static int count_with_it(registry_t *self, store_txn_t *txn, const Selenga__Node *node, with_it_t *ret)
{
    struct open_invites list = {.self = &service_node(self->service)->path};
    *ret = (with_it_t){.revoked = !admission_is_active(node)};
    if (!path_from_bytes(slice(node->path.data, node->path.len), &ret->path)) return -EUCLEAN;
    int rc = store_each(txn, N_NODE, slice(NULL, 0), NULL, count_below, ret);
    if (rc == 0) rc = store_each(txn, N_INVITE, slice_text(node->org), NULL, gather_open, &list);
    ret->invites = (uint32_t)list.n;
    free(list.ids);
    return rc;
}

static void tell_revoked(registry_t *self, const envelope_t *e, const Selenga__Node *node,
                         const with_it_t *with_it)
{
    Selenga__RevokeReply reply = SELENGA__REVOKE_REPLY__INIT;
    reply.has_below = reply.has_invites = reply.has_revoked = 1;
    reply.below = with_it->below;
    reply.invites = with_it->invites;
    reply.revoked = with_it->revoked;
    reply.org = node->org;
    reply.name = node->name;
    reply.has_path = reply.has_key = 1;
    reply.path = node->path;
    reply.key = node->key;
    service_reply(self->service, e, MSG_REVOKE_REPLY, &reply.base);
}

// Cuts the child off, whose record is in hand.
static int cut_off(registry_t *self, store_txn_t *txn, const envelope_t *e, Selenga__Node *node,
                   const Selenga__Revoke *m, const with_it_t *with_it)
{
    fault_t fault;
    char *old_state = node->state, *old_why = node->why;
    node->state = text("revoked");
    node->why = m->why;
    int rc = admission_write_node(self, txn, node, &fault);
    node->state = old_state; // the message frees what is its own
    node->why = old_why;
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    if ((rc = admission_withdraw(self, txn, node->org, NULL)) != 0) return rc;
    tell_revoked(self, e, node, with_it);
    log_at(L_WARNING, "NODE-REVOKED", _("node of %s revoked by %s: %s"), node->org, e->principal, m->why);
    return service_audit(self->service, txn, e, &(audit_note_t){.what = "revoke", .about = node->org});
}

int admission_revoke(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Revoke *m = msg_body_unpack(&selenga__revoke__descriptor, e->body);
    record_t held;
    if (m == NULL || m->name == NULL) return admission_refuse(self, e, "MALFORMED", "");
    if (!m->dry_run && (m->why == NULL || m->why[0] == '\0'))
        return admission_refuse(self, e, "REQUIRED", "why");
    struct search search = {.given = m->name, .self = &service_node(self->service)->path};
    int rc = table_each_own(self, txn, N_NODE, match_node, &search);
    if (rc < 0) return rc;
    if (search.n != 1) return admission_refuse(self, e, search.n == 0 ? "NO-CHILD" : "TWO-CHILDREN", m->name);
    if ((rc = store_get(txn, &search.ids[0], &held, NULL)) != 0) return rc;
    AUTO(msg_body_free) Selenga__Node *node = msg_body_unpack(&selenga__node__descriptor, held.body);
    if (node == NULL) return -EUCLEAN;
    with_it_t with_it;
    if ((rc = count_with_it(self, txn, node, &with_it)) != 0) return rc;
    if (!m->dry_run) return cut_off(self, txn, e, node, m, &with_it);
    tell_revoked(self, e, node, &with_it);
    return 0;
}
