// SPDX-License-Identifier: Apache-2.0
// A summary is written only at every tenth answer: of one that were written at each, the difference to the
// one before would be that answer.
//
//   Q | instrument (16) | organisation (16) -> mark of the form (8) | answers (8) | times chosen (4) of each
//                                              option of each question
#include "services/diagnostics/screenings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include "services/diagnostics/screening_form.h"
#include "services/diagnostics/small_cells.h"

enum { HEAD = 16, LISTED_MAX = 200, ROW_KEY = 33 };

// --- what can be answered ------------------------------------------------------------------------

typedef struct listed {
    char *codes[LISTED_MAX], *titles[LISTED_MAX];
    size_t n;
} listed_t;

static int list_one(void *arg, const record_t *r, const place_t *place)
{
    listed_t *listed = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Instrument *m = screening_of(r);
    if (m == NULL || listed->n == LISTED_MAX) return 0;
    listed->codes[listed->n] = xstrdup(m->code);
    listed->titles[listed->n++] = xstrdup(m->title);
    return 0;
}

static int show_all(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    listed_t listed = {.n = 0};
    Selenga__ScreeningReply reply = SELENGA__SCREENING_REPLY__INIT;
    int rc = store_each(txn, N_INSTRUMENT, (slice_t){0}, NULL, list_one, &listed);
    reply.codes = listed.codes;
    reply.titles = listed.titles;
    reply.n_codes = reply.n_titles = listed.n;
    if (rc >= 0) service_reply(service, e, MSG_SCREENING_REPLY, &reply.base);
    for (size_t i = 0; i < listed.n; i++) {
        free(listed.codes[i]);
        free(listed.titles[i]);
    }
    return rc < 0 ? rc : 0;
}

static void reply_form(service_t *service, const envelope_t *e, screening_form_t *form)
{
    Selenga__ScreeningReply reply = SELENGA__SCREENING_REPLY__INIT;
    Selenga__ScreeningQuestion bodies[SCREENING_QUESTIONS_MAX], *all[SCREENING_QUESTIONS_MAX];
    char *code = form->code;
    for (size_t i = 0; i < form->n; i++) {
        screening_question_t *q = &form->questions[i];
        bodies[i] = (Selenga__ScreeningQuestion)SELENGA__SCREENING_QUESTION__INIT;
        bodies[i].has_number = 1;
        bodies[i].number = q->number;
        bodies[i].text = q->text;
        bodies[i].options = (char **)(uintptr_t)q->options;
        bodies[i].n_options = q->n;
        all[i] = &bodies[i];
    }
    reply.codes = &code;
    reply.titles = &form->title;
    reply.n_codes = reply.n_titles = 1;
    reply.questions = all;
    reply.n_questions = form->n;
    reply.has_form = 1;
    reply.form = form->mark;
    service_reply(service, e, MSG_SCREENING_REPLY, &reply.base);
}

static int refuse(service_t *service, const envelope_t *e, const fault_t *fault)
{
    service_refuse(service, e, fault, false);
    return 0;
}

int screenings_show(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    fault_t fault = {0};
    AUTO(screening_form_free) screening_form_t form = {0};
    AUTO(msg_body_free)
    Selenga__Screening *asked = msg_body_unpack(&selenga__screening__descriptor, e->body);
    if (asked == NULL) {
        fault_set(&fault, "MALFORMED", NULL, "");
        return refuse(service, e, &fault);
    }
    if (asked->instrument == NULL) return show_all(service, txn, e);
    int rc = screening_form_read(txn, asked->instrument, &form, &fault);
    if (rc < 0) return rc;
    if (rc == SCREENING_E_FAULT) return refuse(service, e, &fault);
    reply_form(service, e, &form);
    return 0;
}

// --- sums ----------------------------------------------------------------------------------------

typedef struct sums {
    const screening_form_t *form;
    const char *org;
    uint64_t answers;
    uint8_t key[ROW_KEY];
    uint8_t *row; // as it is kept
    size_t size;
} sums_t;

static void free_sums(sums_t *sums)
{
    free(sums->row);
}

static uint8_t *counts_of(const sums_t *sums, size_t question)
{
    uint8_t *at = sums->row + HEAD;
    for (size_t i = 0; i < question; i++) at += 4 * sums->form->questions[i].n;
    return at;
}

// Those of other questions than are asked now are no part of them: such a screening begins anew.
static int read_sums(store_txn_t *txn, const screening_form_t *form, const char *org, sums_t *ret)
{
    slice_t held;
    rid_t id;
    *ret = (sums_t){.form = form, .org = org, .size = HEAD};
    if (!ref_id(&KIND_ORGANISATION, slice_text(org), &id)) return -EINVAL; // it was looked up
    for (size_t i = 0; i < form->n; i++) ret->size += 4 * form->questions[i].n;
    ret->row = xcalloc(1, ret->size);
    ret->key[0] = 'Q';
    memcpy(ret->key + 1, form->instrument.b, sizeof form->instrument.b);
    memcpy(ret->key + 17, id.b, sizeof id.b);
    int rc = kv_get(store_kv(txn), KV_AUX, slice(ret->key, sizeof ret->key), &held);
    if (rc < 0) return rc;
    if (rc == 0 && held.size == ret->size && be64_load(held.data) == form->mark)
        memcpy(ret->row, held.data, held.size);
    ret->answers = be64_load(ret->row + 8);
    be64_store(ret->row, form->mark);
    return 0;
}

static int add_answer(store_txn_t *txn, sums_t *sums, const Selenga__ScreeningAnswer *answer)
{
    for (size_t i = 0; i < sums->form->n; i++) {
        uint8_t *count = counts_of(sums, i) + 4 * (answer->choices[i] - 1);
        be32_store(count, be32_load(count) + 1);
    }
    be64_store(sums->row + 8, ++sums->answers);
    return kv_put(store_kv(txn), KV_AUX, slice(sums->key, sizeof sums->key), slice(sums->row, sums->size));
}

// --- summaries -----------------------------------------------------------------------------------

typedef struct summary { // being written
    const author_t *author;
    store_txn_t *txn;
    const sums_t *sums;
    rid_list_t ids;
} summary_t;

static int write_option(summary_t *summary, const screening_question_t *q, size_t option, bool hidden,
                        int64_t chosen)
{
    Selenga__ScreeningCount c = SELENGA__SCREENING_COUNT__INIT;
    char text[QUIZ_TEXT_MAX + 1];
    rid_t id;
    snprintf(text, sizeof text, "%.*s", (int)q->before_gap, q->text);
    c.instrument = (char *)(uintptr_t)summary->sums->form->code;
    c.org = (char *)(uintptr_t)summary->sums->org;
    c.text = text;
    c.answer = (char *)(uintptr_t)q->options[option];
    c.has_number = c.has_choice = c.has_answers = 1;
    c.number = q->number;
    c.choice = (int64_t)option + 1;
    c.answers = (int64_t)summary->sums->answers;
    c.has_chosen = !hidden;
    c.chosen = hidden ? 0 : chosen;
    if (!body_id(&KIND_SCREENING_COUNT, &c.base, &id)) return 0;
    rid_list_add(&summary->ids, &id);
    return record_write_own(summary->author, summary->txn, &KIND_SCREENING_COUNT, &id, &c.base, NULL);
}

static int write_question(summary_t *summary, size_t at)
{
    const screening_question_t *q = &summary->sums->form->questions[at];
    const uint8_t *counts = counts_of(summary->sums, at);
    int64_t groups[QUIZ_ANSWERS_MAX];
    bool hidden[QUIZ_ANSWERS_MAX];
    int rc = 0;
    for (size_t i = 0; i < q->n; i++) groups[i] = be32_load(counts + 4 * i);
    if (!small_cells_hide(groups, q->n, hidden)) return -EUCLEAN; // each answer chose one option
    for (size_t i = 0; i < q->n && rc == 0; i++) rc = write_option(summary, q, i, hidden[i], groups[i]);
    return rc;
}

static bool is_written(const summary_t *summary, const rid_t *id)
{
    for (size_t i = 0; i < summary->ids.n; i++)
        if (memcmp(&summary->ids.ids[i], id, sizeof *id) == 0) return true;
    return false;
}

// What an earlier form had and this one has not.
static int remove_others(summary_t *summary)
{
    rid_list_t held = {0};
    record_t r;
    int rc = store_referring(summary->txn, &summary->sums->form->instrument, N_SCREENING_COUNT, NULL,
                             rid_list_add, &held);
    for (size_t i = 0; i < held.n && rc >= 0; i++) {
        if (is_written(summary, &held.ids[i])) continue;
        rc = store_get(summary->txn, &held.ids[i], &r, NULL);
        if (rc == 0 && slice_equal(r.org, slice_text(summary->sums->org)))
            rc = record_remove_own(summary->author, summary->txn, &held.ids[i]);
    }
    free(held.ids);
    return rc < 0 ? rc : 0;
}

static int write_summary(service_t *service, store_txn_t *txn, const sums_t *sums)
{
    const author_t author = service_author(service);
    summary_t summary = {.author = &author, .txn = txn, .sums = sums};
    int rc = 0;
    for (size_t i = 0; i < sums->form->n && rc == 0; i++) rc = write_question(&summary, i);
    if (rc == 0) rc = remove_others(&summary);
    free(summary.ids.ids);
    return rc;
}

// --- an answer -----------------------------------------------------------------------------------

// Nothing of it is repeated in what is said.
static bool is_whole(const screening_form_t *form, const Selenga__ScreeningAnswer *answer, fault_t *ret_fault)
{
    char number[24];
    if (!answer->has_form || answer->form != form->mark) {
        fault_set(ret_fault, "SCREENING-CHANGED", NULL, "");
        return false;
    }
    for (size_t i = 0; i < form->n; i++) {
        uint32_t choice = i < answer->n_choices ? answer->choices[i] : 0;
        if (choice >= 1 && choice <= form->questions[i].n) continue;
        snprintf(number, sizeof number, "%lld", (long long)form->questions[i].number);
        fault_set(ret_fault, "SCREENING-WHOLE", NULL, number);
        return false;
    }
    return true;
}

static int take(service_t *service, store_txn_t *txn, const Selenga__ScreeningAnswer *answer,
                fault_t *ret_fault)
{
    AUTO(screening_form_free) screening_form_t form = {0};
    AUTO(free_sums) sums_t sums = {0};
    bool named = answer->org != NULL && answer->org[0] != '\0';
    const char *org = named ? answer->org : service_node(service)->org;
    int rc = screening_form_read(txn, answer->instrument != NULL ? answer->instrument : "", &form, ret_fault);
    if (rc != 0) return rc;
    if (!is_whole(&form, answer, ret_fault)) return SCREENING_E_FAULT;
    if (scope_serves(service_scope(service), slice_text(org)) != SCOPE_YES) {
        fault_set(ret_fault, "NOT-SERVING", NULL, "");
        return SCREENING_E_FAULT;
    }
    rc = read_sums(txn, &form, org, &sums);
    if (rc == 0) rc = add_answer(txn, &sums, answer);
    if (rc == 0 && sums.answers % SCREENING_STEP == 0) rc = write_summary(service, txn, &sums);
    return rc;
}

int screenings_answer(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    fault_t fault = {0};
    AUTO(msg_body_free)
    Selenga__ScreeningAnswer *answer = msg_body_unpack(&selenga__screening_answer__descriptor, e->body);
    if (answer == NULL) {
        fault_set(&fault, "MALFORMED", NULL, "");
        return refuse(service, e, &fault);
    }
    int rc = take(service, txn, answer, &fault);
    if (rc == SCREENING_E_FAULT) return refuse(service, e, &fault);
    if (rc == 0) service_reply(service, e, MSG_DONE, NULL);
    return rc;
}
