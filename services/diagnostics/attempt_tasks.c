// SPDX-License-Identifier: Apache-2.0
// The questions of an attempt and what was answered: one question at a time, so that an answer is small.
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/forms/quiz_mark.h"
#include "common/node/msg.h"
#include "services/diagnostics/attempts_private.h"
#include "services/diagnostics/results.h"

typedef struct tasks {
    Selenga__AttemptTask *items;
    Selenga__AttemptTask **refs;
    size_t n, room;
} tasks_t;

static void tasks_clear(tasks_t *tasks)
{
    free(tasks->items);
    free(tasks->refs);
}

static int see_question(void *arg, const record_t *r, const place_t *place)
{
    tasks_t *tasks = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Question *m = sound_body(&KIND_QUESTION, &selenga__question__descriptor, r);
    if (m == NULL || tasks->n == QUIZ_QUESTIONS_MAX) return 0;
    Selenga__AttemptTask *task = vec_add(tasks->items, tasks->n, tasks->room);
    selenga__attempt_task__init(task);
    task->has_number = 1;
    task->number = (uint32_t)m->number;
    return 0;
}

static int see_answer(void *arg, const record_t *r, const place_t *place)
{
    tasks_t *tasks = arg;
    (void)place;
    AUTO(msg_body_free)
    Selenga__AttemptAnswer *m = sound_body(&KIND_ATTEMPT_ANSWER, &selenga__attempt_answer__descriptor, r);
    for (size_t i = 0; m != NULL && i < tasks->n; i++) {
        if (tasks->items[i].number != (uint32_t)m->number) continue;
        tasks->items[i].has_answered = tasks->items[i].has_later = 1;
        tasks->items[i].answered = m->answer != NULL;
        tasks->items[i].later = m->has_later && m->later;
    }
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const Selenga__AttemptTask *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int read_tasks(store_txn_t *txn, const taken_t *taken, tasks_t *tasks)
{
    rid_t attempt;
    int rc = store_each_referring(txn, &taken->instrument_id, N_QUESTION, NULL, see_question, tasks);
    if (tasks->n > 1) qsort(tasks->items, tasks->n, sizeof *tasks->items, by_number);
    if (rc == 0 && taken->attempt != NULL &&
        ref_id(&KIND_ATTEMPT, slice_text(taken->attempt->code), &attempt))
        rc = store_each_referring(txn, &attempt, N_ATTEMPT_ANSWER, NULL, see_answer, tasks);
    tasks->refs = xcalloc(tasks->n + 1, sizeof *tasks->refs);
    for (size_t i = 0; i < tasks->n; i++) tasks->refs[i] = &tasks->items[i];
    return rc;
}

// The first that is open, then the first to come back to, then the first.
static uint32_t first_open(const tasks_t *tasks)
{
    for (size_t i = 0; i < tasks->n; i++)
        if (!tasks->items[i].answered && !tasks->items[i].later) return tasks->items[i].number;
    for (size_t i = 0; i < tasks->n; i++)
        if (!tasks->items[i].answered || tasks->items[i].later) return tasks->items[i].number;
    return tasks->n > 0 ? tasks->items[0].number : 0;
}

static int body_of(store_txn_t *txn, const kind_rule_t *kind, const ProtobufCMessage *key,
                   ProtobufCBinaryData *ret)
{
    record_t held;
    rid_t id;
    *ret = (ProtobufCBinaryData){0};
    if (!body_id(kind, key, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc == 0 && !held.deleted && held.kind == kind->number)
        *ret = (ProtobufCBinaryData){held.body.size, xmemdup(held.body.data, held.body.size)};
    return rc < 0 ? rc : 0;
}

static int read_question(store_txn_t *txn, const taken_t *taken, uint32_t number, ProtobufCBinaryData *ret)
{
    Selenga__Question key = SELENGA__QUESTION__INIT;
    key.instrument = (char *)(uintptr_t)taken->instrument;
    key.has_number = 1;
    key.number = number;
    return body_of(txn, &KIND_QUESTION, &key.base, ret);
}

static int read_answer(store_txn_t *txn, const taken_t *taken, uint32_t number, ProtobufCBinaryData *ret)
{
    Selenga__AttemptAnswer key = SELENGA__ATTEMPT_ANSWER__INIT;
    key.attempt = taken->attempt->code;
    key.has_number = 1;
    key.number = number;
    return body_of(txn, &KIND_ATTEMPT_ANSWER, &key.base, ret);
}

// --- replies -----------------------------------------------------------------------------------

static void set_left(const attempts_t *self, const taken_t *taken, Selenga__AttemptReply *reply)
{
    int64_t left = attempt_left_s(taken->attempt, attempts_now(self));
    reply->has_left_s = left >= 0;
    reply->left_s = left >= 0 ? (uint32_t)left : 0;
}

int attempts_reply(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken, uint32_t number,
                   bool late)
{
    Selenga__AttemptReply reply = SELENGA__ATTEMPT_REPLY__INIT;
    Selenga__Attempt key = SELENGA__ATTEMPT__INIT;
    tasks_t tasks = {0};
    int rc = 0;
    reply.has_late = late;
    reply.late = late;
    if (taken->attempt != NULL) {
        key.code = taken->attempt->code;
        rc = body_of(txn, &KIND_ATTEMPT, &key.base, &reply.attempt);
        reply.has_attempt = reply.attempt.data != NULL;
    }
    if (rc == 0 && attempt_is(taken->attempt, "begun")) {
        set_left(self, taken, &reply);
        rc = read_tasks(txn, taken, &tasks);
        if (number == 0) number = first_open(&tasks);
        if (rc == 0) rc = read_question(txn, taken, number, &reply.question);
        if (rc == 0) rc = read_answer(txn, taken, number, &reply.answer);
        reply.has_question = reply.question.data != NULL;
        reply.has_answer = reply.answer.data != NULL;
        reply.n_tasks = tasks.n;
        reply.tasks = tasks.refs;
    }
    if (rc == 0) service_reply(self->service, e, MSG_ATTEMPT_REPLY, &reply.base);
    free(reply.attempt.data);
    free(reply.question.data);
    free(reply.answer.data);
    tasks_clear(&tasks);
    return rc;
}

// May it be the answer to this question of the instrument?
int attempt_can_answer(store_txn_t *txn, const taken_t *taken, const Selenga__AttemptAsk *m, bool *ret_sound)
{
    ProtobufCBinaryData body;
    quiz_type_t type;
    *ret_sound = false;
    int rc = read_question(txn, taken, m->number, &body);
    if (rc != 0 || body.data == NULL) return rc;
    AUTO(msg_body_free)
    Selenga__Question *q = msg_body_unpack(&selenga__question__descriptor, slice(body.data, body.len));
    free(body.data);
    if (q == NULL || !quiz_type_by_word(q->type, &type)) return 0;
    char *options[QUIZ_ANSWERS_MAX], *partners[QUIZ_ANSWERS_MAX];
    size_t n_options = quiz_pieces(q->options, options), n_partners = quiz_pieces(q->partners, partners);
    bool empty = m->answer == NULL || m->answer[0] == '\0';
    *ret_sound = empty || quiz_can_answer(type, n_options, n_partners, m->answer);
    for (size_t i = 0; i < n_options; i++) free(options[i]);
    for (size_t i = 0; i < n_partners; i++) free(partners[i]);
    return 0;
}
