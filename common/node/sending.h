// SPDX-License-Identifier: Apache-2.0
// Many groups of records on their way to one service: gathered into messages of a good size, one under way at
// a time.
#pragma once
#include "common/node/client.h"
#include "proto/api.pb-c.h"

typedef struct sending sending_t;

// What a service did with one group, as Outcome.result says.
enum { RESULT_NEW = 1, RESULT_CHANGED, RESULT_UNCHANGED, RESULT_REJECTED };

enum {
    SENDING_GROUPS = 500,       // one commit with fsync carries them all
    SENDING_BYTES = 512 * 1024, // half of what a message may have
    SENDING_RUN = 16,
};

// Called for each group in the order of adding, after the service has made it durable or refused it. `tag` is
// the one given to sending_add. The outcome is valid during the call.
typedef void sending_outcome_t(void *context, uint64_t tag, const Selenga__Outcome *outcome);
// The message is over, after its outcomes. Unless CLIENT_DONE, `why`: then nothing of it counts, though the
// service may have done it.
typedef void sending_done_t(void *context, client_status_t status, const client_why_t *why);

enum sending_how {
    SENDING_BULK = 1,   // a load, which waits behind what people write on every line
    SENDING_DRY = 2,    // nothing is written: what would become of it
    SENDING_TOLD = 4,   // outcomes tell their items
    SENDING_STRICT = 8, // what there is a warning about is refused
};

// how: flags. The client must outlive it.
sending_t *sending_new(client_t *client, uint32_t service, unsigned how, sending_outcome_t *outcome,
                       void *context);
// What is sent from now on is this account's (client_request_t), which must outlive it; NULL: nobody's.
void sending_as(sending_t *self, const char *account);
// Messages bear this number (Put.run): the service keeps what the last one wrote for who does not hear of it.
void sending_run(sending_t *self, const uint8_t run[SENDING_RUN]);
// A message under way is abandoned. Not from within an outcome.
void sending_destroy(sending_t **self);

// Adds a group (copied). False: the message is full or under way, and what was gathered has to be sent first.
bool sending_add(sending_t *self, const Selenga__Group *group, uint64_t tag);
// Groups that were gathered and not sent, or are under way.
size_t sending_count(const sending_t *self);

// Sends what was gathered; then client_turn calls for the outcomes and for `done`, once. False with *ret_why
// when it cannot be sent now: nothing is called, and the groups stay gathered.
bool sending_start(sending_t *self, sending_done_t *done, client_why_t *ret_why);

// The same, waiting; with nothing gathered, CLIENT_DONE. Groups that could not be sent are dropped.
client_status_t sending_flush(sending_t *self, client_why_t *ret_why);
