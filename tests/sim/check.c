// SPDX-License-Identifier: Apache-2.0
// What must hold when the faults have stopped (design 8), told from the tree and the ledger alone: who should
// hold a record is worked out anew (reach.c), not by lanes.
#include "tests/sim/check.h"
#include "proto/message.h"

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
    for (int i = 0; i < w->n_units && !shown && (w->plan.faults & (FAULT_MOVE | FAULT_KEY)) != 0; i++) {
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
                path_is_prefix(&w->nodes[w->liar].path, &held.home) && waits(txn, &r->id, &r->version, NULL);
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
    bool other = has && !path_equal(&held.home, &r->home); // which has the id there
    if (has && !other && !should && arrives(w, r, home, u) &&
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
            broken(w, "%s let in a bad version %s of kind %u of %s", unit_name(u),
                   version_name(&held.version), r->kind, unit_name(home));
        if (arrives(w, r, home, source(w, r, home, u))) check_refusal(w, r, home, u);
    }
    store_abort(&txn);
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
    check_conflict(u, r);
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

void check_end(world_t *w)
{
    for (int i = 0; i < w->n_units; i++) {
        check_store(&w->units[i]);
        if (!liar_spares(&w->units[i])) continue;
        visit(&w->units[i], false, check_own, w);
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
