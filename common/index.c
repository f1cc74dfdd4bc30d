// SPDX-License-Identifier: Apache-2.0
// Listing by kind and organisation, and by reference.
//
//   KINDS  kind (4) | hash of org (8) | seq (8)   ->  record id (16), and a byte 1 for a tombstone
//   REFS   referred id (16) | kind (4) | seq (8)  ->  record id (16)
//
// A tombstone is not listed, but must find its lanes anew like any other.
// By seq, as lanes are: new entries of one organisation, or about one person, stand beside each other.
#include "common/body.h"
#include "common/kinds.h"
#include "common/mutant.h"
#include "common/store_private.h"
#include "proto/kind.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_KEY = 20, REF_KEY = 28, REFS_MAX = 8, ID = sizeof(rid_t) };

// FNV-1a: spreads codes; two that collide only share a stretch of the index, the records themselves say whose
// they are.
static uint64_t org_hash(slice_t org)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < org.size; i++) h = (h ^ org.data[i]) * 0x100000001b3ULL;
    return h;
}

static slice_t kind_key(uint8_t *buf, uint32_t kind, uint64_t org, uint64_t at)
{
    be32_store(buf, kind);
    be64_store(buf + 4, org);
    be64_store(buf + 12, at);
    return slice(buf, KIND_KEY);
}

static slice_t ref_key(uint8_t *buf, const rid_t *target, uint32_t kind, uint64_t at)
{
    memcpy(buf, target->b, ID);
    be32_store(buf + 16, kind);
    be64_store(buf + 20, at);
    return slice(buf, REF_KEY);
}

// Each referred id once.
static size_t refs_of(const record_t *r, rid_t *ids)
{
    size_t n = r->deleted ? 0 : body_indexed_refs(r->kind, r->body, ids, REFS_MAX), kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t k = 0; k < kept; k++) again |= rid_equal(&ids[k], &ids[i]);
        if (!again) ids[kept++] = ids[i];
    }
    return kept;
}

int index_remove(store_txn_t *txn, const record_t *record, uint64_t at)
{
    uint8_t buf[REF_KEY];
    rid_t ids[REFS_MAX];
    size_t n = refs_of(record, ids);
    if (record->gone) return 0;
    int rc = kv_del(txn->kv, KV_KINDS, kind_key(buf, record->kind, org_hash(record->org), at));
    for (size_t i = 0; i < n && rc >= 0; i++) // an earlier program may not have indexed this field
        rc = kv_del(txn->kv, KV_REFS, ref_key(buf, &ids[i], record->kind, at));
    return rc < 0 ? rc : 0;
}

void index_gather(store_txn_t *txn, const record_t *record, uint64_t at)
{
    uint8_t buf[REF_KEY], value[ID + 1];
    rid_t ids[REFS_MAX];
    size_t n = refs_of(record, ids);
    if (record->gone) return; // of no organisation any more
    memcpy(value, record->id.b, ID);
    value[ID] = 1;
    entries_add(&txn->entries, KV_KINDS, kind_key(buf, record->kind, org_hash(record->org), at),
                slice(value, record->deleted ? ID + 1 : ID));
    for (size_t i = 0; i < n; i++)
        entries_add(&txn->entries, KV_REFS, ref_key(buf, &ids[i], record->kind, at), slice(value, ID));
}

// Walks keys that begin with prefix, from `start`, handing the ids to fn; tombstones only if `all`.
static int walk(store_txn_t *txn, enum kv_table table, slice_t prefix, slice_t start, bool all,
                store_list_fn *fn, void *arg)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    rid_t id;
    int rc = kv_cursor(txn->kv, table, &cursor), stop = 0;
    if (rc == 0) rc = kv_seek(cursor, start, &key, &value);
    while (rc == 0 && key.size >= prefix.size && memcmp(key.data, prefix.data, prefix.size) == 0) {
        if (value.size < ID) return kv_close_cursor(&cursor), -EUCLEAN;
        memcpy(id.b, value.data, ID);
        bool dead = tail_is_dead(txn->store->tail, be64_load(key.data + key.size - 8));
        if (!dead && (all || value.size == ID) && (stop = fn(arg, &id)) != 0) break;
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : stop;
}

// What a transaction that may not write finds in no index yet. Behind all others: only a reader of the whole
// list gets it in order, and nobody else reads so.
typedef struct unindexed {
    uint32_t kind;    // 0: any
    const rid_t *ref; // who refers to it; NULL: any
    slice_t org;      // empty: any
    store_list_fn *fn;
    void *arg;
} unindexed_t;

static bool refers(const record_t *r, const rid_t *target)
{
    rid_t ids[REFS_MAX];
    size_t n = refs_of(r, ids);
    for (size_t i = 0; i < n; i++)
        if (rid_equal(&ids[i], target)) return true;
    return false;
}

static int offer(void *arg, store_txn_t *txn, const record_t *r, const place_t *place)
{
    const unindexed_t *want = arg;
    (void)txn, (void)place;
    if (r->deleted || r->gone || (want->kind != 0 && r->kind != want->kind)) return 0;
    if (want->org.size > 0 && !slice_equal(r->org, want->org)) return 0;
    if (want->ref != NULL && !refers(r, want->ref)) return 0;
    return want->fn(want->arg, &r->id);
}

static int walk_all(store_txn_t *txn, enum kv_table table, slice_t prefix, slice_t start, unindexed_t *want)
{
    int rc = txn->write ? store_index(txn) : 0;
    if (rc == 0) rc = walk(txn, table, prefix, start, false, want->fn, want->arg);
    return rc == 0 && !txn->write ? log_each(txn, txn->indexed, offer, want) : rc;
}

list_mark_t store_list_mark(const record_t *record, const place_t *place)
{
    list_mark_t mark;
    be64_store(mark.b, org_hash(record->org));
    be64_store(mark.b + 8, place->at);
    return mark;
}

int store_list(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_list_fn *fn,
               void *arg)
{
    uint8_t buf[KIND_KEY], start[KIND_KEY + 1];
    kind_key(buf, kind, org_hash(org), 0);
    slice_t prefix = slice(buf, org.size > 0 ? 12 : 4), from = prefix;
    if (after != NULL) {
        be32_store(start, kind);
        memcpy(start + 4, after->b, sizeof after->b);
        start[KIND_KEY] = 0; // just behind it
        from = slice(start, sizeof start);
    }
    unindexed_t want = {.kind = kind, .org = org, .fn = fn, .arg = arg};
    return walk_all(txn, KV_KINDS, prefix, from, &want);
}

int store_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, store_list_fn *fn, void *arg)
{
    uint8_t buf[REF_KEY];
    ref_key(buf, id, kind, 0);
    slice_t prefix = slice(buf, kind != 0 ? 20 : 16);
    unindexed_t want = {.kind = kind, .ref = id, .fn = fn, .arg = arg};
    return walk_all(txn, KV_REFS, prefix, prefix, &want);
}

// --- lanes after the topology changed ------------------------------------------------------------

typedef struct {
    rid_t *ids;
    size_t n, room;
} ids_t;

static int collect_id(void *arg, const rid_t *id)
{
    ids_t *list = arg;
    if (list->n == list->room) {
        list->room = list->room * 2 + 64;
        list->ids = xrealloc(list->ids, list->room * sizeof *list->ids);
    }
    list->ids[list->n++] = *id;
    return 0;
}

// The kind that comes after this one in the index; also kinds that we do not know.
static int next_kind(store_txn_t *txn, uint32_t *kind)
{
    uint8_t buf[4];
    slice_t key, value;
    kv_cursor_t *cursor = NULL;
    if (*kind == UINT32_MAX) return KV_NONE;
    be32_store(buf, *kind + 1);
    int rc = kv_cursor(txn->kv, KV_KINDS, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(buf, sizeof buf), &key, &value);
    if (rc == 0) *kind = be32_load(key.data);
    kv_close_cursor(&cursor);
    return rc;
}

int store_relane_org(store_txn_t *txn, slice_t org)
{
    uint8_t buf[KIND_KEY];
    uint32_t kind = 0;
    ids_t list = {0};
    int rc;
    if (MUTANT("relane_missing")) return 0;
    if ((rc = store_index(txn)) != 0) return rc;
    while ((rc = next_kind(txn, &kind)) == 0) {
        const kind_rule_t *rule = kind_by_number(kind);
        if (rule != NULL && rule->down != DOWN_SERVING)
            continue; // its lanes do not depend on the organisation
        slice_t prefix = slice(kind_key(buf, kind, org_hash(org), 0).data, 12);
        if ((rc = walk(txn, KV_KINDS, prefix, prefix, !MUTANT("tombstone_not_relaned"), collect_id, &list)) !=
            0)
            break;
    }
    if (rc == KV_NONE) rc = 0;
    for (size_t i = 0; i < list.n && rc == 0; i++) rc = store_relane(txn, &list.ids[i]);
    free(list.ids);
    return rc;
}
