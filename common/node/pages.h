// SPDX-License-Identifier: Apache-2.0
// A list of records, page by page: memory holds one page whatever the length of the list, and the next page
// is asked for only when it is wanted.
#pragma once
#include "common/node/client.h"
#include "proto/record.pb-c.h"

enum { PAGE_RECORDS = 500, PAGE_MARK = 512, PAGE_TIMEOUT_MS = 60000 };

// Where a page ended. A program may keep it and go on later, also in another process; empty: the beginning.
typedef struct page_mark {
    uint8_t bytes[PAGE_MARK];
    size_t size;
} page_mark_t;

// Keeps where a page ended; `more` false: the list did. CLIENT_DONE; or, of a mark that is too long to be
// kept, CLIENT_REFUSED with *ret_why.
client_status_t page_mark_keep(page_mark_t *mark, bool more, const ProtobufCBinaryData *next,
                               client_why_t *ret_why);

// One record, as bytes of the wire and unpacked, valid during the call. False: enough, the list ends here.
typedef bool pages_take_t(void *context, slice_t wire, const Selenga__Record *record);

// Hands out the records of an answer in hand. CLIENT_DONE, also when `take` had enough; or CLIENT_REFUSED
// with *ret_why.
client_status_t pages_take_all(const Selenga__Records *page, pages_take_t *take, void *context,
                               client_why_t *ret_why);

typedef struct pages pages_t;

// After each page. `over`: there are no more, or `take` had enough, or it failed: then `why`, else NULL.
typedef void pages_turn_t(void *context, client_status_t status, const client_why_t *why, bool over);

// The records that `request` describes, from `from` (NULL: the first), until none is left or `most` were
// taken (0: all). `limit` and `after` of the request are set here; the rest of it is copied. `client` must
// outlive it.
pages_t *pages_new(client_t *client, const Selenga__List *request, const page_mark_t *from, uint64_t most,
                   pages_take_t *take, pages_turn_t *turn, void *context);
// What is asked from now on is this account's (client_request_t), which must outlive it; NULL: nobody's.
void pages_as(pages_t *self, const char *account);
// A page under way is abandoned. Not from within a take; from a turn it may be.
void pages_destroy(pages_t **self);

// Asks for the next page, of which client_turn then hands out the records, and `turn` is called once. False,
// with *ret_why, when it cannot be asked for now: then nothing is called. One page at a time.
bool pages_next(pages_t *self, int timeout_ms, client_why_t *ret_why);

// Where the last page ended.
const page_mark_t *pages_mark(const pages_t *self);

// All of it, waiting; `turn` (NULL: not needed) after each page. Returns CLIENT_DONE, also when `take` had
// enough, or the failure with *ret_why.
client_status_t pages_each(client_t *client, const Selenga__List *request, uint64_t most, pages_take_t *take,
                           void (*turn)(void *context), void *context, client_why_t *ret_why);
