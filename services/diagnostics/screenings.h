// SPDX-License-Identifier: Apache-2.0
// Anonymous screenings: instruments of class `screening`, answered by people who are kept nowhere.
//
//   answers of one person -> sums of the organisation -> at every tenth of them, kind screening-count
//
// The sums are the only thing that an answer changes: no row says that there was one, nor in what order they
// came.
//
// Row 'Q': common/store/FORMAT.md, aux.
#pragma once
#include "common/service/service.h"

enum { SCREENING_STEP = 10 }; // answers from one summary to the next

// MSG_SCREENING, MSG_SCREENING_ANSWER. 0 or -errno of the transaction.
int screenings_show(service_t *service, store_txn_t *txn, const envelope_t *e);
int screenings_answer(service_t *service, store_txn_t *txn, const envelope_t *e);
