// SPDX-License-Identifier: Apache-2.0
// Summaries of visits without names (kind visit-count), made where the organisation is served, of the marks
// of all visits that are held there, whoever wrote them. Where fewer than five people were visited there is
// none.
#pragma once
#include "common/service/service.h"

typedef struct visits visits_t;

visits_t *visits_new(service_t *service);
void visits_destroy(visits_t **visits);

// In the first transaction of a run: all are counted anew, so that nothing need be kept beside the records. 0
// or -errno.
int visits_start(visits_t *visits, store_txn_t *txn);

// A version of any kind became the present one.
void visits_changed(visits_t *visits, const record_t *old, const record_t *now);

// Writes the records whose numbers changed. 0 or -errno.
int visits_settle(visits_t *visits, store_txn_t *txn);
