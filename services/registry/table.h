// SPDX-License-Identifier: Apache-2.0
// The table of keys that the gate admits by: this node's children, revoked ones too, and its invitations. The
// gate hears it whole when it asks, in pages, and afterwards what changed, numbered, so that it notices what
// it missed.
#pragma once
#include "services/registry/registry.h"

// Numbers of messages begin at random: what an earlier registry said is not continued by chance.
void table_start(registry_t *self);
void table_clear(registry_t *self);

// A node's or an invitation's record was written; `old` NULL: there was none. Later
// table_send_changes tells the gate.
void table_note(registry_t *self, const record_t *old, const record_t *now);

// To the gate, after the commit. Return 0 or negative errno of the store.
int table_send_whole(registry_t *self, store_txn_t *txn);
int table_send_changes(registry_t *self, store_txn_t *txn); // nothing when nothing changed

typedef int table_each_fn(void *arg, store_txn_t *txn, const record_t *r);
// Records of a kind whose home is this node; ends at the first that returns other than 0.
int table_each_own(registry_t *self, store_txn_t *txn, uint32_t kind, table_each_fn *fn, void *arg);
