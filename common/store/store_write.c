// SPDX-License-Identifier: Apache-2.0
// Changing the store: what becomes the present version, where it stands from then on, what is kept aside, and
// what this node writes itself.
#include "common/base/mutant.h"
#include "common/store/heft.h"
#include "common/store/store_private.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

// --- places of a record --------------------------------------------------------------------------

// Of another home's record under the same id, and of another kind, those who count by kinds hear the end.
static void tell_changed(store_txn_t *txn, const record_t *old, const record_t *now)
{
    const store_t *store = txn->store;
    bool other = old != NULL && old->kind != now->kind;
    if (other && !old->gone) {
        record_t end = *old;
        end.deleted = true;
        end.body = (slice_t){0};
        store->changed(store->changed_arg, txn, old, &end);
    }
    store->changed(store->changed_arg, txn, other ? NULL : old, now);
}

int store_keep(store_txn_t *txn, record_t *now, uint32_t src, const record_t *old, const place_t *old_place)
{
    const store_place_t *here = &txn->store->place;
    place_t place = {.at = ++txn->head,
                     .time_s = (uint32_t)txn->store->clock_s(),
                     .src = src,
                     .toward = place_toward(here, now)};
    place.lanes = lanes_of(here, now, src, &place.child);
    lanes_left(&place, old != NULL ? old_place : NULL);
    uint64_t left = 0;
    int rc = old != NULL ? store_lift(txn, old_place, &left) : 0;
    if (rc == 0) rc = store_set_down(txn, now, &place, left);
    if (rc == 0) rc = heft_note(txn, place.toward, (int64_t)now->wire.size);
    if (rc == 0 && old != NULL) rc = heft_note(txn, old_place->toward, -(int64_t)old->wire.size);
    if (rc == 0 && txn->store->changed != NULL) tell_changed(txn, old, now);
    return rc;
}

int store_confirm(store_txn_t *txn, const record_t *now, const place_t *place)
{
    place_t back = *place, kept = *place;
    back.lanes &= LANE_BACK | LANE_BULK;
    kept.lanes &= (uint8_t)~LANE_BACK;
    kept.src = place->toward;
    int rc = place->at <= txn->indexed ? lanes_remove(txn, &back) : 0; // else it stands in the log alone
    return rc == 0 ? store_put_log(txn, now, &kept) : rc;
}

// To the head, on other lanes.
static int move_to(store_txn_t *txn, const record_t *held, const place_t *from, place_t *to)
{
    record_t copy = store_record_dup(held);
    uint64_t left;
    int rc = store_lift(txn, from, &left);
    to->at = ++txn->head;
    if (rc == 0) rc = store_set_down(txn, &copy, to, left);
    store_record_free(&copy);
    return rc;
}

int store_relane(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0) return rc == KV_NONE ? 0 : rc;
    place_t now = place;
    now.lanes = lanes_of(&txn->store->place, &held, place.src, &now.child);
    lanes_left(&now, &place);
    if (now.lanes == place.lanes && now.child == place.child) return 0;
    return move_to(txn, &held, &place, &now);
}

int store_hand_back(store_txn_t *txn, const record_t *held, const place_t *place)
{
    place_t now = *place;
    now.lanes |= LANE_BACK;
    now.src = PEER_SELF;
    return move_to(txn, held, place, &now);
}

int store_say_again(store_txn_t *txn, const record_t *held, const place_t *place)
{
    place_t now = *place;
    return move_to(txn, held, place, &now);
}

int store_tell_left(store_txn_t *txn, const record_t *held, const place_t *place, const uint32_t *peers,
                    size_t n)
{
    place_t now = *place;
    for (size_t i = 0; i < n; i++)
        if (!place_reaches(&now, peers[i])) place_add_left(&now, peers[i]);
    return move_to(txn, held, place, &now);
}

// --- kept aside ----------------------------------------------------------------------------------

int store_put_aside(store_txn_t *txn, const record_t *r, uint32_t peer, uint64_t *ret_at)
{
    place_t place = {.at = ++txn->head,
                     .time_s = (uint32_t)txn->store->clock_s(),
                     .src = peer,
                     .toward = place_toward(&txn->store->place, r),
                     .lanes = (uint8_t)(r->bulk ? LANE_BACK | LANE_BULK : LANE_BACK),
                     .aside = true};
    txn->dirty = true;
    *ret_at = place.at;
    fresh_note(&txn->fresh, &place);
    return store_put_log(txn, r, &place);
}

int store_drop_aside(store_txn_t *txn, uint64_t at)
{
    record_t r;
    place_t place;
    uint8_t key[8];
    int rc = store_at(txn, at, &r, &place);
    if (rc == 0 && !place.aside) rc = -EUCLEAN;
    if (rc == 0 && at <= txn->indexed) rc = lanes_remove(txn, &place);
    txn->dirty = true;
    be64_store(key, at);
    return rc == 0 ? kv_del(txn->kv, KV_LOG, slice(key, sizeof key)) : rc;
}

// --- writing our own -----------------------------------------------------------------------------

void store_raise_inc(store_txn_t *txn, const version_t *seen)
{
    if (MUTANT("no_incarnation")) return;
    if (txn->inc <= seen->inc && seen->inc < UINT32_MAX) txn->inc = seen->inc + 1;
}

// A new version above `before` (NULL: the first), which answers `shown`; `held` is what stands there now,
// NULL: nothing.
static int write_version(store_txn_t *txn, const record_t *draft, const record_t *before,
                         const record_t *shown, const record_t *held, const place_t *place)
{
    record_t now = *draft;
    uint8_t past[PAST_MAX], answered[ANSWERED_MAX];
    assert(txn->write);
    now.home = txn->store->place.path;
    now.version = (version_t){.inc = txn->inc, .seq = txn->head + 1, .boot = txn->store->boot_id};
    now.answered = record_answered_upon(before, shown, now.version.boot, answered);
    now.past = before != NULL ? record_past_upon(before, now.version.boot, past) : (slice_t){0};
    now.seal = (slice_t){0};
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&now) + SEAL_ROOM);
    record_pack_sealed(&now, wire, txn->store->place.seal_key);
    // From its own bytes: the draft's may be the store's, and die at the first write. What peers would refuse
    // as garbage must not be written.
    int rc = record_parse(now.wire, &now) == 0 ? store_free_conflict(txn, &now, held) : -EINVAL;
    return rc == 0 ? store_keep(txn, &now, PEER_SELF, held, place) : rc;
}

static int write_draft(store_txn_t *txn, const record_t *draft, bool takes, record_t *ret_record)
{
    record_t held, old = {0};
    place_t place;
    rid_t id = draft->id; // the draft's bytes may be the store's
    int rc = store_get(txn, &id, &held, &place);
    if (rc < 0) return rc;
    bool had = rc == 0;
    if (had) old = store_record_dup(&held);
    bool ours = had && place_is_home(&txn->store->place, &old);
    takes &= had && !ours;
    rc = write_version(txn, draft, ours ? &old : NULL, takes ? &old : NULL, had ? &old : NULL,
                       had ? &place : NULL);
    if (rc == 0 && takes) rc = store_displace(txn, &old, &place);
    if (had) store_record_free(&old);
    if (rc == 0 && !ours) rc = store_heed_conflicts(txn, &id);
    if (rc != 0 || ret_record == NULL) return rc;
    return store_get(txn, &id, ret_record, NULL);
}

int store_write(store_txn_t *txn, const record_t *draft, record_t *ret_record)
{
    return write_draft(txn, draft, false, ret_record);
}

int store_take_key(store_txn_t *txn, const record_t *draft)
{
    return write_draft(txn, draft, true, NULL);
}

int store_write_upon(store_txn_t *txn, const record_t *content, const record_t *before, const record_t *shown)
{
    record_t held, old = {0}, other = {0};
    place_t place;
    int rc = store_get(txn, &content->id, &held, &place);
    if (rc < 0) return rc;
    bool had = rc == 0, two = shown != NULL;
    record_t draft = store_record_dup(content), base = store_record_dup(before);
    if (had) old = store_record_dup(&held);
    if (two) other = store_record_dup(shown);
    draft.bulk =
        content->bulk || other.bulk; // no neighbour is to read it before the conflict that keeps the other
    rc = write_version(txn, &draft, &base, two ? &other : NULL, had ? &old : NULL, had ? &place : NULL);
    store_record_free(&old);
    store_record_free(&other);
    store_record_free(&draft);
    store_record_free(&base);
    return rc;
}
