// SPDX-License-Identifier: Apache-2.0
// Asking the region, by way of the parent, for the pseudonyms that are missing here: one batch at a time,
// sent again until it is answered. What is lost costs time only; nothing of it needs to survive.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "services/registry/pseudonym_private.h"
#include <sodium.h>
#include <stdlib.h>

enum {
    WAIT_FIRST_MS = 2000,
    WAIT_MAX_MS = 60000,
    REST_MS = 1000,              // after an answer to some of what was asked
    REFUSED_FIRST_MS = 15000,    // after a refusal
    REFUSED_MAX_MS = 10 * 60000, // when it goes on
};

void asking_open(pseudonyms_t *self)
{
    self->asking.asked = xcalloc(EVALUATE_MAX, sizeof *self->asking.asked);
    self->asking.points = xcalloc(EVALUATE_MAX, OPRF_POINT);
    self->asking.refused_wait_ms = REFUSED_FIRST_MS;
}

static void forget_batch(asking_t *asking)
{
    sodium_memzero(asking->asked, EVALUATE_MAX * sizeof *asking->asked);
    asking->n = 0;
}

void asking_close(pseudonyms_t *self)
{
    forget_batch(&self->asking);
    free(self->asking.asked);
    free(self->asking.points);
}

void asking_link(pseudonyms_t *self, bool up)
{
    self->asking.link_up = up;
    self->asking.again_ms = 0; // what was under way may be lost
    self->asking.wait_ms = WAIT_FIRST_MS;
}

// --- sending -------------------------------------------------------------------------------------

static void send_batch(pseudonyms_t *self, uint64_t now_ms)
{
    asking_t *asking = &self->asking;
    Selenga__Evaluate m = SELENGA__EVALUATE__INIT;
    m.has_call = m.has_points = 1;
    m.call = asking->call;
    m.has_mark = self->has_mark;
    m.mark = (ProtobufCBinaryData){self->has_mark ? OPRF_MARK : 0, self->mark};
    m.points = (ProtobufCBinaryData){asking->n * OPRF_POINT, asking->points};
    service_send_peer(self->service, PEER_PARENT, MSG_EVALUATE, &m.base);
    // Many nodes ask at once after a change of key: they do not ask again at once.
    asking->again_ms = now_ms + asking->wait_ms + randombytes_uniform(asking->wait_ms / 2);
    asking->wait_ms = asking->wait_ms < WAIT_MAX_MS / 2 ? asking->wait_ms * 2 : WAIT_MAX_MS;
}

static int add_to_batch(pseudonyms_t *self, store_txn_t *txn, own_person_t *person)
{
    asking_t *asking = &self->asking;
    asked_t *asked = &asking->asked[asking->n];
    input_t input;
    int rc;
    if (!pseudonym_input(txn, &person->id, &input, &rc)) {
        if (rc == 0) people_want(&self->people, person, false);
        return rc;
    }
    asked->person = person->id;
    memcpy(asked->digest, input.digest, INPUT_DIGEST);
    if (oprf_blind(pseudonym_input_slice(&input), asked->blind, asking->points + asking->n * OPRF_POINT))
        asking->n++;
    sodium_memzero(&input, sizeof input);
    return 0;
}

static int make_batch(pseudonyms_t *self, store_txn_t *txn)
{
    asking_t *asking = &self->asking;
    size_t at = 0;
    int rc = 0;
    own_person_t *person;
    while (rc == 0 && asking->n < EVALUATE_MAX && (person = people_next(&self->people, &at)) != NULL)
        if (person->wanted) rc = add_to_batch(self, txn, person);
    randombytes_buf(&asking->call, sizeof asking->call);
    asking->wait_ms = WAIT_FIRST_MS;
    asking->again_ms = 0;
    return rc;
}

int asking_tick(pseudonyms_t *self, store_txn_t *txn, uint64_t now_ms)
{
    asking_t *asking = &self->asking;
    int rc = 0;
    if (self->maker || !asking->link_up) return 0;
    if (asking->n == 0 && self->people.n_wanted > 0 && now_ms >= asking->not_before_ms)
        rc = make_batch(self, txn);
    if (rc == 0 && asking->n > 0 && now_ms >= asking->again_ms) send_batch(self, now_ms);
    return rc;
}

// --- the answer ----------------------------------------------------------------------------------

static void take_refusal(asking_t *asking, const char *code)
{
    bool quota = strcmp(code, "PSEUDONYM-QUOTA") == 0;
    asking->trouble = quota ? "PSEUDONYM-QUOTA" : asking->trouble;
    log_once(L_WARNING, quota ? "PSEUDONYM-QUOTA" : "PSEUDONYM-REFUSED", 0,
             _("the region makes no more pseudonyms for this node now: %s"), code);
    forget_batch(asking);
    asking->not_before_ms = mono_ms() + asking->refused_wait_ms;
    uint32_t longer = asking->refused_wait_ms * 2;
    asking->refused_wait_ms = longer < REFUSED_MAX_MS ? longer : REFUSED_MAX_MS;
}

// A person whose СНИЛС was corrected meanwhile is asked for again.
static int take_one(pseudonyms_t *self, store_txn_t *txn, const asked_t *asked, const uint8_t *point,
                    const uint8_t *mark)
{
    uint8_t output[OPRF_OUTPUT];
    input_t input;
    pseudonym_t made;
    int rc;
    if (!pseudonym_input(txn, &asked->person, &input, &rc)) return rc;
    if (memcmp(input.digest, asked->digest, INPUT_DIGEST) == 0 &&
        oprf_finalize(pseudonym_input_slice(&input), asked->blind, point, output)) {
        pseudonym_of_output(output, mark, &made);
        people_know(&self->people, asked->digest, &made);
        own_person_t *person = people_find(&self->people, &asked->person);
        if (person != NULL) person->again = false;
    }
    sodium_memzero(output, sizeof output);
    sodium_memzero(&input, sizeof input);
    return 0;
}

int asking_answer(pseudonyms_t *self, store_txn_t *txn, const Selenga__Evaluated *m)
{
    asking_t *asking = &self->asking;
    size_t n = m->points.len / OPRF_POINT;
    if (m->refused != NULL && m->refused[0] != '\0') {
        take_refusal(asking, m->refused);
        return 0;
    }
    if (m->mark.len != OPRF_MARK || m->points.len % OPRF_POINT != 0 || n == 0 || n > asking->n ||
        sodium_is_zero(m->mark.data, OPRF_MARK)) {
        log_once(L_WARNING, "PSEUDONYM-ANSWER", 0, _("an answer about pseudonyms is none, and was dropped"));
        return 0; // asked again in time
    }
    // Who makes them says which key counts; its record comes by another way, before or after.
    self->settle_all =
        self->settle_all || (self->has_mark && memcmp(self->mark, m->mark.data, OPRF_MARK) != 0);
    self->has_mark = true;
    memcpy(self->mark, m->mark.data, OPRF_MARK);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = take_one(self, txn, &asking->asked[i], m->points.data + i * OPRF_POINT, m->mark.data);
    asking->not_before_ms = n < asking->n ? mono_ms() + REST_MS : 0;
    asking->trouble = NULL;
    asking->refused_wait_ms = REFUSED_FIRST_MS;
    forget_batch(asking);
    return rc == 0 ? pseudonym_settle_wanted(self, txn) : rc;
}
