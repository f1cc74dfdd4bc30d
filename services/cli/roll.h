// SPDX-License-Identifier: Apache-2.0
// The roll of people: their names, as far as this node may see them, by their staff numbers.
#pragma once
#include "common/schema/body.h"
#include "services/cli/ask.h"

typedef struct roll roll_t;

roll_t *roll_new(void);
void roll_destroy(roll_t **self);

// All names that this node holds, page by page, however many people are asked about later. Returns CLI_DONE,
// or why not (already said).
int roll_read(roll_t *self, ask_t *ask);
// Of ORG:NUMBER; NULL: not known here. Belongs to `self`.
const char *roll_of(const roll_t *self, const char *ref);

size_t roll_count(const roll_t *self);
const char *roll_ref(const roll_t *self, size_t i); // ORG:NUMBER
