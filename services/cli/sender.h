// SPDX-License-Identifier: Apache-2.0
// Many groups of records on their way to one service: gathered into messages of a good size, one in flight at
// a time.
#pragma once
#include "services/cli/ask.h"

typedef struct sender sender_t;

// What a service did with one group, as Outcome.result says.
enum { RESULT_NEW = 1, RESULT_CHANGED, RESULT_UNCHANGED, RESULT_REJECTED };

enum {
    SENDER_GROUPS = 500,       // one commit with fsync carries them all
    SENDER_BYTES = 512 * 1024, // half of what a message may have
};

// Called for each group in the order of adding, after the service has made it durable or refused it. `tag` is
// the one given to sender_add. The outcome is valid during the call.
typedef void sender_outcome_t(void *context, uint64_t tag, const Selenga__Outcome *outcome);

// bulk: a load, which waits behind what people write on every line.
sender_t *sender_new(ask_t *ask, uint32_t service, bool bulk, sender_outcome_t *outcome, void *context);
void sender_destroy(sender_t **self);

// Adds a group (copied); sends what was gathered when the message is full. Returns CLI_DONE, or why sending
// failed (already said): then nothing of that message counts, though the service may have done it.
int sender_add(sender_t *self, const Selenga__Group *group, uint64_t tag);

// Sends what was gathered.
int sender_flush(sender_t *self);
