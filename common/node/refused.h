// SPDX-License-Identifier: Apache-2.0
// What waits in the quarantine of a service: listed or counted in pages, and decided about in pages.
#pragma once
#include "common/node/client.h"
#include "proto/api.pb-c.h"

enum { REFUSED_PAGE = 1000, REFUSED_TIMEOUT_MS = 30000 };

typedef struct refused_query { // what it points to must outlive the reading
    uint32_t service;
    Selenga__QuarantineQuery which; // limit and mark are set here
    // Of a decision MSG_QUARANTINE_RETRY, _TAKE or _DISCARD about all that it describes; 0: they are listed.
    uint32_t act;
    const char *why, *from; // of the decision, or NULL
    uint64_t most;          // items that are listed; 0: all
} refused_query_t;

typedef struct refused_page {            // valid during the call
    const Selenga__QuarantineList *list; // NULL: a decision
    const Selenga__QuarantineDone *done; // NULL: a list
} refused_page_t;

// After each page, which is empty unless CLIENT_DONE: then `why`, else NULL. `over`: there are no more.
typedef void refused_turn_t(void *context, client_status_t status, const client_why_t *why,
                            const refused_page_t *page, bool over);

typedef struct refused refused_t;

// `client` must outlive it.
refused_t *refused_new(client_t *client, const refused_query_t *query, refused_turn_t *turn, void *context);
// A page under way is abandoned; the service may still decide about it.
void refused_destroy(refused_t **self);

// Asks for the next page; then client_turn calls `turn` once. False, with *ret_why, when it cannot be asked
// for now: then nothing is called. One page at a time.
bool refused_next(refused_t *self, client_why_t *ret_why);

// All of them, waiting. CLIENT_DONE, or the failure with *ret_why.
typedef void refused_take_t(void *context, uint32_t service, const refused_page_t *page);
client_status_t refused_each(client_t *client, const refused_query_t *query, refused_take_t *take,
                             void *context, client_why_t *ret_why);
