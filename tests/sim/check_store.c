// SPDX-License-Identifier: Apache-2.0
// A store fits together, feeds agree at both ends, and what one neighbour makes a node keep is within his
// share (design 8, line 7).
#include "common/store/lane_counts.h"
#include "common/store/quota.h"
#include "proto/message.h"
#include "tests/sim/check.h"

typedef struct places {
    uint64_t records, listed, lanes, aside;
} places_t;

static void count_places(unit_t *u, const record_t *r, const place_t *place, void *arg)
{
    places_t *n = arg;
    (void)u;
    n->records++;
    n->listed += !r->gone && !place->aside;
    if (r->gone && !liar_is(u)) check_word(u, r, place);
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

// Each lane's count is that of its entries: after store_index, and so of all that stands on it.
static int check_counts(unit_t *u, store_txn_t *txn)
{
    lane_counts_t *counts = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    uint8_t zero = 0;
    int rc = lane_counts_begin(txn, &counts);
    if (rc == 0) rc = kv_cursor(store_kv(txn), KV_LANES, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&zero, 1), &key, &value);
    while (rc == 0) {
        unsigned lane = key.data[0];
        uint32_t peer = be32_load(key.data + 1);
        uint64_t n = 0, seq = 0;
        for (; rc == 0 && key.data[0] == lane && be32_load(key.data + 1) == peer; n++) {
            seq = be64_load(key.data + 5);
            rc = kv_next(cursor, &key, &value);
        }
        lane_count_t all = {0}, but_last = {0};
        if ((lane & LANE_LEFT) != 0 || lane_counts_of(counts, lane, peer, 0, &all) != 0 ||
            lane_counts_of(counts, lane, peer, seq - 1, &but_last) != 0)
            continue;
        if (all.all != n || all.beyond != n || but_last.beyond != 1)
            broken(u->world, "%s counts %llu of %llu entries of lane %u", unit_name(u),
                   (unsigned long long)all.all, (unsigned long long)n, lane);
    }
    kv_close_cursor(&cursor);
    lane_counts_end(&counts);
    return rc < 0 ? rc : 0;
}

void check_store(unit_t *u)
{
    store_txn_t *txn = NULL;
    places_t places = {0};
    visit(u, true, count_places, &places);
    kv_mem_set_full(u->kv, KV_WELL);
    if (store_begin(u->store, true, &txn) != 0) return;
    if (store_index(txn) != 0) broken(u->world, "%s cannot index what it holds", unit_name(u));
    if (check_counts(u, txn) != 0) broken(u->world, "%s cannot count its lanes", unit_name(u));
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
void check_feed(world_t *w, unit_t *producer, unit_t *consumer, uint32_t consumer_name,
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
        if (late || is_blocked(w, &id, producer)) held--; // of an older epoch of the producer
    }
    lane_close(&reader);
    if (sent != taken + quarantined || held != taken)
        broken(w, "feed %s to %s: %llu in lanes, %llu taken, %llu quarantined, %llu held",
               unit_name(producer), unit_name(consumer), (unsigned long long)sent, (unsigned long long)taken,
               (unsigned long long)quarantined, (unsigned long long)held);
    store_abort(&in);
    store_abort(&out);
}

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
void check_share(unit_t *u, uint32_t peer)
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
