// SPDX-License-Identifier: Apache-2.0
#include "common/store/memtable.h"
#include "common/base/hash.h"
#include "common/base/vec.h"
#include <stdlib.h>
#include <string.h>

typedef struct row {
    rid_t id; // of a dead place: its seq, then zeros
    uint64_t seq;
    uint64_t left;
} row_t;

typedef struct table { // does not move
    hash_t hash;
    row_t *rows;
    size_t room;
} table_t;

// One reference; those to one target are chained.
typedef struct ref {
    rid_t target;
    memtable_listed_t record;
    size_t before; // number of the one before it; 0: none
} ref_t;

// One record of a kind, likewise.
typedef struct listed {
    memtable_listed_t what;
    size_t before;
} listed_t;

struct memtable {
    table_t records, dead, targets; // of a target, `seq` is the number of its last reference
    table_t kinds;                  // of a kind, that of the last record of it
    ref_t *refs;                    // by number, from 1
    size_t n_refs, refs_room;
    listed_t *listed; // likewise
    size_t n_listed, listed_room;
};

static slice_t key_of(const void *table, uint32_t number)
{
    return slice(((const table_t *)table)->rows[number].id.b, sizeof(rid_t));
}

static const row_t *find(const table_t *table, const rid_t *id)
{
    static const row_t none;
    uint32_t number = hash_find(&table->hash, slice(id->b, sizeof id->b));
    return number != HASH_NONE ? &table->rows[number] : &none;
}

// Returns the seq that stood there; 0: none.
static uint64_t put(table_t *table, const rid_t *id, uint64_t seq, uint64_t left)
{
    uint32_t before = table->hash.n, number = hash_add(&table->hash, slice(id->b, sizeof id->b));
    vec_reserve(table->rows, table->room, (size_t)number + 1);
    row_t *row = &table->rows[number];
    if (number == before) *row = (row_t){.id = *id};
    uint64_t stood = row->seq;
    row->seq = seq;
    if (left != 0) row->left = left;
    return stood;
}

static void empty(table_t *table)
{
    hash_empty(&table->hash);
    free(table->rows);
    table->rows = NULL;
    table->room = 0;
}

memtable_t *memtable_new(void)
{
    memtable_t *memtable = xcalloc(1, sizeof *memtable);
    table_t *tables[] = {&memtable->records, &memtable->dead, &memtable->targets, &memtable->kinds};
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) hash_init(&tables[i]->hash, key_of, tables[i]);
    return memtable;
}

void memtable_empty(memtable_t *memtable)
{
    empty(&memtable->records);
    empty(&memtable->dead);
    empty(&memtable->targets);
    empty(&memtable->kinds);
    free(memtable->refs);
    free(memtable->listed);
    memtable->refs = NULL;
    memtable->listed = NULL;
    memtable->n_refs = memtable->refs_room = memtable->n_listed = memtable->listed_room = 0;
}

void memtable_destroy(memtable_t **memtable_p)
{
    if (*memtable_p == NULL) return;
    memtable_empty(*memtable_p);
    free(*memtable_p);
    *memtable_p = NULL;
}

static rid_t id_of(uint64_t seq)
{
    rid_t id = {{0}};
    be64_store(id.b, seq);
    return id;
}

void memtable_put(memtable_t *memtable, const rid_t *id, uint64_t seq, uint64_t left)
{
    rid_t dead = id_of(left);
    put(&memtable->records, id, seq, left);
    if (left != 0) put(&memtable->dead, &dead, left, 0);
}

uint64_t memtable_left(const memtable_t *memtable, const rid_t *id)
{
    return memtable->dead.hash.n > 0 ? find(&memtable->records, id)->left : 0;
}

bool memtable_find(const memtable_t *memtable, const rid_t *id, uint64_t *ret_seq)
{
    *ret_seq = find(&memtable->records, id)->seq;
    return *ret_seq != 0;
}

size_t memtable_records(const memtable_t *memtable)
{
    return memtable->records.hash.n;
}

bool memtable_is_dead(const memtable_t *memtable, uint64_t seq)
{
    rid_t id = id_of(seq);
    return find(&memtable->dead, &id)->seq != 0;
}

size_t memtable_dead(const memtable_t *memtable)
{
    return memtable->dead.hash.n;
}

// The target's last reference; 0: none.
static size_t last_ref(const memtable_t *memtable, const rid_t *target)
{
    return (size_t)find(&memtable->targets, target)->seq;
}

void memtable_refer(memtable_t *memtable, const rid_t *target, const memtable_listed_t *record)
{
    size_t number = ++memtable->n_refs;
    vec_reserve(memtable->refs, memtable->refs_room, number + 1);
    memtable->refs[number] = (ref_t){*target, *record, (size_t)put(&memtable->targets, target, number, 0)};
}

size_t memtable_refs(const memtable_t *memtable, size_t *state, uint64_t seq, rid_t *ret_targets, size_t max)
{
    size_t n = 0;
    while (*state < memtable->n_refs && memtable->refs[*state + 1].record.seq < seq)
        ++*state; // of places that were left
    for (; *state < memtable->n_refs && memtable->refs[*state + 1].record.seq == seq; ++*state)
        if (n < max) ret_targets[n++] = memtable->refs[*state + 1].target;
    return n;
}

static bool is_there(const memtable_t *memtable, const memtable_listed_t *record)
{
    uint64_t present;
    return memtable_find(memtable, &record->id, &present) && present == record->seq;
}

bool memtable_next_referring(const memtable_t *memtable, const rid_t *target, size_t *state,
                             memtable_listed_t *ret_record)
{
    do {
        *state = *state == 0 ? last_ref(memtable, target) : memtable->refs[*state].before;
        if (*state == 0) return false;
        *ret_record = memtable->refs[*state].record;
    } while (!is_there(memtable, ret_record));
    return true;
}

// The number of the kind's last record; 0: none.
static size_t last_listed(const memtable_t *memtable, const rid_t *kind)
{
    return (size_t)find(&memtable->kinds, kind)->seq;
}

void memtable_list(memtable_t *memtable, const memtable_listed_t *listed)
{
    rid_t of = id_of(listed->kind);
    size_t number = ++memtable->n_listed;
    vec_reserve(memtable->listed, memtable->listed_room, number + 1);
    memtable->listed[number] = (listed_t){*listed, (size_t)put(&memtable->kinds, &of, number, 0)};
}

bool memtable_next_of_kind(const memtable_t *memtable, uint32_t kind, size_t *state,
                           memtable_listed_t *ret_listed)
{
    rid_t of = id_of(kind);
    do {
        *state = *state == 0 ? last_listed(memtable, &of) : memtable->listed[*state].before;
        if (*state == 0) return false;
        *ret_listed = memtable->listed[*state].what;
    } while (!is_there(memtable, ret_listed));
    return true;
}
