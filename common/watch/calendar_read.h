// SPDX-License-Identifier: Apache-2.0
// Fills a calendar (common/forms/calendar.h) from the node, page by page; nobody waits meanwhile.
#pragma once
#include "common/forms/calendar.h"
#include "common/node/client.h"

typedef struct calendar_ask_of {
    int32_t from, to;
    const char *org;     // only of this one and those below it; NULL: of all
    bool clashes;        // who is busy, too
    const char *account; // in whose name; NULL: of the node's own user
    unsigned reader;     // role of the account: what it may not read is not asked for
} calendar_ask_of_t;

typedef struct calendar_read calendar_read_t;

// Unless CLIENT_DONE, `why` says why, and `calendar` is NULL. It is the taker's.
typedef void calendar_done_t(void *context, client_status_t status, const client_why_t *why,
                             calendar_t *calendar);

// `done` is called once, from client_turn, and the reading is over: it frees itself. What `ask` points to is
// copied. NULL with *ret_why when nothing can be asked for now.
calendar_read_t *calendar_read_start(client_t *client, const calendar_ask_of_t *ask, calendar_done_t *done,
                                     void *context, client_why_t *ret_why);
// `done` will not be called any more. Only before it was.
void calendar_read_abandon(calendar_read_t **self);

// The same, waiting.
client_status_t calendar_read_whole(client_t *client, const calendar_ask_of_t *ask, calendar_t **ret_calendar,
                                    client_why_t *ret_why);
