// SPDX-License-Identifier: Apache-2.0
// One question after the other, page by page; behind the last one the reading is over.
#include "common/base/i18n.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "common/watch/attention_private.h"
#include <stdlib.h>

enum { PAGE_MOST = 500 };

// What is done when all questions so far are answered.
enum { STEP_ORGS, STEP_RECORDS, STEP_FIGURES, STEP_ENDS, STEP_OVER };

// --- what may be asked

static bool may_ask(const attention_t *a, const question_t *q)
{
    const access_row_t *row = access_row(q->explain != NULL ? ACCESS_EXPLAIN : q->type);
    if (a->account == NULL) return true;
    if (q->kind != NULL) return (access_roles(q->kind, ACCESS_READ) & a->reader) != 0;
    // What is the whole node's is not for accounts of one organisation of several.
    return row != NULL && (row->roles & a->reader) != 0 && (row->about != ABOUT_NODE || a->org == NULL);
}

void question_add(attention_t *a, const question_t *question)
{
    if (may_ask(a, question)) *vec_add(a->questions, a->n_questions, a->questions_room) = *question;
}

void question_list(attention_t *a, const question_t *about, const kind_rule_t *kind)
{
    question_t q = *about;
    q.service = kind->number / 100;
    q.type = MSG_LIST;
    q.reply = MSG_RECORDS;
    q.descriptor = &selenga__records__descriptor;
    q.kind = kind;
    question_add(a, &q);
}

// --- the end

static void finish(attention_t *a, client_status_t status, const client_why_t *why)
{
    if (status != CLIENT_DONE) findings_clear(&a->found);
    a->call = 0;
    a->done(a->context, status, status == CLIENT_DONE ? NULL : why, &a->found);
    attention_abandon(&a);
}

static void fail(attention_t *a, const client_why_t *why)
{
    finish(a, why->cause == CLIENT_FULL || why->cause == CLIENT_CHANGES ? CLIENT_LATER : CLIENT_REFUSED, why);
}

// --- asking

static void take_answer(void *context, client_reply_t *reply);

static bool start(attention_t *a, const question_t *q, const void *body, client_why_t *ret_why)
{
    const client_request_t request = {.service = q->service,
                                      .type = q->type,
                                      .body = body,
                                      .reply = q->reply,
                                      .descriptor = q->descriptor,
                                      .timeout_ms = PAGE_TIMEOUT_MS,
                                      .account = a->account};
    a->call = client_start(a->client, &request, take_answer, a, ret_why);
    return a->call != 0;
}

static bool ask(attention_t *a, client_why_t *ret_why)
{
    const question_t *q = &a->questions[a->at];
    const ProtobufCBinaryData after = {a->mark.size, a->mark.bytes};
    Selenga__List list = SELENGA__LIST__INIT;
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    Selenga__Report report = SELENGA__REPORT__INIT;
    if (q->kind != NULL) {
        list.has_kind = list.has_limit = true;
        list.kind = q->kind->number;
        list.limit = PAGE_MOST;
        list.has_doubtful = list.doubtful = q->doubtful;
        list.has_after = a->further;
        list.after = after;
        return start(a, q, &list, ret_why);
    }
    if (q->explain == NULL) {
        query.has_limit = true;
        query.limit = PAGE_MOST;
        query.has_after = a->further;
        query.after = after;
        return start(a, q, &query, ret_why);
    }
    report.period = a->year;
    report.org = (char *)(uintptr_t)q->org;
    report.explain = (char *)(uintptr_t)q->explain;
    report.has_from = a->further;
    report.from = a->from;
    return start(a, q, &report, ret_why);
}

// Remembers where the page ended: *ret_more. False: what comes is of no use.
static bool keep_mark(attention_t *a, const question_t *q, const void *body, bool *ret_more,
                      client_why_t *ret_why)
{
    const Selenga__ReportReply *report = body;
    const Selenga__Records *records = body;
    const Selenga__QuarantineList *refused = body;
    client_status_t status = CLIENT_DONE;
    bool changed = q->explain != NULL && a->further && report->state != a->state;
    if (q->kind != NULL) {
        status = page_mark_keep(&a->mark, records->has_next, &records->next, ret_why);
    } else if (q->explain == NULL) {
        status = page_mark_keep(&a->mark, refused->has_next, &refused->next, ret_why);
    } else {
        a->from = report->next;
        a->state = report->state;
    }
    *ret_more = q->explain != NULL ? report->has_next : a->mark.size > 0;
    if (changed) *ret_why = (client_why_t){.cause = CLIENT_CHANGES, .service = q->service};
    return status == CLIENT_DONE && !changed;
}

static void take_answer(void *context, client_reply_t *reply)
{
    attention_t *a = context;
    const question_t q = a->questions[a->at]; // what is taken may add others
    client_why_t why;
    bool more;
    a->call = 0;
    if (reply->status != CLIENT_DONE) {
        finish(a, reply->status, &reply->why);
        return;
    }
    if (!keep_mark(a, &q, reply->body, &more, &why)) {
        fail(a, &why);
        return;
    }
    a->further = q.take(a, &q, reply->body) && more;
    if (!a->further) {
        if (q.end != NULL) q.end(a, &q);
        a->at++;
        a->mark.size = 0;
    }
    if (!questions_go_on(a, &why)) fail(a, &why);
}

// --- one step after the other

static void take_report(void *context, client_status_t status, const client_why_t *why, report_t *report)
{
    attention_t *a = context;
    client_why_t own;
    a->reading = NULL;
    if (status != CLIENT_DONE) {
        finish(a, status, why);
        return;
    }
    a->report = *report;
    *report = (report_t){0};
    if (!questions_go_on(a, &own)) fail(a, &own);
}

static bool wants_figures(const attention_t *a)
{
    const question_t report = {.type = MSG_REPORT};
    bool wanted = false;
    for (size_t i = 0; i < N_WATCHERS; i++)
        wanted |= WATCHERS[i].figures && watcher_is_wanted(a, &WATCHERS[i]);
    return wanted && may_ask(a, &report);
}

static bool ask_figures(attention_t *a, client_why_t *ret_why)
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    request.period = a->year;
    request.org = a->org;
    a->reading = report_start(a->client, a->account, &request, take_report, a, ret_why);
    return a->reading != NULL;
}

static void end_watchers(attention_t *a)
{
    for (size_t i = 0; i < N_WATCHERS; i++)
        if (watcher_is_wanted(a, &WATCHERS[i]) && WATCHERS[i].end != NULL &&
            (!WATCHERS[i].figures || a->report.unit != NULL))
            WATCHERS[i].end(a, &WATCHERS[i]);
}

bool questions_go_on(attention_t *a, client_why_t *ret_why)
{
    while (a->at == a->n_questions && a->step != STEP_OVER) {
        size_t step = a->step++;
        if (step == STEP_ORGS) records_ask_orgs(a);
        if (step == STEP_RECORDS)
            for (size_t k = 0; k < N_KINDS; k++) records_ask(a, KINDS[k]);
        if (step == STEP_FIGURES && wants_figures(a)) return ask_figures(a, ret_why);
        if (step == STEP_ENDS) end_watchers(a);
    }
    if (a->at < a->n_questions) return ask(a, ret_why);
    finish(a, CLIENT_DONE, NULL);
    return true;
}
