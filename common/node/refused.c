// SPDX-License-Identifier: Apache-2.0
// See refused.h.
#include "common/node/refused.h"

#include "common/node/pages.h"

#include <stdlib.h>

struct refused {
    client_t *client;
    refused_query_t query;
    page_mark_t mark;
    uint64_t left, call;
    refused_turn_t *turn;
    void *context;
};

refused_t *refused_new(client_t *client, const refused_query_t *query, refused_turn_t *turn, void *context)
{
    refused_t *self = xcalloc(1, sizeof *self);
    *self = (refused_t){.client = client,
                        .query = *query,
                        .left = query->most > 0 ? query->most : UINT64_MAX,
                        .turn = turn,
                        .context = context};
    return self;
}

void refused_destroy(refused_t **self_p)
{
    if (!*self_p) return;
    client_abandon((*self_p)->client, (*self_p)->call);
    free(*self_p);
    *self_p = NULL;
}

static void take_page(void *context, client_reply_t *reply)
{
    refused_t *self = context;
    refused_page_t page = {0};
    client_status_t status;
    self->call = 0;
    if (reply->status != CLIENT_DONE) {
        self->turn(self->context, reply->status, &reply->why, &page, true);
        return;
    }
    if (self->query.act != 0) {
        page.done = reply->body;
        status = page_mark_keep(&self->mark, page.done->has_next, &page.done->next, &reply->why);
    } else {
        page.list = reply->body;
        status = page_mark_keep(&self->mark, page.list->has_next, &page.list->next, &reply->why);
        self->left -= page.list->n_items < self->left ? page.list->n_items : self->left;
    }
    if (status != CLIENT_DONE) page = (refused_page_t){0};
    self->turn(self->context, status, status == CLIENT_DONE ? NULL : &reply->why, &page,
               self->mark.size == 0 || self->left == 0);
}

bool refused_next(refused_t *self, client_why_t *ret_why)
{
    Selenga__QuarantineQuery which = self->query.which;
    Selenga__QuarantineAct act = SELENGA__QUARANTINE_ACT__INIT;
    bool decides = self->query.act != 0;
    which.has_after = self->mark.size > 0;
    which.after = (ProtobufCBinaryData){self->mark.size, self->mark.bytes};
    which.has_limit = !decides;
    which.limit = self->left < REFUSED_PAGE ? (uint32_t)self->left : REFUSED_PAGE;
    act.query = &which;
    act.why = (char *)(uintptr_t)self->query.why;
    act.from = (char *)(uintptr_t)self->query.from;
    client_request_t request = {.service = self->query.service,
                                .type = decides ? self->query.act : MSG_QUARANTINE_LIST,
                                .body = decides ? (const void *)&act : (const void *)&which,
                                .reply = decides ? MSG_QUARANTINE_DONE : MSG_QUARANTINE_REPLY,
                                .descriptor = decides ? &selenga__quarantine_done__descriptor
                                                      : &selenga__quarantine_list__descriptor,
                                .timeout_ms = REFUSED_TIMEOUT_MS};
    self->call = client_start(self->client, &request, take_page, self, ret_why);
    return self->call != 0;
}

// --- waiting

typedef struct whole {
    uint32_t service;
    refused_take_t *take;
    void *context;
    client_status_t status;
    client_why_t why;
    bool turned, over;
} whole_t;

static void whole_turn(void *context, client_status_t status, const client_why_t *why,
                       const refused_page_t *page, bool over)
{
    whole_t *whole = context;
    whole->status = status;
    if (why)
        whole->why = *why;
    else
        whole->take(whole->context, whole->service, page);
    whole->turned = true;
    whole->over = over;
}

client_status_t refused_each(client_t *client, const refused_query_t *query, refused_take_t *take,
                             void *context, client_why_t *ret_why)
{
    whole_t whole = {.service = query->service, .take = take, .context = context};
    AUTO(refused_destroy) refused_t *self = refused_new(client, query, whole_turn, &whole);
    while (!whole.over) {
        whole.turned = false;
        if (!refused_next(self, ret_why)) return client_not_begun(ret_why);
        client_wait(client, &whole.turned);
    }
    if (whole.status != CLIENT_DONE) *ret_why = whole.why;
    return whole.status;
}
