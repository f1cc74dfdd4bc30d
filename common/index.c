// SPDX-License-Identifier: Apache-2.0
// Listing by kind and organisation, and by reference.
//
//   KINDS  kind (4) | hash of org (8) | record id (16)  ->  nothing, or 1 for a tombstone: it is not listed,
//   but it
//          must find its lanes anew like any other
//   REFS   referred id (16) | kind (4) | record id (16) ->  nothing
#include "common/body.h"
#include "common/kinds.h"
#include "common/mutant.h"
#include "common/store_private.h"
#include "proto/kind.h"
#include <stdlib.h>
#include <string.h>

enum { KIND_KEY = 28, REF_KEY = 36, REFS_MAX = 8 };

// FNV-1a: spreads codes; two that collide only share a stretch of the index, the records themselves say whose
// they are.
static uint64_t org_hash(slice_t org)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < org.size; i++) h = (h ^ org.data[i]) * 0x100000001b3ULL;
    return h;
}

static slice_t kind_key(uint8_t *buf, uint32_t kind, slice_t org, const rid_t *id)
{
    be32_store(buf, kind);
    be64_store(buf + 4, org_hash(org));
    memcpy(buf + 12, id->b, sizeof id->b);
    return (slice_t){.data = buf, .size = KIND_KEY};
}

static slice_t ref_key(uint8_t *buf, const rid_t *target, uint32_t kind, const rid_t *id)
{
    memcpy(buf, target->b, sizeof target->b);
    be32_store(buf + 16, kind);
    memcpy(buf + 20, id->b, sizeof id->b);
    return (slice_t){.data = buf, .size = REF_KEY};
}

static int change_kind(store_txn_t *txn, const record_t *old, const record_t *now)
{
    static const uint8_t tombstone = 1;
    uint8_t buf[KIND_KEY];
    bool moved = old != NULL && !slice_equal(old->org, now->org);
    if (old != NULL && !moved && old->deleted == now->deleted) return 0;
    int rc = moved ? kv_del(txn->kv, KV_KINDS, kind_key(buf, old->kind, old->org, &old->id)) : 0;
    if (rc != 0) return rc;
    return kv_put(txn->kv, KV_KINDS, kind_key(buf, now->kind, now->org, &now->id),
                  slice(&tombstone, now->deleted));
}

typedef struct {
    rid_t ids[REFS_MAX];
    size_t n;
} refs_t;

static void collect(const record_t *r, refs_t *refs)
{
    refs->n = 0;
    if (r == NULL || r->deleted) return;
    refs->n = body_indexed_refs(r->kind, r->body, refs->ids, REFS_MAX);
}

static bool has(const refs_t *refs, const rid_t *id)
{
    for (size_t i = 0; i < refs->n; i++)
        if (memcmp(refs->ids[i].b, id->b, sizeof id->b) == 0) return true;
    return false;
}

static int change_refs(store_txn_t *txn, const record_t *old, const record_t *now)
{
    uint8_t buf[REF_KEY];
    refs_t was, is;
    const kind_rule_t *rule = kind_by_number(now->kind);
    if (rule == NULL || !kind_has_index(rule)) return 0;
    collect(old, &was);
    collect(now, &is);
    int rc = 0;
    for (size_t i = 0; i < was.n && rc == 0; i++)
        if (!has(&is, &was.ids[i]))
            rc = kv_del(txn->kv, KV_REFS, ref_key(buf, &was.ids[i], now->kind, &now->id));
    for (size_t i = 0; i < is.n && rc == 0; i++)
        if (!has(&was, &is.ids[i]))
            rc = kv_put(txn->kv, KV_REFS, ref_key(buf, &is.ids[i], now->kind, &now->id), (slice_t){0});
    return rc;
}

int index_change(store_txn_t *txn, const record_t *old, const record_t *now)
{
    int rc = change_kind(txn, old, now);
    return rc == 0 ? change_refs(txn, old, now) : rc;
}

// Walks keys that begin with prefix, from `start`, handing the last 16 bytes to fn; tombstones only if `all`.
static int walk(store_txn_t *txn, enum kv_table table, slice_t prefix, slice_t start, bool all,
                store_list_fn *fn, void *arg)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    rid_t id;
    int rc = kv_cursor(txn->kv, table, &cursor), stop = 0;
    if (rc == 0) rc = kv_seek(cursor, start, &key, &value);
    while (rc == 0 && key.size >= prefix.size && memcmp(key.data, prefix.data, prefix.size) == 0) {
        memcpy(id.b, key.data + key.size - sizeof id.b, sizeof id.b);
        if ((all || value.size == 0) && (stop = fn(arg, &id)) != 0) break;
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : stop;
}

int store_list(store_txn_t *txn, uint32_t kind, slice_t org, const rid_t *after, store_list_fn *fn, void *arg)
{
    uint8_t buf[KIND_KEY + 1], start[KIND_KEY + 1];
    static const rid_t zero;
    kind_key(buf, kind, org, &zero);
    slice_t prefix = {.data = buf, .size = org.size > 0 ? 12 : 4};
    slice_t from = prefix;
    if (after != NULL) { // the record itself says where in the index it stands
        record_t held;
        int rc = store_get(txn, after, &held, NULL);
        if (rc != 0) return rc == KV_NONE ? 0 : rc;
        kind_key(start, kind, held.org, after);
        start[KIND_KEY] = 0; // just behind it
        from = (slice_t){.data = start, .size = KIND_KEY + 1};
    }
    return walk(txn, KV_KINDS, prefix, from, false, fn, arg);
}

int store_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, store_list_fn *fn, void *arg)
{
    uint8_t buf[REF_KEY];
    static const rid_t zero;
    ref_key(buf, id, kind, &zero);
    slice_t prefix = {.data = buf, .size = kind != 0 ? 20 : 16};
    return walk(txn, KV_REFS, prefix, prefix, false, fn, arg);
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
    static const rid_t zero;
    uint8_t buf[KIND_KEY];
    uint32_t kind = 0;
    ids_t list = {0};
    int rc;
    if (MUTANT("relane_missing")) return 0;
    while ((rc = next_kind(txn, &kind)) == 0) {
        const kind_rule_t *rule = kind_by_number(kind);
        if (rule != NULL && rule->down != DOWN_SERVING)
            continue; // its lanes do not depend on the organisation
        slice_t prefix = slice(kind_key(buf, kind, org, &zero).data, 12);
        if ((rc = walk(txn, KV_KINDS, prefix, prefix, !MUTANT("tombstone_not_relaned"), collect_id, &list)) !=
            0)
            break;
    }
    if (rc == KV_NONE) rc = 0;
    for (size_t i = 0; i < list.n && rc == 0; i++) rc = store_relane(txn, &list.ids[i]);
    free(list.ids);
    return rc;
}
