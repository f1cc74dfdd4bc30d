// SPDX-License-Identifier: Apache-2.0
// Listing by kind and organisation, and by reference. Rows: FORMAT.md, kinds and refs.
//
// A tombstone is not listed, but must find its lanes anew like any other.
// By seq, as lanes are: new entries of one organisation, or about one person, stand beside each other.
#include "common/base/mutant.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "common/schema/kinds.h"
#include "common/store/conflict.h"
#include "common/store/store_private.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
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

// A conflict refers to what it keeps a version of: the home looks for those, should that record come back.
static size_t subject_of(const record_t *conflict, rid_t *ret_id)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(conflict, &in);
    if (m == NULL) return 0;
    *ret_id = in.id;
    return 1;
}

// Each referred id once.
static size_t refs_of(const record_t *r, rid_t *ids)
{
    if (r->kind == KIND_CONFLICT) return r->deleted || r->gone ? 0 : subject_of(r, ids);
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

void index_gather(store_txn_t *txn, const record_t *record, uint64_t at, size_t *state)
{
    uint8_t buf[REF_KEY], value[ID + 1];
    rid_t ids[REFS_MAX];
    size_t n = memtable_refs(txn->store->memtable, state, at, ids, REFS_MAX);
    if (record->gone) return; // of no organisation any more
    memcpy(value, record->id.b, ID);
    value[ID] = 1;
    index_batch_add(&txn->entries, KV_KINDS, kind_key(buf, record->kind, org_hash(record->org), at),
                    slice(value, record->deleted ? ID + 1 : ID));
    for (size_t i = 0; i < n; i++)
        index_batch_add(&txn->entries, KV_REFS, ref_key(buf, &ids[i], record->kind, at), slice(value, ID));
}

void index_later(memtable_t *memtable, const record_t *record, uint64_t at)
{
    rid_t ids[REFS_MAX];
    if (record->gone) return;
    size_t n = refs_of(record, ids);
    memtable_listed_t listed = {record->id, at, record->kind, org_hash(record->org), record->deleted};
    for (size_t i = 0; i < n; i++) memtable_refer(memtable, &ids[i], &listed);
    memtable_list(memtable, &listed);
}

// --- walking, with what is in no index yet -------------------------------------------------------

// An entry that will be put into the index.
typedef struct coming {
    uint8_t key[REF_KEY];
    rid_t id;
} coming_t;

// A walk over keys that begin with prefix, from `start`, handing the ids to fn; tombstones only if `all`.
typedef struct walk {
    enum kv_table table;
    slice_t prefix, start;
    bool all;
    store_list_fn *fn;
    void *arg;
    coming_t *coming; // in order
    size_t n, room, next;
} walk_t;

static size_t key_size(const walk_t *walk)
{
    return walk->table == KV_KINDS ? KIND_KEY : REF_KEY;
}

static bool begins_with(slice_t key, slice_t prefix)
{
    return key.size >= prefix.size && memcmp(key.data, prefix.data, prefix.size) == 0;
}

static int key_cmp(slice_t a, slice_t b)
{
    int cmp = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return cmp != 0 ? cmp : (a.size > b.size) - (a.size < b.size);
}

static void add_coming(walk_t *walk, const rid_t *id, bool deleted, slice_t key)
{
    bool on = begins_with(key, walk->prefix) && key_cmp(key, walk->start) >= 0;
    if (!on || (deleted && !walk->all)) return;
    coming_t *one = vec_add(walk->coming, walk->n, walk->room);
    memcpy(one->key, key.data, key.size);
    one->id = *id;
}

static void find_listed(const store_txn_t *txn, walk_t *walk, uint32_t kind)
{
    size_t state = 0;
    memtable_listed_t listed;
    uint8_t buf[KIND_KEY];
    while (memtable_next_of_kind(txn->store->memtable, kind, &state, &listed))
        add_coming(walk, &listed.id, listed.deleted, kind_key(buf, kind, listed.org, listed.seq));
}

static void find_referring(const store_txn_t *txn, walk_t *walk, const rid_t *target)
{
    size_t state = 0;
    memtable_listed_t listed;
    uint8_t buf[REF_KEY];
    while (memtable_next_referring(txn->store->memtable, target, &state, &listed))
        add_coming(walk, &listed.id, listed.deleted, ref_key(buf, target, listed.kind, listed.seq));
}

static int by_kind_key(const void *a, const void *b)
{
    return memcmp(a, b, KIND_KEY);
}

static int by_ref_key(const void *a, const void *b)
{
    return memcmp(a, b, REF_KEY);
}

// Hands out what is coming before this key; NULL: all that is left.
static int hand_coming(walk_t *walk, const slice_t *before)
{
    int stop = 0;
    while (stop == 0 && walk->next < walk->n) {
        coming_t *one = &walk->coming[walk->next];
        if (before != NULL && key_cmp(slice(one->key, key_size(walk)), *before) > 0) break;
        walk->next++;
        stop = walk->fn(walk->arg, &one->id);
    }
    return stop;
}

static int walk_indexed(store_txn_t *txn, walk_t *walk)
{
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    rid_t id;
    int rc = kv_cursor(txn->kv, walk->table, &cursor), stop = 0;
    if (rc == 0) rc = kv_seek(cursor, walk->start, &key, &value);
    while (rc == 0 && begins_with(key, walk->prefix)) {
        if (value.size < ID || key.size != key_size(walk)) return kv_close_cursor(&cursor), -EUCLEAN;
        memcpy(id.b, value.data, ID);
        bool dead = memtable_is_dead(txn->store->memtable, be64_load(key.data + key.size - 8));
        if ((stop = hand_coming(walk, &key)) != 0) break;
        if (!dead && (walk->all || value.size == ID) && (stop = walk->fn(walk->arg, &id)) != 0) break;
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    if (rc < 0 || stop != 0) return rc < 0 ? rc : stop;
    return hand_coming(walk, NULL);
}

static int walk_kinds(store_txn_t *txn, walk_t *walk, uint32_t kind)
{
    walk->table = KV_KINDS;
    find_listed(txn, walk, kind);
    if (walk->n > 1) qsort(walk->coming, walk->n, sizeof *walk->coming, by_kind_key);
    int rc = walk_indexed(txn, walk);
    free(walk->coming);
    return rc;
}

list_mark_t store_list_mark(const record_t *record, const place_t *place)
{
    list_mark_t mark;
    be64_store(mark.b, org_hash(record->org));
    be64_store(mark.b + 8, place->at);
    return mark;
}

static int list_kind(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, bool all,
                     store_list_fn *fn, void *arg)
{
    uint8_t buf[KIND_KEY], start[KIND_KEY + 1];
    kind_key(buf, kind, org_hash(org), 0);
    slice_t prefix = slice(buf, org.size > 0 ? 12 : 4);
    walk_t walk = {.prefix = prefix, .start = prefix, .all = all, .fn = fn, .arg = arg};
    if (after != NULL) {
        be32_store(start, kind);
        memcpy(start + 4, after->b, sizeof after->b);
        start[KIND_KEY] = 0; // just behind it
        walk.start = slice(start, sizeof start);
    }
    return walk_kinds(txn, &walk, kind);
}

int store_list(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_list_fn *fn,
               void *arg)
{
    return list_kind(txn, kind, org, after, false, fn, arg);
}

static int walk_refs(store_txn_t *txn, walk_t *walk, const rid_t *id)
{
    walk->table = KV_REFS;
    find_referring(txn, walk, id);
    if (walk->n > 1) qsort(walk->coming, walk->n, sizeof *walk->coming, by_ref_key);
    int rc = walk_indexed(txn, walk);
    free(walk->coming);
    return rc;
}

int store_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, const list_mark_t *after,
                    store_list_fn *fn, void *arg)
{
    uint8_t start[REF_KEY + 1];
    ref_key(start, id, kind, after != NULL ? be64_load(after->b + 8) : 0);
    start[REF_KEY] = 0; // just behind it
    slice_t prefix = slice(start, kind != 0 ? 20 : 16);
    walk_t walk = {
        .prefix = prefix, .start = after != NULL ? slice(start, sizeof start) : prefix, .fn = fn, .arg = arg};
    uint8_t first[REF_KEY];
    if (kind == 0 && after == NULL)
        walk.start = slice(ref_key(first, id, SYSTEM_KINDS, 0).data, 20); // conflicts name it for us alone
    return walk_refs(txn, &walk, id);
}

// --- the records themselves ----------------------------------------------------------------------

struct each {
    store_txn_t *txn;
    store_each_fn *fn;
    void *arg;
};

static int read_one(void *arg, const rid_t *id)
{
    const struct each *each = arg;
    record_t r;
    place_t place;
    int rc = store_get(each->txn, id, &r, &place);
    if (rc != 0) return rc == KV_NONE ? -EUCLEAN : rc;
    return each->fn(each->arg, &r, &place);
}

int store_each(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_each_fn *fn,
               void *arg)
{
    struct each each = {txn, fn, arg};
    return store_list(txn, kind, org, after, read_one, &each);
}

int store_each_ever(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_each_fn *fn,
                    void *arg)
{
    struct each each = {txn, fn, arg};
    return list_kind(txn, kind, org, after, true, read_one, &each);
}

int store_each_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, const list_mark_t *after,
                         store_each_fn *fn, void *arg)
{
    struct each each = {txn, fn, arg};
    return store_referring(txn, id, kind, after, read_one, &each);
}

// --- lanes after the topology changed ------------------------------------------------------------

int rid_list_add(void *arg, const rid_t *id)
{
    rid_list_t *list = arg;
    *vec_add(list->ids, list->n, list->room) = *id;
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
    rid_list_t list = {0};
    int rc;
    if (MUTANT("relane_missing")) return 0;
    if ((rc = store_index(txn)) != 0) return rc;
    while ((rc = next_kind(txn, &kind)) == 0) {
        const kind_rule_t *rule = kind_by_number(kind);
        if (rule != NULL && rule->down != DOWN_SERVING)
            continue; // its lanes do not depend on the organisation
        slice_t prefix = slice(kind_key(buf, kind, org_hash(org), 0).data, 12);
        walk_t walk = {
            .table = KV_KINDS, .prefix = prefix, .start = prefix, .fn = rid_list_add, .arg = &list};
        walk.all = !MUTANT("tombstone_not_relaned");
        if ((rc = walk_indexed(txn, &walk)) != 0) break;
    }
    if (rc == KV_NONE) rc = 0;
    for (size_t i = 0; i < list.n && rc == 0; i++) rc = store_relane(txn, &list.ids[i]);
    free(list.ids);
    return rc;
}
