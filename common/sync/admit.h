// SPDX-License-Identifier: Apache-2.0
// Admission: may this record come in from this neighbour? The receiver checks again what the sender's reach
// should have ensured (design 2.3): direction of the home, reach of the kind, scope of the organisation, and
// the body's own rules.
#pragma once
#include "common/schema/fault_value.h"
#include "common/store/store.h"
#include "common/store/topology.h"

// A feed_admit_fn; arg is the store_place_t. Kinds that this node does not know are judged by their stamp
// alone. From the home's side: is the neighbour allowed to bring it, and does what the record says of itself
// follow from its body? Its organisation and id are those of the body, its home is of a level that may write
// the kind, and a node's record comes from the hub above that node, never from itself. Without this an
// enrolled child could take ids that others have yet to write, or speak for an organisation by naming another
// one outside. From another side: could it have gone there? Of our own, whose seal decides: can it be read?
bool admit(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record, fault_t *ret_fault);

// Does the record keep its kind's rules, whoever brought it? For what a person takes.
bool admit_content(const record_t *record, fault_t *ret_fault);

// Could knowing more organisations or nodes change this verdict? Such items are tried again when the topology
// changes.
bool admit_may_change(const fault_t *fault);
