// SPDX-License-Identifier: Apache-2.0
// May this node join with this invitation? The rules alone, over facts that admission.c gathers.
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
