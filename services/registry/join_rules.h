// SPDX-License-Identifier: Apache-2.0
// May this node join with this invitation, may this organisation be invited? The rules alone, over facts that
// joining.c and admission.c gather.
#pragma once
#include <stdbool.h>

typedef struct join_facts {
    bool has_key; // of the right size
    // the invitation
    bool used;
    bool used_by_it; // by this very key
    bool withdrawn;
    bool expired;
    bool replace;
    // what is known of the organisation's node
    bool elsewhere;  // another hub's
    bool active;     // ours, and not revoked
    bool its_key;    // it has this very key
    bool key_known;  // some node or invitation here, whatever its state, has this key
    bool other_root; // a phrase was given, and it is not that node's
} join_facts_t;

// NULL when it may. *ret_again: it has joined already and its answer was lost; nothing changes, the answer is
// the same. Else the fault's code.
const char *join_refusal(const join_facts_t *facts, bool *ret_again);

typedef struct invite_facts {
    bool replace;      // the invitation is to be for a node in another's place
    bool stands;       // a node of the organisation is or was here
    bool active;       // it is, and not revoked
    bool elsewhere;    // another hub's active node
    bool known, below; // the organisation: has a record; is below this node's own
    int hub_rank;
    int given_rank; // -1: none was given
    int kind_rank;  // of the organisation's kind; -1: it tells none, or has no record
} invite_facts_t;

// NULL when it may; else the fault's code. What could not be used for a join makes no token.
const char *invite_refusal(const invite_facts_t *facts);
