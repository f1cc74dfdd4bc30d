// SPDX-License-Identifier: Apache-2.0
// One list after the other: first what has days, then who is busy with it.
#include "common/watch/calendar_read.h"
#include "common/node/pages.h"
#include "common/schema/access.h"
#include <stdlib.h>

struct calendar_read {
    client_t *client;
    calendar_done_t *done;
    void *context;
    calendar_t *calendar;
    char *account;
    unsigned reader;
    bool clashes;
    pages_t *pages;          // of the present list; NULL: there is none
    const kind_rule_t *kind; // of it
    size_t next, ask;        // the next kind; then the next question who is busy
    bool closed;
};

static bool may_read(const calendar_read_t *self, const kind_rule_t *kind)
{
    return self->account == NULL || (access_roles(kind, ACCESS_READ) & self->reader) != 0;
}

static bool take(void *context, slice_t wire, const Selenga__Record *record)
{
    calendar_read_t *self = context;
    (void)wire;
    if (self->closed)
        calendar_add_busy(self->calendar, self->ask - 1, record);
    else
        calendar_add(self->calendar, self->kind, record);
    return true;
}

static bool go_on(calendar_read_t *self, client_why_t *ret_why);

static void finish(calendar_read_t *self, client_status_t status, const client_why_t *why)
{
    calendar_t *calendar = status == CLIENT_DONE ? self->calendar : NULL;
    if (calendar != NULL) self->calendar = NULL;
    self->done(self->context, status, why, calendar);
    calendar_read_abandon(&self);
}

static void fail(calendar_read_t *self, const client_why_t *why)
{
    finish(self, client_not_begun(why), why);
}

static void turn(void *context, client_status_t status, const client_why_t *why, bool over)
{
    calendar_read_t *self = context;
    client_why_t own;
    if (status != CLIENT_DONE) {
        finish(self, status, why);
        return;
    }
    if (over) pages_destroy(&self->pages);
    if (!go_on(self, &own)) fail(self, &own);
}

static bool start(calendar_read_t *self, const Selenga__List *request, client_why_t *ret_why)
{
    self->pages = pages_new(self->client, request, NULL, 0, take, turn, self);
    pages_as(self->pages, self->account);
    return pages_next(self->pages, PAGE_TIMEOUT_MS, ret_why);
}

static bool next_kind(calendar_read_t *self)
{
    while (self->next < N_KINDS) {
        self->kind = KINDS[self->next++];
        if (calendar_wants(self->calendar, self->kind) && may_read(self, self->kind)) return true;
    }
    return false;
}

static bool ask_kind(calendar_read_t *self, client_why_t *ret_why)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = self->kind->number;
    return start(self, &request, ret_why);
}

static bool next_ask(calendar_read_t *self, calendar_ask_t *ret_ask)
{
    while (self->clashes && calendar_ask(self->calendar, self->ask, ret_ask)) {
        self->ask++;
        if (may_read(self, ret_ask->kind)) return true;
    }
    return false;
}

static bool ask_busy(calendar_read_t *self, const calendar_ask_t *ask, client_why_t *ret_why)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    request.has_kind = true;
    request.kind = ask->kind->number;
    match.field = (char *)(uintptr_t)ask->field;
    match.value = (char *)(uintptr_t)ask->value;
    request.where = where;
    request.n_where = 1;
    return start(self, &request, ret_why);
}

static bool go_on(calendar_read_t *self, client_why_t *ret_why)
{
    calendar_ask_t ask;
    if (self->pages != NULL) return pages_next(self->pages, PAGE_TIMEOUT_MS, ret_why);
    if (!self->closed) {
        if (next_kind(self)) return ask_kind(self, ret_why);
        calendar_close(self->calendar);
        self->closed = true;
    }
    if (next_ask(self, &ask)) return ask_busy(self, &ask, ret_why);
    finish(self, CLIENT_DONE, NULL);
    return true;
}

calendar_read_t *calendar_read_start(client_t *client, const calendar_ask_of_t *ask, calendar_done_t *done,
                                     void *context, client_why_t *ret_why)
{
    calendar_read_t *self = xcalloc(1, sizeof *self);
    *self = (calendar_read_t){.client = client,
                              .done = done,
                              .context = context,
                              .calendar = calendar_new(ask->from, ask->to, ask->org),
                              .account = ask->account != NULL ? xstrdup(ask->account) : NULL,
                              .reader = ask->reader,
                              .clashes = ask->clashes};
    if (!next_kind(self)) { // he may read nothing of it
        *ret_why = (client_why_t){.cause = CLIENT_SAID};
        fault_set(&ret_why->fault, "ACCOUNT-CLOSED", NULL, ask->account);
        calendar_read_abandon(&self);
    } else if (!ask_kind(self, ret_why)) {
        calendar_read_abandon(&self);
    }
    return self;
}

void calendar_read_abandon(calendar_read_t **self_p)
{
    calendar_read_t *self = *self_p;
    if (self == NULL) return;
    pages_destroy(&self->pages);
    calendar_destroy(&self->calendar);
    free(self->account);
    free(self);
    *self_p = NULL;
}

// --- waiting

typedef struct whole {
    client_end_t end;
    calendar_t *calendar;
} whole_t;

static void whole_done(void *context, client_status_t status, const client_why_t *why, calendar_t *calendar)
{
    whole_t *whole = context;
    whole->calendar = calendar;
    client_end_set(&whole->end, status, why);
}

client_status_t calendar_read_whole(client_t *client, const calendar_ask_of_t *ask, calendar_t **ret_calendar,
                                    client_why_t *ret_why)
{
    whole_t whole = {0};
    if (calendar_read_start(client, ask, whole_done, &whole, ret_why) == NULL)
        return client_not_begun(ret_why);
    (void)client_end_wait(client, &whole.end, ret_why);
    *ret_calendar = whole.calendar;
    return whole.end.status;
}
