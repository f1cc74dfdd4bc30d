// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.pb-c.h"
#include "services/diagnostics/attempt_time.h"
#include "services/diagnostics/attempts.h"

struct attempts {
    service_t *service;
    char boot[ATTEMPT_BOOT];
    rid_list_t waiting; // attempts that may be marked now
    size_t done;        // of them
    rid_list_t keyed;   // instruments of which a key came in this transaction
};

typedef struct taken { // a person, and what he takes
    const char *person, *campaign, *instrument;
    rid_t person_id, campaign_id, instrument_id;
    int64_t allowed;
    bool approved, has_limit;
    int64_t limit;
    Selenga__Attempt *attempt; // the latest; NULL: none
    int64_t used;              // attempts that count
} taken_t;

attempt_now_t attempts_now(const attempts_t *self);
// False of NULL.
bool attempt_is(const Selenga__Attempt *attempt, const char *state);

// Answers how the attempt stands, with this question; number 0: the first that is open. 0 or -errno.
int attempts_reply(attempts_t *self, store_txn_t *txn, const envelope_t *e, taken_t *taken, uint32_t number,
                   bool late);
// May it be the answer to this question of the instrument? An empty one may. 0 or -errno.
int attempt_can_answer(store_txn_t *txn, const taken_t *taken, const Selenga__AttemptAsk *m, bool *ret_sound);
// Answers with a refusal. Returns 0.
int attempts_refuse(const attempts_t *self, const envelope_t *e, const char *code, const char *one,
                    const char *two);
