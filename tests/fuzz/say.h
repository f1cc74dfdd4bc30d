// SPDX-License-Identifier: Apache-2.0
// Bodies of messages by choices, for rig.c: what a script's bytes alone would hardly ever come to.
//
//   a put, of one group     for each item: kind | flags | size of choices | choices (choose.h)
//                           flags: 1 deleted; 2 no field is named as set
//   records of a feed       flags | step, then for each record: kind | home | flags | seq | size of choices |
//                           choices; flags: 1 a give-back, else a push; 2 the witness tells of a new life
//                           flags of a record: 1 deleted; 2 of another life; 4 of another incarnation; 8
//                           stays at its home; 16 bulk; 32 word that it has left; 64 garbage; 128 it
//                           descends: two more bytes, from which life and which version of it
#pragma once
#include "common/feed_private.h"
#include "tests/fuzz/fuzz.h"

enum { SAY_NODES = 4 };

// The rig's tree, for homes of records, and the present life of the store under test.
typedef struct say_tree {
    struct say_node {
        const char *org;
        path_t path;
    } nodes[SAY_NODES];
    uint64_t boot;
} say_tree_t;

// Each returns a packed body, which the caller frees.
uint8_t *say_put(slice_t choices, uint32_t service, size_t *ret_size);
uint8_t *say_records(slice_t choices, const link_t *link, const say_tree_t *tree, uint32_t *ret_type,
                     size_t *ret_size);
