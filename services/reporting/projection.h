// SPDX-License-Identifier: Apache-2.0
// Keeps the table in memory equal to the records of the store: what a report is computed from.
#pragma once
#include "services/reporting/reporting.h"

// A version became the present one. old may be NULL.
void projection_record(reporting_t *self, const record_t *old, const record_t *now);
// What stood in the store when the service started, a thousand records at each call; what changes
// meanwhile goes its own way, and comes to the same. *ret_done: nothing is left. 0 or -errno.
int projection_on(reporting_t *self, store_txn_t *txn, bool *ret_done);
