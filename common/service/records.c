// SPDX-License-Identifier: Apache-2.0
// Checks stand in one order for every kind: is it ours to write, is the body good, do its references exist,
// may this node write about that organisation. Nothing is written before all items of a group have passed.
#include "common/service/records.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/service/service.h"
#include "proto/registry.pb-c.h"
#include <errno.h>
#include <stdlib.h>

enum { E_FAULT = RECORD_E_FAULT };

// What is known of one item while it is being checked.
typedef struct pending {
    const kind_rule_t *rule;
    rid_t id;
    bool had;       // a version stands there
    bool had_alive; // and is no tombstone
    bool foreign;   // whose home is another node
    bool remove;
    bool same; // nothing would change
    uint8_t up;
    slice_t org;
    body_t *content; // merged, in the arena; NULL for a removal
    slice_t body;    // the same, packed
    slice_t old;     // body that stands there, in the arena
} pending_t;

static int fault_slice(fault_t *fault, const char *code, const char *field, slice_t arg)
{
    char text[FAULT_ARG] = "";
    size_t n = arg.size < sizeof text - 1 ? arg.size : sizeof text - 1;
    if (n > 0) memcpy(text, arg.data, n);
    fault_set(fault, code, field, text);
    return E_FAULT;
}

static int find_rule(const author_t *author, const Selenga__Item *item, pending_t *p, fault_t *fault)
{
    p->rule = kind_by_number(item->kind);
    if (p->rule == NULL || p->rule->number / 100 != author->place->service) {
        char number[16];
        snprintf(number, sizeof number, "%u", item->kind);
        fault_set(fault, "UNKNOWN-KIND", NULL, number);
        return E_FAULT;
    }
    return 0;
}

// The id: by the natural key of what is given, or as given, or a new one.
static int find_id(const Selenga__Item *item, const body_t *given, pending_t *p, fault_t *fault)
{
    if (item->has_id) {
        if (item->id.len != sizeof p->id.b) {
            fault_set(fault, "BAD-VALUE", "id", "");
            return E_FAULT;
        }
        memcpy(p->id.b, item->id.data, sizeof p->id.b);
        return 0;
    }
    if (body_id(p->rule, given, &p->id)) return 0;
    if (kind_has_key(p->rule)) {
        if (body_validate(p->rule, given, fault) == 0) fault_set(fault, "REQUIRED", "id", "");
        return E_FAULT;
    }
    rid_new((uint64_t)wall_s() * 1000, &p->id);
    return 0;
}

// The arena bounds what one group may cost.
static int no_room(fault_t *fault)
{
    fault_set(fault, "TOO-BIG", NULL, "32768");
    return E_FAULT;
}

static int load_old(const author_t *author, store_txn_t *txn, arena_t *arena, pending_t *p, fault_t *fault)
{
    record_t held;
    int rc = store_get(txn, &p->id, &held, NULL);
    if (rc != 0) return rc == KV_NONE ? 0 : rc;
    if (held.gone) return 0; // another node's, which has left our reach: nothing is in the way
    p->had = true;
    p->had_alive = !held.deleted;
    p->foreign = !path_equal(&held.home, &author->place->path);
    if (!p->had_alive || held.body.size == 0) return 0;
    uint8_t *copy = arena_alloc(arena, held.body.size);
    if (copy == NULL) return no_room(fault);
    memcpy(copy, held.body.data, held.body.size);
    p->old = slice(copy, held.body.size);
    return 0;
}

// --- references, writers -------------------------------------------------------------------------

// A reference whose key lacks its first part finds it in the record between (a result's campaign names the
// framework).
static int complete_ref(store_txn_t *txn, const body_ref_t *ref, rid_t *ret_id)
{
    record_t held;
    body_t *via = NULL;
    char first[FIELD_TEXT_MAX];
    if (ref->via_kind == NULL) return KV_NONE;
    int rc = store_get(txn, &ref->via_id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : KV_NONE;
    AUTO(arena_destroy) arena_t *arena = arena_new(held.body.size);
    if (body_unpack(ref->via_kind, held.body, arena, &via, NULL) != 0) return KV_NONE;
    const char *text = body_print(ref->via_kind, via, ref->via_field, first);
    return ref_id_in(ref->target, slice_text(text), ref->text, ret_id) ? 0 : KV_NONE;
}

static int ref_exists(store_txn_t *txn, const body_ref_t *ref, bool *ret)
{
    record_t held;
    rid_t id = ref->id;
    *ret = true;
    if (!ref->complete) {
        int rc = complete_ref(txn, ref, &id);
        if (rc != 0)
            return rc == KV_NONE ? 0 : rc; // the record between is itself a reference, and reported as such
    }
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    *ret = rc == 0 && !held.deleted;
    return 0;
}

// Kinds of other services are only checked where this service reads them.
static bool reads_kind(const author_t *author, const kind_rule_t *kind)
{
    uint32_t service = author->place->service;
    return kind->number / 100 == service || (kind->read_by >> service & 1) != 0;
}

static int check_refs(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const body_t *body,
                      fault_t *fault)
{
    size_t state = 0;
    body_ref_t ref;
    while (body_next_ref(rule, body, &state, &ref)) {
        bool exists;
        if (!reads_kind(author, ref.target)) continue;
        bool own = ref.target->number == N_ORGANISATION && slice_equal(ref.text, slice_text(author->own_org));
        if (own) continue; // a new node knows itself before the region's sheet has arrived
        int rc = ref_exists(txn, &ref, &exists);
        if (rc < 0) return rc;
        if (!exists) return fault_slice(fault, "REF-UNKNOWN", rule->fields[ref.field].name, ref.text);
    }
    return 0;
}

static int check_writer(const author_t *author, const pending_t *p, const body_t *body, fault_t *fault)
{
    const store_place_t *place = author->place;
    slice_t about = p->org;
    if (p->rule->number == N_ORGANISATION && place->has_parent &&
        !p->remove) { // a new one stands where its parent stands
        const Selenga__Organisation *m = (const Selenga__Organisation *)body;
        about = m->parent != NULL ? slice_text(m->parent) : p->org;
    }
    in_scope_t below = scope_in_self(author->scope, about);
    writer_t writer = {.rank = place->rank,
                       .serving = scope_serves(author->scope, about) == SCOPE_YES,
                       .above = !place->has_parent || below == SCOPE_YES,
                       .root = !place->has_parent,
                       .program = author->program};
    if (kind_may_write(p->rule, &writer, fault) != 0) return E_FAULT;
    if (author->program || !place->has_parent || below == SCOPE_YES || p->rule->org_field == NULL) return 0;
    return fault_slice(fault, below == SCOPE_NO ? "ORG-FOREIGN" : "ORG-UNKNOWN", p->rule->org_field, about);
}

// --- one item ------------------------------------------------------------------------------------

static int prepare_removal(const author_t *author, store_txn_t *txn, const Selenga__Item *item,
                           arena_t *arena, pending_t *p, fault_t *fault);

static int finish_body(const author_t *author, store_txn_t *txn, body_t *body, arena_t *arena, pending_t *p,
                       fault_t *fault)
{
    int rc;
    p->org = body_org(p->rule, body, author->own_org);
    if (author->def->derive != NULL &&
        (rc = author->def->derive(author->self, txn, author, p->rule, body, fault)) != 0)
        return rc;
    p->content = body;
    if (body_validate(p->rule, body, fault) != 0) return E_FAULT;
    rid_t by_key;
    if (body_id(p->rule, body, &by_key) && !rid_equal(&by_key, &p->id)) {
        fault_set(fault, "ID-NOT-KEY", "id", "");
        return E_FAULT;
    }
    if ((rc = check_refs(author, txn, p->rule, body, fault)) != 0) return rc;
    p->up = p->rule->up;
    if (author->def->reach_up != NULL) p->up = author->def->reach_up(author->self, txn, p->rule, body);
    if (body_pack(body, arena, &p->body, fault) != 0) return E_FAULT;
    p->same = p->had_alive && slice_equal(p->body, p->old);
    if (p->same) return 0;
    if (p->foreign) {
        fault_set(fault, "NOT-HOME", NULL, "");
        return E_FAULT;
    }
    return check_writer(author, p, body, fault);
}

static int prepare(const author_t *author, store_txn_t *txn, const Selenga__Item *item, arena_t *arena,
                   pending_t *p, fault_t *fault)
{
    body_t *given = NULL, *merged = NULL;
    int rc = find_rule(author, item, p, fault);
    if (rc != 0) return rc;
    p->remove = item->deleted;
    if (p->remove) return prepare_removal(author, txn, item, arena, p, fault);
    if (body_unpack(p->rule, slice(item->body.data, item->body.len), arena, &given, fault) != 0)
        return E_FAULT;
    if ((rc = find_id(item, given, p, fault)) != 0) return rc;
    if ((rc = load_old(author, txn, arena, p, fault)) != 0) return rc;
    bool outside = !author->program;
    if (body_merge(p->rule, p->old, given, item->set, item->n_set, outside, arena, &merged, fault) != 0)
        return E_FAULT;
    return finish_body(author, txn, merged, arena, p, fault);
}

static int stop_at_first(void *arg, const rid_t *id)
{
    *(rid_t *)arg = *id;
    return 1;
}

static int prepare_removal(const author_t *author, store_txn_t *txn, const Selenga__Item *item,
                           arena_t *arena, pending_t *p, fault_t *fault)
{
    record_t held;
    rid_t user;
    if (!item->has_id || find_id(item, NULL, p, fault) != 0) {
        fault_set(fault, "REQUIRED", "id", "");
        return E_FAULT;
    }
    int rc = store_get(txn, &p->id, &held, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || held.deleted || held.kind != p->rule->number) {
        fault_set(fault, "NOT-FOUND", NULL, p->rule->name);
        return E_FAULT;
    }
    char *org = arena_text(arena, held.org);
    if (org == NULL) return no_room(fault);
    p->org = slice(org, held.org.size);
    p->up = held.up;
    p->had = p->had_alive = true;
    if (!path_equal(&held.home, &author->place->path)) {
        fault_set(fault, "NOT-HOME", NULL, "");
        return E_FAULT;
    }
    if ((rc = store_referring(txn, &p->id, 0, stop_at_first, &user)) < 0) return rc;
    if (rc == 1 && !author->program) {
        if ((rc = store_get(txn, &user, &held, NULL)) < 0) return rc;
        const kind_rule_t *by = rc == 0 ? kind_by_number(held.kind) : NULL;
        fault_set(fault, "IN-USE", NULL, by != NULL ? by->name : "");
        return E_FAULT;
    }
    return check_writer(author, p, NULL, fault);
}

static int commit_item(const author_t *author, store_txn_t *txn, const pending_t *p, put_result_t *ret)
{
    if (p->same) {
        *ret = PUT_UNCHANGED;
        return 0;
    }
    record_t draft = {.id = p->id,
                      .kind = p->rule->number,
                      .org = p->org,
                      .author = author->principal,
                      .deleted = p->remove,
                      .body = p->remove ? (slice_t){0} : p->body,
                      .up = p->up,
                      .down = p->rule->down,
                      .bulk = author->bulk && !p->rule->leads};
    *ret = p->had_alive ? PUT_CHANGED : PUT_NEW;
    return store_write(txn, &draft, NULL);
}

// --- groups --------------------------------------------------------------------------------------

static int prepare_group(author_t *author, store_txn_t *txn, const Selenga__Group *group, arena_t *arena,
                         pending_t *pending, fault_t *fault)
{
    for (size_t i = 0; i < group->n_items; i++) {
        int rc = prepare(author, txn, group->items[i], arena, &pending[i], fault);
        if (rc != 0) return rc;
        author->siblings[author->n_siblings].rule = pending[i].rule;
        author->siblings[author->n_siblings++].body = pending[i].content;
    }
    return 0;
}

// All items are checked before the first is written, so a refusal has nothing to undo.
int record_put_group(author_t *author, store_txn_t *txn, const Selenga__Group *group, arena_t *arena,
                     put_result_t *ret_result, fault_t *ret_fault, rid_t *ret_id)
{
    pending_t pending[GROUP_ITEMS] = {0};
    bool any_new = false, any_changed = false;
    author->n_siblings = 0;
    if (group->n_items == 0 || group->n_items > GROUP_ITEMS) {
        fault_set(ret_fault, "MALFORMED", NULL, "");
        *ret_result = PUT_REJECTED;
        return 0;
    }
    int rc = prepare_group(author, txn, group, arena, pending, ret_fault);
    if (rc < 0) return rc;
    *ret_id = pending[0].id;
    *ret_result = PUT_REJECTED;
    if (rc == E_FAULT) return 0;
    for (size_t i = 0; i < group->n_items; i++) {
        put_result_t result;
        if ((rc = commit_item(author, txn, &pending[i], &result)) != 0) return rc;
        any_new |= result == PUT_NEW;
        any_changed |= result == PUT_CHANGED;
    }
    *ret_result = any_changed ? PUT_CHANGED : any_new ? PUT_NEW : PUT_UNCHANGED;
    return 0;
}

// What peers would refuse is not written, whoever is to blame for it.
static int refuse_own(const kind_rule_t *rule, const fault_t *fault, fault_t *ret_fault)
{
    if (ret_fault != NULL) {
        *ret_fault = *fault;
        return E_FAULT;
    }
    log_once(L_ERROR, "RECORD-NOT-MADE", rule->number,
             _("a record of kind %s breaks a rule and is left out: %s %s"), rule->name, fault->code,
             fault->field);
    return 0;
}

int record_write_own(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
                     const body_t *body, fault_t *ret_fault)
{
    record_t held;
    fault_t fault;
    pending_t p = {.rule = rule, .up = rule->up};
    if (body_validate(rule, body, &fault) != 0) return refuse_own(rule, &fault, ret_fault);
    if (id != NULL)
        p.id = *id;
    else if (!body_id(rule, body, &p.id))
        rid_new((uint64_t)wall_s() * 1000, &p.id);
    AUTO(xfree) uint8_t *buf = xmalloc(protobuf_c_message_get_packed_size(body) + 1);
    p.body = slice(buf, protobuf_c_message_pack(body, buf));
    p.org = body_org(rule, body, author->own_org);
    if (author->def->reach_up != NULL) p.up = author->def->reach_up(author->self, txn, rule, body);
    int rc = store_get(txn, &p.id, &held, NULL);
    if (rc < 0) return rc;
    p.had_alive = rc == 0 && !held.deleted;
    p.same = p.had_alive && slice_equal(held.body, p.body) && held.up == p.up;
    if (rc == 0 && !held.gone && !path_equal(&held.home, &author->place->path))
        return 0; // another node's to write
    put_result_t result;
    return commit_item(author, txn, &p, &result);
}

int record_remove_own(const author_t *author, store_txn_t *txn, const rid_t *id)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0 || held.deleted || !path_equal(&held.home, &author->place->path)) return rc < 0 ? rc : 0;
    record_t copy = store_record_dup(&held);
    record_t draft = copy;
    draft.deleted = true;
    draft.body = (slice_t){0};
    draft.bulk = author->bulk;
    rc = store_write(txn, &draft, NULL);
    store_record_free(&copy);
    return rc;
}
