// SPDX-License-Identifier: Apache-2.0
// What nodes that are no more have left at a hub whose part of the tree their organisation has left. Such a
// node says nothing any more, and whoever serves the organisation now does so elsewhere, so that no word of
// the home's side comes: the hub gives the word to itself.
#include "common/base/vec.h"
#include "common/store/quarantine.h"
#include "common/store/store_private.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include <stdlib.h>

// Only the node's own record says that it is no more: of a hub that has lost its store the nodes below it are
// not known yet, and what they handed it may be the last copy.
//
// A record whose way ends here, and which came here only because its home was below us. What goes further
// says what was so while the organisation was ours, and names nobody.
static bool has_no_reach(const store_place_t *p, const record_t *r)
{
    return !r->gone && r->up <= p->rank + 1 && r->down != DOWN_TO && path_is_prefix(&p->path, &r->home) &&
           !path_equal(&p->path, &r->home) && scope_in_self(p->scope, r->org) == SCOPE_NO &&
           scope_has_ended(p->scope, &r->home);
}

static int gather(store_txn_t *txn, uint32_t child, rid_list_t *list)
{
    lane_reader_t *reader = NULL;
    record_t r;
    uint64_t seq;
    int rc = lane_open(txn, LANE_IN, child, 0, &reader);
    while (rc == 0 && (rc = lane_next(reader, &seq, NULL)) == 0)
        if ((rc = store_at(txn, seq, &r, NULL)) == 0 && has_no_reach(&txn->store->place, &r))
            rid_list_add(list, &r.id);
    lane_close(&reader);
    return rc < 0 ? rc : 0;
}

// The next child from whose side anything came.
static int next_child(store_txn_t *txn, uint32_t *child)
{
    uint8_t key[SEQ_KEY] = {LANE_IN};
    slice_t found, value;
    kv_cursor_t *cursor = NULL;
    be32_store(key + 1, *child + 1);
    int rc = kv_cursor(txn->kv, KV_LANES, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(key, sizeof key), &found, &value);
    if (rc == 0 && (found.size != SEQ_KEY || found.data[0] != LANE_IN)) rc = KV_NONE;
    if (rc == 0) *child = be32_load(found.data + 1);
    kv_close_cursor(&cursor);
    return rc == 0 && *child == PEER_PARENT ? KV_NONE : rc;
}

static int let_go(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    place_t place;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0) return rc;
    record_t copy = store_record_dup(&held), word = record_gone(&copy);
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&word));
    record_pack(&word, wire);
    rc = store_leave(txn, &word, place.toward);
    store_record_free(&copy);
    return rc;
}

// --- what waits in quarantine --------------------------------------------------------------------

typedef struct waiting {
    const store_place_t *place;
    quarantine_key_t *keys;
    size_t n, room;
} waiting_t;

static int note_waiting(void *arg, const quarantined_t *item)
{
    waiting_t *waiting = arg;
    bool child = item->key.peer >= PEER_LABEL_MIN && item->key.peer != PEER_PARENT;
    if (child && item->record.kind != 0 && has_no_reach(waiting->place, &item->record))
        *vec_add(waiting->keys, waiting->n, waiting->room) = item->key;
    return 0;
}

static int clear_waiting(store_txn_t *txn)
{
    waiting_t waiting = {.place = &txn->store->place};
    int rc = quarantine_each(txn, note_waiting, &waiting);
    for (size_t i = 0; i < waiting.n && rc >= 0; i++) rc = quarantine_clear(txn, &waiting.keys[i], NULL);
    free(waiting.keys);
    return rc < 0 ? rc : 0;
}

int store_let_go(store_txn_t *txn)
{
    uint32_t child = PEER_LABEL_MIN - 1;
    rid_list_t list = {0};
    const scope_t *scope = txn->store->place.scope;
    int rc = store_index(txn);
    while (rc == 0 && (rc = next_child(txn, &child)) == 0)
        if (scope_has_ended_below(scope, child)) rc = gather(txn, child, &list);
    if (rc == KV_NONE) rc = 0;
    for (size_t i = 0; i < list.n && rc == 0; i++) rc = let_go(txn, &list.ids[i]);
    free(list.ids);
    return rc == 0 ? clear_waiting(txn) : rc;
}
