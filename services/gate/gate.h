// SPDX-License-Identifier: Apache-2.0
// The gate: the node's only door. It proves who is speaking, stamps that on each envelope, and passes
// envelopes on between the services, local callers, the children and the parent, without opening their
// bodies. It keeps no data.
#pragma once
#include "common/base/util.h"

typedef struct gate gate_t;

// Outcomes of gate_open; the program's exit code is 1 for each.
enum {
    GATE_E_CONF = 1, // node.conf, a key or a setting is missing or wrong
    GATE_E_TWICE,    // a gate of this node is running
    GATE_E_SYSTEM,   // an endpoint or another thing of the system cannot be had
    GATE_E_UNSAFE, // the start-up test found that the children's door does not keep strangers out, or friends
                   // in
};

// Starts the gate of the node whose directory is the current one: keys, ZAP handler, doors, start-up test,
// signals. libsodium must be initialised. Returns 0, or GATE_E_ with why.
int gate_open(gate_t **ret_gate, why_t *why);

// Runs until SIGTERM or SIGINT.
void gate_run(gate_t *gate);

// Ends it in order. Accepts NULL inside.
void gate_close(gate_t **gate);

// Where children connect really; "" when nowhere.
const char *gate_endpoint(const gate_t *gate);
