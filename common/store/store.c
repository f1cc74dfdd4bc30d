// SPDX-License-Identifier: Apache-2.0
// The store's rooms: meta (lineage, incarnation, head), records with their places. Changing them:
// store_write.c. Lanes: lanes.c. Listing: index.c. Bytes on disk: FORMAT.md, meta, log and records.
//
// Records stand in the order of their last change, so that writing appends and feeds read in a row; under
// their ids each new one would touch a page of its own.
//
// Writing only appends to the log. Behind X are records that no index has yet, neither RECORDS nor lanes nor
// listing: `memtable` knows them by id, feeds read them from the log itself. They are put into the indexes
// many at a time, in the order of keys, since a commit costs what it costs by the pages that it writes, and a
// record by itself has a page of its own in each of five indexes. Until then the place that a record has left
// stays in the log and in the indexes, and the memtable knows it as dead.
#include "common/base/mutant.h"
#include "common/base/vec.h"
#include "common/store/heft.h"
#include "common/store/lane_counts.h"
#include "common/store/store_private.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_ASIDE = 1, PLACE_MAX = LOG_PLACE + 4 * ARRAY_SIZE(((place_t *)0)->left) };
enum {
    MEMTABLE_MAX = 8192
}; // changes that wait for the indexes: tens of milliseconds of work, once in a while

static slice_t meta_key(const char *letter)
{
    return (slice_t){.data = (const uint8_t *)letter, .size = 1};
}

record_t store_record_dup(const record_t *r)
{
    record_t copy;
    uint8_t *wire = xmalloc(r->wire.size);
    memcpy(wire, r->wire.data, r->wire.size);
    int rc = record_parse((slice_t){.data = wire, .size = r->wire.size}, &copy);
    assert(rc == 0); // it was parsed before
    return copy;
}

void store_record_free(record_t *r)
{
    free((void *)(uintptr_t)r->wire.data);
    *r = (record_t){0};
}

// --- opening: a new epoch -------------------------------------------------------------------------

static int load_meta(kv_txn_t *txn, store_t *store)
{
    slice_t v;
    int rc = kv_get(txn, KV_META, meta_key("F"), &v);
    if (rc == KV_NONE) { // a new store
        store->inc = 1;
        store->seals = store->place.adopt_from_parent ? SEALS_ADOPTING : SEALS_KNOWN;
        return 0;
    }
    if (rc != 0) return rc;
    if (v.size != 1) return -EUCLEAN;
    if (v.data[0] > STORE_FORMAT) return -EPROTONOSUPPORT;
    if (v.data[0] < STORE_FORMAT_BEFORE) return -ENOTSUP;
    if ((rc = kv_get(txn, KV_META, meta_key("H"), &v)) != 0 || v.size != 8) return rc < 0 ? rc : -EUCLEAN;
    store->head = be64_load(v.data);
    if ((rc = kv_get(txn, KV_META, meta_key("X"), &v)) != 0 || v.size != 8) return rc < 0 ? rc : -EUCLEAN;
    store->indexed = be64_load(v.data);
    if ((rc = kv_get(txn, KV_META, meta_key("I"), &v)) != 0 || v.size != 4) return rc < 0 ? rc : -EUCLEAN;
    store->inc = be32_load(v.data);
    rc = kv_get(txn, KV_META, meta_key("R"), &v);
    if (rc < 0 || (rc == 0 && (v.size != 1 || v.data[0] > SEALS_ADOPTING))) return rc < 0 ? rc : -EUCLEAN;
    store->seals = rc == 0 ? v.data[0] : SEALS_KNOWN;
    rc = kv_get(txn, KV_META, meta_key("L"), &v);
    return rc == 0 ? lineage_parse(v, &store->lineage) : rc == KV_NONE ? -EUCLEAN : rc;
}

static int save_meta(kv_txn_t *txn, const store_t *store)
{
    uint8_t lineage[LINEAGE_BYTES], inc[4], head[8], indexed[8], format = STORE_FORMAT,
                                                                 seals = (uint8_t)store->seals;
    be32_store(inc, store->inc);
    be64_store(head, store->head);
    be64_store(indexed, store->indexed);
    kv_put(txn, KV_META, meta_key("F"), (slice_t){.data = &format, .size = 1});
    kv_put(txn, KV_META, meta_key("V"), slice_text(SELENGA_VERSION));
    kv_put(txn, KV_META, meta_key("X"), slice(indexed, sizeof indexed));
    kv_put(txn, KV_META, meta_key("R"), slice(&seals, 1));
    kv_put(txn, KV_META, meta_key("I"), (slice_t){.data = inc, .size = sizeof inc});
    kv_put(txn, KV_META, meta_key("H"), (slice_t){.data = head, .size = sizeof head});
    return kv_put(txn, KV_META, meta_key("L"), lineage_pack(&store->lineage, lineage)); // errors stick
}

static int open_meta(store_t *store, uint64_t boot_id)
{
    kv_txn_t *txn = NULL;
    int rc = kv_begin(store->kv, true, &txn);
    if (rc != 0) return rc;
    rc = load_meta(txn, store);
    if (rc == 0) lineage_begin(&store->lineage, boot_id, store->head);
    if (rc == 0) rc = save_meta(txn, store);
    if (rc == 0) return kv_commit(&txn);
    kv_abort(&txn);
    return rc;
}

int store_open(kv_t *kv, const store_place_t *place, uint64_t boot_id, int64_t (*clock_s)(void),
               store_t **ret_store)
{
    store_t *store = xcalloc(1, sizeof *store);
    store->kv = kv;
    store->place = *place;
    store->clock_s = clock_s;
    store->boot_id = boot_id;
    store->memtable = memtable_new();
    store->memtable_is_old = true;
    int rc = open_meta(store, boot_id);
    if (rc == 0) rc = lane_counts_open(store);
    if (rc == 0) rc = heft_open(store);
    if (rc != 0) {
        store_close(&store);
        return rc;
    }
    *ret_store = store;
    return 0;
}

int store_mark(kv_t *kv, store_mark_t *ret_mark)
{
    kv_txn_t *txn = NULL;
    slice_t v;
    *ret_mark = (store_mark_t){0};
    int rc = kv_begin(kv, false, &txn);
    if (rc != 0) return rc;
    rc = kv_get(txn, KV_META, meta_key("F"), &v);
    if (rc == 0 && v.size > 0) ret_mark->format = v.data[0];
    if (rc >= 0) rc = kv_get(txn, KV_META, meta_key("V"), &v);
    if (rc == 0 && v.size < STORE_VERSION) memcpy(ret_mark->version, v.data, v.size);
    kv_abort(&txn);
    return rc < 0 ? rc : 0;
}

void store_close(store_t **store_p)
{
    if (*store_p == NULL) return;
    memtable_destroy(&(*store_p)->memtable);
    free(*store_p);
    *store_p = NULL;
}

void store_on_change(store_t *store, store_changed_fn *fn, void *arg)
{
    store->changed = fn;
    store->changed_arg = arg;
}

void store_set_scope(store_t *store, scope_t *scope)
{
    store->place.scope = scope;
}

uint64_t store_records(store_t *store)
{
    store_txn_t *txn = NULL;
    uint64_t n = 0;
    if (store_begin(store, false, &txn) != 0) return 0;
    kv_count(txn->kv, KV_RECORDS, &n);
    store_abort(&txn);
    return n + memtable_records(store->memtable) - memtable_dead(store->memtable);
}

const store_place_t *store_place(const store_t *store)
{
    return &store->place;
}

int64_t store_now_s(const store_t *store)
{
    return store->clock_s();
}

uint64_t store_head(const store_t *store)
{
    return store->head;
}

witness_t store_witness(const store_t *store)
{
    return lineage_witness(&store->lineage, store->head);
}

bool store_check_witness(const store_t *store, const witness_t *w)
{
    return lineage_has(&store->lineage, store->head, w);
}

uint64_t store_boot(const store_t *store)
{
    return store->boot_id;
}

int store_end_adoption(store_txn_t *txn)
{
    static const uint8_t lost = SEALS_LOST;
    if (txn->store->seals != SEALS_ADOPTING) return 0;
    txn->adopted = true;
    return kv_put(txn->kv, KV_META, meta_key("R"), slice(&lost, 1));
}

// --- transactions --------------------------------------------------------------------------------

static int learn_place(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    slice_t v;
    if (place->aside) return 0;
    int rc = kv_get(txn->kv, KV_RECORDS, slice(r->id.b, sizeof r->id.b), &v);
    if (rc == 0 && v.size != 8) return -EUCLEAN;
    if (rc < 0) return rc;
    memtable_put(arg, &r->id, place->at, rc == 0 ? be64_load(v.data) : 0);
    index_later(arg, r, place->at);
    return 0;
}

// From the log, after opening and after a transaction that was lost.
static int read_memtable(store_txn_t *txn)
{
    store_t *store = txn->store;
    if (!store->memtable_is_old) return 0;
    memtable_empty(store->memtable);
    int rc = log_each(txn, store->indexed, learn_place, store->memtable);
    store->memtable_is_old = rc != 0;
    return rc;
}

static void end_txn(store_txn_t *txn)
{
    index_batch_clear(&txn->entries);
    lane_changes_clear(&txn->counts);
    free(txn->buf);
    free(txn);
}

int store_begin(store_t *store, bool write, store_txn_t **ret_txn)
{
    kv_txn_t *kv = NULL;
    int rc = kv_begin(store->kv, write, &kv);
    if (rc != 0) return rc;
    store_txn_t *txn = xcalloc(1, sizeof *txn);
    *txn = (store_txn_t){.store = store,
                         .kv = kv,
                         .head = store->head,
                         .inc = store->inc,
                         .write = write,
                         .indexed = store->indexed};
    if ((rc = read_memtable(txn)) != 0)
        store_abort(&txn);
    else
        *ret_txn = txn;
    return rc;
}

static void save_head(store_txn_t *txn)
{
    uint8_t head[8], inc[4];
    be64_store(head, txn->head);
    kv_put(txn->kv, KV_META, meta_key("H"), (slice_t){.data = head, .size = sizeof head});
    lane_counts_mark(txn);
    if (txn->inc == txn->store->inc) return;
    be32_store(inc, txn->inc);
    kv_put(txn->kv, KV_META, meta_key("I"), (slice_t){.data = inc, .size = sizeof inc});
}

int store_commit(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    store_t *store = txn->store;
    int rc = txn->dirty && txn->head - txn->indexed >= MEMTABLE_MAX ? store_index(txn) : 0;
    if (rc == 0) rc = lane_counts_put(txn);
    if (rc == 0) rc = heft_put(txn);
    if (rc != 0) return store_abort(txn_p), rc; // nothing is kept halfway
    *txn_p = NULL;
    if (txn->dirty) save_head(txn);
    rc = kv_commit(&txn->kv);
    if (rc == 0 && txn->dirty) {
        store->head = txn->head;
        store->inc = txn->inc;
        store->indexed = txn->indexed;
        fresh_merge(&store->fresh, &txn->fresh);
    }
    if (rc == 0 && txn->adopted) store->seals = SEALS_LOST;
    store->memtable_is_old |= rc != 0;
    end_txn(txn);
    return rc;
}

void store_abort(store_txn_t **txn_p)
{
    if (*txn_p == NULL) return;
    kv_abort(&(*txn_p)->kv);
    (*txn_p)->store->memtable_is_old |= (*txn_p)->dirty;
    end_txn(*txn_p);
    *txn_p = NULL;
}

kv_txn_t *store_kv(store_txn_t *txn)
{
    return txn->kv;
}

store_t *store_of(store_txn_t *txn)
{
    return txn->store;
}

uint64_t store_txn_head(const store_txn_t *txn)
{
    return txn->head;
}

bool store_txn_dirty(const store_txn_t *txn)
{
    return txn->dirty;
}

// --- places --------------------------------------------------------------------------------------

static uint8_t *place_pack(const place_t *p, uint8_t *buf)
{
    buf[0] = LOG_FORMAT;
    buf[1] = p->lanes;
    buf[2] = p->aside ? FLAG_ASIDE : 0;
    buf[3] = p->n_left;
    be32_store(buf + 4, p->time_s);
    be32_store(buf + 8, p->src);
    be32_store(buf + 12, p->toward);
    be32_store(buf + 16, p->child);
    for (size_t i = 0; i < p->n_left; i++) be32_store(buf + LOG_PLACE + 4 * i, p->left[i]);
    return buf + LOG_PLACE + 4 * (size_t)p->n_left;
}

static int place_parse(slice_t v, uint64_t at, place_t *ret_place, slice_t *ret_wire)
{
    if (v.size < LOG_PLACE || v.data[0] != LOG_FORMAT) return -EUCLEAN;
    size_t n = v.data[3], size = LOG_PLACE + 4 * n;
    if (n > ARRAY_SIZE(ret_place->left) || v.size < size) return -EUCLEAN;
    *ret_place = (place_t){.at = at,
                           .lanes = v.data[1],
                           .aside = (v.data[2] & FLAG_ASIDE) != 0,
                           .time_s = be32_load(v.data + 4),
                           .src = be32_load(v.data + 8),
                           .toward = be32_load(v.data + 12),
                           .child = be32_load(v.data + 16)};
    ret_place->n_left = (uint8_t)n;
    for (size_t i = 0; i < n; i++) ret_place->left[i] = be32_load(v.data + LOG_PLACE + 4 * i);
    *ret_wire = slice(v.data + size, v.size - size);
    return 0;
}

static slice_t seq_key(uint8_t *buf, uint64_t at)
{
    be64_store(buf, at);
    return slice(buf, 8);
}

int store_at(store_txn_t *txn, uint64_t at, record_t *ret_record, place_t *ret_place)
{
    uint8_t key[8];
    slice_t v, wire;
    place_t place;
    int rc = kv_get(txn->kv, KV_LOG, seq_key(key, at), &v);
    if (rc != 0) return rc == KV_NONE ? -EUCLEAN : rc;
    if ((rc = place_parse(v, at, &place, &wire)) != 0) return rc;
    if (record_parse(wire, ret_record) != 0) return -EUCLEAN;
    if (ret_place != NULL) *ret_place = place;
    return 0;
}

// Where the record's last change stands; 0: there is no such record. The same one is asked for several times
// in a row while it is being judged.
static int find_place(store_txn_t *txn, const rid_t *id, uint64_t *ret_at)
{
    slice_t v;
    if (txn->found && rid_equal(id, &txn->found_id)) {
        *ret_at = txn->found_at;
        return 0;
    }
    if (!memtable_find(txn->store->memtable, id, ret_at)) {
        int rc = kv_get(txn->kv, KV_RECORDS, slice(id->b, sizeof id->b), &v);
        if (rc < 0 || (rc == 0 && v.size != 8)) return rc < 0 ? rc : -EUCLEAN;
        *ret_at = rc == 0 ? be64_load(v.data) : 0;
    }
    txn->found = true;
    txn->found_id = *id;
    txn->found_at = *ret_at;
    return 0;
}

int store_get(store_txn_t *txn, const rid_t *id, record_t *ret_record, place_t *ret_place)
{
    uint64_t at;
    int rc = find_place(txn, id, &at);
    if (rc != 0) return rc;
    return at != 0 ? store_at(txn, at, ret_record, ret_place) : KV_NONE;
}

int log_each(store_txn_t *txn, uint64_t after, log_fn *fn, void *arg)
{
    kv_cursor_t *cursor = NULL;
    uint8_t from[8];
    slice_t key, value, wire;
    place_t place;
    record_t r;
    int rc = after == UINT64_MAX ? KV_NONE : kv_cursor(txn->kv, KV_LOG, &cursor), stop = 0;
    if (rc == 0) rc = kv_seek(cursor, seq_key(from, after + 1), &key, &value);
    while (rc == 0 && stop == 0) {
        bool sound = key.size == 8 && place_parse(value, be64_load(key.data), &place, &wire) == 0 &&
                     record_parse(wire, &r) == 0;
        stop = sound ? fn(arg, txn, &r, &place) : -EUCLEAN;
        if (stop == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : stop;
}

int store_put_log(store_txn_t *txn, const record_t *r, const place_t *place)
{
    uint8_t key[8];
    if (r->kind == KIND_CONFLICT) txn->store->conflicts = CONFLICTS_SOME;
    vec_reserve(txn->buf, txn->room, PLACE_MAX + r->wire.size);
    uint8_t *end = place_pack(place, txn->buf);
    memcpy(end, r->wire.data, r->wire.size);
    return kv_put(txn->kv, KV_LOG, seq_key(key, place->at),
                  slice(txn->buf, (size_t)(end - txn->buf) + r->wire.size));
}

// Takes a record away from where it stands, for another place. What no index has yet goes at once, the rest
// with the others: *ret_left is a place that indexes name, or 0.
int store_lift(store_txn_t *txn, const place_t *place, uint64_t *ret_left)
{
    uint8_t key[8];
    txn->dirty = true;
    *ret_left = place->at <= txn->indexed ? place->at : 0;
    return *ret_left == 0 ? kv_del(txn->kv, KV_LOG, seq_key(key, place->at)) : 0;
}

int store_set_down(store_txn_t *txn, const record_t *r, const place_t *place, uint64_t left)
{
    txn->dirty = true;
    txn->found = false;
    memtable_put(txn->store->memtable, &r->id, place->at, left);
    index_later(txn->store->memtable, r, place->at);
    fresh_note(&txn->fresh, place);
    return store_put_log(txn, r, place);
}
