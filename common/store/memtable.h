// SPDX-License-Identifier: Apache-2.0
// The log's memtable: records that stand in the log of a store and in none of its indexes yet, by id; and
// places in the log that they have left, which indexes still name. In memory; store.c reads it anew from the
// log.
#pragma once
#include "common/schema/ids.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct memtable memtable_t;

memtable_t *memtable_new(void);
void memtable_destroy(memtable_t **memtable_p);
void memtable_empty(memtable_t *memtable);

// The record's last change has this seq; an earlier one of it gives way. left: the place that indexes name
// and where it stands no more, dead from now on; 0: none, or as told before.
void memtable_put(memtable_t *memtable, const rid_t *id, uint64_t seq, uint64_t left);
bool memtable_find(const memtable_t *memtable, const rid_t *id, uint64_t *ret_seq);
size_t memtable_records(const memtable_t *memtable);

// The place that the record has left; 0: indexes know nothing of it.
uint64_t memtable_left(const memtable_t *memtable, const rid_t *id);
bool memtable_is_dead(const memtable_t *memtable, uint64_t seq);

// What a listing needs of the record at a seq, without reading it.
typedef struct memtable_listed {
    rid_t id;
    uint64_t seq;
    uint32_t kind;
    uint64_t org; // hash of its organisation
    bool deleted;
} memtable_listed_t;

// The record refers to the target. Told in the order of seqs.
void memtable_refer(memtable_t *memtable, const rid_t *target, const memtable_listed_t *record);
// To whom the record at this seq refers, `max` at most. Asked in the order of seqs; *state begins as 0.
size_t memtable_refs(const memtable_t *memtable, size_t *state, uint64_t seq, rid_t *ret_targets, size_t max);
// The next one that was said to, latest first; *state begins as 0. False: none is left. Those that have left
// their places are passed over.
bool memtable_next_referring(const memtable_t *memtable, const rid_t *target, size_t *state,
                             memtable_listed_t *ret_record);
size_t memtable_dead(const memtable_t *memtable);

// Lists the record by its kind.
void memtable_list(memtable_t *memtable, const memtable_listed_t *listed);
// The next one of this kind, latest first; *state begins as 0. False: none is left. Those that have left
// their places are passed over.
bool memtable_next_of_kind(const memtable_t *memtable, uint32_t kind, size_t *state,
                           memtable_listed_t *ret_listed);
