// SPDX-License-Identifier: Apache-2.0
// Where a record is, from what a node knows of it: whose it is, whether the node above has it, which children
// have it, and who refused it. A node knows its neighbours only; what happens beyond them is known there.
#pragma once
#include "common/node/node.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"
#include "proto/record.pb-c.h"

enum { TRACE_REFUSED = 16 }; // refusals that are told

typedef enum trace_home {
    TRACE_HERE,      // it is written at this node
    TRACE_BELOW,     // at a node below, by way of the child `home_org`
    TRACE_ABOVE,     // at the node above (`home_org`), or further up
    TRACE_ELSEWHERE, // somewhere else; it came from above
} trace_home_t;

typedef enum trace_up {
    TRACE_UP_ROOT,      // there is no node above
    TRACE_UP_CAME,      // it came from there
    TRACE_UP_STAYS,     // it does not go there
    TRACE_UP_UNKNOWN,   // the service does not say, or it may be among those that wait
    TRACE_UP_WAITING,   // not there yet
    TRACE_UP_DELIVERED, // the node above has acknowledged it
    TRACE_UP_REFUSED,   // and refused it
} trace_up_t;

typedef struct trace {
    trace_home_t home;
    const char *home_org; // NULL: not known
    trace_up_t up;
    const char *up_org;  // NULL: there is no node above
    bool has_state;      // of the feed to the node above:
    const char *state;   // live, offline ...
    uint64_t waiting;    // records that wait for the node above, this one among them or not
    uint64_t progress_s; // since it took anything
    bool goes_down;      // to every node below
    size_t below, have;  // children, and those of them that have it; 0 where it is not this node's
    const Selenga__Quarantined *refused[TRACE_REFUSED]; // here or elsewhere, of any version; the caller's
    size_t n_refused;
} trace_t;

// queues: of the service that keeps the record; waiting: what waits under its id, likewise. NULL: not known.
void trace_of(const Selenga__Record *record, const node_conf_t *node, const Selenga__Queues *queues,
              const Selenga__QuarantineList *waiting, trace_t *ret);

// A code for programs, and a sentence.
const char *trace_up_code(trace_up_t up);
const char *trace_up_text(trace_up_t up);
// Whose record it is, as a sentence, into buf of `size` bytes.
const char *trace_home_text(const trace_t *trace, char *buf, size_t size);
