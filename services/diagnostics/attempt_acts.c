// SPDX-License-Identifier: Apache-2.0
// What organisers do: attempts are annulled, answers erased once nobody can appeal any more, keys released by
// who made them. Each is an act of a person with a reason; no clock does any of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/node/msg.h"
#include "common/service/principal.h"
#include "services/diagnostics/attempt_marks.h"
#include "services/diagnostics/attempts_private.h"
#include "services/diagnostics/results.h"

enum { ERASED_AT_ONCE = 1000 }; // answers of one transaction

static int done(const attempts_t *self, const envelope_t *e, uint64_t n, uint64_t kept, bool more)
{
    Selenga__AttemptActReply reply = SELENGA__ATTEMPT_ACT_REPLY__INIT;
    reply.has_done = reply.has_kept = reply.has_more = 1;
    reply.done = n;
    reply.kept = kept;
    reply.more = more;
    service_reply(self->service, e, MSG_ATTEMPT_ACT_REPLY, &reply.base);
    return 0;
}

static int noted(attempts_t *self, store_txn_t *txn, const envelope_t *e, const kind_rule_t *kind,
                 bool removed, uint64_t n)
{
    audit_note_t note = {.what = removed ? "delete" : "change", .kind = kind->name, .records = n};
    return n > 0 ? service_audit(self->service, txn, e, &note) : 0;
}

// --- annulling -----------------------------------------------------------------------------------

// What earlier or other attempts of the campaign say of the same competencies counts again.
static int mark_others(attempts_t *self, store_txn_t *txn, const Selenga__Attempt *annulled)
{
    rid_list_t attempts = {0};
    rid_t person;
    if (!ref_id(&KIND_PERSON, slice_text(annulled->person), &person)) return 0;
    int rc = store_referring(txn, &person, N_ATTEMPT, NULL, rid_list_add, &attempts);
    for (size_t i = 0; i < attempts.n && rc == 0; i++) {
        AUTO(msg_body_free) Selenga__Attempt *one = NULL;
        rc = attempt_read(self->service, txn, &attempts.ids[i], &one);
        bool counts = rc == 0 && attempt_is(one, "marked") && one->erased == NULL &&
                      strcmp(one->campaign, annulled->campaign) == 0;
        if (counts) rc = attempt_mark(self->service, txn, one);
    }
    free(attempts.ids);
    return rc;
}

static int annul(attempts_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__AttemptAct *m)
{
    AUTO(msg_body_free) Selenga__Attempt *attempt = NULL;
    fault_t fault;
    rid_t id;
    if (!ref_id(&KIND_ATTEMPT, slice_text(m->code), &id))
        return attempts_refuse(self, e, "NOT-FOUND", "attempt", NULL);
    int rc = attempt_read(self->service, txn, &id, &attempt);
    if (rc != 0) return rc;
    if (attempt == NULL) return attempts_refuse(self, e, "NOT-FOUND", "attempt", NULL);
    if (attempt_is(attempt, "annulled")) return attempts_refuse(self, e, "ATTEMPT-ANNULLED", m->code, NULL);
    Selenga__Attempt now = *attempt;
    now.state = (char *)(uintptr_t) "annulled";
    now.reason = m->reason;
    rc = attempt_write(self->service, txn, &now, &fault);
    if (rc == RECORD_E_FAULT) {
        service_refuse(self->service, e, &fault, false);
        return 0;
    }
    if (rc == 0 && attempt_is(attempt, "marked")) {
        rc = attempt_unmark(self->service, txn, attempt);
        if (rc == 0) rc = mark_others(self, txn, attempt);
    }
    if (rc == 0) rc = noted(self, txn, e, &KIND_ATTEMPT, false, 1);
    return rc == 0 ? done(self, e, 1, 0, false) : rc;
}

// --- erasing -------------------------------------------------------------------------------------

// 0 when all answers of the attempt are gone; 1: `most` are, and there are others; -errno.
static int erase_answers(attempts_t *self, store_txn_t *txn, const rid_t *attempt, uint64_t most,
                         uint64_t *count)
{
    rid_list_t answers = {0};
    author_t author = service_author(self->service);
    int rc = store_referring(txn, attempt, N_ATTEMPT_ANSWER, NULL, rid_list_add, &answers);
    for (size_t i = 0; i < answers.n && rc == 0; i++) {
        if (*count == most) rc = 1;
        if (rc == 0) rc = record_remove_own(&author, txn, &answers.ids[i]);
        if (rc == 0) (*count)++;
    }
    free(answers.ids);
    return rc;
}

typedef struct erased {
    uint64_t answers, kept;
    bool more;
} erased_t;

static int erase_attempt(attempts_t *self, store_txn_t *txn, const rid_t *id, char *reason, erased_t *erased,
                         fault_t *ret_fault)
{
    AUTO(msg_body_free) Selenga__Attempt *attempt = NULL;
    int rc = attempt_read(self->service, txn, id, &attempt);
    if (rc != 0 || attempt == NULL || attempt->erased != NULL) return rc;
    if (!attempt_is(attempt, "marked") && !attempt_is(attempt, "annulled")) {
        erased->kept++;
        return 0;
    }
    rc = erase_answers(self, txn, id, ERASED_AT_ONCE, &erased->answers);
    erased->more = rc == 1;
    if (rc != 0) return rc < 0 ? rc : 0;
    Selenga__Attempt now = *attempt;
    now.erased = reason;
    return attempt_write(self->service, txn, &now, ret_fault);
}

static int erase(attempts_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__AttemptAct *m)
{
    rid_list_t attempts = {0};
    erased_t erased = {0};
    record_t held;
    fault_t fault;
    rid_t campaign;
    if (!ref_id(&KIND_CAMPAIGN, slice_text(m->code), &campaign))
        return attempts_refuse(self, e, "NOT-FOUND", "campaign", NULL);
    int rc = store_get(txn, &campaign, &held, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || held.kind != N_CAMPAIGN || held.deleted)
        return attempts_refuse(self, e, "NOT-FOUND", "campaign", NULL);
    rc = store_referring(txn, &campaign, N_ATTEMPT, NULL, rid_list_add, &attempts);
    for (size_t i = 0; i < attempts.n && rc == 0 && !erased.more; i++)
        rc = erase_attempt(self, txn, &attempts.ids[i], m->reason, &erased, &fault);
    free(attempts.ids);
    if (rc == 0) rc = noted(self, txn, e, &KIND_ATTEMPT_ANSWER, true, erased.answers);
    if (rc == RECORD_E_FAULT) {
        service_refuse(self->service, e, &fault, false);
        return 0;
    }
    return rc == 0 ? done(self, e, erased.answers, erased.kept, erased.more) : rc;
}

// --- releasing -----------------------------------------------------------------------------------

static int release_key(attempts_t *self, store_txn_t *txn, const rid_t *id, uint64_t *count)
{
    author_t author = service_author(self->service);
    Selenga__ReleasedKey released = SELENGA__RELEASED_KEY__INIT;
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free)
    Selenga__QuestionKey *key = sound_body(&KIND_QUESTION_KEY, &selenga__question_key__descriptor, &held);
    if (key == NULL) return 0;
    released.instrument = key->instrument;
    released.has_number = 1;
    released.number = key->number;
    released.answers = key->answers;
    (*count)++;
    return record_write_own(&author, txn, &KIND_RELEASED_KEY, NULL, &released.base, NULL);
}

typedef struct under_way { // a campaign with the instrument that is not over
    const char *instrument;
    char code[CODE_MAX + 1];
} under_way_t;

static int see_campaign(void *arg, const record_t *r, const place_t *place)
{
    under_way_t *found = arg;
    (void)place;
    AUTO(msg_body_free)
    Selenga__Campaign *m = sound_body(&KIND_CAMPAIGN, &selenga__campaign__descriptor, r);
    if (m == NULL || m->instruments == NULL || m->to < wall_day()) return 0;
    if (!ref_in(m->instruments, found->instrument)) return 0;
    snprintf(found->code, sizeof found->code, "%s", m->code);
    return 1;
}

// Only who made the instrument has its keys; elsewhere there is nothing to release.
static int release(attempts_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__AttemptAct *m)
{
    rid_list_t keys = {0};
    under_way_t found = {.instrument = m->code};
    record_t held;
    uint64_t n = 0;
    rid_t id;
    if (!ref_id(&KIND_INSTRUMENT, slice_text(m->code), &id))
        return attempts_refuse(self, e, "NOT-FOUND", "instrument", NULL);
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || held.kind != N_INSTRUMENT || held.deleted)
        return attempts_refuse(self, e, "NOT-FOUND", "instrument", NULL);
    if (!path_equal(&held.home, &service_node(self->service)->path))
        return attempts_refuse(self, e, "NOT-HOME", NULL, NULL);
    bool early = m->has_early && m->early;
    rc = early ? 0 : store_each(txn, N_CAMPAIGN, (slice_t){0}, NULL, see_campaign, &found);
    if (rc == 1) return attempts_refuse(self, e, "RELEASE-EARLY", found.code, NULL);
    if (rc == 0) rc = store_referring(txn, &id, N_QUESTION_KEY, NULL, rid_list_add, &keys);
    for (size_t i = 0; i < keys.n && rc == 0; i++) rc = release_key(self, txn, &keys.ids[i], &n);
    free(keys.ids);
    if (rc == 0) rc = noted(self, txn, e, &KIND_RELEASED_KEY, false, n);
    return rc == 0 ? done(self, e, n, 0, false) : rc;
}

int attempts_act(attempts_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__AttemptAct *m = msg_body_unpack(&selenga__attempt_act__descriptor, e->body);
    if (m == NULL || m->code == NULL) return attempts_refuse(self, e, "MALFORMED", NULL, NULL);
    bool release_of = m->what == SELENGA__ATTEMPT_ACT__WHAT__RELEASE;
    if (!release_of && (m->reason == NULL || text_trim(slice_text(m->reason)).size == 0))
        return attempts_refuse(self, e, "WHY-NEEDED", NULL, NULL);
    switch (m->what) {
    case SELENGA__ATTEMPT_ACT__WHAT__ANNUL:
        return annul(self, txn, e, m);
    case SELENGA__ATTEMPT_ACT__WHAT__ERASE:
        return erase(self, txn, e, m);
    case SELENGA__ATTEMPT_ACT__WHAT__RELEASE:
        return release(self, txn, e, m);
    default:
        return attempts_refuse(self, e, "MALFORMED", NULL, NULL);
    }
}
