// SPDX-License-Identifier: Apache-2.0
// What becomes of the records that a neighbour brought: judged one by one, applied, refused into quarantine,
// or taken as word that something is gone.
#include "common/base/mutant.h"
#include "common/store/heft.h"
#include "common/sync/feed_private.h"
#include "common/sync/succession.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include <errno.h>
#include <sodium.h>

static rid_t id_of_garbage(slice_t wire)
{
    rid_t id;
    crypto_generichash(id.b, sizeof id.b, wire.data, wire.size, NULL, 0);
    return id;
}

static int quarantine_garbage(store_txn_t *txn, const arrival_t *arrival, slice_t wire)
{
    fault_t fault;
    fault_set(&fault, "MALFORMED", NULL);
    record_t none = {.id = id_of_garbage(wire)};
    return quarantine_put(txn, arrival, wire, &none, &fault);
}

// Only of what its home's side brought may a version be the last copy; anything else may be made up.
static bool may_be_real(store_txn_t *txn, const quarantined_t *item)
{
    return item->record.kind != 0 && store_speaks_for(store_of(txn), item->key.peer, &item->record);
}

// An item and what comes of the same record now: if neither descends from the other, the item stays as a
// conflict, before it gives way to that.
static int spare_item(store_txn_t *txn, const record_t *in, const quarantined_t *item)
{
    const record_t *r = &item->record;
    if (!may_be_real(txn, item) || record_descends(in, &r->version) || record_descends(r, &in->version) ||
        record_says_the_same(in, r))
        return 0;
    return store_keep_conflict(txn, r);
}

// Said to be ours, where seals of before cannot be told: does a person have to say so first, since whoever
// brought it is not to have the record, or may have it from somebody who is not to?
static int is_for_a_person(store_txn_t *txn, const quarantined_t *item, bool *ret)
{
    const record_t *r = &item->record;
    arrival_t came = {.peer = item->key.peer, .giveback = item->giveback};
    bool hears = true, ours = r->kind != 0 && store_is_home(store_of(txn), r);
    bool sealed = record_is_sealed(r, store_place(store_of(txn))->seal_key);
    int rc = ours && !sealed ? store_hears_ours(txn, r, &came, &hears) : 0;
    *ret = !hears;
    return rc;
}

// `in` holds from now on, or is gone: what waits of the record and is not newer leaves.
static int make_way(store_txn_t *txn, const record_t *in)
{
    quarantined_t item;
    quarantine_key_t key;
    bool stays;
    int rc = quarantine_next(txn, &in->id, NULL, &item);
    for (; rc == 0; rc = quarantine_next(txn, &in->id, &key, &item)) {
        key = item.key;
        if (!path_equal(&key.home, &in->home)) continue;
        if ((rc = is_for_a_person(txn, &item, &stays)) != 0) return rc;
        if (stays) continue;
        if ((rc = spare_item(txn, in, &item)) != 0) return rc < 0 ? rc : TAKE_OVER;
        if ((rc = quarantine_clear(txn, &key, &in->version)) < 0) break;
    }
    return rc < 0 ? rc : 0;
}

static bool waits_for_seal(const quarantined_t *item)
{
    return strcmp(item->fault.code, "SEAL") == 0;
}

static int refuse(store_txn_t *txn, const record_t *r, const arrival_t *arrival, const fault_t *fault)
{
    quarantined_t before;
    quarantine_key_t key = quarantine_key_of(r, arrival->peer);
    int rc = quarantine_get(txn, &key, &before);
    if (rc == 0 && waits_for_seal(&before)) return 0; // that one a person can take, this one he cannot
    if (rc == 0 && (rc = spare_item(txn, r, &before)) > 0) return TAKE_OVER;
    return rc >= 0 ? quarantine_put(txn, arrival, r->wire, r, fault) : rc;
}

// That an organisation has a node elsewhere is no secret to the hub in whose part of the tree it is.
static void refuse_claim(const record_t *r, const record_t *held, fault_t *ret_fault)
{
    char org[ORG_MAX + 1] = "";
    if (r->org.size > 0 && r->org.size <= ORG_MAX) memcpy(org, r->org.data, r->org.size);
    if (r->kind == N_NODE && held->kind == N_NODE)
        fault_set(ret_fault, "NODE-ELSEWHERE", NULL, org);
    else
        fault_set(ret_fault, "KEY-TAKEN", NULL);
}

// Is there room under its id? Who had the id first is decided where the ways to both homes part: of two on
// his side the neighbour holds but one.
static int judge_claim(store_txn_t *txn, const record_t *r, uint32_t peer, claim_t *ret_claim,
                       fault_t *ret_fault)
{
    record_t held;
    place_t place;
    *ret_claim = CLAIM_NONE;
    if (!store_speaks_for(store_of(txn), peer, r) || store_is_home(store_of(txn), r)) return 0;
    int rc = store_get(txn, &r->id, &held, &place);
    if (rc != 0 || held.gone) return rc < 0 ? rc : 0;
    if (held.kind == r->kind && path_equal(&held.home, &r->home)) return 0;
    *ret_claim = peer < PEER_LABEL_MIN ? CLAIM_SUCCEEDS // whose records these are has decided already
                                       : succession(store_place(store_of(txn)), &held, r);
    if (*ret_claim != CLAIM_NONE || (held.kind == r->kind && place.toward == peer)) return 0;
    if (place.toward != PEER_SELF && record_takes_key(r, &held)) return 0; // what is ours nobody takes
    if (r->deleted) *ret_claim = CLAIM_WITHDRAWN; // nothing is claimed any more, and nobody has to see to it
    if (r->deleted) return 0;
    refuse_claim(r, &held, ret_fault);
    return 1;
}

// Refused by a rule, or because its id belongs to another home's record? 0, 1 (refused) or -errno.
static int judge(feed_t *feed, store_txn_t *txn, const record_t *r, uint32_t peer, claim_t *ret_claim,
                 fault_t *ret_fault)
{
    *ret_claim = CLAIM_NONE;
    if (!feed->hooks.admit(feed->hooks.arg, txn, peer, r, ret_fault)) return 1;
    return judge_claim(txn, r, peer, ret_claim, ret_fault);
}

// The record has left our reach, and what waits here of it too.
static int take_word(store_txn_t *txn, const record_t *gone, const arrival_t *arrival, bool *ret_good)
{
    *ret_good = true;
    if (arrival->giveback || !store_speaks_for(store_of(txn), arrival->peer, gone)) return 0;
    int rc = store_leave(txn, gone, arrival->peer);
    return rc == 0 ? make_way(txn, gone) : rc;
}

// Said to be ours, and not by us. Where the seal key was lost it may be all the same: a person has to say.
static int take_unsealed(feed_t *feed, store_txn_t *txn, const record_t *r, const arrival_t *arrival,
                         applied_t applied)
{
    fault_t fault;
    if (applied == APPLIED_FORGED) {
        feed->forged++;
        feed->forger = arrival->peer;
        return 0;
    }
    quarantined_t before;
    quarantine_key_t key = quarantine_key_of(r, arrival->peer);
    int rc = quarantine_get(txn, &key, &before);
    if (rc == 0 && !waits_for_seal(&before)) rc = quarantine_clear(txn, &key, NULL); // nobody could take that
    fault_set(&fault, "SEAL", NULL);
    return rc >= 0 ? quarantine_put(txn, arrival, r->wire, r, &fault) : rc;
}

// Of a node that has come to its end: nothing of it waits either.
static int let_go(store_txn_t *txn, const record_t *r, uint32_t peer)
{
    quarantine_key_t key = quarantine_key_of(r, peer);
    int rc = quarantine_clear(txn, &key, &r->version);
    return rc < 0 ? rc : 0;
}

static int take_record(feed_t *feed, store_txn_t *txn, const record_t *r, const arrival_t *arrival,
                       bool *ret_good)
{
    fault_t fault;
    applied_t applied;
    claim_t claim;
    if (r->gone) return take_word(txn, r, arrival, ret_good);
    int rc = judge(feed, txn, r, arrival->peer, &claim, &fault);
    *ret_good = rc == 0;
    if (rc > 0 && MUTANT("quarantine_blocks")) return -EBADMSG;
    if (rc != 0) return rc < 0 ? rc : refuse(txn, r, arrival, &fault);
    if (claim == CLAIM_PAST) return let_go(txn, r, arrival->peer);
    if (claim == CLAIM_WITHDRAWN) return make_way(txn, r);
    arrival_t how = *arrival;
    how.succeeds = claim == CLAIM_SUCCEEDS;
    rc = store_apply(txn, r, &how, &applied);
    if (rc != 0) return rc;
    *ret_good = applied != APPLIED_UNSEALED && applied != APPLIED_OVER;
    if (applied == APPLIED_OVER) return TAKE_OVER;
    if (applied == APPLIED_FORGED || applied == APPLIED_UNSEALED)
        return take_unsealed(feed, txn, r, arrival, applied);
    // What its home has yet to judge, new or known, says nothing of what waits here.
    bool judged = store_is_home(store_of(txn), r) || store_speaks_for(store_of(txn), arrival->peer, r);
    return judged ? make_way(txn, r) : 0;
}

static int take_one(feed_t *feed, store_txn_t *txn, slice_t wire, const arrival_t *arrival)
{
    record_t r;
    bool good;
    if (record_parse(wire, &r) != 0) return quarantine_garbage(txn, arrival, wire);
    return take_record(feed, txn, &r, arrival, &good);
}

int feed_retry(feed_t *feed, store_txn_t *txn, const quarantine_key_t *key, bool *ret_admitted)
{
    quarantined_t item;
    *ret_admitted = false;
    int rc = quarantine_get(txn, key, &item);
    if (rc != 0 || item.record.kind == 0) return rc < 0 ? rc : 0;
    record_t copy = store_record_dup(&item.record);
    arrival_t arrival = {.peer = item.key.peer, .giveback = item.giveback};
    rc = take_record(feed, txn, &copy, &arrival, ret_admitted);
    if (rc == 0 && *ret_admitted) rc = quarantine_clear(txn, key, &copy.version);
    store_record_free(&copy);
    return rc > 0 ? 0 : rc; // what found no room waits on; what was let in has gone already
}

// It leaves the place that it has, and those who had it from us hear so.
static int take_out(store_txn_t *txn, const record_t *r, uint32_t peer)
{
    record_t word = record_gone(r);
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&word));
    record_pack(&word, wire);
    return store_leave(txn, &word, peer);
}

int feed_judge_again(feed_t *feed, store_txn_t *txn, const rid_t *id, judged_t *ret)
{
    record_t held;
    place_t place;
    fault_t fault;
    *ret = JUDGED_GOOD;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0 || held.gone || store_is_home(store_of(txn), &held)) return rc < 0 ? rc : 0;
    if (feed->hooks.admit(feed->hooks.arg, txn, place.toward, &held, &fault)) return 0;
    record_t copy = store_record_dup(&held);
    arrival_t arrival = {.peer = place.toward};
    rc = quarantine_put(txn, &arrival, copy.wire, &copy, &fault);
    *ret = rc == 0 ? JUDGED_REFUSED : JUDGED_NO_ROOM;
    if (rc == 0) rc = take_out(txn, &copy, place.toward);
    store_record_free(&copy);
    return rc < 0 ? rc : 0;
}

// Whole, and of no more records than one may bring: each of them costs everybody time.
static int check_batch(slice_t rest)
{
    slice_t wire;
    unsigned n = 0;
    int rc = 0;
    while (n <= PUSH_RECORDS && (rc = batch_next(&rest, &wire)) == 0) n++;
    return rc == 1 ? 0 : -EBADMSG;
}

int feed_take(feed_t *feed, store_txn_t *txn, slice_t entries, uint32_t encoding, uint32_t plain_bytes,
              const arrival_t *arrival)
{
    slice_t rest, wire;
    AUTO(xfree) uint8_t *owned = NULL;
    bool full;
    int rc = heft_is_full(txn, arrival->peer, &full);
    if (rc != 0 || full) return rc != 0 ? rc : TAKE_FULL;
    rc = batch_open(entries, encoding, plain_bytes, &rest, &owned);
    if (rc == 0) rc = check_batch(rest);
    while (rc == 0 && batch_next(&rest, &wire) == 0) rc = take_one(feed, txn, wire, arrival);
    return rc;
}
