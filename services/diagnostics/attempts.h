// SPDX-License-Identifier: Apache-2.0
// Attempts: people answer the questions of an instrument at this node. All their writes are this service's
// own, made from requests (proto/api.proto, AttemptAsk, AttemptAct); what is answered was committed before.
#pragma once
#include "common/service/service.h"

typedef struct attempts attempts_t;

attempts_t *attempts_new(service_t *service);
void attempts_destroy(attempts_t **attempts);

// In the first transaction of a run: finished attempts are to be looked at. 0 or -errno.
int attempts_start(attempts_t *attempts, store_txn_t *txn);
// A version became the present one: where it is a key, attempts may wait for it.
void attempts_changed(attempts_t *attempts, const record_t *now);
// Marks some of what can be marked now. 0 or -errno.
int attempts_settle(attempts_t *attempts, store_txn_t *txn);
bool attempts_busy(const attempts_t *attempts);

// MSG_ATTEMPT of a person, MSG_ATTEMPT_ACT of an organiser (attempt_acts.c). 0 or -errno.
int attempts_ask(attempts_t *attempts, store_txn_t *txn, const envelope_t *e);
int attempts_act(attempts_t *attempts, store_txn_t *txn, const envelope_t *e);
