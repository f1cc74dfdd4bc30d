// SPDX-License-Identifier: Apache-2.0
// The facts of one human being, counted anew.
#pragma once
#include "services/reporting/reporting.h"

// Years and aspects that are not dirty stay as they are held; where nothing is held, all is counted. What is
// to go is noted for recount_remove_gone. 0 or -errno.
int recount_one(reporting_t *self, store_txn_t *txn, const dirty_t *dirty);

// Who gets another pseudonym has the new facts before the old ones go: on no way up is he missing in between,
// and `was` of the new ones tells that he is not two. 0 or -errno.
int recount_remove_gone(reporting_t *self, store_txn_t *txn);
