// SPDX-License-Identifier: Apache-2.0
// The log's tail: records that stand in the log of a store and in none of its indexes yet, by id; and places
// in the log that they have left, which indexes still name. In memory; store.c reads it anew from the log.
#pragma once
#include "common/schema/ids.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct tail tail_t;

tail_t *tail_new(void);
void tail_destroy(tail_t **tail_p);
void tail_empty(tail_t *tail);

// The record's last change has this seq; an earlier one of it gives way. left: the place that indexes name
// and where it stands no more, dead from now on; 0: none, or as told before.
void tail_put(tail_t *tail, const rid_t *id, uint64_t seq, uint64_t left);
bool tail_find(const tail_t *tail, const rid_t *id, uint64_t *ret_seq);
size_t tail_records(const tail_t *tail);

// The place that the record has left; 0: indexes know nothing of it.
uint64_t tail_left(const tail_t *tail, const rid_t *id);
bool tail_is_dead(const tail_t *tail, uint64_t seq);

// What a listing needs of the record at a seq, without reading it.
typedef struct tail_listed {
    rid_t id;
    uint64_t seq;
    uint32_t kind;
    uint64_t org; // hash of its organisation
    bool deleted;
} tail_listed_t;

// The record refers to the target. Told in the order of seqs.
void tail_refer(tail_t *tail, const rid_t *target, const tail_listed_t *record);
// To whom the record at this seq refers, `max` at most. Asked in the order of seqs; *state begins as 0.
size_t tail_refs(const tail_t *tail, size_t *state, uint64_t seq, rid_t *ret_targets, size_t max);
// The next one that was said to, latest first; *state begins as 0. False: none is left. Those that have left
// their places are passed over.
bool tail_next_referring(const tail_t *tail, const rid_t *target, size_t *state, tail_listed_t *ret_record);
size_t tail_dead(const tail_t *tail);

// Lists the record by its kind.
void tail_list(tail_t *tail, const tail_listed_t *listed);
// The next one of this kind, latest first; *state begins as 0. False: none is left. Those that have left
// their places are passed over.
bool tail_next_of_kind(const tail_t *tail, uint32_t kind, size_t *state, tail_listed_t *ret_listed);
