// SPDX-License-Identifier: Apache-2.0
// What the checks read: stores, record by record, and versions as the ledger knows them.
#include "common/node/msg.h"
#include "common/store/conflict.h"
#include "proto/message.h"
#include "tests/sim/check.h"

void visit(unit_t *u, bool all, visit_fn *fn, void *arg)
{
    store_txn_t *txn = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    uint8_t zero = 0;
    if (store_begin(u->store, false, &txn) != 0) return;
    int rc = kv_cursor(store_kv(txn), KV_LOG, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&zero, 1), &key, &value);
    for (; rc == 0; rc = kv_next(cursor, &key, &value)) {
        record_t r, present;
        place_t place;
        uint64_t at = be64_load(key.data);
        bool read = store_at(txn, at, &r, &place) == 0;
        if (read && place.aside) {
            if (all) fn(u, &r, &place, arg);
            continue;
        }
        if (!read || store_get(txn, &r.id, &present, &place) != 0)
            broken(u->world, "%s cannot read a record", unit_name(u));
        else if (place.at != at)
            continue; // it has left this place
        else if (!r.gone || all)
            fn(u, &r, &place, arg);
    }
    kv_close_cursor(&cursor);
    store_abort(&txn);
}

bool holds(unit_t *u, const rid_t *id, record_t *ret, store_txn_t **ret_txn)
{
    if (store_begin(u->store, false, ret_txn) != 0) return false;
    return store_get(*ret_txn, id, ret, NULL) == 0 && !ret->gone;
}

// Does this version of the record, or a later one, wait in quarantine?
bool waits(store_txn_t *txn, const rid_t *id, const version_t *version, const version_t *most)
{
    quarantined_t q;
    quarantine_key_t key;
    int rc = quarantine_next(txn, id, NULL, &q);
    for (; rc == 0; rc = quarantine_next(txn, id, &key, &q)) {
        key = q.key;
        if (version_cmp(&q.record.version, version) < 0) continue;
        if (most == NULL || version_cmp(&q.record.version, most) <= 0) return true;
    }
    return false;
}

// The version that a conflict keeps; itself for any other record.
bool unwrap(const record_t *r, record_t *ret, Selenga__Conflict **ret_conflict)
{
    *ret_conflict = NULL;
    *ret = *r;
    if (r->kind != KIND_CONFLICT) return r->kind >= 100;
    if (r->deleted) return false;
    *ret_conflict = conflict_open(r, ret);
    return *ret_conflict != NULL;
}

ledger_version_t *version_of(world_t *w, const record_t *r, ledger_record_t **ret)
{
    *ret = ledger_find(w->ledger, &r->id);
    ledger_version_t *v = *ret != NULL ? ledger_version(*ret, &r->version) : NULL;
    bool true_one =
        v != NULL && (w->liar < 0 || v->hash == wire_hash(r->wire)); // its bytes, not only its name
    return true_one ? v : NULL;
}

bool is_from_liar(const unit_t *u, uint32_t peer)
{
    const world_t *w = u->world;
    for (int i = 0; i < w->n_edges; i++) {
        const edge_t *e = &w->edges[i];
        if (!liar_at(w, e) || (e->a != u->index && e->b != u->index)) continue;
        if ((e->a == u->index ? e->b_of_a : e->a_of_b) == peer || peer == PEER_SELF) return true;
    }
    return false;
}
