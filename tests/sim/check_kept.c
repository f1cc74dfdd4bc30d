// SPDX-License-Identifier: Apache-2.0
// Nothing that a store still held is lost, and conflicts find their way (design 8, line 4).
#include "common/node/msg.h"
#include "tests/sim/check.h"

// The home has seen what a conflict keeps, and stands above it: else it would never be replaced where it is
// held.
static void check_heeded(unit_t *u, const record_t *in)
{
    store_txn_t *txn = NULL;
    record_t now;
    if (in->kind / 100 != u->service || !path_equal(&in->home, &u->place.path)) return;
    if (holds(u, &in->id, &now, &txn) && path_equal(&now.home, &in->home) &&
        (version_cmp(&now.version, &in->version) < 0 || !record_answers(&now, &in->version)))
        broken(u->world, "%s, its home, has not seen version %s of kind %u, which a conflict there keeps",
               unit_name(u), version_name(&in->version), in->kind);
    store_abort(&txn);
}

// A conflict must be able to find its way to the home of what it keeps; and where no store was put back,
// there is none.
void check_conflict(unit_t *u, const record_t *r)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *conflict;
    if (!unwrap(r, &in, &conflict) || conflict == NULL || liar_may_fool(u, &in.home)) return;
    if ((u->world->plan.faults & (FAULT_RESTORE | FAULT_WIPE | FAULT_CLONE | FAULT_KEY)) == 0)
        broken(u->world, "%s keeps a conflict though no store was ever put back", unit_name(u));
    if (record_is_sealed(&in, u->place.seal_key)) check_heeded(u, &in);
    if (!path_equal(&r->home, &u->place.path)) return;
    bool ours = path_equal(&in.home, &u->place.path); // then it goes where the record went
    bool fits = ours ? r->down == in.down && path_equal(&r->to, &in.to)
                     : r->down == DOWN_TO && path_equal(&r->to, &in.home);
    if (r->up != in.up || !fits) broken(u->world, "%s keeps a conflict that nobody will see", unit_name(u));
}

void check_kept(unit_t *u, const record_t *r)
{
    record_t in;
    ledger_record_t *lr;
    AUTO(msg_body_free) Selenga__Conflict *conflict = NULL;
    if (r->kind != KIND_CONFLICT || liar_is(u) || !unwrap(r, &in, &conflict)) return;
    if (!liar_may_fool(u, &in.home) && version_of(u->world, &in, &lr) == NULL)
        broken(u->world, "%s keeps a conflict that nobody wrote", unit_name(u));
}

// The home answers for what its word contains: it has kept it, whatever became of the home since.
void check_left(unit_t *u, const record_t *old, const record_t *word)
{
    world_t *w = u->world;
    record_t in;
    ledger_record_t *lr = ledger_find(w->ledger, &word->id), *lr_in;
    AUTO(msg_body_free) Selenga__Conflict *conflict = NULL;
    const ledger_version_t *said = lr != NULL ? ledger_version(lr, &word->version) : NULL;
    const ledger_version_t *had = lr != NULL ? ledger_version(lr, &old->version) : NULL;
    if (said == NULL || had == NULL || !unwrap(old, &in, &conflict)) return;
    const ledger_version_t *v = version_of(w, &in, &lr_in);
    uint64_t kept = conflict != NULL ? UINT64_MAX : said->past;
    if (v != NULL && (had->past & ~said->past) == 0) lr_in->held &= ~(v->past & kept);
}

static void hold(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    ledger_record_t *lr;
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *conflict;
    (void)place;
    if (!unwrap(r, &in, &conflict) || liar_may_fool(u, &in.home)) return;
    const ledger_version_t *v = version_of(arg, &in, &lr);
    if (v != NULL) lr->held |= v->past;
}

void check_held(world_t *w)
{
    for (int i = 0; i < w->n_units; i++)
        if (liar_spares(&w->units[i])) visit(&w->units[i], false, hold, w);
}

// Where the home's word is refused, and behind that place, what it stands above is still held, and nobody has
// let go of it: the word that is let in some day has it in its past, or a conflict is kept then. Where seals
// are lost the home need not have taken it.
static bool is_still_held(unit_t *u, const record_t *r, unit_t *home)
{
    world_t *w = u->world;
    bool refused = false;
    if ((w->plan.faults & FAULT_KEY) == 0 || !same_service(u, r->kind, home)) return false;
    for (; !refused && u != home; u = source(w, r, home, u)) {
        store_txn_t *txn = NULL;
        refused = store_begin(u->store, false, &txn) == 0 && waits(txn, &r->id, &r->version, NULL);
        store_abort(&txn);
    }
    return refused;
}

// Versions that say the same are one, whichever of them stands there.
static void keep_writes(ledger_record_t *lr, const ledger_version_t *v)
{
    lr->held &= ~v->past;
    for (size_t i = 0; i < lr->n; i++)
        if (lr->versions[i].content == v->content && lr->versions[i].fate != VANISHED)
            lr->held &= ~lr->versions[i].past;
}

static void keep(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    ledger_record_t *lr;
    record_t in;
    world_t *w = arg;
    AUTO(msg_body_free) Selenga__Conflict *conflict;
    (void)place;
    if (!unwrap(r, &in, &conflict)) return;
    const ledger_version_t *v = version_of(w, &in, &lr);
    if (v != NULL && (conflict != NULL || lr->home == u->index || is_still_held(u, r, &w->units[lr->home])))
        keep_writes(lr, v);
}

static int keep_quarantined(void *arg, const quarantined_t *q)
{
    ledger_record_t *lr;
    const ledger_version_t *v = version_of(arg, &q->record, &lr);
    if (v != NULL) lr->held &= ~v->past;
    return 0;
}

void check_lost(world_t *w)
{
    for (int i = 0; i < w->n_units; i++) {
        store_txn_t *txn = NULL;
        visit(&w->units[i], false, keep, w);
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
