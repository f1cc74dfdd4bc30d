// SPDX-License-Identifier: Apache-2.0
// Gathering: the message is built as bytes, so a group is packed once and never kept as a tree.
//
//   Put = ( 0x0a  length as varint  Group )*  0x10  bulk
#include "services/cli/sender.h"

#include <stdlib.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/words.h"
#include "common/node/msg.h"

enum { GROUP_TAG = 0x0a, BULK_TAG = 0x10, BULK_SIZE = 2, SEND_TIMEOUT_MS = 120000, VARINT_MAX = 10 };

struct sender {
    ask_t *ask;
    uint32_t service;
    bool bulk;
    sender_outcome_t *outcome;
    void *context;
    uint8_t *bytes;
    size_t used, room;
    uint64_t tags[SENDER_GROUPS];
    size_t n;
};

sender_t *sender_new(ask_t *ask, uint32_t service, bool bulk, sender_outcome_t *outcome, void *context)
{
    sender_t *self = xcalloc(1, sizeof *self);
    self->ask = ask;
    self->service = service;
    self->bulk = bulk;
    self->outcome = outcome;
    self->context = context;
    return self;
}

void sender_destroy(sender_t **self_p)
{
    sender_t *self = *self_p;
    if (!self) return;
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

static void make_room(sender_t *self, size_t more)
{
    if (self->used + more <= self->room) return;
    self->room = self->used + more + SENDER_BYTES / 8;
    self->bytes = xrealloc(self->bytes, self->room);
}

int sender_flush(sender_t *self)
{
    if (self->n == 0) return CLI_DONE;
    make_room(self, BULK_SIZE);
    self->bytes[self->used++] = BULK_TAG;
    self->bytes[self->used++] = self->bulk;
    AUTO(msg_body_free) Selenga__PutReply *reply = NULL;
    int r = ask_call_bytes(self->ask, self->service, MSG_PUT, slice(self->bytes, self->used), MSG_PUT_REPLY,
                           &selenga__put_reply__descriptor, &reply, SEND_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (reply->n_outcomes != self->n)
        return cli_refuse(_("%s answered for %zu records of %zu; are all programs of one version?"),
                          words_service(self->service), reply->n_outcomes, self->n);
    for (size_t i = 0; i < self->n; i++) self->outcome(self->context, self->tags[i], reply->outcomes[i]);
    self->n = 0;
    self->used = 0;
    return CLI_DONE;
}

int sender_add(sender_t *self, const Selenga__Group *group, uint64_t tag)
{
    size_t size = protobuf_c_message_get_packed_size(&group->base);
    if (self->n == SENDER_GROUPS || (self->n > 0 && self->used + size + 1 + VARINT_MAX > SENDER_BYTES)) {
        int r = sender_flush(self);
        if (r != CLI_DONE) return r;
    }
    make_room(self, size + 1 + VARINT_MAX);
    self->bytes[self->used++] = GROUP_TAG;
    size_t rest = size;
    for (; rest >= 0x80; rest >>= 7) self->bytes[self->used++] = (uint8_t)(rest | 0x80);
    self->bytes[self->used++] = (uint8_t)rest;
    self->used += protobuf_c_message_pack(&group->base, self->bytes + self->used);
    self->tags[self->n++] = tag;
    return CLI_DONE;
}
