// SPDX-License-Identifier: Apache-2.0
// Keeps the table in memory equal to the records of the store: what a report is computed from.
#pragma once
#include "services/reporting/reporting.h"

// A version became the present one. old may be NULL.
void mirror_record(reporting_t *self, const record_t *old, const record_t *now);
// Everything, once, when the service starts.
int mirror_all(reporting_t *self, store_txn_t *txn);
