// SPDX-License-Identifier: Apache-2.0
// Versions kept aside (design 2.7, rule 2). A neighbour hands us a version of a home for which he does not
// speak: only that home can judge its seal. It stands in the log, on the lane towards its home and on no
// other, so that the feed takes it there; no id leads to it, nobody else is served it, and it goes when the
// home's word answers it. Rows: FORMAT.md, aside.
#include "common/base/mutant.h"
#include "common/store/quota.h"
#include "common/store/store_private.h"
#include <errno.h>
#include <sodium.h>

enum { DIGEST = 8, KEY = sizeof(rid_t) + DIGEST, VALUE = 12 };

static slice_t pack_key(const record_t *r, uint8_t buf[KEY])
{
    uint8_t hash[crypto_generichash_BYTES_MIN];
    crypto_generichash(hash, sizeof hash, r->wire.data, r->wire.size, NULL, 0);
    memcpy(buf, r->id.b, sizeof r->id.b);
    memcpy(buf + sizeof r->id.b, hash, DIGEST);
    return slice(buf, KEY);
}

// Does what we know of the record leave nothing for its home to judge? `now` comes from the home's side, and
// the home has seen the version, or says the same.
static bool is_answered(const record_t *r, const record_t *now)
{
    if (!path_equal(&r->home, &now->home) || r->kind != now->kind) return false;
    if (version_cmp(&now->version, &r->version) < 0) return false;
    return record_answers(now, &r->version) || record_says_the_same(now, r) || !store_is_worth_keeping(r);
}

// The bringer holds just what we hold: no home has to tell us that it is true.
static int meet_holder(store_txn_t *txn, const record_t *held, const place_t *place, uint32_t peer)
{
    return place_reaches(place, peer) ? 0 : store_tell_left(txn, held, place, &peer, 1);
}

static int put(store_txn_t *txn, slice_t key, const record_t *r, uint32_t peer)
{
    uint64_t at;
    uint8_t value[VALUE];
    int rc = store_put_aside(txn, r, peer, &at);
    be64_store(value, at);
    be32_store(value + 8, peer);
    return rc == 0 ? kv_put(txn->kv, KV_ASIDE, key, slice(value, sizeof value)) : rc;
}

int aside_keep(store_txn_t *txn, const record_t *r, uint32_t peer, applied_t *ret)
{
    record_t held;
    place_t place;
    uint8_t key_buf[KEY];
    slice_t known, key = pack_key(r, key_buf);
    int rc = store_get(txn, &r->id, &held, &place);
    *ret = APPLIED_KNOWN;
    if (rc == 0 && slice_equal(held.wire, r->wire)) return meet_holder(txn, &held, &place, peer);
    bool answered = rc == 0 && (place.lanes & LANE_PUBLIC) != 0 && is_answered(r, &held);
    if (rc < 0 || answered || MUTANT("aside_dropped")) return rc < 0 ? rc : 0;
    rc = kv_get(txn->kv, KV_ASIDE, key, &known);
    if (rc <= 0) return rc;
    *ret = APPLIED_OVER;
    rc = quota_take(txn, peer, QUOTA_ASIDE, r->wire.size);
    if (rc != 0) return rc < 0 ? rc : 0;
    *ret = APPLIED_ASIDE;
    return put(txn, key, r, peer);
}

static int drop(store_txn_t *txn, slice_t key, uint64_t at, uint32_t peer, size_t size)
{
    uint8_t copy[KEY];
    memcpy(copy, key.data, KEY); // it may be the store's own
    int rc = store_drop_aside(txn, at);
    if (rc == 0) rc = kv_del(txn->kv, KV_ASIDE, slice(copy, KEY));
    return rc == 0 ? quota_free(txn, peer, QUOTA_ASIDE, size) : rc;
}

// The next one behind `from`, a whole key or the beginning of one. 0, KV_NONE or -errno.
static int find_next(store_txn_t *txn, slice_t from, slice_t *ret_key, uint64_t *ret_at, uint32_t *ret_peer)
{
    kv_cursor_t *cursor = NULL;
    slice_t value = {0};
    int rc = kv_cursor(txn->kv, KV_ASIDE, &cursor);
    if (rc == 0) rc = kv_seek(cursor, from, ret_key, &value);
    if (rc == 0 && slice_equal(from, *ret_key)) rc = kv_next(cursor, ret_key, &value);
    kv_close_cursor(&cursor);
    if (rc == 0 && (ret_key->size != KEY || value.size != VALUE)) rc = -EUCLEAN;
    if (rc != 0) return rc;
    *ret_at = be64_load(value.data);
    *ret_peer = be32_load(value.data + 8);
    return 0;
}

static void note_giver(givers_t *givers, uint32_t peer)
{
    for (size_t i = 0; i < givers->n; i++)
        if (givers->peers[i] == peer) return;
    if (givers->n < ARRAY_SIZE(givers->peers)) givers->peers[givers->n++] = peer;
}

// One that waits, and the home's word. What only others than all must have may be held by somebody outside
// its reach; whether he truly had it the home alone can say: it is shown the version again, and says its word
// again if so.
static int settle_one(store_txn_t *txn, slice_t key, uint64_t at, uint32_t peer, const record_t *word,
                      bool firm, givers_t *givers)
{
    record_t r;
    int rc = store_at(txn, at, &r, NULL);
    if (rc != 0 || !is_answered(&r, word)) return rc;
    bool shown = firm || slice_equal(r.wire, word->wire);
    record_t copy = store_record_dup(&r);
    rc = shown ? drop(txn, key, at, peer, copy.wire.size) : store_drop_aside(txn, at);
    if (rc == 0 && !shown) rc = put(txn, key, &copy, peer);
    if (shown) note_giver(givers, peer);
    store_record_free(&copy);
    return rc;
}

int aside_waits(store_txn_t *txn, const rid_t *id, bool *ret)
{
    slice_t key;
    uint64_t at, n;
    uint32_t peer;
    *ret = false;
    int rc = kv_count(txn->kv, KV_ASIDE, &n);
    if (rc != 0 || n == 0) return rc; // as nearly always
    rc = find_next(txn, slice(id->b, sizeof id->b), &key, &at, &peer);
    *ret = rc == 0 && memcmp(key.data, id->b, sizeof id->b) == 0;
    return rc < 0 ? rc : 0;
}

int aside_settle(store_txn_t *txn, const record_t *word, bool firm, givers_t *givers)
{
    uint8_t from[KEY];
    slice_t key, at_key = slice(word->id.b, sizeof word->id.b);
    uint64_t at, n;
    uint32_t peer;
    givers->n = 0;
    int rc = kv_count(txn->kv, KV_ASIDE, &n);
    if (rc != 0 || n == 0) return rc; // as nearly always
    for (;;) {
        rc = find_next(txn, at_key, &key, &at, &peer);
        if (rc != 0 || memcmp(key.data, word->id.b, sizeof word->id.b) != 0) break;
        memcpy(from, key.data, KEY);
        at_key = slice(from, KEY);
        if ((rc = settle_one(txn, at_key, at, peer, word, firm, givers)) != 0) break;
    }
    return rc < 0 ? rc : 0;
}

int store_each_aside(store_txn_t *txn, store_aside_fn *fn, void *arg)
{
    uint8_t from[KEY] = {0};
    slice_t key, at_key = slice(from, 0);
    uint64_t at;
    uint32_t peer;
    record_t r;
    int rc, stop = 0;
    while (stop == 0 && (rc = find_next(txn, at_key, &key, &at, &peer)) == 0) {
        memcpy(from, key.data, KEY);
        at_key = slice(from, KEY);
        if ((rc = store_at(txn, at, &r, NULL)) != 0) break;
        stop = fn(arg, &r, peer);
    }
    return stop != 0 ? stop : rc < 0 ? rc : 0;
}
