// SPDX-License-Identifier: Apache-2.0
// Versions kept aside (design 2.7, rule 2). A neighbour hands us a version of a home for which he does not speak: only
// that home can judge its seal. It stands in the log, on the lane towards its home and on no other, so that the feed
// takes it there; no id leads to it, nobody else is served it, and it goes when the home's word answers it.
//
//   ASIDE  record id (16) | first 8 bytes of BLAKE2b of the version as received  ->  seq (8) | peer (4)
#include "common/mutant.h"
#include "common/quota.h"
#include "common/store_private.h"
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

// Does what we know of the record leave nothing for its home to judge? `now` comes from the home's side: it descends
// from the version, or says the same; or it is greater, and the home has kept the version as a stray.
static int is_answered(store_txn_t *txn, const record_t *r, const record_t *now, bool *ret)
{
    *ret = false;
    if (!path_equal(&r->home, &now->home) || r->kind != now->kind) return 0;
    bool newer = version_cmp(&now->version, &r->version) >= 0;
    *ret = newer && (record_descends(now, &r->version) || record_says_the_same(now, r) ||
                     !store_is_worth_keeping(r));
    if (*ret || !newer) return 0;
    int rc = store_find_stray(txn, r);
    *ret = rc == 0;
    return rc < 0 ? rc : 0;
}

int aside_keep(store_txn_t *txn, const record_t *r, uint32_t peer, applied_t *ret)
{
    record_t held;
    uint8_t key_buf[KEY], value[VALUE];
    bool answered = false;
    slice_t known, key = pack_key(r, key_buf);
    int rc = store_get(txn, &r->id, &held, NULL);
    *ret = APPLIED_KNOWN;
    if (rc == 0 && !held.gone) rc = is_answered(txn, r, &held, &answered);
    if (rc < 0 || answered || MUTANT("aside_dropped")) return rc < 0 ? rc : 0;
    rc = kv_get(txn->kv, KV_ASIDE, key, &known);
    if (rc <= 0) return rc;
    uint64_t at;
    *ret = APPLIED_OVER;
    rc = quota_take(txn, peer, QUOTA_ASIDE, r->wire.size);
    if (rc != 0) return rc < 0 ? rc : 0;
    *ret = APPLIED_ASIDE;
    rc = store_put_aside(txn, r, peer, &at);
    be64_store(value, at);
    be32_store(value + 8, peer);
    return rc == 0 ? kv_put(txn->kv, KV_ASIDE, key, slice(value, sizeof value)) : rc;
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

int aside_settle(store_txn_t *txn, const record_t *word, givers_t *givers)
{
    uint8_t from[KEY];
    slice_t key, at_key = slice(word->id.b, sizeof word->id.b);
    uint64_t at, n;
    uint32_t peer;
    record_t r;
    if (givers != NULL) givers->n = 0;
    int rc = kv_count(txn->kv, KV_ASIDE, &n);
    if (rc != 0 || n == 0) return rc; // as nearly always
    for (;;) {
        bool answered;
        rc = find_next(txn, at_key, &key, &at, &peer);
        if (rc != 0 || memcmp(key.data, word->id.b, sizeof word->id.b) != 0) break;
        memcpy(from, key.data, KEY);
        at_key = slice(from, KEY);
        if ((rc = store_at(txn, at, &r, NULL)) != 0) break;
        bool same = path_equal(&r.home, &word->home) && r.kind == word->kind;
        if (givers != NULL && same) note_giver(givers, peer);
        if ((rc = is_answered(txn, &r, word, &answered)) != 0) break;
        if (answered && (rc = drop(txn, at_key, at, peer, r.wire.size)) != 0) break;
    }
    return rc < 0 ? rc : 0;
}

int store_each_aside(store_txn_t *txn, store_aside_fn *fn, void *arg)
{
    uint8_t from[KEY];
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
