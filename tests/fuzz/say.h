// SPDX-License-Identifier: Apache-2.0
// Bodies of messages by choices, for rig.c: what a script's bytes alone would hardly ever come to.
//
//   a put, of one group     for each item: kind | flags | size of choices | choices (choose.h)
//                           flags: 1 deleted; 2 no field is named as set
//   records of a feed       flags | step, then for each record: kind | home | flags | seq | size of choices |
//                           choices; flags: 1 a give-back, else a push; 2 the witness tells of a new epoch
//                           flags of a record: 1 deleted; 2 of another epoch; 4 of another incarnation; 8
//                           stays at its home; 16 bulk; 32 word that it has left; 64 garbage; 128 it
//                           descends: two more bytes, from which epoch and which version of it
//
// Of a liar (liar.c), who has all that the store under test holds, the seal keys of all homes but only some
// honest uses for them:
//
//   records of a feed       flags | step, then for each record: base | what | changes; base: below 200 a held
//                           record, else a new one: kind | home | size of choices | choices | id;
//                           what: 1 version (inc, seq, boot) | 2 home | 4 seal | 8 past and answered | 16
//                           reach | 32 deleted, gone, bulk | 64 in a conflict, refusal or verdict, and what
//                           of that | 128 organisation or id
//
// Of what else there is to choose (ask.c):
//
//   EVALUATE, EVALUATED     flags | number of points | a byte for each; flags: 1 fewer than were asked for, 2
//   a
//                           mark of nobody, 4 the mark before, 8 none, 16 refused, 32 of no call
//   an act in quarantine    type | which | flags, of those that wait; flags: 1 a query, 2 from, 4 code, 8
//   after,
//                           16 counts, 32 only so many
#pragma once
#include "common/service/service.h"
#include "common/sync/feed_private.h"
#include "tests/fuzz/fuzz.h"

enum { SAY_NODES = 4 };

// The rig's tree, for homes of records, and the present epoch of the store under test.
typedef struct say_tree {
    struct say_node {
        const char *org;
        path_t path;
    } nodes[SAY_NODES];
    uint64_t boot;
} say_tree_t;

// The seal key of a home, as it derives here.
void say_seal_key(const path_t *home, uint8_t ret_key[static SEAL_KEY]);
// Id, organisation and body by choices.
void say_content(const kind_rule_t *kind, const struct say_node *home, slice_t *in, arena_t *arena,
                 record_t *r);
// A push or give-back of this batch, by its two flags.
uint8_t *say_batch(uint8_t flags, uint8_t step, batch_t *batch, const link_t *link, uint32_t *ret_type,
                   size_t *ret_size);

// Each returns a packed body, which the caller frees.
uint8_t *say_put(slice_t choices, uint32_t service, size_t *ret_size);
uint8_t *say_records(slice_t choices, const link_t *link, const say_tree_t *tree, uint32_t *ret_type,
                     size_t *ret_size);
uint8_t *liar_records(slice_t choices, store_t *store, const link_t *link, const say_tree_t *tree,
                      uint32_t *ret_type, size_t *ret_size);
// NULL: there is nothing to say.
uint8_t *ask_points(slice_t choices, const service_t *service, bool of_parent, uint32_t *ret_type,
                    size_t *ret_size);
uint8_t *ask_quarantine(slice_t choices, const service_t *service, uint32_t *ret_type, size_t *ret_size);
// The call that an EVALUATED answers: what this node asks itself, or the n-th that it asked on. False: none.
bool ask_call(const service_t *service, uint8_t n, uint64_t *ret_call);
