// SPDX-License-Identifier: Apache-2.0
// A person says which version of ours is to hold: a conflict, or one that neighbours handed back and whose
// seal nobody can check any more. Of those there may be many, one of each neighbour, and not all need to be
// true.
#include "common/base/log.h"
#include "common/service/service_private.h"
#include "common/store/conflict.h"
#include "common/sync/admit.h"
#include "proto/system.pb-c.h"
#include <errno.h>

// What was chosen of all that waits under one id.
typedef struct chosen {
    uint8_t *wire; // NULL: nothing
    size_t size;
    bool differ; // neighbours say different things
    bool forged;
} chosen_t;

static slice_t chosen_wire(const chosen_t *chosen)
{
    return slice(chosen->wire, chosen->size);
}

static void choose(chosen_t *chosen, slice_t wire)
{
    if (chosen->wire != NULL) {
        chosen->differ |= !slice_equal(chosen_wire(chosen), wire);
        return;
    }
    chosen->wire = xmemdup(wire.data, wire.size);
    chosen->size = wire.size;
}

// What others say of their own records under this id is not ours to take. from: NULL, anybody's.
static int choose_item(service_t *service, store_txn_t *txn, const rid_t *id, const uint32_t *from,
                       chosen_t *ret)
{
    quarantined_t q;
    quarantine_key_t key;
    int rc = quarantine_next(txn, id, NULL, &q);
    for (; rc == 0; rc = quarantine_next(txn, id, &key, &q)) {
        key = q.key;
        bool ours = q.record.kind != 0 && store_is_home(service->store, &q.record);
        if (ours && (from == NULL || *from == key.peer)) choose(ret, q.wire);
    }
    return rc < 0 ? rc : 0;
}

// What another node says that it found is ours only under our seal.
static int choose_conflict(service_t *service, store_txn_t *txn, const waiting_t *w, chosen_t *ret)
{
    record_t held, kept;
    int rc = store_get(txn, &w->subject, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(&held, &kept);
    if (m == NULL) return 0;
    ret->forged = !store_is_home(service->store, &held) && store_never_wrote(service->store, &kept);
    choose(ret, kept.wire);
    return 0;
}

// 0, or 1 with the fault for which it is not taken, or -errno.
static int take_version(service_t *service, store_txn_t *txn, const chosen_t *chosen, fault_t *fault)
{
    record_t r;
    const char *wrong = NULL;
    if (chosen->differ)
        wrong = "TAKE-WHICH";
    else if (chosen->forged)
        wrong = "FORGED";
    else if (record_parse(chosen_wire(chosen), &r) != 0)
        wrong = "MALFORMED";
    else if (!store_is_home(service->store, &r))
        wrong = "NOT-HOME";
    else if (!admit_content(&r, fault))
        return 1;
    int rc = wrong == NULL ? store_take(txn, &r) : 0;
    if (rc == -ERANGE) wrong = "MALFORMED";
    if (wrong == NULL) return rc;
    fault_set(fault, wrong, NULL, "");
    return 1;
}

// Nobody is asked again about the same version from somebody else. All who had handed it over hear of it.
static int clear_same(service_t *service, store_txn_t *txn, const rid_t *id, slice_t wire)
{
    record_t r;
    quarantined_t q;
    quarantine_key_t key;
    if (record_parse(wire, &r) != 0) return -EUCLEAN;
    int rc = quarantine_next(txn, id, NULL, &q);
    while (rc == 0) {
        key = q.key;
        if (slice_equal(q.wire, wire)) {
            rc = quarantine_clear(txn, &key, NULL);
            if (rc >= 0) rc = store_answer(txn, &r, key.peer);
            if (rc < 0) return rc;
            feed_go_on(service->feed, key.peer);
        }
        rc = quarantine_next(txn, id, &key, &q);
    }
    return rc < 0 ? rc : 0;
}

static int take(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                const uint32_t *from, chosen_t *chosen)
{
    waiting_t found;
    size_t n;
    char text[RID_TEXT];
    fault_t fault;
    int rc = waiting_find(txn, id, &found, 1, &n);
    if (rc < 0) return rc;
    bool conflict = n > 0 && found.sort == WAITING_CONFLICT;
    rc = conflict ? choose_conflict(service, txn, &found, chosen)
                  : choose_item(service, txn, id, from, chosen);
    if (rc < 0) return rc;
    if (chosen->wire == NULL) {
        bool others = n > 0 && found.sort == WAITING_ITEM && from == NULL;
        return requests_refuse(service, e, others ? "NOT-HOME" : "NOT-WAITING", "");
    }
    rc = take_version(service, txn, chosen, &fault);
    if (rc == 1) service_refuse(service, e, &fault, false);
    if (rc != 0) return rc < 0 ? rc : 0;
    rc = conflict ? requests_discard(service, txn, &found, e, "taken")
                  : clear_same(service, txn, id, chosen_wire(chosen));
    if (rc < 0) return rc;
    log_at(L_INFO, "QUARANTINE-TAKEN", _("%s by %s"), rid_text(id, text), e->principal);
    service_reply(service, e, MSG_DONE, NULL);
    return 0;
}

int requests_take(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                  const char *from)
{
    uint32_t peer;
    chosen_t chosen = {0};
    if (from != NULL && !requests_peer_named(service, from, &peer))
        return requests_refuse(service, e, "NO-PEER", from);
    int rc = take(service, txn, e, id, from != NULL ? &peer : NULL, &chosen);
    free(chosen.wire);
    return rc;
}
