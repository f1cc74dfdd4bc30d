// SPDX-License-Identifier: Apache-2.0
// Judges what is about to be written by the rules of common/schema/sense.h, in the store that it goes into.
#pragma once
#include "common/schema/body.h"
#include "common/store/store.h"

enum { SENSE_MAX = 8 };

typedef struct sense {
    fault_t faults[SENSE_MAX];
    size_t n;
} sense_t;

// Does a condition hold of a record in hand? What other records say is not known then.
bool sense_holds(int32_t today, const kind_rule_t *kind, const body_t *body, const char *condition);
// Adds what there is to warn of; more than fit are left out. 0 or -errno.
int sense_check(store_txn_t *txn, int32_t today, const kind_rule_t *kind, const rid_t *id, const body_t *body,
                sense_t *sense);
