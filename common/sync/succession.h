// SPDX-License-Identifier: Apache-2.0
// Two homes claim one id. Who had it first keeps it, unless the node that had it has come to its end: the
// school's computer joined again below another hub, or its hub serves it by itself from now on.
#pragma once
#include "common/store/store.h"

typedef enum claim {
    CLAIM_NONE,      // who holds the id keeps it
    CLAIM_SUCCEEDS,  // the newcomer is its successor, and takes the place
    CLAIM_WITHDRAWN, // who holds the id keeps it, and the newcomer has deleted what it called so
    CLAIM_PAST,      // who holds it succeeded the newcomer: that one's word is of the past, and says nothing
} claim_t;

// held, newcomer: of one id and two homes; none is a word of `gone`.
claim_t succession(const store_place_t *place, const record_t *held, const record_t *newcomer);
