// SPDX-License-Identifier: Apache-2.0
// The roll of people: their names, as far as this node may see them, by their staff numbers.
#pragma once
#include "common/node/client.h"
#include "common/schema/body.h"

typedef struct roll roll_t;

roll_t *roll_new(void);
void roll_destroy(roll_t **self);

// One person more, of a record of kind identity.
void roll_add(roll_t *self, const body_t *identity);
// All names that this node holds, page by page, waiting, however many people are asked about later.
client_status_t roll_read(roll_t *self, client_t *client, client_why_t *ret_why);
// Of ORG:NUMBER; NULL: not known here. Belongs to `self`.
const char *roll_of(const roll_t *self, const char *ref);

size_t roll_count(const roll_t *self);
const char *roll_ref(const roll_t *self, size_t i); // ORG:NUMBER
