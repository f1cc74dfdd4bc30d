// SPDX-License-Identifier: Apache-2.0
// Who may be part of the tree: invitations, joining, revoking (design 3). An invitation is a one-time key
// pair: its secret half is in the token, its public half here. The hub writes a node record for the child;
// that record, like any other, goes up and comes back to a hub that lost its disk.
#pragma once
#include "services/registry/registry.h"

// The root's own node record.
int admission_write_self(registry_t *self, store_txn_t *txn);
int admission_invite(registry_t *self, store_txn_t *txn, const envelope_t *e);
int admission_join(registry_t *self, store_txn_t *txn, const envelope_t *e);
int admission_admit(registry_t *self, store_txn_t *txn, const envelope_t *e);
int admission_revoke(registry_t *self, store_txn_t *txn, const envelope_t *e);
