// SPDX-License-Identifier: Apache-2.0
// People whose facts are to be counted again, and counting them.
#pragma once
#include "services/reporting/reporting.h"

int recount_open(reporting_t *self, store_txn_t *txn); // 0 or -errno
void recount_close(reporting_t *self);

void recount_mark(reporting_t *self, const dirty_t *dirty);

// Before the commit: those who were marked, and some of those who wait. 0 or -errno.
int recount(reporting_t *self, store_txn_t *txn);
bool recount_is_busy(const reporting_t *self);
