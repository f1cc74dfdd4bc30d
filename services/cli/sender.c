// SPDX-License-Identifier: Apache-2.0
#include "services/cli/sender.h"

#include <stdlib.h>

#include "common/base/util.h"

struct sender {
    ask_t *ask;
    sending_t *sending;
};

sender_t *sender_new(ask_t *ask, uint32_t service, unsigned how, sending_outcome_t *outcome, void *context)
{
    sender_t *self = xcalloc(1, sizeof *self);
    *self = (sender_t){ask, sending_new(ask_client(ask), service, how, outcome, context)};
    return self;
}

void sender_run(sender_t *self, const uint8_t run[SENDING_RUN])
{
    sending_run(self->sending, run);
}

void sender_destroy(sender_t **self_p)
{
    if (!*self_p) return;
    sending_destroy(&(*self_p)->sending);
    free(*self_p);
    *self_p = NULL;
}

int sender_flush(sender_t *self)
{
    client_why_t why;
    client_status_t status = sending_flush(self->sending, &why);
    return ask_said(self->ask, status, &why);
}

int sender_add(sender_t *self, const Selenga__Group *group, uint64_t tag)
{
    if (sending_add(self->sending, group, tag)) return CLI_DONE;
    int r = sender_flush(self);
    if (r == CLI_DONE) sending_add(self->sending, group, tag); // alone it always has room
    return r;
}
