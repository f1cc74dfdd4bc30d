// SPDX-License-Identifier: Apache-2.0
// Many groups of records on their way to one service (common/node/sending.h), for verbs: it waits, and says
// on stderr why sending failed.
#pragma once
#include "common/node/sending.h"
#include "services/cli/ask.h"

typedef struct sender sender_t;

enum { SENDER_GROUPS = SENDING_GROUPS };

sender_t *sender_new(ask_t *ask, uint32_t service, unsigned how, sending_outcome_t *outcome, void *context);
// As sending_run.
void sender_run(sender_t *self, const uint8_t run[SENDING_RUN]);
void sender_destroy(sender_t **self);

// Adds a group (copied); sends what was gathered when the message is full. Returns CLI_DONE, or why sending
// failed (already said): then nothing of that message counts, though the service may have done it.
int sender_add(sender_t *self, const Selenga__Group *group, uint64_t tag);

// Sends what was gathered.
int sender_flush(sender_t *self);
