// SPDX-License-Identifier: Apache-2.0
// Whom this node admitted, once more beside the store: DIR/admitted. What a lost or restored store lacks its
// neighbours give back; but they must be let in first, and the records that let them in are nobody else's at
// the root. They are this node's own: nodes and invitations that it wrote, and its organisation.
//
// Written about a second after a change, so that a table that grows quickly is not written for each row. A
// file that is damaged or cannot be written is told in the log and stops nothing.
#pragma once
#include "services/registry/registry.h"

// At the start of a run, before anything is written: takes back what the file has and the store has not, or
// only older. 0 or -errno of the transaction.
int admitted_restore(registry_t *self, store_txn_t *txn);

// A version became the present one: does the file have to follow?
void admitted_note(registry_t *self, const record_t *now);

// Before a commit: writes the file when it is due and this transaction changes nothing of it, so that it
// holds nothing that is not durable. 0 or -errno of the transaction.
int admitted_settle(registry_t *self, store_txn_t *txn);
