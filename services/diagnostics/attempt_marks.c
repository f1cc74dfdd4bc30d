// SPDX-License-Identifier: Apache-2.0
// All is read before anything is written: what was read from a store dies with the next write.
#include "services/diagnostics/attempt_marks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/forms/quiz_mark.h"
#include "common/node/msg.h"
#include "services/diagnostics/results.h"

enum { POINT = 100 }; // hundredths

typedef struct part { // of the points: one competency
    char code[CODE_MAX + 1];
    int64_t score, max;
} part_t;

typedef struct marks {
    store_txn_t *txn;
    const Selenga__Attempt *attempt;
    char *framework; // NULL: the campaign is not here
    part_t *parts;
    size_t n, room;
    int64_t score, max;
    bool parts_only; // which competencies there are, without what is right
} marks_t;

int attempt_read(service_t *service, store_txn_t *txn, const rid_t *id, Selenga__Attempt **ret)
{
    record_t held;
    *ret = NULL;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (held.kind == N_ATTEMPT && path_equal(&held.home, &service_node(service)->path))
        *ret = sound_body(&KIND_ATTEMPT, &selenga__attempt__descriptor, &held);
    return 0;
}

int attempt_write(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt, fault_t *ret_fault)
{
    author_t author = service_author(service);
    return record_write_own(&author, txn, &KIND_ATTEMPT, NULL, &attempt->base, ret_fault);
}

// The body with this key, NULL where there is none. 0 or -errno.
static int read_body(store_txn_t *txn, const kind_rule_t *kind, const ProtobufCMessage *key, void *ret)
{
    record_t held;
    rid_t id;
    *(void **)ret = NULL;
    if (!body_id(kind, key, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc == 0 && held.kind == kind->number) *(void **)ret = sound_body(kind, kind->message, &held);
    return rc < 0 ? rc : 0;
}

// --- what is right -------------------------------------------------------------------------------

// What stands in the key of a question; for the caller to free, NULL where it is not here.
static int read_key(store_txn_t *txn, const Selenga__Question *q, char **ret)
{
    Selenga__QuestionKey own = SELENGA__QUESTION_KEY__INIT;
    Selenga__ReleasedKey told = SELENGA__RELEASED_KEY__INIT;
    AUTO(msg_body_free) Selenga__QuestionKey *key = NULL;
    AUTO(msg_body_free) Selenga__ReleasedKey *released = NULL;
    own.instrument = told.instrument = q->instrument;
    own.has_number = told.has_number = 1;
    own.number = told.number = q->number;
    *ret = NULL;
    int rc = read_body(txn, &KIND_QUESTION_KEY, &own.base, &key);
    if (rc == 0 && key == NULL) rc = read_body(txn, &KIND_RELEASED_KEY, &told.base, &released);
    if (key != NULL) *ret = xstrdup(key->answers != NULL ? key->answers : "");
    if (released != NULL) *ret = xstrdup(released->answers != NULL ? released->answers : "");
    return rc;
}

static bool is_same(const char *said, const char *derived)
{
    return strcmp(said != NULL ? said : "", derived != NULL ? derived : "") == 0;
}

// Either may have been changed by hand.
static bool belongs(const Selenga__Question *q, const quiz_question_t *key)
{
    AUTO(xfree) char *options = quiz_options(key), *partners = quiz_partners(key);
    return is_same(q->type, quiz_type_word(key->type)) && is_same(q->options, options) &&
           is_same(q->partners, partners);
}

// False: what is right cannot be told.
static bool parse_key(const Selenga__Question *q, const char *answers, quiz_t *ret)
{
    char *text = NULL;
    size_t size = 0, line;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) out_of_memory();
    quiz_write(out, NULL, "?", answers, NULL);
    if (fclose(out) != 0) out_of_memory();
    bool read = quiz_read_gift(slice_text(text), ret, &line) == 0;
    free(text);
    return read && ret->n == 1 && belongs(q, &ret->questions[0]);
}

// --- points --------------------------------------------------------------------------------------

// NULL: none that the framework has.
static int part_of(marks_t *marks, const char *competency, part_t **ret)
{
    Selenga__Competency key = SELENGA__COMPETENCY__INIT;
    AUTO(msg_body_free) Selenga__Competency *held = NULL;
    *ret = NULL;
    if (competency == NULL || marks->framework == NULL) return 0;
    for (size_t i = 0; i < marks->n; i++)
        if (strcmp(marks->parts[i].code, competency) == 0) {
            *ret = &marks->parts[i];
            return 0;
        }
    key.framework = marks->framework;
    key.code = (char *)(uintptr_t)competency;
    int rc = read_body(marks->txn, &KIND_COMPETENCY, &key.base, &held);
    if (rc != 0 || held == NULL) return rc;
    *ret = vec_add(marks->parts, marks->n, marks->room);
    **ret = (part_t){0};
    snprintf((*ret)->code, sizeof(*ret)->code, "%s", competency);
    return 0;
}

static int read_answer(const marks_t *marks, const Selenga__Question *q, Selenga__AttemptAnswer **ret)
{
    Selenga__AttemptAnswer key = SELENGA__ATTEMPT_ANSWER__INIT;
    key.attempt = marks->attempt->code;
    key.has_number = 1;
    key.number = q->number;
    return read_body(marks->txn, &KIND_ATTEMPT_ANSWER, &key.base, ret);
}

// 0, 1: it cannot be marked here, or -errno.
static int mark_question(marks_t *marks, const Selenga__Question *q)
{
    AUTO(msg_body_free) Selenga__AttemptAnswer *answer = NULL;
    AUTO(xfree) char *key = NULL;
    quiz_t quiz = {0};
    part_t *part = NULL;
    if (is_same(q->type, quiz_type_word(QUIZ_ESSAY))) return 0;
    if (marks->parts_only) return part_of(marks, q->competency, &part);
    int rc = read_key(marks->txn, q, &key);
    if (rc != 0) return rc;
    if (key == NULL || !parse_key(q, key, &quiz)) {
        quiz_clear(&quiz);
        return 1;
    }
    rc = read_answer(marks, q, &answer);
    if (rc == 0) rc = part_of(marks, q->competency, &part);
    bool said = answer != NULL && answer->answer != NULL;
    int64_t points = said ? (int64_t)quiz_worth(&quiz.questions[0], answer->answer) * POINT / QUIZ_FULL : 0;
    quiz_clear(&quiz);
    marks->score += points;
    marks->max += POINT;
    if (part != NULL) {
        part->score += points;
        part->max += POINT;
    }
    return rc;
}

static int read_framework(marks_t *marks)
{
    Selenga__Campaign key = SELENGA__CAMPAIGN__INIT;
    AUTO(msg_body_free) Selenga__Campaign *campaign = NULL;
    key.code = marks->attempt->campaign;
    int rc = read_body(marks->txn, &KIND_CAMPAIGN, &key.base, &campaign);
    if (campaign != NULL) marks->framework = xstrdup(campaign->framework);
    return rc;
}

// 0, 1: not here, or -errno.
static int mark_all(marks_t *marks)
{
    rid_list_t questions = {0};
    rid_t instrument;
    if (!ref_id(&KIND_INSTRUMENT, slice_text(marks->attempt->instrument), &instrument)) return 1;
    int rc = read_framework(marks);
    if (rc == 0) rc = store_referring(marks->txn, &instrument, N_QUESTION, NULL, rid_list_add, &questions);
    if (rc == 0 && questions.n == 0) rc = 1;
    for (size_t i = 0; i < questions.n && rc == 0; i++) {
        record_t held;
        if ((rc = store_get(marks->txn, &questions.ids[i], &held, NULL)) != 0) break;
        AUTO(msg_body_free)
        Selenga__Question *q = sound_body(&KIND_QUESTION, &selenga__question__descriptor, &held);
        if (q != NULL) rc = mark_question(marks, q);
    }
    free(questions.ids);
    return rc;
}

// --- what comes of it ----------------------------------------------------------------------------

static int write_results(service_t *service, const marks_t *marks)
{
    author_t author = service_author(service);
    int rc = 0;
    for (size_t i = 0; i < marks->n && rc == 0; i++) {
        Selenga__Result r = SELENGA__RESULT__INIT;
        r.campaign = marks->attempt->campaign;
        r.person = marks->attempt->person;
        r.competency = marks->parts[i].code;
        r.has_score = r.has_max = r.has_taken_on = 1;
        r.score = marks->parts[i].score;
        r.max = marks->parts[i].max;
        r.taken_on = marks->attempt->finished_on;
        rc = record_write_own(&author, marks->txn, &KIND_RESULT, NULL, &r.base, NULL);
    }
    return rc;
}

int attempt_mark(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt)
{
    marks_t marks = {.txn = txn, .attempt = attempt};
    Selenga__Attempt marked = *attempt;
    fault_t fault;
    int rc = mark_all(&marks);
    if (rc == 0) {
        marked.state = (char *)(uintptr_t) "marked";
        marked.has_score = marked.has_max = 1;
        marked.score = marks.score;
        marked.max = marks.max;
        rc = attempt_write(service, txn, &marked, &fault);
    }
    if (rc == 0) rc = write_results(service, &marks);
    free(marks.framework);
    free(marks.parts);
    return rc < 0 ? rc : 0;
}

int attempt_unmark(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt)
{
    marks_t marks = {.txn = txn, .attempt = attempt, .parts_only = true};
    author_t author = service_author(service);
    int rc = mark_all(&marks);
    for (size_t i = 0; i < marks.n && rc >= 0; i++) {
        Selenga__Result key = SELENGA__RESULT__INIT;
        rid_t id;
        key.campaign = attempt->campaign;
        key.person = attempt->person;
        key.competency = marks.parts[i].code;
        if (body_id(&KIND_RESULT, &key.base, &id)) rc = record_remove_own(&author, txn, &id);
    }
    free(marks.framework);
    free(marks.parts);
    return rc < 0 ? rc : 0;
}
