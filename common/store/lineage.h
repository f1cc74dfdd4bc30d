// SPDX-License-Identifier: Apache-2.0
// Lineage: how neighbours notice that a store was put back to an older image (design 2.6, rules 1 and 2). A
// store's past is its epochs (process starts) that wrote something, each with its id and the head at its
// beginning, chained by a digest:
//
//   digest of epoch 0 = 0      digest of epoch n = first 8 bytes of BLAKE2b-128(digest of n-1 | id | start),
//   big-endian
//
// A witness names a past by how many epochs it had and the digest of the last one. It is of constant size: a
// school that is switched off each night for years does not tell all of them to its hub each morning.
#pragma once
#include "common/base/util.h"

// What a store once was.
typedef struct witness {
    uint64_t epochs, digest; // that wrote something; both 0: none
    uint64_t head;
} witness_t;

bool witness_equal(const witness_t *a, const witness_t *b);

// Of one of the store's epochs.
typedef struct epoch {
    uint64_t start; // head when it began
    uint64_t digest;
} epoch_t;

// Simulations forget sooner.
#ifndef SELENGA_EPOCHS_KEPT
#define SELENGA_EPOCHS_KEPT 1024
#endif
enum { EPOCHS_KEPT = SELENGA_EPOCHS_KEPT };

typedef struct lineage {
    uint64_t forgotten; // lives before those that are kept: witnesses of these are not known any more
    size_t n;
    epoch_t epochs[EPOCHS_KEPT]; // oldest first, the present one last
} lineage_t;

// 'L' of a store's META (FORMAT.md). 0 or -EUCLEAN.
int lineage_parse(slice_t bytes, lineage_t *ret);
enum { LINEAGE_BYTES = 8 + 16 * EPOCHS_KEPT };
slice_t lineage_pack(const lineage_t *lineage, uint8_t buf[LINEAGE_BYTES]);

// Appends an epoch that begins at this head; the last one, if it wrote nothing, leaves no trace, so that idle
// restarts cost nothing. When all places are taken the older half is forgotten: who read last in one of
// those epochs is taken for one whose producer was put back, and reads again from the beginning.
void lineage_begin(lineage_t *lineage, uint64_t id, uint64_t head);
witness_t lineage_witness(const lineage_t *lineage, uint64_t head);
// Is the witness of this past?
bool lineage_has(const lineage_t *lineage, uint64_t head, const witness_t *w);
