// SPDX-License-Identifier: Apache-2.0
// A cursor never covers what is not durable, and a start has all that was acknowledged (design 8, line 2).
#include "common/node/msg.h"
#include "common/sync/batch.h"
#include "proto/feed.pb-c.h"
#include "tests/sim/check.h"
#include <stdlib.h>

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
    place_t place;
    int rc = store_get(txn, &claim->id, &r, &place);
    // Another home's record stands under the id: word of this one takes away nothing.
    if (rc == 0 && !path_equal(&r.home, &claim->home)) return claim->gone;
    // An older one has come since, and is shown to its home, which will say the word again.
    if (rc == 0) return claim->gone && (place.lanes & LANE_BACK) != 0;
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
        if (r->home != u->index || r->must == 0 || liar_is(u)) continue; // of his he may say what he likes
        bool has = store_get(txn, &r->id, &held, NULL) == 0;
        const ledger_version_t *v = has ? ledger_version(r, &held.version) : NULL;
        if (v == NULL || (r->must & ~v->past) != 0)
            broken(u->world, "%s lost an acknowledged write", unit_name(u));
    }
    store_abort(&txn);
}
