// SPDX-License-Identifier: Apache-2.0
// Lanes: for each neighbour, the records it must have, each once, in order of their last change here
// (design 2.2, 2.3).
//
// Keys: FORMAT.md, lanes; byte order is reading order.
//
// Records of a load stand in lanes beside those of all others, with LANE_BULK in the key's first byte.
// The log has the record at that seq. It is itself the lane ALL, and all lanes of what is not indexed yet:
// entries without the bits are passed over.
//
// Which lanes a record is on follows from its stamped reach, its home, and which child serves its
// organisation; the bits are kept beside the record, so that leaving them needs no second guess after the
// topology has changed.
#include "common/base/mutant.h"
#include "common/store/lane_counts.h"
#include "common/store/store_private.h"
#include "common/store/topology.h"
#include "proto/kind.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_ours(const store_place_t *p, const record_t *r)
{
    return r->kind < SYSTEM_KINDS || r->kind / 100 == p->service;
}

bool place_is_home(const store_place_t *p, const record_t *r)
{
    return is_ours(p, r) && path_equal(&p->path, &r->home);
}

uint32_t place_toward(const store_place_t *p, const record_t *r)
{
    if (!is_ours(p, r)) return r->kind / 100; // replica of another service of this node
    if (path_equal(&p->path, &r->home)) return PEER_SELF;
    return path_is_prefix(&p->path, &r->home) ? path_child_label(&p->path, &r->home) : PEER_PARENT;
}

uint32_t store_toward(const store_t *store, const record_t *r)
{
    return place_toward(&store->place, r);
}

// A record addressed to one node goes up until `to` lies below, then down to it.
static uint8_t lanes_addressed(const store_place_t *p, const record_t *r, uint32_t toward,
                               uint32_t *ret_child)
{
    if (path_equal(&p->path, &r->to)) return 0;
    if (path_is_prefix(&p->path, &r->to)) {
        *ret_child = path_child_label(&p->path, &r->to);
        return *ret_child == toward ? 0 : LANE_CHILD;
    }
    return p->has_parent && toward != PEER_PARENT ? LANE_UP : 0;
}

static uint8_t lanes_down(const store_place_t *p, const record_t *r, uint32_t *ret_child)
{
    if (r->down == DOWN_ALL) return LANE_PUBLIC;
    if (r->down != DOWN_SERVING) return 0;
    uint32_t child = scope_child_for(p->scope, r->org);
    if (child == PEER_SELF) return 0;
    *ret_child = child;
    return LANE_CHILD;
}

uint8_t lanes_of(const store_place_t *p, const record_t *r, uint32_t src, uint32_t *ret_child)
{
    uint32_t toward = place_toward(p, r);
    uint8_t lanes = 0;
    *ret_child = PEER_SELF;
    if (r->gone) return is_ours(p, r) ? LANE_ALL : 0;
    if (r->bulk && !MUTANT("bulk_not_kept")) lanes |= LANE_BULK;
    if (toward != PEER_SELF) lanes |= LANE_IN;
    if (!is_ours(p, r)) return lanes;
    lanes |= LANE_ALL;
    if (toward != PEER_SELF && src != toward && !MUTANT("back_lane_missing")) lanes |= LANE_BACK;
    if (r->down == DOWN_TO) lanes |= lanes_addressed(p, r, toward, ret_child);
    unsigned up = r->up + (MUTANT("reach_one_too_wide") ? 1U : 0U);
    if (toward != PEER_PARENT && p->has_parent && up > p->parent_rank) lanes |= LANE_UP;
    if (toward == PEER_SELF || toward == PEER_PARENT) lanes |= lanes_down(p, r, ret_child);
    return lanes;
}

bool place_reaches(const place_t *place, uint32_t peer)
{
    if (peer == PEER_SELF || peer == place->toward) return true;
    if (peer < PEER_LABEL_MIN) return (place->lanes & LANE_ALL) != 0;
    if (peer == PEER_PARENT) return (place->lanes & LANE_UP) != 0;
    return (place->lanes & LANE_PUBLIC) != 0 || ((place->lanes & LANE_CHILD) != 0 && place->child == peer);
}

bool store_has_left(const place_t *place, uint32_t peer)
{
    bool child = peer >= PEER_LABEL_MIN && peer != PEER_PARENT;
    for (size_t i = 0; i < place->n_left; i++)
        if (place->left[i] == peer || (child && place->left[i] == PEER_SELF)) return true;
    return false;
}

void place_add_left(place_t *place, uint32_t peer)
{
    bool parent = store_has_left(place, PEER_PARENT);
    if (peer == PEER_SELF) place->n_left = 0; // whoever of the children is named already
    place->lanes |= LANE_LEFT;
    if (store_has_left(place, peer)) return;
    if (place->n_left == ARRAY_SIZE(place->left)) {
        place->n_left = 0;
        if (peer != PEER_PARENT) peer = PEER_SELF;
        if (peer == PEER_PARENT) place->left[place->n_left++] = PEER_SELF;
    }
    place->left[place->n_left++] = peer;
    if (parent && !store_has_left(place, PEER_PARENT)) place->left[place->n_left++] = PEER_PARENT;
}

static void add_unless_reached(place_t *now, uint32_t peer)
{
    if (!place_reaches(now, peer)) place_add_left(now, peer);
}

void lanes_left(place_t *now, const place_t *old)
{
    unsigned had = old != NULL ? old->lanes : 0;
    now->n_left = 0;
    now->lanes &= (uint8_t)~LANE_LEFT;
    if ((now->lanes & LANE_ALL) == 0 || MUTANT("left_untold"))
        return; // another service's: it tells of its own
    for (size_t i = 0; old != NULL && i < old->n_left; i++)
        if (old->left[i] != PEER_SELF)
            add_unless_reached(now, old->left[i]);
        else if ((now->lanes & LANE_PUBLIC) == 0)
            place_add_left(now, PEER_SELF);
    if ((had & LANE_UP) != 0) add_unless_reached(now, PEER_PARENT);
    if ((had & LANE_PUBLIC) != 0 && (now->lanes & LANE_PUBLIC) == 0) place_add_left(now, PEER_SELF);
    if ((had & LANE_CHILD) != 0) add_unless_reached(now, old->child);
    add_unless_reached(now, now->src);
}

// --- keys ----------------------------------------------------------------------------------------

static slice_t lane_key(uint8_t *buf, unsigned lane, uint32_t peer, uint64_t seq)
{
    buf[0] = (uint8_t)lane;
    be32_store(buf + 1, peer);
    be64_store(buf + 5, seq);
    return (slice_t){.data = buf, .size = SEQ_KEY};
}

static uint32_t peer_of(unsigned lane, const place_t *place)
{
    switch (lane) {
    case LANE_CHILD:
        return place->child;
    case LANE_BACK:
    case LANE_IN:
        return place->toward;
    default:
        return PEER_SELF;
    }
}

// The lane in its half: as the key begins.
static unsigned half_of(unsigned lane, unsigned lanes)
{
    return lane == LANE_ALL || lane == LANE_IN ? lane : lane | (lanes & LANE_BULK);
}

int lanes_each(const place_t *place, lane_fn *fn, void *arg)
{
    uint8_t buf[SEQ_KEY];
    for (unsigned lane = LANE_ALL << 1; lane <= LANE_LEFT; lane <<= 1) {
        if ((place->lanes & lane) == 0 || lane == LANE_BULK) continue;
        unsigned half = half_of(lane, place->lanes);
        int rc = fn(arg, lane_key(buf, half, peer_of(lane, place), place->at));
        if (rc != 0) return rc;
    }
    return 0;
}

static int remove_entry(void *arg, slice_t key)
{
    store_txn_t *txn = arg;
    if (MUTANT("lane_entry_not_removed") && key.data[0] == LANE_UP) return 0;
    int rc = kv_del(txn->kv, KV_LANES, key);
    lane_counts_entry(&txn->counts, key, -1);
    return rc == KV_NONE ? -EUCLEAN : rc; // the place says that it is there
}

static int gather_entry(void *arg, slice_t key)
{
    store_txn_t *txn = arg;
    index_batch_add(&txn->entries, KV_LANES, key, (slice_t){0});
    lane_counts_entry(&txn->counts, key, 1);
    return 0;
}

int lanes_remove(store_txn_t *txn, const place_t *place)
{
    return lanes_each(place, remove_entry, txn);
}

int lanes_gather(store_txn_t *txn, const place_t *place)
{
    return lanes_each(place, gather_entry, txn);
}

// --- who has something to read -------------------------------------------------------------------

static void fresh_child(fresh_t *fresh, uint32_t child)
{
    if (fresh->children || (fresh->n > 0 && fresh->child[fresh->n - 1] == child)) return;
    if (fresh->n < FRESH_MAX)
        fresh->child[fresh->n++] = child;
    else
        fresh->children = true; // looking at all of them costs no more
}

void fresh_note(fresh_t *fresh, const place_t *place)
{
    unsigned lanes = place->lanes;
    fresh->services |= (lanes & LANE_ALL) != 0;
    fresh->children |= (lanes & (LANE_PUBLIC | LANE_LEFT)) != 0;
    fresh->parent |= (lanes & (LANE_UP | LANE_LEFT)) != 0;
    if ((lanes & LANE_CHILD) != 0) fresh_child(fresh, place->child);
    if ((lanes & LANE_BACK) == 0) return;
    if (place->toward == PEER_PARENT)
        fresh->parent = true;
    else
        fresh_child(fresh, place->toward);
}

void fresh_merge(fresh_t *to, const fresh_t *from)
{
    to->services |= from->services;
    to->parent |= from->parent;
    to->children |= from->children;
    for (size_t i = 0; i < from->n; i++) fresh_child(to, from->child[i]);
}

fresh_t store_take_fresh(store_t *store)
{
    fresh_t fresh = store->fresh;
    store->fresh = (fresh_t){0};
    return fresh;
}

// --- reading -------------------------------------------------------------------------------------

enum { READ_MAX = 4 }; // lanes that one feed reads: PUBLIC, CHILD, BACK, LEFT

// First what stands in lanes, all of it indexed; then the log behind that. Where the lane ALL is asked for,
// the log alone.
struct lane_reader {
    const memtable_t *memtable;
    struct one {
        kv_cursor_t *cursor;
        unsigned lane;
        uint32_t peer;
        uint64_t seq; // UINT64_MAX: at its end
    } lanes[READ_MAX], log;
    size_t n;
    unsigned on; // lanes on which the log's present entry stands
};

unsigned store_feed_lanes(uint32_t peer, enum stream stream)
{
    if (peer < PEER_LABEL_MIN) return stream == STREAM_PEOPLE ? LANE_ALL : 0; // within a node nobody waits
    unsigned lanes = peer == PEER_PARENT ? LANE_UP : LANE_PUBLIC | LANE_CHILD;
    lanes |= LANE_BACK | LANE_LEFT;
    return stream == STREAM_BULK ? lanes | LANE_BULK : lanes;
}

// Lanes, of those that `one` asks for, on which an entry of the log stands.
static unsigned lanes_in_log(const struct one *one, slice_t value)
{
    if (value.size < LOG_PLACE) return 0;
    unsigned has = value.data[LOG_LANES], on = has & one->lane & ~(unsigned)LANE_BULK;
    if (((has ^ one->lane) & LANE_BULK) != 0) on &= LANE_ALL | LANE_IN; // of the other half
    if (be32_load(value.data + LOG_CHILD) != one->peer) on &= ~(unsigned)LANE_CHILD;
    if (be32_load(value.data + LOG_TOWARD) != one->peer) on &= ~(unsigned)(LANE_BACK | LANE_IN);
    return on;
}

static int settle_log(lane_reader_t *reader, int rc, slice_t key, slice_t value)
{
    struct one *log = &reader->log;
    while (rc == 0 && ((reader->on = lanes_in_log(log, value)) == 0 ||
                       memtable_is_dead(reader->memtable, be64_load(key.data))))
        rc = kv_next(log->cursor, &key, &value);
    log->seq = rc == 0 ? be64_load(key.data) : UINT64_MAX;
    return rc < 0 ? rc : 0;
}

static int settle(const lane_reader_t *reader, struct one *one, int rc, slice_t key, slice_t value)
{
    for (;;) {
        bool on = rc == 0 && key.size == SEQ_KEY && key.data[0] == one->lane &&
                  be32_load(key.data + 1) == one->peer;
        one->seq = on ? be64_load(key.data + 5) : UINT64_MAX;
        if (!on || !memtable_is_dead(reader->memtable, one->seq)) return rc < 0 ? rc : 0;
        rc = kv_next(one->cursor, &key, &value);
    }
}

static int open_lane(store_txn_t *txn, lane_reader_t *reader, unsigned lane, uint32_t peer, uint64_t after)
{
    uint8_t buf[SEQ_KEY];
    slice_t key = {0}, value = {0};
    assert(reader->n < READ_MAX);
    struct one *one = &reader->lanes[reader->n++];
    one->lane = lane;
    one->peer = (lane & (LANE_CHILD | LANE_BACK | LANE_IN)) != 0 ? peer : PEER_SELF;
    int rc = kv_cursor(txn->kv, KV_LANES, &one->cursor);
    if (rc == 0) rc = kv_seek(one->cursor, lane_key(buf, lane, one->peer, after + 1), &key, &value);
    return settle(reader, one, rc, key, value);
}

static int open_log(store_txn_t *txn, lane_reader_t *reader, unsigned lanes, uint32_t peer, uint64_t after)
{
    uint8_t buf[8];
    slice_t key = {0}, value = {0};
    reader->log.lane = lanes;
    reader->log.peer = peer;
    int rc = kv_cursor(txn->kv, KV_LOG, &reader->log.cursor);
    be64_store(buf, after + 1);
    if (rc == 0) rc = kv_seek(reader->log.cursor, slice(buf, sizeof buf), &key, &value);
    return settle_log(reader, rc, key, value);
}

int lane_open(store_txn_t *txn, unsigned lanes, uint32_t peer, uint64_t after, lane_reader_t **ret_reader)
{
    lane_reader_t *reader = xcalloc(1, sizeof *reader);
    int rc = 0;
    reader->memtable = txn->store->memtable;
    reader->log.seq = UINT64_MAX;
    bool log_alone = (lanes & LANE_ALL) != 0, none = lanes == 0 || after == UINT64_MAX;
    for (unsigned lane = 1; lane <= LANE_LEFT && rc == 0 && !log_alone && !none; lane <<= 1)
        if ((lanes & lane) != 0 && lane != LANE_BULK && after < txn->indexed)
            rc = open_lane(txn, reader, half_of(lane, lanes), peer, after);
    uint64_t from = log_alone || after > txn->indexed ? after : txn->indexed;
    if (rc == 0 && !none) rc = open_log(txn, reader, lanes, peer, from);
    if (rc != 0)
        lane_close(&reader);
    else
        *ret_reader = reader;
    return rc;
}

static int next_in_log(lane_reader_t *reader, uint64_t *ret_seq, unsigned *ret_lanes)
{
    slice_t key, value;
    *ret_seq = reader->log.seq;
    if (ret_lanes != NULL) *ret_lanes = reader->on;
    if (reader->log.seq == UINT64_MAX) return KV_NONE;
    int rc = kv_next(reader->log.cursor, &key, &value);
    return settle_log(reader, rc, key, value);
}

int lane_next(lane_reader_t *reader, uint64_t *ret_seq, unsigned *ret_lanes)
{
    uint64_t seq = UINT64_MAX;
    for (size_t i = 0; i < reader->n; i++)
        if (reader->lanes[i].seq < seq) seq = reader->lanes[i].seq;
    if (seq == UINT64_MAX) return next_in_log(reader, ret_seq, ret_lanes);
    unsigned lanes = 0;
    for (size_t i = 0; i < reader->n; i++) { // a record on two lanes is read once
        struct one *one = &reader->lanes[i];
        if (one->seq != seq) continue;
        lanes |= one->lane & ~(unsigned)LANE_BULK;
        slice_t key, value;
        int rc = kv_next(one->cursor, &key, &value);
        if ((rc = settle(reader, one, rc, key, value)) != 0) return rc;
    }
    *ret_seq = seq;
    if (ret_lanes != NULL) *ret_lanes = lanes;
    return 0;
}

void lane_close(lane_reader_t **reader_p)
{
    if (*reader_p == NULL) return;
    for (size_t i = 0; i < (*reader_p)->n; i++) kv_close_cursor(&(*reader_p)->lanes[i].cursor);
    kv_close_cursor(&(*reader_p)->log.cursor);
    free(*reader_p);
    *reader_p = NULL;
}

int lane_count(store_txn_t *txn, unsigned lanes, uint32_t peer, uint64_t after, uint64_t most,
               uint64_t *ret_n)
{
    lane_reader_t *reader = NULL;
    uint64_t n = 0, seq;
    int rc = lane_open(txn, lanes, peer, after, &reader);
    while (rc == 0 && n < most && (rc = lane_next(reader, &seq, NULL)) == 0) n++;
    lane_close(&reader);
    if (rc < 0) return rc;
    *ret_n = n;
    return 0;
}
