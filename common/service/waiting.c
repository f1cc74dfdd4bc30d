// SPDX-License-Identifier: Apache-2.0
//   A mark: sort (1) | key of the item, or mark of the listing
#include "common/service/waiting.h"
#include "common/node/msg.h"
#include "common/service/verdict.h"
#include "common/store/conflict.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"

enum { LOOK_MOST = 10000 };

typedef struct walk {
    store_txn_t *txn;
    const waiting_query_t *query;
    waiting_mark_t *mark;
    waiting_fn *fn;
    void *arg;
    size_t looked;
    bool more;
} walk_t;

static void set_mark(waiting_mark_t *mark, enum waiting_sort sort, slice_t bytes)
{
    mark->b[0] = (uint8_t)sort;
    if (bytes.size > 0) memcpy(mark->b + 1, bytes.data, bytes.size);
    mark->size = 1 + bytes.size;
}

bool waiting_mark_from(slice_t bytes, waiting_mark_t *ret)
{
    quarantine_key_t key;
    *ret = (waiting_mark_t){0};
    if (bytes.size == 0) return true;
    if (bytes.size > sizeof ret->b || bytes.data[0] >= WAITING_SORTS) return false;
    slice_t rest = slice(bytes.data + 1, bytes.size - 1);
    bool good = bytes.data[0] == WAITING_ITEM ? quarantine_key_parse(rest, &key)
                                              : rest.size == sizeof(list_mark_t) || rest.size == 0;
    memcpy(ret->b, bytes.data, bytes.size);
    ret->size = bytes.size;
    return good;
}

// Non-zero stops: there may be more.
static int look(walk_t *walk)
{
    if (walk->looked++ < LOOK_MOST) return 0;
    walk->more = true;
    return 1;
}

static int meet(walk_t *walk, const waiting_t *w, slice_t mark)
{
    const waiting_query_t *q = walk->query;
    bool meant =
        (!q->has_from || q->from == w->from) && (q->code == NULL || strcmp(q->code, w->fault.code) == 0);
    if (meant && walk->fn(walk->arg, w) != 0) {
        walk->more = true;
        return 1;
    }
    set_mark(walk->mark, w->sort, mark);
    return 0;
}

static int meet_item(void *arg, const quarantined_t *q)
{
    walk_t *walk = arg;
    uint8_t key[QUARANTINE_KEY_MAX];
    if (look(walk) != 0) return 1;
    waiting_t w = {.sort = WAITING_ITEM,
                   .id = q->key.id,
                   .key = q->key,
                   .from = q->key.peer,
                   .fault = q->fault,
                   .kind = q->record.kind,
                   .home = q->record.home,
                   .version = q->record.version,
                   .org = q->record.org,
                   .came_s = q->came_s};
    if (store_is_home(store_of(walk->txn), &q->record) && q->record.kind != 0) w.wire = q->wire;
    return meet(walk, &w, quarantine_key_pack(&q->key, key));
}

// The record that tells of it, unless this node has decided about that: it is on its way out. 0, KV_NONE or
// -errno.
static int read_subject(walk_t *walk, const rid_t *id, record_t *ret, place_t *ret_place)
{
    bool decided;
    int rc = store_get(walk->txn, id, ret, ret_place);
    if (rc == 0) rc = verdict_stands(walk->txn, id, ret_place->at, &decided);
    if (rc != 0 || decided) return rc != 0 ? rc : KV_NONE;
    return store_get(walk->txn, id, ret, ret_place); // a look elsewhere may have moved it
}

// What another node refused of ours: its refusal record is addressed to us.
static int meet_refusal(void *arg, const rid_t *id)
{
    walk_t *walk = arg;
    record_t r;
    place_t place;
    const path_t *self = &store_place(store_of(walk->txn))->path;
    if (look(walk) != 0) return 1;
    int rc = read_subject(walk, id, &r, &place);
    if (rc != 0 || !path_equal(&r.to, self)) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Refusal *m = msg_body_unpack(&selenga__refusal__descriptor, r.body);
    waiting_t w = {.sort = WAITING_REFUSAL, .subject = *id, .finder = r.home, .from = place.toward};
    if (m == NULL || m->record_id.len != sizeof w.id.b) return 0;
    memcpy(w.id.b, m->record_id.data, sizeof w.id.b);
    fault_set(&w.fault, m->code != NULL ? m->code : "", m->field, m->n_args > 0 ? m->args[0] : NULL,
              m->n_args > 1 ? m->args[1] : NULL);
    w.kind = m->kind;
    w.home = r.to;
    w.version = (version_t){.inc = m->inc, .seq = m->seq, .boot = m->boot};
    w.org = r.org;
    w.came_s = m->came_s;
    list_mark_t mark = store_list_mark(&r, &place);
    return meet(walk, &w, slice(mark.b, sizeof mark.b));
}

static int meet_conflict(void *arg, const rid_t *id)
{
    walk_t *walk = arg;
    record_t r, kept;
    place_t place;
    char text[RID_TEXT];
    if (look(walk) != 0) return 1;
    int rc = read_subject(walk, id, &r, &place);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(&r, &kept);
    if (m == NULL) return 0;
    bool here = place.toward == PEER_SELF;
    waiting_t w = {.sort = WAITING_CONFLICT,
                   .id = *id,
                   .subject = *id,
                   .finder = here ? (path_t){0} : r.home,
                   .from = here ? store_toward(store_of(walk->txn), &kept) : place.toward,
                   .kind = kept.kind,
                   .home = kept.home,
                   .version = kept.version,
                   .org = kept.org,
                   .wire = kept.wire,
                   .came_s = place.time_s};
    bool forged = !here && store_never_wrote(store_of(walk->txn), &kept);
    fault_set(&w.fault, forged ? "FORGED" : "CONFLICT", NULL, rid_text(&kept.id, text));
    list_mark_t mark = store_list_mark(&r, &place);
    return meet(walk, &w, slice(mark.b, sizeof mark.b));
}

static int walk_items(walk_t *walk)
{
    quarantine_key_t after;
    const waiting_mark_t *mark = walk->mark;
    if (mark->size <= 1) return quarantine_each(walk->txn, meet_item, walk);
    if (!quarantine_key_parse(slice(mark->b + 1, mark->size - 1), &after)) return 0;
    return quarantine_each_after(walk->txn, &after, meet_item, walk);
}

static int walk_records(walk_t *walk, uint32_t kind, store_list_fn *fn)
{
    list_mark_t after;
    bool fresh = walk->mark->size <= 1;
    if (!fresh) memcpy(after.b, walk->mark->b + 1, sizeof after.b);
    return store_list(walk->txn, kind, (slice_t){0}, fresh ? NULL : &after, fn, walk);
}

int waiting_each(store_txn_t *txn, const waiting_query_t *query, waiting_mark_t *mark, waiting_fn *fn,
                 void *arg, bool *ret_more)
{
    walk_t walk = {.txn = txn, .query = query, .mark = mark, .fn = fn, .arg = arg};
    int rc = 0;
    unsigned sort = mark->size > 0 ? mark->b[0] : WAITING_ITEM;
    for (; sort < WAITING_SORTS && rc >= 0 && !walk.more; sort++) {
        if (mark->size == 0 || mark->b[0] != sort) set_mark(mark, sort, (slice_t){0});
        rc = sort == WAITING_ITEM      ? walk_items(&walk)
             : sort == WAITING_REFUSAL ? walk_records(&walk, KIND_REFUSAL, meet_refusal)
                                       : walk_records(&walk, KIND_CONFLICT, meet_conflict);
    }
    *ret_more = walk.more;
    return rc < 0 ? rc : 0;
}

// --- by id ---------------------------------------------------------------------------------------

struct found {
    const rid_t *id;
    waiting_t *list;
    size_t n, most;
};

static int find_items(store_txn_t *txn, struct found *found)
{
    quarantined_t q;
    quarantine_key_t key;
    int rc = quarantine_next(txn, found->id, NULL, &q);
    for (; rc == 0 && found->n < found->most; rc = quarantine_next(txn, found->id, &key, &q)) {
        key = q.key;
        found->list[found->n++] =
            (waiting_t){.sort = WAITING_ITEM, .id = key.id, .key = key, .fault = q.fault, .from = key.peer};
    }
    return rc < 0 ? rc : 0;
}

static int find_conflict(store_txn_t *txn, struct found *found)
{
    record_t held;
    int rc = store_get(txn, found->id, &held, NULL);
    if (rc != 0 || held.kind != KIND_CONFLICT || held.deleted || held.gone) return rc < 0 ? rc : 0;
    waiting_t *w = &found->list[found->n++];
    *w = (waiting_t){.sort = WAITING_CONFLICT, .id = *found->id, .subject = *found->id};
    fault_set(&w->fault, "CONFLICT", NULL, "");
    return 0;
}

static int note_found(void *arg, const waiting_t *w)
{
    struct found *found = arg;
    if (!rid_equal(&w->id, found->id)) return 0;
    if (found->n == found->most) return 1;
    found->list[found->n++] = *w;
    return 0;
}

int waiting_find(store_txn_t *txn, const rid_t *id, waiting_t *ret, size_t most, size_t *ret_n)
{
    const waiting_query_t any = {0};
    waiting_mark_t mark = {.b = {WAITING_REFUSAL}, .size = 1};
    struct found found = {.id = id, .list = ret, .most = most};
    bool more = true;
    int rc = find_items(txn, &found);
    if (rc == 0 && found.n == 0) rc = find_conflict(txn, &found);
    while (rc == 0 && more && found.n == 0) rc = waiting_each(txn, &any, &mark, note_found, &found, &more);
    *ret_n = found.n;
    return rc;
}
