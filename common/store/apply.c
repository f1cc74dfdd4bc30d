// SPDX-License-Identifier: Apache-2.0
// What a neighbour's version becomes here: design 2.6, rules 3 to 7, and 2.7, rules 1 to 3. Wire checks,
// reach and organisation scope were looked at before (common/sync/admit.c); here only who speaks, seals and
// versions decide, and what each descends from.
#include "common/base/mutant.h"
#include "common/node/msg.h"
#include "common/schema/kinds.h"
#include "common/store/conflict.h"
#include "common/store/quarantine.h"
#include "common/store/store_private.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <stdlib.h>
#include <string.h>

// Two homes may give their records one id, by chance or not: neither says anything of the other's versions.
static bool same_record(const record_t *a, const record_t *b)
{
    return path_equal(&a->home, &b->home) && a->kind == b->kind;
}

// --- a record whose home is elsewhere, from that home's side (2.6, rule 3) -------------------------

// The one lets go of the other: if it neither descends from it nor says the same, somebody may have to
// decide.
static bool parts(const record_t *winner, const record_t *loser)
{
    bool descends = same_record(winner, loser) && record_descends(winner, &loser->version);
    return !descends && !record_says_the_same(winner, loser);
}

// The greater version wins. Whoever lets go of one that the winner does not descend from keeps it as a
// conflict: others may have lost theirs by now. Services of this node hand back what they had from us, of any
// home. Another home's record under this id stood at this neighbour, too, and has given way there; or its
// node has come to its end, and who serves the organisation now goes on from it; or a home above it has taken
// the key.
static int apply_foreign(store_txn_t *txn, record_t *in, const arrival_t *arrival, record_t *cur,
                         const place_t *place, applied_t *ret)
{
    int rc = 0;
    bool gone = cur != NULL && cur->gone; // what the home's side sends after that word is in reach again
    bool other = cur != NULL && !same_record(cur, in);
    int cmp = cur != NULL && !other ? version_cmp(&in->version, &cur->version) : 1;
    bool home_side = cur != NULL && arrival->peer == place->toward && !arrival->giveback;
    // Two under one number no honest home makes: somebody spoke in its name, and what its side says now
    // holds.
    bool other_words = cur != NULL && cmp == 0 && !slice_equal(cur->wire, in->wire);
    bool newer = cmp > 0 || (home_side && (gone || other_words));
    *ret = newer ? APPLIED_NEW : APPLIED_KNOWN;
    bool decided = arrival->succeeds || (other && record_takes_key(in, cur));
    if (newer && cur != NULL && !gone && !decided && parts(in, cur)) rc = store_keep_conflict(txn, cur);
    if (rc == 0 && newer) return store_keep(txn, in, arrival->peer, cur, place);
    if (!newer && arrival->giveback && !gone && parts(cur, in)) {
        *ret = APPLIED_CONFLICT;
        rc = store_keep_conflict(txn, in);
    }
    if (rc > 0) *ret = APPLIED_OVER;
    if (rc != 0) return rc < 0 ? rc : 0;
    // The home's side holds less than we do: it must have lost ours, and hears of it.
    bool behind = cmp < 0 && home_side;
    if (rc == 0 && behind && (place->lanes & LANE_BACK) == 0) rc = store_hand_back(txn, cur, place);
    bool confirmed = cmp == 0 && arrival->peer == place->toward && place->src != arrival->peer;
    return rc == 0 && confirmed ? store_confirm(txn, cur, place) : rc;
}

// --- our own version coming back (2.6, rules 5 and 6; 2.7, rules 1, 3 and 6) ------------------------

// Ours goes on above that one, as a new version with what it says now, which tells that we have seen that
// one.
static int go_on_above(store_txn_t *txn, const record_t *in, const record_t *cur)
{
    if (version_cmp(&cur->version, &in->version) >= 0 && record_answers(cur, &in->version)) return 0;
    store_raise_inc(txn, &in->version);
    return store_write_upon(txn, cur, cur, in);
}

// It is of an epoch that was lost. Where its number is below ours it goes on above ours: numbers never go
// down. held: ours or another's under this id, or NULL; cur: ours, or NULL.
static int adopt(store_txn_t *txn, record_t *in, const arrival_t *arrival, const record_t *held,
                 const record_t *cur, const place_t *place)
{
    store_raise_inc(txn, &in->version);
    if (cur == NULL || version_cmp(&in->version, &cur->version) > 0)
        return store_keep(txn, in, arrival->peer, held, place);
    store_raise_inc(txn, &cur->version);
    return store_write_upon(txn, in, in, NULL);
}

// Two versions of ours, each without what the other says.
static int choose(store_txn_t *txn, const record_t *in, const record_t *cur, applied_t *ret)
{
    int rc = 0;
    *ret = APPLIED_KNOWN;
    if (!record_says_the_same(in, cur)) {
        *ret = APPLIED_CONFLICT;
        rc = store_keep_conflict(txn, in);
    }
    return rc == 0 ? go_on_above(txn, in, cur) : rc;
}

// With its seal key the node lost all means to tell: what its parent says is ours becomes ours, and is sealed
// anew.
static int take_at_word(store_txn_t *txn, const record_t *in, const record_t *cur, applied_t *ret)
{
    store_raise_inc(txn, &in->version);
    if (cur != NULL && !record_descends(in, &cur->version)) return choose(txn, in, cur, ret);
    *ret = APPLIED_NEW;
    return store_write_upon(txn, in, in, NULL);
}

static bool is_believed(const store_txn_t *txn, const arrival_t *arrival)
{
    return txn->store->seals == SEALS_ADOPTING && arrival->peer == PEER_PARENT && !txn->adopted;
}

// Does the bringer of a version come to hold ours by himself, and whoever may hold it behind him? What he
// gives back of his own he holds himself.
static bool hears_ours(const record_t *ours, const place_t *place, const record_t *his,
                       const arrival_t *arrival)
{
    if (!place_reaches(place, arrival->peer)) return false;
    return arrival->peer < PEER_LABEL_MIN || (place->lanes & LANE_PUBLIC) != 0 || arrival->giveback ||
           slice_equal(ours->wire, his->wire);
}

int store_hears_ours(store_txn_t *txn, const record_t *his, const arrival_t *arrival, bool *ret)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, &his->id, &held, &place);
    *ret = rc == 0 && same_record(&held, his) && hears_ours(&held, &place, his, arrival);
    return rc < 0 ? rc : 0;
}

// It says that it is ours, and nothing shows it. Of our past it could tell nothing new, true or not; but
// where seals of before cannot be told, who is not to hold it any more may hold it in truth.
static int apply_unsealed(store_txn_t *txn, const record_t *in, const arrival_t *arrival, const record_t *cur,
                          const place_t *place, applied_t *ret)
{
    const store_t *store = txn->store;
    bool past = cur != NULL && record_descends(cur, &in->version);
    *ret = APPLIED_KNOWN;
    if (MUTANT("raise_unsealed")) store_raise_inc(txn, &in->version);
    if (MUTANT("conflict_unsealed") && cur != NULL && parts(cur, in)) return store_keep_conflict(txn, in);
    if (past && (store->seals == SEALS_KNOWN || is_believed(txn, arrival))) return 0;
    if (past && hears_ours(cur, place, in, arrival)) return 0;
    if (is_believed(txn, arrival)) return take_at_word(txn, in, cur, ret);
    *ret = store->seals == SEALS_KNOWN ? APPLIED_FORGED : APPLIED_UNSEALED;
    return 0;
}

int store_displace(store_txn_t *txn, const record_t *other, const place_t *place)
{
    fault_t fault;
    arrival_t from = {.peer = place->toward};
    if (other->gone) return 0;
    fault_set(&fault, "KEY-TAKEN", NULL);
    int rc = quarantine_put(txn, &from, other->wire, other, &fault);
    return rc < 0 ? rc : 0; // he who is past his share hears of it when he brings the next version
}

static int apply_own(store_txn_t *txn, record_t *in, const arrival_t *arrival, const record_t *held,
                     const place_t *place, applied_t *ret)
{
    const record_t *cur = held != NULL && same_record(held, in) ? held : NULL;
    *ret = APPLIED_KNOWN;
    if (cur != NULL && slice_equal(cur->wire, in->wire)) return 0;
    if (!record_is_sealed(in, txn->store->place.seal_key) && !MUTANT("no_seal"))
        return apply_unsealed(txn, in, arrival, cur, place, ret);
    if (cur != NULL && record_descends(cur, &in->version)) return go_on_above(txn, in, cur); // our past
    if (cur != NULL && !record_descends(in, &cur->version)) return choose(txn, in, cur, ret);
    *ret = APPLIED_NEW;
    return adopt(txn, in, arrival, held, cur, place);
}

// A neighbour shows that he held a version of ours, or that somebody behind him did. If he is not to have the
// record he hears so again; if it is for some only, he hears our word once more, for those behind him to whom
// it may be news.
int store_answer(store_txn_t *txn, const record_t *in, uint32_t peer)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, &in->id, &held, &place);
    if (rc != 0 || !same_record(&held, in)) return rc < 0 ? rc : 0;
    if (!place_reaches(&place, peer)) return store_tell_left(txn, &held, &place, &peer, 1);
    bool heard = hears_ours(&held, &place, in, &(arrival_t){.peer = peer});
    return heard || place.at > txn->store->head ? 0 : store_say_again(txn, &held, &place);
}

// --- our own version, which only a person can judge ------------------------------------------------

enum { INC_JUDGED = INT32_MAX }; // nobody comes so far who counts honestly: nothing is raised above it

int store_take(store_txn_t *txn, const record_t *r)
{
    record_t held;
    place_t place;
    if (r->version.inc == UINT32_MAX) return -ERANGE;
    int rc = store_get(txn, &r->id, &held, &place);
    if (rc < 0) return rc;
    bool ours = rc == 0 && same_record(&held, r);
    if (ours && record_descends(&held, &r->version) && record_says_the_same(&held, r)) return 0; // it holds
    store_raise_inc(txn, &r->version);
    if (rc == KV_NONE) return store_write_upon(txn, r, r, r);
    record_t old = store_record_dup(&held);
    rc = store_write_upon(txn, r, ours ? &old : r, r);
    if (rc == 0 && !ours) rc = store_displace(txn, &old, &place);
    store_record_free(&old);
    return rc;
}

// Where we have none of our own, only a tombstone can stand above it; one that neighbours let in, too, where
// what it stands above went further than its kind goes.
static int bury(store_txn_t *txn, const record_t *r)
{
    record_t draft = *r;
    const kind_rule_t *rule = kind_by_number(r->kind);
    if (rule != NULL && draft.up > rule->up) draft.up = rule->up;
    if (rule != NULL && draft.down != rule->down) draft.down = DOWN_NONE;
    draft.deleted = true;
    draft.body = (slice_t){0};
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&draft));
    record_pack(&draft, wire);
    store_raise_inc(txn, &r->version);
    return store_write_upon(txn, &draft, r, r);
}

int store_leave_out(store_txn_t *txn, const record_t *r)
{
    record_t held;
    if (!place_is_home(&txn->store->place, r) || r->version.inc > INC_JUDGED) return 0;
    int rc = store_get(txn, &r->id, &held, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || held.gone) return bury(txn, r);
    if (!same_record(&held, r)) return 0; // another's stands there: ours is nowhere
    record_t cur = store_record_dup(&held);
    rc = go_on_above(txn, r, &cur);
    store_record_free(&cur);
    return rc;
}

// --- a conflict that has come home ------------------------------------------------------------------

// It tells of a version that somebody held: ours must stand above it, or it would never be replaced there.
static int heed_conflict(store_txn_t *txn, const record_t *in)
{
    record_t cur;
    bool sealed = record_is_sealed(in, txn->store->place.seal_key);
    if ((!sealed && !MUTANT("inside_wrong_side")) || MUTANT("conflict_unheeded")) return 0;
    int rc = store_get(txn, &in->id, &cur, NULL);
    return rc == 0 && same_record(&cur, in) ? go_on_above(txn, in, &cur) : rc < 0 ? rc : 0;
}

static int read_conflict(store_txn_t *txn, const record_t *conflict)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(conflict, &in);
    return m != NULL && place_is_home(&txn->store->place, &in) ? heed_conflict(txn, &in) : 0;
}

static int any(void *arg, const rid_t *id)
{
    (void)arg;
    (void)id;
    return 1;
}

// Nearly always there is none, and that is kept in memory: people's writing asks.
static int has_conflicts(store_txn_t *txn, bool *ret)
{
    store_t *store = txn->store;
    if (store->conflicts == CONFLICTS_UNKNOWN) {
        int rc = store_list(txn, KIND_CONFLICT, (slice_t){0}, NULL, any, NULL);
        if (rc < 0) return rc;
        store->conflicts = rc > 0 ? CONFLICTS_SOME : CONFLICTS_NONE;
    }
    *ret = store->conflicts == CONFLICTS_SOME;
    return 0;
}

int store_heed_conflicts(store_txn_t *txn, const rid_t *id)
{
    rid_list_t told = {0};
    record_t conflict;
    bool some;
    int rc = has_conflicts(txn, &some);
    if (rc != 0 || !some) return rc;
    rc = store_referring(txn, id, KIND_CONFLICT, NULL, rid_list_add, &told);
    for (size_t i = 0; i < told.n && rc == 0; i++) {
        rc = store_get(txn, &told.ids[i], &conflict, NULL);
        if (rc == 0) rc = read_conflict(txn, &conflict);
    }
    free(told.ids);
    return rc < 0 ? rc : 0;
}

// What stands here now, after the home's side has spoken, may answer what was kept aside. Whoever handed us
// that, and is not to have the record, hears so; others hear the word that we heard.
static int settle_present(store_txn_t *txn, const rid_t *id, bool said_again)
{
    record_t held;
    place_t place;
    givers_t givers;
    bool waits;
    int rc = aside_waits(txn, id, &waits);
    if (rc == 0 && waits) rc = store_get(txn, id, &held, &place);
    if (rc != 0 || !waits || held.gone) return rc < 0 ? rc : 0;
    record_t copy = store_record_dup(&held);
    bool firm = said_again || (place.lanes & LANE_PUBLIC) != 0;
    rc = aside_settle(txn, &copy, firm, &givers);
    if (rc == 0 && givers.n > 0 && (place.lanes & LANE_PUBLIC) == 0)
        rc = store_tell_left(txn, &copy, &place, givers.peers, givers.n);
    store_record_free(&copy);
    return rc;
}

// --- all together --------------------------------------------------------------------------------

bool store_is_home(const store_t *store, const record_t *r)
{
    return place_is_home(&store->place, r);
}

bool store_never_wrote(const store_t *store, const record_t *r)
{
    return store->seals == SEALS_KNOWN && store_is_home(store, r) &&
           !record_is_sealed(r, store->place.seal_key);
}

bool store_speaks_for(const store_t *store, uint32_t peer, const record_t *r)
{
    return peer < PEER_LABEL_MIN || place_toward(&store->place, r) == peer;
}

// Judged here and now: our own, or of the neighbour's side.
static int apply_present(store_txn_t *txn, record_t *in, const arrival_t *arrival, applied_t *ret)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, &in->id, &held, &place);
    if (rc < 0) return rc;
    record_t copy = rc == 0 ? store_record_dup(&held) : (record_t){0}, *cur = rc == 0 ? &copy : NULL;
    bool own = place_is_home(&txn->store->place, in);
    if (own)
        rc = apply_own(txn, in, arrival, cur, &place, ret);
    else
        rc = apply_foreign(txn, in, arrival, cur, &place, ret);
    bool other = cur != NULL && !same_record(cur, in);
    bool taken = other && (own || (place.toward != arrival->peer && record_takes_key(in, cur)));
    if (rc == 0 && taken && *ret == APPLIED_NEW) rc = store_displace(txn, cur, &place);
    if (rc == 0 && own && (cur == NULL || other) && *ret == APPLIED_NEW)
        rc = store_heed_conflicts(txn, &in->id);
    bool again = cur != NULL && !other && version_cmp(&cur->version, &in->version) == 0;
    store_record_free(&copy);
    if (rc == 0 && !own) return settle_present(txn, &in->id, again);
    bool shown = own && (record_is_sealed(in, txn->store->place.seal_key) || is_believed(txn, arrival) ||
                         MUTANT("gone_answers_strangers"));
    return rc == 0 && shown ? store_answer(txn, in, arrival->peer) : rc;
}

int store_apply(store_txn_t *txn, const record_t *incoming, const arrival_t *arrival, applied_t *ret_applied)
{
    record_t in = *incoming;
    applied_t applied = APPLIED_KNOWN;
    int rc;
    if (place_is_home(&txn->store->place, &in) || store_speaks_for(txn->store, arrival->peer, &in) ||
        MUTANT("aside_applied"))
        rc = apply_present(txn, &in, arrival, &applied);
    else
        rc = aside_keep(txn, &in, arrival->peer, &applied);
    if (rc == 0 && in.kind == KIND_CONFLICT && applied == APPLIED_NEW && !in.deleted)
        rc = read_conflict(txn, &in);
    if (rc == 0) *ret_applied = applied;
    return rc;
}

// --- word that a record has left our reach -------------------------------------------------------

// Those who handed us a version hear that it is not to be there. Of anything else that we do not hold, it
// says nothing.
static int pass_on(store_txn_t *txn, const record_t *gone, uint32_t peer)
{
    record_t word = *gone, held;
    place_t place;
    givers_t givers;
    int rc = aside_settle(txn, gone, true, &givers);
    if (rc != 0 || (givers.n == 0 && !MUTANT("gone_unheld"))) return rc;
    rc = store_keep(txn, &word, peer, NULL, NULL);
    if (rc == 0) rc = store_get(txn, &gone->id, &held, &place);
    return rc == 0 ? store_tell_left(txn, &held, &place, givers.peers, givers.n) : rc;
}

// The same word again: who handed us a version meanwhile has not heard it.
static int pass_on_again(store_txn_t *txn, const record_t *gone, const record_t *held, const place_t *place)
{
    givers_t givers;
    record_t copy = store_record_dup(held);
    int rc = aside_settle(txn, gone, true, &givers);
    if (rc == 0 && givers.n > 0) rc = store_tell_left(txn, &copy, place, givers.peers, givers.n);
    store_record_free(&copy);
    return rc;
}

int store_leave(store_txn_t *txn, const record_t *gone, uint32_t peer)
{
    record_t held, word = *gone;
    place_t place;
    givers_t givers;
    if (place_toward(&txn->store->place, gone) != peer) return 0;
    int rc = store_get(txn, &gone->id, &held, &place);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return pass_on(txn, gone, peer);
    // Another's record: word of the one that has taken its place where ours came from says that it gave way.
    bool other = !same_record(&held, gone), gave_way = !held.gone && place.toward == peer;
    if (other && (held.kind != gone->kind || !gave_way)) return 0;
    int cmp = other ? 1 : version_cmp(&gone->version, &held.version);
    if (held.gone && cmp <= 0) return pass_on_again(txn, gone, &held, &place);
    if (cmp < 0) return (place.lanes & LANE_BACK) != 0 ? 0 : store_hand_back(txn, &held, &place);
    record_t old = store_record_dup(&held);
    if (!old.gone && (other || !record_descends(gone, &old.version))) rc = store_keep_conflict(txn, &old);
    if (rc == 0) rc = store_keep(txn, &word, peer, &old, &place);
    if (rc == 0) rc = aside_settle(txn, gone, false, &givers);
    store_record_free(&old);
    return rc;
}
