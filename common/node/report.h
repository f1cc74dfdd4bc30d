// SPDX-License-Identifier: Apache-2.0
// A report of a node, read page by page, all of one state of what is counted.
#pragma once
#include "common/node/client.h"
#include "proto/api.pb-c.h"

// Pages of one state: the first with the organisation itself, all with children.
typedef struct report {
    Selenga__ReportReply **pages;
    size_t n_pages, pages_room;
    Selenga__ReportUnit **children; // of all pages, not owned
    size_t n_children, children_room;
    const char *period, *as_of;
    const Selenga__ReportUnit *unit; // NULL: the node sent none
} report_t;

void report_clear(report_t *report);

// Unless CLIENT_DONE, `why` says why, and `report` is empty. Who keeps the report copies it and sets it to
// zeros; else it is cleared after the call.
typedef void report_done_t(void *context, client_status_t status, const client_why_t *why, report_t *report);

typedef struct report_reading report_reading_t;

// Asks for the report; `done` is called once, from client_turn, and the reading is over: it frees itself.
// `request` is needed only during the call. What is counted may change between two pages: then it begins
// again, some times at most (CLIENT_CHANGES). NULL with *ret_why when it cannot be asked for now.
// account: in whose name; NULL: of the node's own user.
report_reading_t *report_start(client_t *client, const char *account, const Selenga__Report *request,
                               report_done_t *done, void *context, client_why_t *ret_why);
// `done` will not be called any more. Only before it was.
void report_abandon(report_reading_t **self);

// The same, waiting. The caller clears *ret_report.
client_status_t report_read(client_t *client, const Selenga__Report *request, report_t *ret_report,
                            client_why_t *ret_why);
