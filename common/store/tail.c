// SPDX-License-Identifier: Apache-2.0
// Tables with open addressing. A neighbour chooses ids: they are hashed with a key that it does not know.
#include "common/store/tail.h"
#include "common/base/util.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

typedef struct slot {
    rid_t id;     // of a dead place: its seq, then zeros
    uint64_t seq; // 0: free
    uint64_t left;
} slot_t;

typedef struct table {
    slot_t *slots;
    size_t n, room; // room: a power of two, or 0
} table_t;

// One reference; those to one target are chained.
typedef struct ref {
    rid_t target;
    tail_listed_t record;
    size_t before; // number of the one before it; 0: none
} ref_t;

// One record of a kind, likewise.
typedef struct listed {
    tail_listed_t what;
    size_t before;
} listed_t;

struct tail {
    uint8_t key[crypto_shorthash_KEYBYTES];
    table_t records, dead, targets; // of a target, `seq` is the number of its last reference
    table_t kinds;                  // of a kind, that of the last record of it
    ref_t *refs;                    // by number, from 1
    size_t n_refs, refs_room;
    listed_t *listed; // likewise
    size_t n_listed, listed_room;
};

tail_t *tail_new(void)
{
    tail_t *tail = xcalloc(1, sizeof *tail);
    crypto_shorthash_keygen(tail->key);
    return tail;
}

void tail_empty(tail_t *tail)
{
    free(tail->records.slots);
    free(tail->dead.slots);
    free(tail->targets.slots);
    free(tail->kinds.slots);
    free(tail->refs);
    free(tail->listed);
    tail->records = tail->dead = tail->targets = tail->kinds = (table_t){0};
    tail->refs = NULL;
    tail->listed = NULL;
    tail->n_refs = tail->refs_room = tail->n_listed = tail->listed_room = 0;
}

void tail_destroy(tail_t **tail_p)
{
    if (*tail_p == NULL) return;
    tail_empty(*tail_p);
    free(*tail_p);
    *tail_p = NULL;
}

// The slot of this id, or the free one where it would stand. There is always a free one.
static slot_t *find(const tail_t *tail, const table_t *table, const rid_t *id)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, id->b, sizeof id->b, tail->key);
    size_t i = (size_t)be64_load(hash);
    while (table->slots[i & (table->room - 1)].seq != 0 &&
           !rid_equal(&table->slots[i & (table->room - 1)].id, id))
        i++;
    return &table->slots[i & (table->room - 1)];
}

static void grow(const tail_t *tail, table_t *table)
{
    table_t old = *table;
    if (2 * (table->n + 1) <= table->room) return;
    table->room = old.room > 0 ? 2 * old.room : FIRST_ROOM;
    table->slots = xcalloc(table->room, sizeof *table->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].seq != 0) *find(tail, table, &old.slots[i].id) = old.slots[i];
    free(old.slots);
}

static void put(const tail_t *tail, table_t *table, const rid_t *id, uint64_t seq, uint64_t left)
{
    grow(tail, table);
    slot_t *slot = find(tail, table, id);
    table->n += slot->seq == 0;
    *slot = (slot_t){*id, seq, left != 0 ? left : slot->left};
}

static rid_t id_of(uint64_t seq)
{
    rid_t id = {{0}};
    be64_store(id.b, seq);
    return id;
}

void tail_put(tail_t *tail, const rid_t *id, uint64_t seq, uint64_t left)
{
    rid_t dead = id_of(left);
    put(tail, &tail->records, id, seq, left);
    if (left != 0) put(tail, &tail->dead, &dead, left, 0);
}

uint64_t tail_left(const tail_t *tail, const rid_t *id)
{
    return tail->dead.n > 0 ? find(tail, &tail->records, id)->left : 0;
}

bool tail_find(const tail_t *tail, const rid_t *id, uint64_t *ret_seq)
{
    if (tail->records.n == 0) return false;
    *ret_seq = find(tail, &tail->records, id)->seq;
    return *ret_seq != 0;
}

size_t tail_records(const tail_t *tail)
{
    return tail->records.n;
}

bool tail_is_dead(const tail_t *tail, uint64_t seq)
{
    if (tail->dead.n == 0) return false;
    rid_t id = id_of(seq);
    return find(tail, &tail->dead, &id)->seq != 0;
}

size_t tail_dead(const tail_t *tail)
{
    return tail->dead.n;
}

// The target's last reference; 0: none.
static size_t last_ref(const tail_t *tail, const rid_t *target)
{
    return tail->targets.n > 0 ? (size_t)find(tail, &tail->targets, target)->seq : 0;
}

void tail_refer(tail_t *tail, const rid_t *target, const tail_listed_t *record)
{
    if (tail->n_refs + 1 >= tail->refs_room) {
        tail->refs_room = tail->refs_room * 2 + FIRST_ROOM;
        tail->refs = xrealloc(tail->refs, tail->refs_room * sizeof *tail->refs);
    }
    size_t number = ++tail->n_refs;
    tail->refs[number] = (ref_t){*target, *record, last_ref(tail, target)};
    put(tail, &tail->targets, target, number, 0);
}

size_t tail_refs(const tail_t *tail, size_t *state, uint64_t seq, rid_t *ret_targets, size_t max)
{
    size_t n = 0;
    while (*state < tail->n_refs && tail->refs[*state + 1].record.seq < seq)
        ++*state; // of places that were left
    for (; *state < tail->n_refs && tail->refs[*state + 1].record.seq == seq; ++*state)
        if (n < max) ret_targets[n++] = tail->refs[*state + 1].target;
    return n;
}

static bool is_there(const tail_t *tail, const tail_listed_t *record)
{
    uint64_t present;
    return tail_find(tail, &record->id, &present) && present == record->seq;
}

bool tail_next_referring(const tail_t *tail, const rid_t *target, size_t *state, tail_listed_t *ret_record)
{
    do {
        *state = *state == 0 ? last_ref(tail, target) : tail->refs[*state].before;
        if (*state == 0) return false;
        *ret_record = tail->refs[*state].record;
    } while (!is_there(tail, ret_record));
    return true;
}

// The number of the kind's last record; 0: none.
static size_t last_listed(const tail_t *tail, const rid_t *kind)
{
    return tail->kinds.n > 0 ? (size_t)find(tail, &tail->kinds, kind)->seq : 0;
}

void tail_list(tail_t *tail, const tail_listed_t *listed)
{
    rid_t of = id_of(listed->kind);
    if (tail->n_listed + 1 >= tail->listed_room) {
        tail->listed_room = tail->listed_room * 2 + FIRST_ROOM;
        tail->listed = xrealloc(tail->listed, tail->listed_room * sizeof *tail->listed);
    }
    size_t number = ++tail->n_listed;
    tail->listed[number] = (listed_t){*listed, last_listed(tail, &of)};
    put(tail, &tail->kinds, &of, number, 0);
}

bool tail_next_of_kind(const tail_t *tail, uint32_t kind, size_t *state, tail_listed_t *ret_listed)
{
    rid_t of = id_of(kind);
    do {
        *state = *state == 0 ? last_listed(tail, &of) : tail->listed[*state].before;
        if (*state == 0) return false;
        *ret_listed = tail->listed[*state].what;
    } while (!is_there(tail, ret_listed));
    return true;
}
