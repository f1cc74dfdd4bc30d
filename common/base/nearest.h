// SPDX-License-Identifier: Apache-2.0
// The word that was most likely meant.
#pragma once
#include <stddef.h>

typedef struct nearest {
    const char *word;
    const char *best; // NULL: nothing is near enough
    size_t distance;
} nearest_t;

// Begins a search. `word` must outlive it.
nearest_t nearest_to(const char *word);

// Considers a candidate, which must outlive the search. Up to two slips (a letter lost, added, changed, or
// two swapped) are near, for short words one; so is a beginning of at least three letters. Cost: product of
// the lengths; longer words than 64 bytes are never near.
void nearest_offer(nearest_t *self, const char *candidate);
