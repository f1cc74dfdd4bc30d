// SPDX-License-Identifier: Apache-2.0
// Records that are about another record: what follows from that one, and what reviews say of it.
#pragma once
#include "common/service/author.h"

// Sets the organisation of a body whose kind is about another record: that one's where it is below this node,
// else this node's own, so that the record reaches whoever has the other. And sees that this node speaks for
// the speaker. 0, RECORD_E_FAULT, or -errno. Nothing where the kind declares neither.
int subject_follow(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, body_t *body,
                   arena_t *arena, fault_t *ret_fault);

// What the reviews of a record come to, in the order in which one hides another.
typedef enum review_state {
    REVIEW_NONE = 0,
    REVIEW_AGREED,   // by all who have decided, and nobody is waited for
    REVIEW_CHANGED,  // it has changed since it was decided about
    REVIEW_WAITING,  // somebody has to decide
    REVIEW_RETURNED, // the home has to change it
    REVIEW_DECLINED,
} review_state_t;

typedef struct reviewed {
    review_state_t state;
    unsigned awaits; // W_ flags: levels that have not decided about what it says now
} reviewed_t;

// Looks at all reviews of a record, whoever wrote them. 0 or -errno.
int subject_reviewed(store_txn_t *txn, const record_t *record, reviewed_t *ret);
// "", "agreed", "changed", "waiting", "returned", "declined".
const char *review_state_name(review_state_t state);
