// SPDX-License-Identifier: Apache-2.0
// Whose facts a changed record bears on, and for which years.
#pragma once
#include "services/reporting/reporting.h"

// Marks the people of this node whom either version touches, and keeps the index from pseudonyms to staff
// numbers. A change of what facts are not made of, as of a title, touches nobody. 0 or -errno.
int concerns_touch(reporting_t *self, store_txn_t *txn, const record_t *old, const record_t *now);
