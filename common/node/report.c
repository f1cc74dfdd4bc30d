// SPDX-License-Identifier: Apache-2.0
// See report.h.
#include "common/node/report.h"

#include <stdlib.h>

#include "common/base/vec.h"
#include "common/node/msg.h"

enum { REPORT_TIMEOUT_MS = 120000, BEGIN_AGAIN_MOST = 20 };

struct report_reading {
    client_t *client;
    char *account;
    Selenga__Report *request; // own copy
    report_t report;
    int begun_again;
    uint64_t call;
    report_done_t *done;
    void *context;
};

void report_clear(report_t *report)
{
    for (size_t i = 0; i < report->n_pages; i++) msg_body_free(&report->pages[i]);
    free(report->pages);
    free(report->children);
    *report = (report_t){0};
}

static Selenga__Report *copy(const Selenga__Report *request)
{
    size_t size = selenga__report__get_packed_size(request);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    selenga__report__pack(request, bytes);
    Selenga__Report *made = msg_body_unpack(&selenga__report__descriptor, slice(bytes, size));
    if (!made) abort(); // we packed it
    return made;
}

void report_abandon(report_reading_t **self_p)
{
    report_reading_t *self = *self_p;
    if (!self) return;
    client_abandon(self->client, self->call);
    report_clear(&self->report);
    msg_body_free(&self->request);
    free(self->account);
    free(self);
    *self_p = NULL;
}

static void end(report_reading_t *self, client_status_t status, const client_why_t *why)
{
    if (status != CLIENT_DONE) report_clear(&self->report);
    self->call = 0;
    self->done(self->context, status, status == CLIENT_DONE ? NULL : why, &self->report);
    report_abandon(&self);
}

static void add_page(report_t *report, Selenga__ReportReply *page)
{
    *vec_add(report->pages, report->n_pages, report->pages_room) = page;
    for (size_t i = 0; i < page->n_children; i++)
        *vec_add(report->children, report->n_children, report->children_room) = page->children[i];
    report->period = report->pages[0]->period;
    report->as_of = report->pages[0]->as_of;
    report->unit = report->pages[0]->unit;
}

static void take_page(void *context, client_reply_t *reply);

static bool ask(report_reading_t *self, client_why_t *ret_why)
{
    const report_t *report = &self->report;
    Selenga__Report asked = *self->request;
    if (report->n_pages > 0) {
        asked.has_state = true;
        asked.state = report->pages[0]->state;
        asked.after = report->children[report->n_children - 1]->org;
    }
    client_request_t request = {.service = SERVICE_REPORTING,
                                .type = MSG_REPORT,
                                .body = &asked,
                                .reply = MSG_REPORT_REPLY,
                                .descriptor = &selenga__report_reply__descriptor,
                                .timeout_ms = REPORT_TIMEOUT_MS,
                                .account = self->account};
    self->call = client_start(self->client, &request, take_page, self, ret_why);
    return self->call != 0;
}

static void take_page(void *context, client_reply_t *reply)
{
    report_reading_t *self = context;
    Selenga__ReportReply *page = reply->body;
    client_why_t why = {.cause = CLIENT_CHANGES, .service = SERVICE_REPORTING};
    bool more = true;
    if (reply->status != CLIENT_DONE) {
        end(self, reply->status, &reply->why);
        return;
    }
    if (self->report.n_pages > 0 && page->state != self->report.pages[0]->state) {
        report_clear(&self->report);
        if (++self->begun_again > BEGIN_AGAIN_MOST) {
            end(self, CLIENT_REFUSED, &why);
            return;
        }
    } else {
        add_page(&self->report, page);
        reply->body = NULL;
        more = page->more && page->n_children > 0;
    }
    if (!more)
        end(self, CLIENT_DONE, NULL);
    else if (!ask(self, &why))
        end(self, client_not_begun(&why), &why);
}

report_reading_t *report_start(client_t *client, const char *account, const Selenga__Report *request,
                               report_done_t *done, void *context, client_why_t *ret_why)
{
    report_reading_t *self = xcalloc(1, sizeof *self);
    *self = (report_reading_t){.client = client,
                               .account = account != NULL ? xstrdup(account) : NULL,
                               .request = copy(request),
                               .done = done,
                               .context = context};
    if (!ask(self, ret_why)) report_abandon(&self);
    return self;
}

// --- waiting

typedef struct whole {
    client_end_t end;
    report_t report;
} whole_t;

static void whole_done(void *context, client_status_t status, const client_why_t *why, report_t *report)
{
    whole_t *whole = context;
    whole->report = *report;
    *report = (report_t){0};
    client_end_set(&whole->end, status, why);
}

client_status_t report_read(client_t *client, const Selenga__Report *request, report_t *ret_report,
                            client_why_t *ret_why)
{
    whole_t whole = {0};
    *ret_report = (report_t){0};
    if (report_start(client, NULL, request, whole_done, &whole, ret_why) == NULL)
        return client_not_begun(ret_why);
    (void)client_end_wait(client, &whole.end, ret_why);
    *ret_report = whole.report;
    return whole.end.status;
}
