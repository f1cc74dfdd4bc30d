// SPDX-License-Identifier: Apache-2.0
#include "common/sync/admit.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "common/schema/kinds.h"
#include "common/schema/wire.h"
#include "proto/kind.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"

static bool refuse(fault_t *fault, const char *code, slice_t org)
{
    char text[ORG_MAX + 1] = "";
    if (org.size > 0 && org.size <= ORG_MAX) memcpy(text, org.data, org.size);
    fault_set(fault, code, NULL, text);
    return false;
}

static bool right_service(const store_place_t *place, uint32_t peer, const record_t *r)
{
    if (peer < PEER_LABEL_MIN) // its own, or ours that it gives back
        return r->kind >= SYSTEM_KINDS && (r->kind / 100 == peer || r->kind / 100 == place->service);
    return r->kind < SYSTEM_KINDS || r->kind / 100 == place->service;
}

// The path of a child.
static path_t child_path(const store_place_t *place, uint32_t label)
{
    path_t path = place->path;
    be32_store(path.b + path.len, label);
    path.len += PATH_LABEL;
    return path;
}

static bool stamp_fits(const record_t *r, const kind_rule_t *rule)
{
    return r->up <= rule->up && (r->down == rule->down || r->down == DOWN_NONE);
}

static bool org_of_child(const store_place_t *place, uint32_t child, slice_t org, fault_t *fault)
{
    if (org.size == 0) return true;
    switch (scope_in_child(place->scope, child, org)) {
    case SCOPE_YES:
        return true;
    case SCOPE_NO:
        return refuse(fault, "ORG-FOREIGN", org);
    case SCOPE_UNKNOWN:
        break;
    }
    return refuse(fault, "ORG-UNKNOWN", org);
}

// Of a home for which the neighbour does not speak, it is only kept for that home, and only if it could have
// gone to the neighbour: to a child from above, or by its address; to the parent from below, as far as it
// goes up.
static bool admit_aside(const store_place_t *place, uint32_t peer, const record_t *r, fault_t *fault)
{
    bool went = r->down == DOWN_ALL || r->down == DOWN_SERVING;
    if (peer == PEER_PARENT) {
        went = r->up > place->parent_rank || (r->down == DOWN_TO && !path_is_prefix(&place->path, &r->to));
    } else if (r->down == DOWN_TO) {
        path_t child = child_path(place, peer);
        went = path_is_prefix(&child, &r->to);
    } else {
        went &= path_is_prefix(&r->home, &place->path);
    }
    return went || refuse(fault, "HOME-FOREIGN", r->org);
}

// A new organisation is in nobody's scope yet; what it is put under must be in the sender's.
static bool organisation_of_child(const store_place_t *place, uint32_t child, const record_t *r,
                                  fault_t *fault)
{
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, r->body);
    if (m == NULL) return refuse(fault, "MALFORMED", r->org);
    return org_of_child(place, child, m->parent != NULL ? slice_text(m->parent) : r->org, fault);
}

static bool admit_child(const store_place_t *place, uint32_t child, const record_t *r, fault_t *fault)
{
    path_t path = child_path(place, child);
    bool upward = r->down == DOWN_TO && !path_is_prefix(&path, &r->to);
    if (!upward && r->up <= place->rank) return refuse(fault, "REACH", r->org);
    if (r->kind < SYSTEM_KINDS) return true;
    if (r->kind == N_ORGANISATION && !r->deleted) return organisation_of_child(place, child, r, fault);
    return org_of_child(place, child, r->org, fault);
}

static bool admit_parent(const store_place_t *place, const record_t *r, fault_t *fault)
{
    if (r->down == DOWN_ALL || (r->down == DOWN_TO && path_is_prefix(&place->path, &r->to))) return true;
    if (r->down != DOWN_SERVING) return refuse(fault, "REACH", r->org);
    return scope_in_self(place->scope, r->org) != SCOPE_NO || refuse(fault, "ORG-FOREIGN", r->org);
}

static bool has_required(const kind_rule_t *rule, const body_t *m, fault_t *fault)
{
    for (size_t i = 0; i < rule->n_fields; i++) {
        if ((rule->fields[i].flags & F_REQUIRED) == 0 || body_has(rule, m, i)) continue;
        fault_set(fault, "REQUIRED", rule->fields[i].name);
        return false;
    }
    return true;
}

// What we wrote ourselves in an epoch that was lost is not judged again, in case the rules have changed
// since; it only has to be readable. By some kinds others are admitted: those have what their readers rely
// on.
static bool readable(const kind_rule_t *rule, slice_t body, fault_t *fault)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(body.size);
    body_t *m;
    if (body_unpack(rule, body, arena, &m, fault) != 0) return false;
    return !rule->leads || has_required(rule, m, fault);
}

// --- what a record says of itself

// Levels are the sender's bound: no home below a child stands higher than the child.
static bool level_may_write(const store_place_t *place, uint32_t peer, const record_t *r,
                            const kind_rule_t *rule, fault_t *fault)
{
    unsigned levels = rule->writers & W_ANY;
    int rank = peer == PEER_PARENT || levels == 0 ? -1 : scope_child_rank(place->scope, peer);
    path_t path = peer == PEER_PARENT ? place->path : child_path(place, peer);
    if (rank < 0 || !path_is_prefix(&path, &r->home)) return true;
    if ((levels & ((2U << rank) - 1)) != 0) return true;
    fault_set(fault, "NOT-WRITER", NULL, rule->name, level_name(rank));
    return false;
}

// Of itself a node says nothing: its hub knows its place and level. But a root has no hub.
static bool node_of_its_hub(const record_t *r, const body_t *body, fault_t *fault)
{
    const Selenga__Node *m = (const Selenga__Node *)body;
    path_t path;
    bool below = path_from_bytes(slice(m->path.data, m->path.len), &path) && path_is_prefix(&r->home, &path);
    bool root = below && path.len == PATH_LABEL;
    return root || (below && path.len == r->home.len + PATH_LABEL) || refuse(fault, "HOME-FOREIGN", r->org);
}

// No home below a child stands higher than the child.
static bool level_fits(const store_place_t *place, uint32_t child, const record_t *r, const kind_rule_t *rule,
                       fault_t *fault)
{
    slice_t level;
    int rank = scope_child_rank(place->scope, child);
    int field = rule->speaker_level != NULL ? kind_field(rule, rule->speaker_level) : -1;
    if (field < 0 || rank < 0 || !wire_find_bytes(r->body, kind_field_number(rule, (size_t)field), &level))
        return true;
    for (int i = 0; i <= rank; i++)
        if (slice_equal(level, slice_text(level_name(i)))) return true;
    fault_set(fault, "NOT-WRITER", NULL, rule->name, level_name(rank));
    return false;
}

// A neighbour speaks for what is on his side: a child for organisations below it, the parent for none of
// ours.
static bool speaker_fits(const store_place_t *place, uint32_t peer, const record_t *r,
                         const kind_rule_t *rule, fault_t *fault)
{
    slice_t office;
    int i = rule->speaker_field != NULL ? kind_field(rule, rule->speaker_field) : -1;
    if (i < 0 || !wire_find_bytes(r->body, kind_field_number(rule, (size_t)i), &office)) return true;
    if (peer != PEER_PARENT)
        return org_of_child(place, peer, office, fault) && level_fits(place, peer, r, rule, fault);
    return scope_in_self(place->scope, office) != SCOPE_YES || refuse(fault, "ORG-FOREIGN", office);
}

static bool body_tells_the_same(const record_t *r, const kind_rule_t *rule, const body_t *body,
                                fault_t *fault)
{
    rid_t id;
    if (rule->org_field != NULL && !slice_equal(body_org(rule, body, ""), r->org))
        return refuse(fault, "ORG-FOREIGN", body_org(rule, body, ""));
    if (r->up > body_reach_up(rule, body)) return refuse(fault, "REACH", r->org);
    if (body_id(rule, body, &id) && !rid_equal(&id, &r->id)) return refuse(fault, "ID-NOT-KEY", r->org);
    return r->kind != N_NODE || node_of_its_hub(r, body, fault);
}

// --- the whole verdict

static bool judge_body(const record_t *r, const kind_rule_t *rule, fault_t *fault)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(r->body.size);
    body_t *body;
    if (body_unpack(rule, r->body, arena, &body, fault) != 0) return false;
    if (body_validate(rule, body, fault) != 0) return false;
    return body_tells_the_same(r, rule, body, fault);
}

// Is the body, or the id of a tombstone, such as the kind has it?
static bool content_fits(const record_t *r, const kind_rule_t *rule, fault_t *fault)
{
    if (!r->deleted) return judge_body(r, rule, fault);
    return rid_is_of(rule, r->org, &r->id) || refuse(fault, "ID-NOT-KEY", r->org);
}

// Does the home's side speak, and within what it may say?
static bool judge_from_home_side(const store_place_t *place, uint32_t peer, const record_t *r, fault_t *fault)
{
    bool good = peer == PEER_PARENT ? admit_parent(place, r, fault) : admit_child(place, peer, r, fault);
    if (!good) return false;
    // Only those above decide for others.
    if (r->kind == KIND_VERDICT && (peer != PEER_PARENT || !path_is_prefix(&r->home, &place->path)))
        return refuse(fault, "HOME-FOREIGN", r->org);
    const kind_rule_t *rule = kind_by_number(r->kind);
    if (rule == NULL) return true; // of a newer version: kept and passed on whole
    if (!stamp_fits(r, rule)) return refuse(fault, "REACH", r->org);
    return level_may_write(place, peer, r, rule, fault) && content_fits(r, rule, fault) &&
           (r->deleted || speaker_fits(place, peer, r, rule, fault));
}

// The rules that hold whoever brings it.
static bool keeps_rules(const record_t *r, const kind_rule_t *rule, fault_t *fault)
{
    if (!stamp_fits(r, rule)) return refuse(fault, "REACH", r->org);
    return content_fits(r, rule, fault);
}

// Its seal decides, in store_apply. What a node that lost its seal key is to take at its parent's word has to
// keep all rules.
static bool judge_own(const store_place_t *place, const record_t *r, fault_t *fault)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    if (rule == NULL) return true;
    if (record_is_sealed(r, place->seal_key)) return r->deleted || readable(rule, r->body, fault);
    return !place->adopt_from_parent || keeps_rules(r, rule, fault);
}

bool admit(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    const store_place_t *place = arg;
    if (!right_service(place, peer, r)) return refuse(ret_fault, "WRONG-SERVICE", r->org);
    if (peer < PEER_LABEL_MIN) return true; // this node's own: checked where it came in
    if (store_is_home(store_of(txn), r)) return judge_own(place, r, ret_fault);
    if (!store_speaks_for(store_of(txn), peer, r)) return admit_aside(place, peer, r, ret_fault);
    return judge_from_home_side(place, peer, r, ret_fault);
}

bool admit_content(const record_t *r, fault_t *ret_fault)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    if (rule == NULL) return refuse(ret_fault, "UNKNOWN-KIND", r->org);
    return keeps_rules(r, rule, ret_fault);
}

bool admit_may_change(const fault_t *fault)
{
    static const char *const codes[] = {"ORG-UNKNOWN", "ORG-FOREIGN", "KEY-TAKEN", "NODE-ELSEWHERE"};
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (strcmp(fault->code, codes[i]) == 0) return true;
    return false;
}
