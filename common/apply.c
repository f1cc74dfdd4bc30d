// SPDX-License-Identifier: Apache-2.0
// What a neighbour's version becomes here: design 2.6, rules 3 to 7. Wire checks, reach and organisation
// scope were looked at before (common/feed.c); here only versions decide, and what each descends from.
#include "common/kinds.h"
#include "common/msg.h"
#include "common/mutant.h"
#include "common/store_private.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_STRAY = 1 };

// --- strays: a version that may be lost elsewhere, kept as a record of ours ----------------------

static rid_t stray_id(const store_txn_t *txn, const path_t *finder, const record_t *r)
{
    rid_t id;
    uint8_t key[sizeof id.b + 24];
    memcpy(key, r->id.b, sizeof r->id.b);
    be32_store(key + 16, r->version.inc);
    be64_store(key + 20, r->version.seq);
    be64_store(key + 28, r->version.boot);
    be32_store(key + 36, txn->store->place.service); // two services of a node may both find one
    crypto_generichash(id.b, sizeof id.b, key, sizeof key, finder->b, sizeof finder->b);
    return id;
}

// Where a stray goes: to the home of the record it was, and up as far as that record may. The home's own goes
// wherever the record went, so that who holds the record need not keep one more.
static void address_stray(const store_txn_t *txn, const record_t *r, record_t *draft)
{
    if (MUTANT("stray_stays")) return;
    bool ours = path_equal(&r->home, &txn->store->place.path);
    draft->up = r->up;
    draft->down = ours ? r->down : DOWN_TO;
    draft->to = ours ? r->to : r->home;
}

// The next node from here to the record's home that may have found it and whose strays come here: strays go
// up the whole way, down only from the home itself.
static void step_home(path_t *finder, const path_t *home)
{
    if (!path_is_prefix(finder, home)) {
        *finder = *home;
        return;
    }
    memcpy(finder->b + finder->len, home->b + finder->len, PATH_LABEL);
    finder->len += PATH_LABEL;
}

// Do we hold such a stray, our own or of somebody nearer to the record's home? 0, KV_NONE or -errno.
static int find_stray(store_txn_t *txn, const record_t *r)
{
    record_t held;
    path_t finder = txn->store->place.path;
    for (;; step_home(&finder, &r->home)) {
        rid_t id = stray_id(txn, &finder, r);
        int rc = store_get(txn, &id, &held, NULL);
        if (rc < 0 || (rc == 0 && !held.gone)) return rc;
        if (path_equal(&finder, &r->home)) return KV_NONE;
    }
}

// A stray of a stray would tell nobody more, and of a derived record there is nothing to decide.
static bool is_worth_keeping(const record_t *r)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    return r->kind != KIND_STRAY && (rule == NULL || !rule->derived);
}

int store_keep_stray(store_txn_t *txn, const record_t *r)
{
    if (!is_worth_keeping(r) || MUTANT("stray_dropped")) return 0;
    int rc = find_stray(txn, r);
    if (rc <= 0) return rc;
    record_t draft = {
        .id = stray_id(txn, &txn->store->place.path, r), .kind = KIND_STRAY, .org = r->org, .bulk = r->bulk};
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

// The greater version wins. Whoever lets go of one that the winner does not descend from keeps it as a stray:
// others may have lost theirs by now. What is handed back goes on living where it came from only as long as
// that neighbour may have it.
static int apply_foreign(store_txn_t *txn, record_t *in, const arrival_t *arrival, record_t *cur,
                         const place_t *place, applied_t *ret)
{
    int rc = 0;
    bool gone = cur != NULL && cur->gone; // what the home's side sends after that word is in reach again
    int cmp = cur != NULL ? version_cmp(&in->version, &cur->version) : 1;
    bool newer = cmp > 0 || (gone && arrival->peer == place->toward && !arrival->giveback);
    *ret = newer ? APPLIED_NEW : APPLIED_KNOWN;
    if (newer && cur != NULL && !gone && !record_descends(in, &cur->version)) rc = store_keep_stray(txn, cur);
    if (newer) return rc == 0 ? store_keep(txn, in, arrival->peer, cur, place) : rc;
    if (arrival->giveback && !gone && !record_descends(cur, &in->version)) {
        *ret = APPLIED_STRAY;
        rc = store_keep_stray(txn, in);
    }
    // The home's side holds less than we do: it must have lost ours, and hears of it.
    bool behind = cmp < 0 && !arrival->giveback && arrival->peer == place->toward;
    if (rc == 0 && behind && (place->lanes & LANE_BACK) == 0) rc = store_hand_back(txn, cur, place);
    bool confirmed = cmp == 0 && arrival->peer == place->toward && place->src != arrival->peer;
    return rc == 0 && confirmed ? store_confirm(txn, cur, place) : rc;
}

// --- our own version coming back (rules 5 and 6) -------------------------------------------------

static void raise_inc(store_txn_t *txn, const version_t *seen)
{
    if (MUTANT("no_incarnation")) return;
    if (txn->inc <= seen->inc && seen->inc < UINT32_MAX) txn->inc = seen->inc + 1;
}

// Ours goes on above the stray, as a new version with what it says now.
static int write_again(store_txn_t *txn, const record_t *in, const record_t *cur)
{
    raise_inc(txn, &in->version);
    record_t draft = store_record_dup(cur);
    int rc = store_write(txn, &draft, NULL);
    store_record_free(&draft);
    return rc;
}

static int apply_own(store_txn_t *txn, record_t *in, const arrival_t *arrival, record_t *cur,
                     const place_t *place, applied_t *ret)
{
    *ret = APPLIED_KNOWN;
    if (cur != NULL && record_descends(cur, &in->version)) return 0; // our past
    if (cur == NULL || record_descends(in, &cur->version)) {         // made after the image: take it back
        raise_inc(txn, &in->version);
        *ret = APPLIED_NEW;
        return store_keep(txn, in, arrival->peer, cur, place);
    }
    *ret = APPLIED_STRAY; // written on both sides
    int rc = store_keep_stray(txn, in);
    bool below = version_cmp(&cur->version, &in->version) < 0;
    return rc == 0 && below ? write_again(txn, in, cur) : rc;
}

int store_tell_outsider(store_txn_t *txn, const rid_t *id, uint32_t peer)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0 || place_reaches(&place, peer)) return rc < 0 ? rc : 0;
    return store_tell_left(txn, &held, &place);
}

// A stray that has come home tells of a version that somebody held: ours must stand above it, or it would
// never be replaced there; and if what lies in that direction is not to have the record, it hears so.
static int heed_stray(store_txn_t *txn, const record_t *stray, uint32_t peer)
{
    record_t in, cur;
    AUTO(msg_body_free) Selenga__Stray *m = msg_body_unpack(&selenga__stray__descriptor, stray->body);
    if (m == NULL || record_parse(slice(m->record.data, m->record.len), &in) != 0) return 0;
    if (!place_is_home(&txn->store->place, &in) || MUTANT("stray_unheeded")) return 0;
    int rc = store_get(txn, &in.id, &cur, NULL);
    if (rc != 0 || record_descends(&cur, &in.version)) return rc < 0 ? rc : 0;
    if (version_cmp(&cur.version, &in.version) < 0) rc = write_again(txn, &in, &cur);
    return rc == 0 ? store_tell_outsider(txn, &in.id, peer) : rc;
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
    if (rc == 0 && in.kind == KIND_STRAY && applied == APPLIED_NEW && !in.deleted)
        rc = heed_stray(txn, &in, arrival->peer);
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
    if (rc == KV_NONE) return store_keep(txn, &word, peer, NULL, NULL);
    bool other = !path_equal(&held.home, &gone->home) || held.kind != gone->kind;
    int cmp = version_cmp(&gone->version, &held.version);
    if (other || (cmp == 0 && held.gone)) return 0;
    if (cmp < 0) return held.gone || (place.lanes & LANE_BACK) != 0 ? 0 : store_hand_back(txn, &held, &place);
    record_t old = store_record_dup(&held);
    if (!old.gone && !record_descends(gone, &old.version)) rc = store_keep_stray(txn, &old);
    if (rc == 0) rc = store_keep(txn, &word, peer, &old, &place);
    store_record_free(&old);
    return rc;
}
