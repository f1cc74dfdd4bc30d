// SPDX-License-Identifier: Apache-2.0
// Paging: one request at a time.
#include "common/node/pages.h"

#include <stdlib.h>

#include "common/node/msg.h"

struct pages {
    const char *account;
    client_t *client;
    Selenga__List *request; // own copy
    page_mark_t mark;
    uint64_t left, call;
    bool enough;
    pages_take_t *take;
    pages_turn_t *turn;
    void *context;
};

static void *copy(const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    protobuf_c_message_pack(message, bytes);
    void *made = msg_body_unpack(message->descriptor, slice(bytes, size));
    if (!made) abort(); // we packed it
    return made;
}

pages_t *pages_new(client_t *client, const Selenga__List *request, const page_mark_t *from, uint64_t most,
                   pages_take_t *take, pages_turn_t *turn, void *context)
{
    Selenga__List plain = *request;
    plain.has_after = plain.has_limit = false;
    pages_t *self = xcalloc(1, sizeof *self);
    *self = (pages_t){.client = client,
                      .request = copy(&plain.base),
                      .left = most ? most : UINT64_MAX,
                      .take = take,
                      .turn = turn,
                      .context = context};
    if (from) self->mark = *from;
    return self;
}

void pages_destroy(pages_t **self_p)
{
    pages_t *self = *self_p;
    if (!self) return;
    client_abandon(self->client, self->call);
    msg_body_free(&self->request);
    free(self);
    *self_p = NULL;
}

const page_mark_t *pages_mark(const pages_t *self)
{
    return &self->mark;
}

// *left: how many may be taken still. *enough: `take` wants no more.
static client_status_t take_page(const Selenga__Records *page, uint64_t *left, bool *enough,
                                 pages_take_t *take, void *context, client_why_t *ret_why)
{
    for (size_t i = 0; i<page->n_records && * left> 0 && !*enough; i++, (*left)--) {
        slice_t wire = slice(page->records[i].data, page->records[i].len);
        AUTO(msg_body_free) Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, wire);
        if (!record) {
            *ret_why = (client_why_t){.cause = CLIENT_BAD_RECORD};
            return CLIENT_REFUSED;
        }
        *enough = !take(context, wire, record);
    }
    return CLIENT_DONE;
}

client_status_t pages_take_all(const Selenga__Records *page, pages_take_t *take, void *context,
                               client_why_t *ret_why)
{
    uint64_t left = UINT64_MAX;
    bool enough = false;
    return take_page(page, &left, &enough, take, context, ret_why);
}

client_status_t page_mark_keep(page_mark_t *mark, bool more, const ProtobufCBinaryData *next,
                               client_why_t *ret_why)
{
    mark->size = more ? next->len : 0;
    if (mark->size > sizeof mark->bytes) {
        mark->size = 0;
        *ret_why = (client_why_t){.cause = CLIENT_BAD_MARK};
        return CLIENT_REFUSED;
    }
    if (mark->size > 0) memcpy(mark->bytes, next->data, mark->size);
    return CLIENT_DONE;
}

static void take_reply(void *context, client_reply_t *reply)
{
    pages_t *self = context;
    client_status_t status = reply->status;
    const Selenga__Records *page = reply->body;
    self->call = 0;
    self->request->has_skip = false; // the first page was it
    if (status == CLIENT_DONE)
        status = take_page(page, &self->left, &self->enough, self->take, self->context, &reply->why);
    if (status == CLIENT_DONE && !self->enough)
        status = page_mark_keep(&self->mark, page->has_next, &page->next, &reply->why);
    bool over = status != CLIENT_DONE || self->enough || self->left == 0 || self->mark.size == 0;
    self->turn(self->context, status, status == CLIENT_DONE ? NULL : &reply->why, over);
}

void pages_as(pages_t *self, const char *account)
{
    self->account = account;
}

bool pages_next(pages_t *self, int timeout_ms, client_why_t *ret_why)
{
    Selenga__List *list = self->request;
    Selenga__List asked = *list;
    asked.has_limit = true;
    asked.limit = self->left < PAGE_RECORDS ? (uint32_t)self->left : PAGE_RECORDS;
    asked.has_after = self->mark.size > 0;
    asked.after = (ProtobufCBinaryData){self->mark.size, self->mark.bytes};
    client_request_t request = {.service = list->kind / 100,
                                .type = MSG_LIST,
                                .body = &asked,
                                .reply = MSG_RECORDS,
                                .descriptor = &selenga__records__descriptor,
                                .timeout_ms = timeout_ms,
                                .account = self->account};
    self->call = client_start(self->client, &request, take_reply, self, ret_why);
    return self->call != 0;
}

// --- waiting

typedef struct whole {
    pages_take_t *take;
    void (*turn)(void *context);
    void *context;
    client_status_t status;
    client_why_t why;
    bool turned, over;
} whole_t;

static bool whole_take(void *context, slice_t wire, const Selenga__Record *record)
{
    whole_t *whole = context;
    return whole->take(whole->context, wire, record);
}

static void whole_turn(void *context, client_status_t status, const client_why_t *why, bool over)
{
    whole_t *whole = context;
    whole->status = status;
    if (why) whole->why = *why;
    whole->turned = true;
    whole->over = over;
}

client_status_t pages_each(client_t *client, const Selenga__List *request, uint64_t most, pages_take_t *take,
                           void (*turn)(void *context), void *context, client_why_t *ret_why)
{
    whole_t whole = {.take = take, .turn = turn, .context = context};
    AUTO(pages_destroy)
    pages_t *pages = pages_new(client, request, NULL, most, whole_take, whole_turn, &whole);
    while (!whole.over) {
        whole.turned = false;
        if (!pages_next(pages, PAGE_TIMEOUT_MS, ret_why)) return client_not_begun(ret_why);
        client_wait(client, &whole.turned);
        if (whole.status == CLIENT_DONE && turn) turn(context);
    }
    if (whole.status != CLIENT_DONE) *ret_why = whole.why;
    return whole.status;
}
