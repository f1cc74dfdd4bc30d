// SPDX-License-Identifier: Apache-2.0
// An attempt from its beginning to its end. What a person sends is answered by how his attempt stands then,
// so that a browser, a console or a node that was killed goes on where it was. An attempt whose time is over
// is finished by the next request about it.
#include <errno.h>
#include <sodium.h>
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

enum { MARKED_AT_ONCE = 32, CODE_BYTES = 8, CODE_TEXT = 2 * CODE_BYTES + 3 };

attempts_t *attempts_new(service_t *service)
{
    attempts_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    attempt_boot(self->boot);
    return self;
}

void attempts_destroy(attempts_t **attempts)
{
    if (*attempts == NULL) return;
    free((*attempts)->waiting.ids);
    free((*attempts)->keyed.ids);
    free(*attempts);
    *attempts = NULL;
}

int attempts_refuse(const attempts_t *self, const envelope_t *e, const char *code, const char *one,
                    const char *two)
{
    fault_t fault;
    fault_set(&fault, code, NULL, one, two);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

attempt_now_t attempts_now(const attempts_t *self)
{
    return (attempt_now_t){self->boot, (int64_t)(mono_ms() / 1000)};
}

bool attempt_is(const Selenga__Attempt *attempt, const char *state)
{
    return attempt != NULL && strcmp(attempt->state, state) == 0;
}

// --- marking what waits --------------------------------------------------------------------------

int attempts_start(attempts_t *self, store_txn_t *txn)
{
    return store_list(txn, N_ATTEMPT, (slice_t){0}, NULL, rid_list_add, &self->waiting);
}

void attempts_changed(attempts_t *self, const record_t *now)
{
    rid_t id;
    if ((now->kind != N_QUESTION_KEY && now->kind != N_RELEASED_KEY) || now->deleted) return;
    // both have the reference in their first field
    AUTO(msg_body_free)
    Selenga__ReleasedKey *m = msg_body_unpack(&selenga__released_key__descriptor, now->body);
    if (m == NULL || m->instrument == NULL) return;
    if (!ref_id(&KIND_INSTRUMENT, slice_text(m->instrument), &id)) return;
    bool again = self->keyed.n > 0 && rid_equal(&self->keyed.ids[self->keyed.n - 1], &id);
    if (!again) rid_list_add(&self->keyed, &id);
}

int attempts_settle(attempts_t *self, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < self->keyed.n && rc == 0; i++)
        rc = store_referring(txn, &self->keyed.ids[i], N_ATTEMPT, NULL, rid_list_add, &self->waiting);
    self->keyed.n = 0;
    for (size_t n = 0; n < MARKED_AT_ONCE && self->done < self->waiting.n && rc == 0; n++) {
        AUTO(msg_body_free) Selenga__Attempt *attempt = NULL;
        rc = attempt_read(self->service, txn, &self->waiting.ids[self->done++], &attempt);
        if (rc == 0 && attempt_is(attempt, "finished")) rc = attempt_mark(self->service, txn, attempt);
    }
    if (self->done == self->waiting.n) self->done = self->waiting.n = 0;
    return rc;
}

bool attempts_busy(const attempts_t *self)
{
    return self->waiting.n > 0;
}

// --- what is asked about -------------------------------------------------------------------------

static int see_attempt(void *arg, const record_t *r, const place_t *place)
{
    taken_t *taken = arg;
    (void)place;
    Selenga__Attempt *m = sound_body(&KIND_ATTEMPT, &selenga__attempt__descriptor, r);
    bool fits = m != NULL && strcmp(m->campaign, taken->campaign) == 0 &&
                strcmp(m->instrument, taken->instrument) == 0 && strcmp(m->person, taken->person) == 0;
    if (fits && !attempt_is(m, "annulled")) taken->used++;
    if (fits && (taken->attempt == NULL || m->number > taken->attempt->number)) {
        msg_body_free(&taken->attempt);
        taken->attempt = m;
        m = NULL;
    }
    msg_body_free(&m);
    return 0;
}

static int read_campaign(store_txn_t *txn, taken_t *taken, bool *ret_there)
{
    record_t held;
    *ret_there = false;
    int rc = store_get(txn, &taken->campaign_id, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free)
    Selenga__Campaign *m = sound_body(&KIND_CAMPAIGN, &selenga__campaign__descriptor, &held);
    if (m == NULL || !ref_in(m->instruments, taken->instrument)) return 0;
    taken->allowed = m->has_attempts ? m->attempts : 1;
    *ret_there = true;
    return 0;
}

static int read_instrument(store_txn_t *txn, taken_t *taken, bool *ret_there)
{
    record_t held;
    *ret_there = false;
    int rc = store_get(txn, &taken->instrument_id, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free)
    Selenga__Instrument *m = sound_body(&KIND_INSTRUMENT, &selenga__instrument__descriptor, &held);
    if (m == NULL) return 0;
    taken->approved = strcmp(m->state, "approved") == 0;
    taken->has_limit = m->has_time_limit;
    taken->limit = m->time_limit;
    *ret_there = true;
    return 0;
}

// *ret_there: all of it is known here.
static int read_taken(store_txn_t *txn, taken_t *taken, bool *ret_there)
{
    *ret_there = false;
    if (!ref_id(&KIND_CAMPAIGN, slice_text(taken->campaign), &taken->campaign_id) ||
        !ref_id(&KIND_INSTRUMENT, slice_text(taken->instrument), &taken->instrument_id))
        return 0;
    int rc = read_campaign(txn, taken, ret_there);
    if (rc == 0 && *ret_there) rc = read_instrument(txn, taken, ret_there);
    if (rc != 0 || !*ret_there) return rc;
    return store_each_referring(txn, &taken->person_id, N_ATTEMPT, NULL, see_attempt, taken);
}

// --- what is done --------------------------------------------------------------------------------

// Ends a request whose record was not written: refused for what the asker said, or -errno.
static int not_written(attempts_t *self, const envelope_t *e, int rc, const fault_t *fault)
{
    if (rc == RECORD_E_FAULT) service_refuse(self->service, e, fault, false);
    return rc < 0 ? rc : 0;
}

static int any_record(void *arg, const record_t *r, const place_t *place)
{
    (void)r;
    (void)place;
    *(bool *)arg = true;
    return 1;
}

// Why nobody can begin; NULL: he can. 0 or -errno.
static int look_at_test(store_txn_t *txn, const taken_t *taken, const char **ret_why)
{
    bool asks = false, released = false;
    int rc = store_each_referring(txn, &taken->instrument_id, N_QUESTION, NULL, any_record, &asks);
    if (rc >= 0)
        rc = store_each_referring(txn, &taken->instrument_id, N_RELEASED_KEY, NULL, any_record, &released);
    *ret_why = !taken->approved ? "TEST-STATE" : released ? "TEST-RELEASED" : asks ? NULL : "TEST-EMPTY";
    return rc < 0 ? rc : 0;
}

static void new_code(char ret[static CODE_TEXT])
{
    uint8_t random[CODE_BYTES];
    randombytes_buf(random, sizeof random);
    memcpy(ret, "A-", 2);
    sodium_bin2hex(ret + 2, CODE_TEXT - 2, random, sizeof random);
}

static int begin(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken)
{
    Selenga__Attempt a = SELENGA__ATTEMPT__INIT;
    char code[CODE_TEXT], used[24];
    const char *why = NULL;
    fault_t fault;
    if (attempt_is(taken->attempt, "begun")) return attempts_reply(self, txn, e, taken, 0, false);
    int rc = look_at_test(txn, taken, &why);
    if (rc != 0) return rc;
    if (why != NULL) return attempts_refuse(self, e, why, taken->instrument, NULL);
    snprintf(used, sizeof used, "%lld", (long long)taken->used);
    if (taken->used >= taken->allowed) return attempts_refuse(self, e, "ATTEMPTS-USED", used, NULL);
    new_code(code);
    a.code = code;
    a.campaign = (char *)(uintptr_t)taken->campaign;
    a.person = (char *)(uintptr_t)taken->person;
    a.instrument = (char *)(uintptr_t)taken->instrument;
    a.state = (char *)(uintptr_t) "begun";
    a.has_number = a.has_started_on = 1;
    a.number = taken->attempt != NULL ? taken->attempt->number + 1 : 1;
    a.started_on = wall_day();
    a.has_time_limit = taken->has_limit;
    a.time_limit = taken->limit;
    attempt_tick(&a, attempts_now(self));
    rc = attempt_write(self->service, txn, &a, &fault);
    if (rc != 0) return not_written(self, e, rc, &fault);
    msg_body_free(&taken->attempt);
    rc = store_each_referring(txn, &taken->person_id, N_ATTEMPT, NULL, see_attempt, taken);
    return rc == 0 ? attempts_reply(self, txn, e, taken, 0, false) : rc;
}

// Its last write before it is marked. *taken has what it is then.
static int finish(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken, bool late)
{
    Selenga__Attempt a = *taken->attempt;
    fault_t fault;
    rid_t id;
    attempt_tick(&a, attempts_now(self));
    a.state = (char *)(uintptr_t) "finished";
    a.has_finished_on = 1;
    a.finished_on = wall_day();
    int rc = attempt_write(self->service, txn, &a, &fault);
    if (rc != 0) return not_written(self, e, rc, &fault);
    rc = attempt_mark(self->service, txn, &a);
    if (rc != 0 || !ref_id(&KIND_ATTEMPT, slice_text(a.code), &id)) return rc;
    msg_body_free(&taken->attempt);
    rc = attempt_read(self->service, txn, &id, &taken->attempt);
    return rc == 0 ? attempts_reply(self, txn, e, taken, 0, late) : rc;
}

// The time that has passed is written with the answer, where there is a limit.
static int answer(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken,
                  const Selenga__AttemptAsk *m)
{
    Selenga__AttemptAnswer one = SELENGA__ATTEMPT_ANSWER__INIT;
    author_t author = service_author(self->service);
    bool sound = false;
    char number[16];
    fault_t fault;
    int rc = attempt_can_answer(txn, taken, m, &sound);
    if (rc != 0) return rc;
    snprintf(number, sizeof number, "%u", m->number);
    if (!sound) return attempts_refuse(self, e, "BAD-ANSWER", number, NULL);
    one.attempt = taken->attempt->code;
    one.person = (char *)(uintptr_t)taken->person;
    one.has_number = one.has_later = one.has_saved_at = 1;
    one.number = m->number;
    one.answer = m->answer != NULL && m->answer[0] != '\0' ? m->answer : NULL;
    one.later = m->has_later && m->later;
    one.saved_at = wall_s();
    rc = record_write_own(&author, txn, &KIND_ATTEMPT_ANSWER, NULL, &one.base, &fault);
    if (rc == 0 && taken->attempt->has_time_limit) {
        Selenga__Attempt a = *taken->attempt;
        attempt_tick(&a, attempts_now(self));
        rc = attempt_write(self->service, txn, &a, &fault);
    }
    if (rc != 0) return not_written(self, e, rc, &fault);
    return attempts_reply(self, txn, e, taken, m->number, false);
}

// --- requests ------------------------------------------------------------------------------------

// The clock goes on from here where the computer was started anew.
static int run_clock(attempts_t *self, store_txn_t *txn, Selenga__Attempt *attempt)
{
    fault_t fault;
    bool runs = attempt->boot != NULL && strcmp(attempt->boot, self->boot) == 0;
    if (runs || !attempt->has_time_limit) return 0;
    Selenga__Attempt a = *attempt;
    attempt_tick(&a, attempts_now(self));
    return attempt_write(self->service, txn, &a, &fault);
}

static int do_ask(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken,
                  const Selenga__AttemptAsk *m)
{
    bool running = attempt_is(taken->attempt, "begun");
    if (running) {
        int rc = run_clock(self, txn, taken->attempt);
        if (rc < 0) return rc;
        bool sends = m->what == SELENGA__ATTEMPT_ASK__WHAT__ANSWER;
        if (attempt_left_s(taken->attempt, attempts_now(self)) == 0)
            return finish(self, txn, e, taken, sends);
    }
    switch (m->what) {
    case SELENGA__ATTEMPT_ASK__WHAT__LOOK:
        return attempts_reply(self, txn, e, taken, m->number, false);
    case SELENGA__ATTEMPT_ASK__WHAT__BEGIN:
        return begin(self, txn, e, taken);
    case SELENGA__ATTEMPT_ASK__WHAT__ANSWER:
        if (!running) return attempts_refuse(self, e, "ATTEMPT-OVER", NULL, NULL);
        return answer(self, txn, e, taken, m);
    case SELENGA__ATTEMPT_ASK__WHAT__FINISH:
        if (!running) return attempts_refuse(self, e, "ATTEMPT-OVER", NULL, NULL);
        return finish(self, txn, e, taken, false);
    default:
        return attempts_refuse(self, e, "MALFORMED", NULL, NULL);
    }
}

int attempts_ask(attempts_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__AttemptAsk *m = msg_body_unpack(&selenga__attempt_ask__descriptor, e->body);
    principal_t who;
    taken_t taken = {0};
    bool there = false;
    int rc = service_asker(self->service, txn, e, &who);
    if (rc != 0) return rc;
    if (m == NULL || m->campaign == NULL || m->instrument == NULL)
        return attempts_refuse(self, e, "MALFORMED", NULL, NULL);
    taken.person = who.limited ? who.person : m->person != NULL ? m->person : "";
    taken.campaign = m->campaign;
    taken.instrument = m->instrument;
    if (!ref_id(&KIND_PERSON, slice_text(taken.person), &taken.person_id))
        return attempts_refuse(self, e, "NOT-FOUND", "person", NULL);
    slice_t org = slice(taken.person, strcspn(taken.person, ":"));
    if (scope_serves(service_scope(self->service), org) == SCOPE_NO)
        return attempts_refuse(self, e, "NOT-SERVING", NULL, NULL);
    rc = read_taken(txn, &taken, &there);
    if (rc == 0 && !there) rc = attempts_refuse(self, e, "NO-TEST", m->campaign, m->instrument);
    if (rc == 0 && there) rc = do_ask(self, txn, e, &taken, m);
    msg_body_free(&taken.attempt);
    return rc;
}
