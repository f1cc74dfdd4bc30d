// SPDX-License-Identifier: Apache-2.0
// What became of many records, counted.
#pragma once
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

typedef struct tally {
    uint64_t created, changed, unchanged, rejected;
} tally_t;

// Counts one group by Outcome.result; an unknown result counts as rejected.
void tally_add(tally_t *self, uint32_t result);

// "3 new, 0 changed, 12 unchanged, 1 rejected" and a line end.
void tally_print(const tally_t *self, FILE *out);

// {"new","changed","unchanged","rejected"}; the caller owns it and may add to it.
json_t *tally_json(const tally_t *self);
