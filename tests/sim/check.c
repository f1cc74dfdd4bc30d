// SPDX-License-Identifier: Apache-2.0
// What must hold (design 8), told from the tree and the ledger alone: who should hold a record is worked out
// here anew, not by lanes.
#include "common/batch.h"
#include "common/msg.h"
#include "common/quota.h"
#include "proto/feed.pb-c.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "proto/system.pb-c.h"
#include "tests/sim/sim.h"
#include <stdlib.h>

enum { KIND_STRAY = 1, KIND_REFUSAL = 2 };

// Every record of a store, in order of its last change; word of one that is gone has a place, and is none.
typedef void visit_fn(unit_t *u, const record_t *r, const place_t *place, void *arg);
static visit_fn count_places;

static void visit(unit_t *u, visit_fn *fn, void *arg)
{
    store_txn_t *txn = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    uint8_t zero = 0;
    if (store_begin(u->store, false, &txn) != 0) return;
    int rc = kv_cursor(store_kv(txn), KV_LOG, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&zero, 1), &key, &value);
    for (; rc == 0; rc = kv_next(cursor, &key, &value)) {
        record_t r, present;
        place_t place;
        uint64_t at = be64_load(key.data);
        bool read = store_at(txn, at, &r, &place) == 0;
        if (read && place.aside) {
            if (fn == count_places) count_places(u, &r, &place, arg);
            continue;
        }
        if (!read || store_get(txn, &r.id, &present, &place) != 0)
            broken(u->world, "%s cannot read a record", unit_name(u));
        else if (place.at != at)
            continue; // it has left this place
        else if (!r.gone || fn == count_places)
            fn(u, &r, &place, arg);
    }
    kv_close_cursor(&cursor);
    store_abort(&txn);
}

static bool holds(unit_t *u, const rid_t *id, record_t *ret, store_txn_t **ret_txn)
{
    if (store_begin(u->store, false, ret_txn) != 0) return false;
    return store_get(*ret_txn, id, ret, NULL) == 0 && !ret->gone;
}

static bool reaches(world_t *w, const record_t *r, const unit_t *home, const unit_t *u);

// --- line 2: a cursor never covers what is not durable -------------------------------------------

static position_t position_of(const uint64_t *numbers, size_t n)
{
    position_t position = {0};
    for (size_t i = 0; i < n && i < STREAMS; i++) position.of[i] = numbers[i];
    return position;
}

// Does the producer hold something that people wrote, and did not push it yet?
static bool people_wait(unit_t *producer, uint32_t peer, const position_t *upto)
{
    store_txn_t *txn = NULL;
    uint64_t seq;
    record_t r;
    bool wait = false;
    if (store_begin(producer->store, false, &txn) != 0) return false;
    for (enum stream stream = 0; stream < STREAMS; stream++) {
        lane_reader_t *reader = NULL;
        int rc = lane_open(txn, store_feed_lanes(peer, stream), peer, upto->of[STREAM_PEOPLE], &reader);
        while (rc == 0 && !wait && (rc = lane_next(reader, &seq, NULL)) == 0)
            wait = store_at(txn, seq, &r, NULL) == 0 && !r.bulk;
        lane_close(&reader);
    }
    store_abort(&txn);
    return wait;
}

static bool is_forged(world_t *w, const record_t *r)
{
    const ledger_record_t *lr = ledger_find(w->ledger, &r->id);
    const ledger_version_t *v = lr != NULL ? ledger_version(lr, &r->version) : NULL;
    return w->liar >= 0 && (v == NULL || (!r->gone && v->hash != wire_hash(r->wire)));
}

void check_pushed(world_t *w, edge_t *e, int way, slice_t body)
{
    AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
    AUTO(xfree) uint8_t *owned = NULL;
    slice_t rest, wire;
    record_t r;
    bool load = false;
    if (m == NULL ||
        batch_open(slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &rest, &owned) != 0) {
        broken(w, "a push that cannot be read");
        return;
    }
    position_t upto = position_of(m->upto, m->n_upto);
    if (m->session != e->session[way]) return;
    while (batch_next(&rest, &wire) == 0) {
        if (record_parse(wire, &r) != 0) continue;
        if (e->n_claims[way] == e->room[way]) {
            e->room[way] = e->room[way] * 2 + 32;
            e->claims[way] = xrealloc(e->claims[way], e->room[way] * sizeof *e->claims[way]);
        }
        e->claims[way][e->n_claims[way]++] =
            (claim_t){upto, r.id, r.version, r.home, r.gone, is_forged(w, &r)};
        load |= r.bulk;
    }
    unit_t *producer = &w->units[way == 0 ? e->a : e->b];
    if (load && !e->local && people_wait(producer, way == 0 ? e->b_of_a : e->a_of_b, &upto))
        broken(w, "%s pushes a load before what people wrote", unit_name(producer));
}

// Does this version of the record, or a later one, wait in quarantine?
static bool waits(store_txn_t *txn, const rid_t *id, const version_t *version, const version_t *most)
{
    quarantined_t q;
    quarantine_key_t key;
    int rc = quarantine_next(txn, id, NULL, &q);
    for (; rc == 0; rc = quarantine_next(txn, id, &key, &q)) {
        key = q.key;
        if (version_cmp(&q.record.version, version) < 0) continue;
        if (most == NULL || version_cmp(&q.record.version, most) <= 0) return true;
    }
    return false;
}

typedef struct sought {
    const rid_t *id;
    const version_t *version;
} sought_t;

static int is_sought(void *arg, const record_t *r, uint32_t peer)
{
    const sought_t *sought = arg;
    (void)peer;
    return rid_equal(&r->id, sought->id) && version_cmp(&r->version, sought->version) == 0;
}

// Is this version kept aside for its home?
static bool is_aside(store_txn_t *txn, const rid_t *id, const version_t *version)
{
    sought_t sought = {id, version};
    return store_each_aside(txn, is_sought, &sought) == 1;
}

// A record that has changed again stands further on in the lane, and is told there.
static bool stands_beyond(unit_t *producer, bool local, const claim_t *claim, const position_t *position)
{
    store_txn_t *txn = NULL;
    record_t r;
    place_t place;
    if (producer->store == NULL || store_begin(producer->store, false, &txn) != 0)
        return true; // who can tell
    bool beyond = store_get(txn, &claim->id, &r, &place) != 0 ||
                  place.at > position->of[!local && r.bulk ? STREAM_BULK : STREAM_PEOPLE];
    store_abort(&txn);
    return beyond;
}

// Word of what the consumer never had; or what came and went, since the record has left its reach.
static bool is_not_to_be(unit_t *producer, unit_t *consumer, store_txn_t *txn, const claim_t *claim)
{
    world_t *w = consumer->world;
    record_t r;
    store_txn_t *other = NULL;
    const ledger_record_t *lr = ledger_find(w->ledger, &claim->id);
    if (store_get(txn, &claim->id, &r, NULL) != KV_NONE) return false;
    if (claim->gone || lr == NULL || producer->store == NULL) return true;
    if (store_begin(producer->store, false, &other) != 0) return true;
    bool left = store_get(other, &claim->id, &r, NULL) == 0 && !reaches(w, &r, &w->units[lr->home], consumer);
    store_abort(&other);
    return left;
}

static void check_claim(unit_t *consumer, unit_t *producer, bool local, store_txn_t *txn,
                        const claim_t *claim, const position_t *position)
{
    record_t r;
    if (claim->forged || liar_may_fool(consumer, &claim->home)) return; // he may have said the contrary since
    if (store_get(txn, &claim->id, &r, NULL) == 0 && version_cmp(&r.version, &claim->version) >= 0) return;
    if (store_get(txn, &claim->id, &r, NULL) == 0 && path_equal(&r.home, &consumer->place.path)) return;
    if (waits(txn, &claim->id, &claim->version, NULL) || is_aside(txn, &claim->id, &claim->version)) return;
    if (is_not_to_be(producer, consumer, txn, claim)) return;
    if (stands_beyond(producer, local, claim, position)) return;
    broken(consumer->world, "%s acknowledges %s, which is not durable", unit_name(consumer),
           version_name(&claim->version));
}

void check_pulled(world_t *w, edge_t *e, int way, unit_t *consumer, slice_t body)
{
    AUTO(msg_body_free) Selenga__Pull *m = msg_body_unpack(&selenga__pull__descriptor, body);
    store_txn_t *txn = NULL;
    int pushes = !way;
    unit_t *producer = &w->units[way == 0 ? e->b : e->a];
    size_t kept = 0;
    if (m == NULL) return;
    if (m->restart) {
        e->session[pushes] = m->session;
        e->n_claims[pushes] = 0;
    }
    if (m->session != e->session[pushes] || e->n_claims[pushes] == 0) return;
    position_t position = position_of(m->position, m->n_position);
    if (store_begin(consumer->store, false, &txn) != 0) return;
    for (size_t i = 0; i < e->n_claims[pushes]; i++) {
        const claim_t *claim = &e->claims[pushes][i];
        if (claim->upto.of[STREAM_PEOPLE] <= position.of[STREAM_PEOPLE] &&
            claim->upto.of[STREAM_BULK] <= position.of[STREAM_BULK])
            check_claim(consumer, producer, e->local, txn, claim, &position);
        else
            e->claims[pushes][kept++] = *claim;
    }
    e->n_claims[pushes] = kept;
    store_abort(&txn);
}

void check_started(unit_t *u)
{
    store_txn_t *txn = NULL;
    record_t held;
    if (store_begin(u->store, false, &txn) != 0) return;
    for (size_t i = 0; i < ledger_count(u->world->ledger); i++) {
        const ledger_record_t *r = ledger_at(u->world->ledger, i);
        if (r->home != u->index || r->must == 0) continue;
        bool has = store_get(txn, &r->id, &held, NULL) == 0;
        const ledger_version_t *v = has ? ledger_version(r, &held.version) : NULL;
        if (v == NULL || (r->must & ~v->past) != 0)
            broken(u->world, "%s lost an acknowledged write", unit_name(u));
    }
    store_abort(&txn);
}

// --- line 3: who should hold a record ------------------------------------------------------------

static int node_of_path(const world_t *w, const path_t *path)
{
    for (int i = 0; i < w->n_nodes; i++)
        if (path_equal(&w->nodes[i].path, path)) return i;
    return -1;
}

static int node_serving(const world_t *w, slice_t code)
{
    for (int i = 0; i < w->n_orgs; i++) {
        if (!slice_equal(slice_text(w->orgs[i].code), code)) continue;
        for (int o = i, depth = 0; o >= 0 && depth < ORGS_MAX; o = w->orgs[o].parent, depth++)
            if (w->orgs[o].node >= 0) return w->orgs[o].node;
    }
    return -1;
}

static bool goes_up(const world_t *w, const record_t *r, int home, int node)
{
    if (node == home || !tree_is_above(w, node, home)) return false;
    for (int at = w->nodes[home].parent;; at = w->nodes[at].parent) {
        if (r->up <= w->nodes[at].rank) return false;
        if (at == node) return true;
    }
}

static bool goes_down(const world_t *w, const record_t *r, int home, int node)
{
    if (node == home || !tree_is_above(w, home, node)) return false;
    if (r->down == DOWN_ALL) return true;
    if (r->down != DOWN_SERVING) return false;
    int serving = node_serving(w, r->org);
    return serving >= 0 && tree_is_above(w, node, serving);
}

static bool goes_to(const world_t *w, const record_t *r, int home, int node)
{
    int to = node_of_path(w, &r->to);
    if (r->down != DOWN_TO || to < 0) return false;
    for (int at = home; at != to;) {
        at = tree_next(w, at, to);
        if (at == node) return true;
    }
    return false;
}

static bool reads(const unit_t *u, uint32_t kind)
{
    for (size_t i = 0; i < u->n_wants; i++)
        if (u->wants[i] == kind) return true;
    return false;
}

static bool same_service(const unit_t *u, uint32_t kind, const unit_t *home)
{
    return kind < 100 ? u->service == home->service : kind / 100 == u->service;
}

static bool reaches(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    if (!same_service(u, r->kind, home)) {
        const unit_t *reader = unit_at(w, u->node, r->kind / 100);
        return r->kind >= 100 && reader != NULL && reads(u, r->kind) && reaches(w, r, home, reader);
    }
    if (home->service == SERVICE_SECOND) return u == home;
    int h = home->node, n = u->node;
    return n == h || goes_up(w, r, h, n) || goes_down(w, r, h, n) || goes_to(w, r, h, n);
}

// Does the unit let it in, coming from the home's side?
static bool refuses(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    const ledger_record_t *lr = ledger_find(w->ledger, &r->id);
    const ledger_version_t *v = lr != NULL ? ledger_version(lr, &r->version) : NULL;
    if (u == home) return false;
    if (work_is_bad(u, r)) return true;
    return v != NULL && v->bad && same_service(u, r->kind, home); // a service of the node trusts the other
}

// The unit that it comes to `u` from.
static unit_t *source(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    if (!same_service(u, r->kind, home)) return unit_at(w, u->node, r->kind / 100);
    return unit_at(w, tree_next(w, u->node, home->node), u->service);
}

static bool arrives(world_t *w, const record_t *r, const unit_t *home, unit_t *u)
{
    for (; u != home; u = source(w, r, home, u))
        if (refuses(w, r, home, u)) return false;
    return true;
}

static void check_refusal(world_t *w, const record_t *r, unit_t *home, unit_t *u)
{
    store_txn_t *txn = NULL;
    if (store_begin(u->store, false, &txn) != 0) return;
    if (!waits(txn, &r->id, &r->version, &r->version))
        broken(w, "%s refused a version of %s and does not show it", unit_name(u), unit_name(home));
    store_abort(&txn);
}

// What an organisation that has moved hands back waits for an operator, where its home cannot have it
// otherwise.
static bool is_shown(world_t *w, const record_t *r)
{
    bool shown = false;
    for (int i = 0; i < w->n_units && !shown && (w->plan.faults & FAULT_MOVE) != 0; i++) {
        store_txn_t *txn = NULL;
        if (store_begin(w->units[i].store, false, &txn) != 0) continue;
        shown = waits(txn, &r->id, &r->version, NULL);
        store_abort(&txn);
    }
    return shown;
}

// An id that follows from what the record is about belongs to who writes it first. Where the liar is one of
// several who may, he can be the first: the other's version is refused, and shown.
static bool is_taken(world_t *w, const record_t *r)
{
    bool taken = false;
    for (int i = 0; w->liar >= 0 && i < w->n_units && !taken; i++) {
        store_txn_t *txn = NULL;
        record_t held;
        taken = holds(&w->units[i], &r->id, &held, &txn) && !path_equal(&held.home, &r->home) &&
                path_is_prefix(&w->nodes[w->liar].path, &held.home) &&
                waits(txn, &r->id, &r->version, NULL);
        store_abort(&txn);
    }
    return taken;
}

static void check_replica(world_t *w, const record_t *r, unit_t *home, unit_t *u)
{
    store_txn_t *txn = NULL;
    record_t held;
    if (is_taken(w, r)) return;
    bool has = holds(u, &r->id, &held, &txn), should = reaches(w, r, home, u);
    if (has && !should && arrives(w, r, home, u) &&
        !is_shown(w, &held)) // what is refused on the way cannot tell that it left
        broken(w, "%s holds kind %u of %s, which does not reach it", unit_name(u), r->kind, unit_name(home));
    if (should && arrives(w, r, home, u)) {
        if (!has)
            broken(w, "%s lacks kind %u of %s, version %s", unit_name(u), r->kind, unit_name(home),
                   version_name(&r->version));
        else if (!path_equal(&held.home, &r->home))
            broken(w, "%s has another home's record under the id of kind %u of %s", unit_name(u), r->kind,
                   unit_name(home));
        else if (!slice_equal(held.wire, r->wire))
            broken(w, "%s has kind %u of %s in another version than %s", unit_name(u), r->kind,
                   unit_name(home), version_name(&r->version));
    } else if (should) {
        if (has && path_equal(&held.home, &r->home) && version_cmp(&held.version, &r->version) >= 0)
            broken(w, "%s let a bad version in", unit_name(u));
        if (arrives(w, r, home, source(w, r, home, u))) check_refusal(w, r, home, u);
    }
    store_abort(&txn);
}

// The version that a stray keeps; itself for any other record.
static bool unwrap(const record_t *r, record_t *ret, Selenga__Stray **ret_stray)
{
    *ret_stray = NULL;
    *ret = *r;
    if (r->kind != KIND_STRAY) return r->kind >= 100;
    if (r->deleted) return false;
    *ret_stray = msg_body_unpack(&selenga__stray__descriptor, r->body);
    return *ret_stray != NULL &&
           record_parse(slice((*ret_stray)->record.data, (*ret_stray)->record.len), ret) == 0;
}

// A stray must be able to find its way to the home of what it keeps; and where no store was put back, there
// is none.
static void check_stray(unit_t *u, const record_t *r)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Stray *stray;
    if (!unwrap(r, &in, &stray) || stray == NULL || liar_may_fool(u, &in.home)) return;
    if ((u->world->plan.faults & (FAULT_RESTORE | FAULT_WIPE)) == 0)
        broken(u->world, "%s keeps a stray though no store was ever put back", unit_name(u));
    if (!path_equal(&r->home, &u->place.path)) return;
    bool ours = path_equal(&in.home, &u->place.path); // then it goes where the record went
    bool fits = ours ? r->down == in.down && path_equal(&r->to, &in.to)
                     : r->down == DOWN_TO && path_equal(&r->to, &in.home);
    if (r->up != in.up || !fits) broken(u->world, "%s keeps a stray that nobody will see", unit_name(u));
}

static ledger_version_t *version_of(world_t *w, const record_t *r, ledger_record_t **ret)
{
    *ret = ledger_find(w->ledger, &r->id);
    ledger_version_t *v = *ret != NULL ? ledger_version(*ret, &r->version) : NULL;
    bool true_one =
        v != NULL && (w->liar < 0 || v->hash == wire_hash(r->wire)); // its bytes, not only its name
    return true_one ? v : NULL;
}

void check_kept(unit_t *u, const record_t *r)
{
    record_t in;
    ledger_record_t *lr;
    AUTO(msg_body_free) Selenga__Stray *stray = NULL;
    if (r->kind != KIND_STRAY || liar_is(u) || !unwrap(r, &in, &stray)) return;
    if (!liar_may_fool(u, &in.home) && version_of(u->world, &in, &lr) == NULL)
        broken(u->world, "%s keeps a stray that nobody wrote", unit_name(u));
}

static void check_own(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    world_t *w = arg;
    (void)place;
    const ledger_record_t *lr = ledger_find(w->ledger, &r->id);
    if (liar_may_fool(u, &r->home)) return;
    if (lr == NULL) {
        broken(w, "%s holds what nobody wrote", unit_name(u));
        return;
    }
    check_stray(u, r);
    unit_t *home = &w->units[lr->home];
    record_t at_home;
    store_txn_t *other = NULL;
    if (u == home) {
        for (int i = 0; i < w->n_units; i++)
            if (&w->units[i] != home && liar_spares(&w->units[i])) check_replica(w, r, home, &w->units[i]);
        return;
    }
    if (!holds(home, &r->id, &at_home, &other) && !is_shown(w, r))
        broken(w, "%s holds kind %u that its home %s lacks", unit_name(u), r->kind, unit_name(home));
    store_abort(&other);
}

// --- line 4: nothing that a store still held is lost ---------------------------------------------

static void hold(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    ledger_record_t *lr;
    record_t in;
    AUTO(msg_body_free) Selenga__Stray *stray;
    (void)place;
    if (!unwrap(r, &in, &stray) || liar_may_fool(u, &in.home)) return;
    const ledger_version_t *v = version_of(arg, &in, &lr);
    if (v != NULL) lr->held |= v->past;
}

void check_held(world_t *w)
{
    for (int i = 0; i < w->n_units; i++)
        if (liar_spares(&w->units[i])) visit(&w->units[i], hold, w);
}

static void keep(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    ledger_record_t *lr;
    record_t in;
    AUTO(msg_body_free) Selenga__Stray *stray;
    (void)place;
    if (!unwrap(r, &in, &stray)) return;
    const ledger_version_t *v = version_of(arg, &in, &lr);
    if (v != NULL && (stray != NULL || lr->home == u->index)) lr->held &= ~v->past;
}

static int keep_quarantined(void *arg, const quarantined_t *q)
{
    ledger_record_t *lr;
    const ledger_version_t *v = version_of(arg, &q->record, &lr);
    if (v != NULL) lr->held &= ~v->past;
    return 0;
}

static void check_lost(world_t *w)
{
    for (int i = 0; i < w->n_units; i++) {
        store_txn_t *txn = NULL;
        visit(&w->units[i], keep, w);
        if (store_begin(w->units[i].store, false, &txn) != 0) continue;
        quarantine_each(txn, keep_quarantined, w);
        store_abort(&txn);
    }
    for (size_t i = 0; i < ledger_count(w->ledger); i++) {
        const ledger_record_t *r = ledger_at(w->ledger, i);
        if (r->held != 0 && liar_spares(&w->units[r->home]))
            broken(w, "writes %llx of kind %u of %s are lost", (unsigned long long)r->held, r->kind,
                   unit_name(&w->units[r->home]));
    }
}

// --- line 7, and that a store fits together ------------------------------------------------------

typedef struct places {
    uint64_t records, listed, lanes, aside;
} places_t;

static void count_places(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    places_t *n = arg;
    (void)u;
    n->records++;
    n->listed += !r->gone && !place->aside;
    n->aside += place->aside;
    n->lanes += (uint64_t)__builtin_popcount(place->lanes &
                                             ~(unsigned)(LANE_ALL | LANE_BULK)); // no lanes of their own
}

// A key ends in the seq where a record stands.
static bool names_a_record(store_txn_t *txn, slice_t key, place_t *ret_place)
{
    record_t r, held;
    place_t place;
    if (store_at(txn, be64_load(key.data + key.size - 8), &r, &place) != 0) return false;
    *ret_place = place;
    return place.aside || (store_get(txn, &r.id, &held, ret_place) == 0 && ret_place->at == place.at);
}

static bool is_on(const place_t *place, uint8_t lane)
{
    bool bulk = (place->lanes & LANE_BULK) != 0 && (lane & LANE_IN) == 0;
    return (place->lanes & lane & ~LANE_BULK) != 0 && ((lane & LANE_BULK) != 0) == bulk;
}

static uint64_t count_aside(store_txn_t *txn)
{
    uint64_t n = 0;
    return kv_count(store_kv(txn), KV_ASIDE, &n) == 0 ? n : UINT64_MAX;
}

static uint64_t count_entries(unit_t *u, store_txn_t *txn, enum kv_table table)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    place_t place;
    uint8_t zero = 0;
    uint64_t n = 0;
    int rc = kv_cursor(store_kv(txn), table, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&zero, 1), &key, &value);
    for (; rc == 0; rc = kv_next(cursor, &key, &value), n++)
        if (!names_a_record(txn, key, &place) || (table == KV_LANES && !is_on(&place, key.data[0])))
            broken(u->world, "%s has an entry in table %d that belongs to no record", unit_name(u), table);
    kv_close_cursor(&cursor);
    return n;
}

void check_store(unit_t *u)
{
    store_txn_t *txn = NULL;
    places_t places = {0};
    visit(u, count_places, &places);
    kv_mem_set_full(u->kv, KV_WELL);
    if (store_begin(u->store, true, &txn) != 0) return;
    if (store_index(txn) != 0) broken(u->world, "%s cannot index what it holds", unit_name(u));
    uint64_t lanes = count_entries(u, txn, KV_LANES), log = count_entries(u, txn, KV_LOG),
             kinds = count_entries(u, txn, KV_KINDS);
    count_entries(u, txn, KV_REFS);
    if (lanes != places.lanes || log != places.records || kinds != places.listed ||
        count_aside(txn) != places.aside)
        broken(u->world,
               "%s has %llu records, %llu in the log and %llu listed, %llu places, %llu lane entries",
               unit_name(u), (unsigned long long)places.records, (unsigned long long)log,
               (unsigned long long)kinds, (unsigned long long)places.lanes, (unsigned long long)lanes);
    store_abort(&txn);
}

// Is the home's present version refused before it comes to this unit? Then the unit may hold an older one.
static bool is_blocked(world_t *w, const rid_t *id, unit_t *u)
{
    const ledger_record_t *lr = ledger_find(w->ledger, id);
    store_txn_t *txn = NULL;
    record_t r;
    unit_t *home = lr != NULL ? &w->units[lr->home] : NULL;
    bool blocked =
        home != NULL && holds(home, id, &r, &txn) && reaches(w, &r, home, u) && !arrives(w, &r, home, u);
    store_abort(&txn);
    return blocked;
}

// Each record of the producer's lanes stands at the consumer, or waits in its quarantine; and the other way
// round.
static void check_feed(world_t *w, unit_t *producer, unit_t *consumer, uint32_t consumer_name,
                       uint32_t producer_name)
{
    store_txn_t *out = NULL, *in = NULL;
    lane_reader_t *reader = NULL;
    uint64_t seq, sent = 0, taken = 0, quarantined = 0;
    record_t r;
    place_t place;
    quarantined_t q;
    if (store_begin(producer->store, false, &out) != 0 || store_begin(consumer->store, false, &in) != 0)
        return;
    for (enum stream stream = 0; stream < STREAMS; stream++) {
        unsigned lanes = store_feed_lanes(consumer_name, stream) & ~(unsigned)(LANE_BACK | LANE_LEFT);
        int rc = lane_open(out, lanes, consumer_name, 0, &reader);
        while (rc == 0 && (rc = lane_next(reader, &seq, NULL)) == 0) {
            if (store_at(out, seq, &r, NULL) != 0) break;
            if (r.gone || liar_may_fool(consumer, &r.home)) continue; // he is silent now, and lost with him
            if (consumer_name < PEER_LABEL_MIN && !reads(consumer, r.kind)) continue;
            sent++;
            rid_t id = r.id;
            quarantine_key_t key = quarantine_key_of(&r, producer_name);
            if (store_get(in, &id, &r, &place) == 0 && !r.gone && place.toward == producer_name)
                taken++;
            else if (quarantine_get(in, &key, &q) == 0)
                quarantined++;
        }
        lane_close(&reader);
    }
    uint64_t held = 0;
    int rc = lane_open(in, LANE_IN, producer_name, 0, &reader);
    for (; rc == 0 && (rc = lane_next(reader, &seq, NULL)) == 0; held++) {
        unsigned lanes = store_feed_lanes(consumer_name, STREAM_PEOPLE) & ~(unsigned)(LANE_BACK | LANE_LEFT);
        if (store_at(in, seq, &r, NULL) != 0) break;
        if (liar_may_fool(consumer, &r.home)) held--;
        if (liar_may_fool(consumer, &r.home)) continue;
        rid_t id = r.id;
        if (store_get(out, &id, &r, &place) == 0 && (place.lanes & lanes) != 0) continue;
        bool late =
            (w->plan.faults & FAULT_MOVE) != 0 && quarantine_next(out, &id, NULL, &q) == 0; // see is_shown
        if (late || is_blocked(w, &id, producer)) held--; // of an older life of the producer
    }
    lane_close(&reader);
    if (sent != taken + quarantined || held != taken)
        broken(w, "feed %s to %s: %llu in lanes, %llu taken, %llu quarantined, %llu held",
               unit_name(producer), unit_name(consumer), (unsigned long long)sent, (unsigned long long)taken,
               (unsigned long long)quarantined, (unsigned long long)held);
    store_abort(&in);
    store_abort(&out);
}

static bool is_from_liar(const unit_t *u, uint32_t peer)
{
    const world_t *w = u->world;
    for (int i = 0; i < w->n_edges; i++) {
        const edge_t *e = &w->edges[i];
        if (!liar_at(w, e) || (e->a != u->index && e->b != u->index)) continue;
        if ((e->a == u->index ? e->b_of_a : e->a_of_b) == peer || peer == PEER_SELF) return true;
    }
    return false;
}

// A liar is told of records that are for him, and word that one has left only if it was for him once, or he
// has shown that he had it: what he guesses is met with silence.
static void check_one_told(world_t *w, const unit_t *from, const unit_t *liar, slice_t wire)
{
    record_t r;
    if (record_parse(wire, &r) != 0 || r.kind < 100 || liar_may_fool(from, &r.home)) return;
    const ledger_record_t *lr = ledger_find(w->ledger, &r.id);
    if (lr == NULL || lr->told) return;
    broken(w, "%s tells a liar %s kind %u of %s, which was never for him", unit_name(from),
           r.gone ? "the end of" : "of", r.kind, unit_name(&w->units[lr->home]));
    (void)liar;
}

void check_told(world_t *w, const unit_t *from, const unit_t *liar, uint32_t type, slice_t body)
{
    AUTO(xfree) uint8_t *owned = NULL;
    slice_t rest, wire;
    if (type != MSG_PUSH || from->node == liar->node) return;
    AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
    if (m == NULL ||
        batch_open(slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &rest, &owned) != 0)
        return;
    while (batch_next(&rest, &wire) == 0) check_one_told(w, from, liar, wire);
}

void check_written(const unit_t *home, ledger_record_t *lr, const record_t *r)
{
    world_t *w = home->world;
    if (w->liar < 0) return;
    bool moves = (w->plan.faults & FAULT_MOVE) != 0 && r->down == DOWN_SERVING;
    lr->told |= moves || reaches(w, r, home, unit_at(w, w->liar, SERVICE_MAIN));
}

// What waits in quarantine has left its home too: only its content may be at fault, never its way.
static int check_way(void *arg, const quarantined_t *q)
{
    unit_t *u = arg;
    ledger_record_t *lr;
    const ledger_version_t *v = version_of(u->world, &q->record, &lr);
    if (is_from_liar(u, q->key.peer)) return 0;
    if (q->giveback && (u->world->plan.faults & FAULT_MOVE) != 0)
        return 0; // its organisation has moved since
    if (v == NULL || v->bad || reaches(u->world, &q->record, &u->world->units[lr->home], u)) return 0;
    broken(u->world, "%s has kind %u in quarantine, which does not reach it", unit_name(u), q->record.kind);
    return 0;
}

// --- what one neighbour makes a node keep ---------------------------------------------------------

typedef struct kept {
    uint32_t peer;
    uint64_t items, bytes;
} kept_t;

static int count_kept(void *arg, const record_t *r, uint32_t peer)
{
    kept_t *kept = arg;
    if (peer != kept->peer) return 0;
    kept->items++;
    kept->bytes += r->wire.size;
    return 0;
}

// The counts by which a neighbour's share is measured are those of what is there.
static void check_share(unit_t *u, uint32_t peer)
{
    store_txn_t *txn = NULL;
    kept_t kept = {.peer = peer};
    uint64_t items = 0, bytes = 0, most_items, most_bytes;
    if (peer < PEER_LABEL_MIN || store_begin(u->store, false, &txn) != 0) return;
    store_each_aside(txn, count_kept, &kept);
    quota_share(u->store, peer, QUOTA_ASIDE, &most_items, &most_bytes);
    if (quota_used(txn, peer, QUOTA_ASIDE, &items, &bytes) < 0 || items != kept.items || bytes != kept.bytes)
        broken(u->world, "%s counts %llu kept aside because of %x, and keeps %llu", unit_name(u),
               (unsigned long long)items, peer, (unsigned long long)kept.items);
    if (kept.items > most_items || kept.bytes > most_bytes)
        broken(u->world, "%s keeps more than the share of %x", unit_name(u), peer);
    store_abort(&txn);
}

// --- the end -------------------------------------------------------------------------------------

void check_end(world_t *w)
{
    for (int i = 0; i < w->n_units; i++) {
        check_store(&w->units[i]);
        if (!liar_spares(&w->units[i])) continue;
        visit(&w->units[i], check_own, w);
        store_txn_t *txn = NULL;
        if (store_begin(w->units[i].store, false, &txn) == 0) quarantine_each(txn, check_way, &w->units[i]);
        store_abort(&txn);
        if (feed_malformed(w->units[i].feed) > 0 && !is_from_liar(&w->units[i], PEER_SELF))
            broken(w, "%s got a malformed message", unit_name(&w->units[i]));
    }
    for (int i = 0; i < w->n_edges; i++) {
        const edge_t *e = &w->edges[i];
        unit_t *a = &w->units[e->a], *b = &w->units[e->b];
        check_share(a, e->b_of_a);
        check_share(b, e->a_of_b);
        if (!liar_spares(a) || !liar_spares(b)) continue;
        if (!e->local || b->n_wants > 0) check_feed(w, a, b, e->b_of_a, e->a_of_b);
        if (!e->local || a->n_wants > 0) check_feed(w, b, a, e->a_of_b, e->b_of_a);
    }
    check_lost(w);
}
