// SPDX-License-Identifier: Apache-2.0
// What a neighbour's version becomes here: design 2.6, rules 3 to 7, as shared/model's executable description
// has them. Wire checks, reach and organisation scope were looked at before (common/feed.c); here only lives
// and versions decide.
#include "common/mutant.h"
#include "common/store_private.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_STRAY = 1 };

static bool lives_in(const store_txn_t *txn, const version_t *v)
{
    witness_t now = txn->store->lives;
    now.head = txn->head;
    return witness_lived(&now, v);
}

// --- strays: a version that may be lost elsewhere, kept as a record of ours ----------------------

static rid_t stray_id(const store_txn_t *txn, const record_t *r)
{
    rid_t id;
    uint8_t key[sizeof id.b + 24];
    memcpy(key, r->id.b, sizeof r->id.b);
    be32_store(key + 16, r->version.inc);
    be64_store(key + 20, r->version.seq);
    be64_store(key + 28, r->version.boot);
    be32_store(key + 36, txn->store->place.service); // two services of a node may both find one
    crypto_generichash(id.b, sizeof id.b, key, sizeof key, txn->store->place.path.b,
                       sizeof txn->store->place.path.b);
    return id;
}

// Where a stray goes: to the home of the record it was, and up as far as that record may.
static void address_stray(const store_txn_t *txn, const record_t *r, record_t *draft)
{
    if (MUTANT("stray_stays")) return;
    draft->up = r->up;
    if (path_equal(&r->home, &txn->store->place.path)) return;
    draft->down = 3;
    draft->to = r->home;
}

int store_keep_stray(store_txn_t *txn, const record_t *r)
{
    record_t held;
    if (r->kind == KIND_STRAY || MUTANT("stray_dropped")) return 0;
    record_t draft = {.id = stray_id(txn, r), .kind = KIND_STRAY, .org = r->org, .bulk = r->bulk};
    int rc = store_get(txn, &draft.id, &held, NULL);
    if (rc <= 0) return rc;
    Selenga__Stray body = SELENGA__STRAY__INIT;
    body.has_record = 1;
    body.record = (ProtobufCBinaryData){.len = r->wire.size, .data = (uint8_t *)(uintptr_t)r->wire.data};
    size_t size = selenga__stray__get_packed_size(&body);
    uint8_t *buf = xmalloc(size);
    selenga__stray__pack(&body, buf);
    draft.body = (slice_t){.data = buf, .size = size};
    address_stray(txn, r, &draft);
    rc = store_write(txn, &draft, NULL);
    free(buf);
    return rc;
}

// --- a record whose home is elsewhere (rule 3) ---------------------------------------------------

bool store_one_life(const record_t *a, const record_t *b, const witness_t *home_lives)
{
    if (a->version.boot == b->version.boot) return true;
    if (home_lives == NULL) return false;
    witness_t open = *home_lives;
    open.head = UINT64_MAX;
    return witness_lived(&open, &a->version) && witness_lived(&open, &b->version);
}

static int apply_foreign(store_txn_t *txn, record_t *in, const arrival_t *arrival, record_t *cur,
                         const place_t *place, applied_t *ret)
{
    int rc = 0;
    bool gone = cur != NULL && cur->gone; // what the home's side sends after that word is in reach again
    bool newer = cur == NULL || version_cmp(&in->version, &cur->version) > 0 ||
                 (gone && arrival->peer == place->toward);
    bool told = arrival->giveback || place_peer_is_home(&txn->store->place, arrival->peer, in);
    bool alone =
        cur != NULL && newer && (place->lanes & LANE_BACK) != 0; // its home's side may never have had it
    *ret = newer ? APPLIED_NEW : APPLIED_KNOWN;
    if (cur != NULL && !gone && (told || alone) && !store_one_life(in, cur, arrival->home_lives)) {
        rc = store_keep_stray(txn, newer ? cur : in);
        if (!newer) *ret = APPLIED_STRAY;
    }
    if (rc == 0 && newer)
        rc = store_keep(txn, in, arrival->peer, cur != NULL ? &place->ancestor : NULL, cur, place);
    // The home's side holds less than we do: it must have lost ours, and hears of it.
    bool behind = cur != NULL && !newer && !arrival->giveback && arrival->peer == place->toward &&
                  version_cmp(&in->version, &cur->version) < 0;
    if (rc == 0 && behind && (place->lanes & LANE_BACK) == 0) rc = store_hand_back(txn, cur, place);
    bool confirmed =
        !newer && version_cmp(&in->version, &cur->version) == 0 && arrival->peer == place->toward;
    if (rc == 0 && confirmed && place->src != arrival->peer) rc = store_confirm(txn, cur, place);
    return rc;
}

// --- our own version coming back (rules 5 and 6) -------------------------------------------------

enum back { BACK_IGNORE, BACK_ADOPT, BACK_STRAY };

static enum back judge_own(const store_txn_t *txn, const record_t *in, const arrival_t *arrival,
                           const record_t *cur, const place_t *place)
{
    const witness_t *lost = arrival->lost;
    if (lives_in(txn, &in->version)) return BACK_IGNORE; // our own past
    if (cur == NULL) return BACK_ADOPT;                  // made after the image: take it back
    int cmp = version_cmp(&in->version, &cur->version);
    if (cmp == 0 || version_cmp(&place->ancestor, &in->version) >= 0) return BACK_IGNORE; // taken back before
    bool in_lost = lost != NULL && witness_lived(lost, &in->version);
    bool cur_lost = lost != NULL && witness_lived(lost, &cur->version);
    bool untouched = lives_in(txn, &cur->version) && cur->version.seq <= arrival->fork;
    if (cmp > 0 && in_lost && (cur_lost || untouched)) return BACK_ADOPT; // ours is its ancestor
    if (cmp < 0 && in_lost && cur_lost) return BACK_IGNORE; // its ancestor, of the same lost life
    return BACK_STRAY;                                      // written on both sides, or nobody can tell
}

static void raise_inc(store_txn_t *txn, const version_t *seen)
{
    if (MUTANT("no_incarnation")) return;
    if (txn->inc <= seen->inc && seen->inc < UINT32_MAX) txn->inc = seen->inc + 1;
}

// Ours goes on above the stray, as a new version with what it says now.
static int write_again(store_txn_t *txn, const record_t *in, const record_t *cur, const version_t *ancestor)
{
    raise_inc(txn, &in->version);
    record_t draft = store_record_dup(cur);
    int rc = store_write_from(txn, &draft, ancestor, NULL);
    store_record_free(&draft);
    return rc;
}

static int apply_own(store_txn_t *txn, record_t *in, const arrival_t *arrival, record_t *cur,
                     const place_t *place, applied_t *ret)
{
    int rc = 0;
    switch (judge_own(txn, in, arrival, cur, place)) {
    case BACK_IGNORE:
        *ret = APPLIED_KNOWN;
        return 0;
    case BACK_ADOPT:
        raise_inc(txn, &in->version);
        *ret = APPLIED_NEW;
        return store_keep(txn, in, arrival->peer, cur != NULL ? &place->ancestor : NULL, cur, place);
    case BACK_STRAY:
        *ret = APPLIED_STRAY;
        bool below = version_cmp(&cur->version, &in->version) < 0;
        rc = store_keep_stray(txn, in);
        if (rc == 0 && below) rc = write_again(txn, in, cur, &place->ancestor);
        return rc;
    }
    return 0;
}

int store_tell_outsider(store_txn_t *txn, const rid_t *id, uint32_t peer)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0 || place_reaches(&place, peer)) return rc < 0 ? rc : 0;
    return store_tell_left(txn, &held, &place);
}

int store_apply(store_txn_t *txn, const record_t *incoming, const arrival_t *arrival, applied_t *ret_applied)
{
    record_t held, in = *incoming;
    place_t place;
    applied_t applied = APPLIED_KNOWN;
    int rc = store_get(txn, &in.id, &held, &place);
    if (rc < 0) return rc;
    record_t *cur = rc == KV_NONE ? NULL : &held;
    record_t copy = cur != NULL ? store_record_dup(cur) : (record_t){0};
    if (cur != NULL) cur = &copy;
    if (place_is_home(&txn->store->place, &in))
        rc = apply_own(txn, &in, arrival, cur, &place, &applied);
    else
        rc = apply_foreign(txn, &in, arrival, cur, &place, &applied);
    store_record_free(&copy);
    if (rc == 0 && applied != APPLIED_NEW) rc = store_tell_outsider(txn, &in.id, arrival->peer);
    if (rc == 0) *ret_applied = applied;
    return rc;
}

int store_leave(store_txn_t *txn, const record_t *gone, uint32_t peer)
{
    record_t held, word = *gone;
    place_t place;
    if (place_toward(&txn->store->place, gone) != peer) return 0;
    int rc = store_get(txn, &gone->id, &held, &place);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return store_keep(txn, &word, peer, NULL, NULL, NULL);
    bool other = !path_equal(&held.home, &gone->home) || held.kind != gone->kind;
    int cmp = version_cmp(&gone->version, &held.version);
    if (other || cmp < 0 || (cmp == 0 && held.gone)) return 0;
    record_t old = store_record_dup(&held);
    rc = store_keep(txn, &word, peer, NULL, &old, &place);
    store_record_free(&old);
    return rc;
}
