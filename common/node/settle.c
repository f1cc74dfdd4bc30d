// SPDX-License-Identifier: Apache-2.0
// One service after the other is asked what it has to pass on, in the order of the list: what one reads, the
// next may refer to.
#include "common/node/settle.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "proto/api.pb-c.h"

enum { ASK_MS = 3000, STEP_MS = 20 };

struct settle {
    client_t *client;
    uint32_t service, producer;
    uint64_t deadline_ms, call;
    settle_done_t *done;
    void *context;
};

static void go_on(settle_t *self);

static void after_pause(void *context, client_reply_t *reply)
{
    (void)reply;
    go_on(context);
}

static bool is_behind(const client_reply_t *reply, uint32_t service)
{
    const Selenga__Queues *queues = reply->body;
    for (size_t i = 0; queues && i < queues->n_queues; i++)
        if (queues->queues[i]->peer == service && queues->queues[i]->waiting > 0) return true;
    return false;
}

static void take_queues(void *context, client_reply_t *reply)
{
    settle_t *self = context;
    client_why_t why;
    self->call = 0;
    if (is_behind(reply, self->service) && mono_ms() < self->deadline_ms)
        self->call = client_pause(self->client, STEP_MS, after_pause, self, &why);
    else
        self->producer++;
    if (self->call == 0) go_on(self);
}

// Asks the next producer; at the end, says so.
static void go_on(settle_t *self)
{
    Selenga__QueuesQuery query = SELENGA__QUEUES_QUERY__INIT;
    query.flow = (char *)(uintptr_t) "local";
    client_request_t request = {.type = MSG_QUEUES,
                                .body = &query,
                                .reply = MSG_QUEUES_REPLY,
                                .descriptor = &selenga__queues__descriptor,
                                .timeout_ms = ASK_MS};
    client_why_t why;
    for (; self->producer < self->service && self->producer < SERVICES_END; self->producer++) {
        request.service = self->producer;
        self->call = client_start(self->client, &request, take_queues, self, &why);
        if (self->call != 0) return;
    }
    self->done(self->context);
    free(self);
}

settle_t *settle_start(client_t *client, uint32_t service, int timeout_ms, settle_done_t *done, void *context)
{
    client_why_t why;
    settle_t *self = xcalloc(1, sizeof *self);
    *self = (settle_t){.client = client,
                       .service = service,
                       .producer = SERVICES_FIRST,
                       .deadline_ms = mono_ms() + (uint64_t)timeout_ms,
                       .done = done,
                       .context = context};
    self->call = client_pause(client, 0, after_pause, self, &why);
    if (self->call == 0) settle_abandon(&self);
    return self;
}

void settle_abandon(settle_t **self_p)
{
    settle_t *self = *self_p;
    if (!self) return;
    client_abandon(self->client, self->call);
    free(self);
    *self_p = NULL;
}

static void set_over(void *context)
{
    *(bool *)context = true;
}

void settle_wait(client_t *client, uint32_t service, int timeout_ms)
{
    bool over = false;
    if (settle_start(client, service, timeout_ms, set_over, &over)) client_wait(client, &over);
}
