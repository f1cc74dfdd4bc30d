// SPDX-License-Identifier: Apache-2.0
// The message Put is packed by hand, group by group, so that memory holds it once.
#include "common/node/sending.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/node/msg.h"

enum {
    GROUP_TAG = 0x0a,
    HOW_TAG = 0x10,
    HOW_SIZE = 8,
    RUN_TAG = 0x32,
    RUN_FIELD = 2 + SENDING_RUN,
    SEND_TIMEOUT_MS = 120000,
    VARINT_MAX = 10
};

struct sending {
    client_t *client;
    uint32_t service;
    unsigned how;
    const char *account;
    bool runs;
    uint8_t run[SENDING_RUN];
    sending_outcome_t *outcome;
    sending_done_t *done;
    void *context;
    uint64_t call; // under way; 0: none
    uint8_t *bytes;
    size_t used, room;
    uint64_t tags[SENDING_GROUPS];
    size_t n;
};

sending_t *sending_new(client_t *client, uint32_t service, unsigned how, sending_outcome_t *outcome,
                       void *context)
{
    sending_t *self = xcalloc(1, sizeof *self);
    self->client = client;
    self->service = service;
    self->how = how;
    self->outcome = outcome;
    self->context = context;
    return self;
}

void sending_as(sending_t *self, const char *account)
{
    self->account = account;
}

void sending_run(sending_t *self, const uint8_t run[SENDING_RUN])
{
    self->runs = true;
    memcpy(self->run, run, sizeof self->run);
}

void sending_destroy(sending_t **self_p)
{
    sending_t *self = *self_p;
    if (!self) return;
    client_abandon(self->client, self->call);
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

bool sending_add(sending_t *self, const Selenga__Group *group, uint64_t tag)
{
    size_t size = protobuf_c_message_get_packed_size(&group->base);
    bool full =
        self->n == SENDING_GROUPS || (self->n > 0 && self->used + size + 1 + VARINT_MAX > SENDING_BYTES);
    if (full || self->call != 0) return false;
    vec_reserve(self->bytes, self->room, self->used + size + 1 + VARINT_MAX);
    self->bytes[self->used++] = GROUP_TAG;
    size_t rest = size;
    for (; rest >= 0x80; rest >>= 7) self->bytes[self->used++] = (uint8_t)(rest | 0x80);
    self->bytes[self->used++] = (uint8_t)rest;
    self->used += protobuf_c_message_pack(&group->base, self->bytes + self->used);
    self->tags[self->n++] = tag;
    return true;
}

size_t sending_count(const sending_t *self)
{
    return self->n;
}

static void forget(sending_t *self)
{
    self->call = 0;
    self->n = self->used = 0;
}

static void take_reply(void *context, client_reply_t *reply)
{
    sending_t *self = context;
    const Selenga__PutReply *put = reply->body;
    if (reply->status == CLIENT_DONE && put->n_outcomes != self->n) {
        reply->status = CLIENT_REFUSED;
        reply->why = (client_why_t){.cause = CLIENT_UNREADABLE, .service = self->service};
    }
    bool done = reply->status == CLIENT_DONE;
    for (size_t i = 0; done && i < self->n; i++)
        self->outcome(self->context, self->tags[i], put->outcomes[i]);
    forget(self);
    self->done(self->context, reply->status, done ? NULL : &reply->why);
}

bool sending_start(sending_t *self, sending_done_t *done, client_why_t *ret_why)
{
    // Not counted as used: a message that could not be sent may still take groups.
    assert(self->call == 0);
    vec_reserve(self->bytes, self->room, self->used + HOW_SIZE + RUN_FIELD);
    uint8_t *end = self->bytes + self->used;
    for (unsigned i = 0; i < HOW_SIZE / 2; i++) { // fields 2 to 5 of Put
        *end++ = (uint8_t)(HOW_TAG + 8 * i);
        *end++ = (self->how >> i & 1) != 0;
    }
    if (self->runs) { // field 6
        *end++ = RUN_TAG;
        *end++ = SENDING_RUN;
        memcpy(end, self->run, SENDING_RUN);
        end += SENDING_RUN;
    }
    client_request_t request = {.service = self->service,
                                .type = MSG_PUT,
                                .packed = slice(self->bytes, (size_t)(end - self->bytes)),
                                .reply = MSG_PUT_REPLY,
                                .descriptor = &selenga__put_reply__descriptor,
                                .timeout_ms = SEND_TIMEOUT_MS,
                                .account = self->account};
    self->done = done;
    self->call = client_start(self->client, &request, take_reply, self, ret_why);
    return self->call != 0;
}

// --- waiting

typedef struct whole {
    sending_outcome_t *outcome;
    void *context;
    client_status_t status;
    client_why_t why;
    bool over;
} whole_t;

static void whole_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    whole_t *whole = context;
    whole->outcome(whole->context, tag, outcome);
}

static void whole_done(void *context, client_status_t status, const client_why_t *why)
{
    whole_t *whole = context;
    whole->status = status;
    if (why) whole->why = *why;
    whole->over = true;
}

client_status_t sending_flush(sending_t *self, client_why_t *ret_why)
{
    if (self->n == 0) return CLIENT_DONE;
    whole_t whole = {.outcome = self->outcome, .context = self->context};
    self->outcome = whole_outcome;
    self->context = &whole;
    if (sending_start(self, whole_done, &whole.why))
        client_wait(self->client, &whole.over);
    else
        whole.status = client_not_begun(&whole.why);
    self->outcome = whole.outcome;
    self->context = whole.context;
    forget(self);
    if (whole.status != CLIENT_DONE) *ret_why = whole.why;
    return whole.status;
}
