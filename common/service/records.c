// SPDX-License-Identifier: Apache-2.0
// Checks stand in one order for every kind: does its state change as it may, is the body good, do its
// references exist, is it ours to write, may this node write about that organisation. Nothing is written
// before all items of a group have passed. What other homes wrote does not come this way, nor do conflicts,
// verdicts and versions of ours that are taken back: they are no changes.
#include "common/service/records.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/schema/states.h"
#include "common/service/subject.h"
#include "common/service/tree.h"
#include "common/store/history.h"
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
    path_t foreign; // its home, where that is another node
    bool takes;     // its key from that node
    bool remove;
    bool same; // nothing would change
    uint8_t up;
    slice_t org;
    body_t *content;  // merged, in the arena; NULL for a removal
    slice_t body;     // the same, packed
    slice_t old;      // body that stands there, in the arena
    version_t before; // that stands there alive; seq 0: none does
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

// Who changes what he has read says which version that was: what others have written since is not
// overwritten.
static int check_expected(const Selenga__Item *item, const record_t *held, fault_t *fault)
{
    char now[VERSION_TEXT] = "";
    if (item->expect_version == NULL) return 0;
    if (held != NULL && !held->deleted && !held->gone) version_text(&held->version, now);
    if (strcmp(item->expect_version, now) == 0) return 0;
    fault_set(fault, "CHANGED-SINCE", NULL, item->expect_version[0] != '\0' ? item->expect_version : "-",
              now[0] != '\0' ? now : "-");
    return E_FAULT;
}

// Who may not see what stands there does not change it either, and learns nothing of it.
static int check_held(const author_t *author, const kind_rule_t *rule, const record_t *held, fault_t *fault)
{
    if (author->who == NULL) return 0;
    if (held->kind != rule->number) return fault_slice(fault, "NOT-FOUND", NULL, slice_text(rule->name));
    if (held->deleted || held->gone) return 0;
    bool may = principal_holds(author->who, author->scope, rule, held->org, held->body, fault);
    return may ? 0 : E_FAULT;
}

static int load_old(const author_t *author, store_txn_t *txn, const Selenga__Item *item, arena_t *arena,
                    pending_t *p, fault_t *fault)
{
    record_t held;
    int rc = store_get(txn, &p->id, &held, NULL);
    if (rc < 0) return rc;
    if (rc == 0 && check_held(author, p->rule, &held, fault) != 0) return E_FAULT;
    if (check_expected(item, rc == 0 ? &held : NULL, fault) != 0) return E_FAULT;
    if (rc == KV_NONE) return 0;
    if (held.gone) return 0; // another node's, which has left our reach: nothing is in the way
    const path_t *self = &author->place->path;
    bool foreign = !path_equal(&held.home, self);
    p->takes = foreign && item->take_key && path_is_prefix(self, &held.home);
    if (p->takes) return 0; // nothing of what stands there is continued
    p->had = true;
    p->had_alive = !held.deleted;
    if (foreign) p->foreign = held.home;
    if (p->had_alive) p->before = held.version;
    if (!p->had_alive || held.body.size == 0) return 0;
    uint8_t *copy = arena_alloc(arena, held.body.size);
    if (copy == NULL) return no_room(fault);
    memcpy(copy, held.body.data, held.body.size);
    p->old = slice(copy, held.body.size);
    return 0;
}

// --- references, writers -------------------------------------------------------------------------

// A record that another service is about to delete counts as gone: it was told that nobody refers to it.
static int ref_exists(const author_t *author, store_txn_t *txn, const body_ref_t *ref, bool *ret,
                      fault_t *fault)
{
    record_t held;
    rid_t id;
    *ret = true;
    int rc = referring_id(txn, ref, &id);
    if (rc != 0)
        return rc == KV_NONE ? 0 : rc; // the record between is itself a reference, and reported as such
    rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    *ret = rc == 0 && !held.deleted;
    if (!*ret || author->leaving == NULL || !leaving_has(author->leaving, &id, mono_ms())) return 0;
    return fault_slice(fault, "REF-LEAVING", NULL, ref->text);
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
        int rc = ref_exists(author, txn, &ref, &exists, fault);
        if (rc != 0) return rc;
        if (!exists) return fault_slice(fault, "REF-UNKNOWN", rule->fields[ref.field].name, ref.text);
    }
    return 0;
}

// Who sits at the node's own command line is its operator, and does the work of its level.
static unsigned roles_at(uint32_t rank)
{
    static const unsigned of_level[] = {R_COORDINATOR, R_METHODIST, R_REGIONAL};
    return R_OPERATOR | R_COORDINATOR |
           of_level[rank < ARRAY_SIZE(of_level) ? rank : ARRAY_SIZE(of_level) - 1];
}

static int check_states(const author_t *author, const kind_rule_t *rule, slice_t old, const body_t *body,
                        fault_t *fault)
{
    writer_t writer = {.rank = author->place->rank,
                       .program = author->program,
                       .roles = author->who != NULL ? author->who->role : roles_at(author->place->rank)};
    return states_check(rule, old, body, &writer, fault) == 0 ? 0 : E_FAULT;
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

// Another node has it. Whoever stands above that one can take its key; anybody else hears who has it.
static int is_held(const author_t *author, const path_t *home, fault_t *fault)
{
    char text[PATH_TEXT];
    const char *org = scope_org_at(author->scope, home);
    bool below = path_is_prefix(&author->place->path, home);
    fault_set(fault, below ? "KEY-BELOW" : "KEY-ELSEWHERE", NULL, org != NULL ? org : path_text(home, text));
    return E_FAULT;
}

// --- one item ------------------------------------------------------------------------------------

static int prepare_removal(const author_t *author, store_txn_t *txn, const Selenga__Item *item,
                           arena_t *arena, pending_t *p, fault_t *fault);

static int finish_body(const author_t *author, store_txn_t *txn, body_t *body, arena_t *arena, pending_t *p,
                       fault_t *fault)
{
    int rc;
    if ((rc = subject_follow(author, txn, p->rule, body, arena, fault)) != 0) return rc;
    if (author->derive != NULL && (rc = author->derive(author->self, txn, author, p->rule, body, fault)) != 0)
        return rc;
    p->org = body_org(p->rule, body, author->own_org);
    p->content = body;
    if (p->foreign.len == 0 && check_states(author, p->rule, p->old, body, fault) != 0) return E_FAULT;
    if (body_validate(p->rule, body, fault) != 0) return E_FAULT;
    rid_t by_key;
    if (body_id(p->rule, body, &by_key) && !rid_equal(&by_key, &p->id)) {
        fault_set(fault, "ID-NOT-KEY", "id", "");
        return E_FAULT;
    }
    if ((rc = check_refs(author, txn, p->rule, body, fault)) != 0) return rc;
    p->up = body_reach_up(p->rule, body);
    if (body_pack(body, arena, &p->body, fault) != 0) return E_FAULT;
    if (author->who != NULL && !principal_holds(author->who, author->scope, p->rule, p->org, p->body, fault))
        return E_FAULT;
    p->same = p->had_alive && slice_equal(p->body, p->old);
    if (p->same) return 0;
    if (p->foreign.len > 0) return is_held(author, &p->foreign, fault);
    if ((rc = check_writer(author, p, body, fault)) != 0) return rc;
    return tree_check(author, txn, p->rule, &p->id, p->old, body, arena, fault);
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
    if ((rc = load_old(author, txn, item, arena, p, fault)) != 0) return rc;
    bool outside = !author->program;
    if (body_merge(p->rule, p->old, given, item->set, item->n_set, outside, arena, &merged, fault) != 0)
        return E_FAULT;
    return finish_body(author, txn, merged, arena, p, fault);
}

// What somebody refers to is not deleted by people: neither by records of this service, whatever node they
// come from, nor by those of the node's others, which were asked before.
static int check_referring(const author_t *author, store_txn_t *txn, const pending_t *p, fault_t *fault)
{
    referred_t what = {.kind = p->rule, .id = p->id};
    if (author->program) return 0;
    if (p->rule->number == N_ORGANISATION)
        snprintf(what.org, sizeof what.org, "%s", (const char *)p->org.data);
    int rc = referring_count(txn, author->place->service, &what);
    if (rc != 0) return rc;
    for (size_t i = 0; i < author->n_referred; i++)
        if (rid_equal(&author->referred[i].id, &p->id)) referring_add(&what, &author->referred[i]);
    if (what.n == 0) return 0;
    referring_fault(&what, fault);
    return E_FAULT;
}

static bool says_nothing(const char *text)
{
    return text == NULL || text[strspn(text, " \t")] == '\0';
}

static int prepare_removal(const author_t *author, store_txn_t *txn, const Selenga__Item *item,
                           arena_t *arena, pending_t *p, fault_t *fault)
{
    record_t held;
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
    if (check_held(author, p->rule, &held, fault) != 0) return E_FAULT;
    if (check_expected(item, &held, fault) != 0) return E_FAULT;
    char *org = arena_text(arena, held.org);
    if (org == NULL) return no_room(fault);
    p->org = slice(org, held.org.size);
    p->up = held.up;
    p->had = p->had_alive = true;
    p->before = held.version;
    if (!path_equal(&held.home, &author->place->path)) return is_held(author, &held.home, fault);
    if ((rc = check_writer(author, p, NULL, fault)) != 0) return rc;
    if (!author->program && says_nothing(item->why)) {
        fault_set(fault, "WHY-NEEDED", NULL, "");
        return E_FAULT;
    }
    return check_referring(author, txn, p, fault);
}

// So that it can be looked at and brought back.
static int keep_replaced(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    return rc == 0 ? history_keep(txn, &held) : rc < 0 ? rc : 0;
}

static void count_change(changes_t *changes, const pending_t *p)
{
    size_t i = 0;
    while (i < changes->n && (changes->of[i].rule != p->rule || changes->of[i].removed != p->remove)) i++;
    if (i == CHANGED_KINDS) i--;
    if (i == changes->n) changes->of[changes->n++] = (changed_t){.rule = p->rule, .removed = p->remove};
    changes->of[i].n++;
    changes->of[i].id = p->id;
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
    record_t stored = {0};
    bool keeps = p->had_alive && !author->program && !p->rule->derived;
    int rc = keeps && !author->dry ? keep_replaced(txn, &p->id) : 0;
    if (rc == 0 && !author->dry)
        rc = p->takes ? store_take_key(txn, &draft) : store_write(txn, &draft, &stored);
    if (rc == 0 && author->changes != NULL && !author->dry) count_change(author->changes, p);
    if (rc == 0 && author->tell != NULL)
        author->tell(author->teller,
                     &(told_t){p->rule, p->id, p->before, stored.version, p->old, draft.body});
    return rc;
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

// What people write is judged by the rules of sense, too, also where nothing would change.
static int judge_group(const author_t *author, store_txn_t *txn, const pending_t *pending, size_t n,
                       fault_t *fault)
{
    if (author->sense == NULL || author->program) return 0;
    int32_t today = wall_day();
    author->sense->n = 0;
    for (size_t i = 0; i < n; i++) {
        const pending_t *p = &pending[i];
        if (p->remove) continue;
        int rc = sense_check(txn, today, p->rule, &p->id, p->content, author->sense);
        if (rc == 0 && i == 0 && !p->had_alive && author->alike != NULL)
            rc = alike_check(author->alike, txn, p->rule, &p->id, p->content, author->sense);
        if (rc != 0) return rc;
    }
    int rc = author->judge != NULL ? author->judge(author->self, txn, author) : 0;
    if (rc != 0) return rc;
    if (!author->strict || author->sense->n == 0) return 0;
    *fault = author->sense->faults[0];
    return E_FAULT;
}

// All items are checked before the first is written, so a refusal has nothing to undo, and a dry run is all
// but the writing.
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
    if (rc == 0) rc = judge_group(author, txn, pending, group->n_items, ret_fault);
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
    pending_t p = {.rule = rule};
    if (body_validate(rule, body, &fault) != 0) return refuse_own(rule, &fault, ret_fault);
    if (id != NULL)
        p.id = *id;
    else if (!body_id(rule, body, &p.id))
        rid_new((uint64_t)wall_s() * 1000, &p.id);
    AUTO(xfree) uint8_t *buf = xmalloc(protobuf_c_message_get_packed_size(body) + 1);
    p.body = slice(buf, protobuf_c_message_pack(body, buf));
    p.org = body_org(rule, body, author->own_org);
    p.up = body_reach_up(rule, body);
    int rc = store_get(txn, &p.id, &held, NULL);
    if (rc < 0) return rc;
    p.had_alive = rc == 0 && !held.deleted;
    p.same = p.had_alive && slice_equal(held.body, p.body) && held.up == p.up;
    if (rc == 0 && !held.gone && !path_equal(&held.home, &author->place->path))
        return 0; // another node's to write
    slice_t old = p.had_alive ? held.body : (slice_t){0};
    if (check_states(author, rule, old, body, &fault) != 0) return refuse_own(rule, &fault, ret_fault);
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
