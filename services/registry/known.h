// SPDX-License-Identifier: Apache-2.0
// Keys that stand in records of this node's children and invitations. A hub of thousands asks at each join
// whether a key is one of them, and nearly always it is none: that is answered from memory.
#pragma once
#include "common/base/dict.h"
#include "services/registry/registry.h"

// A node's or an invitation's record was written, in a transaction that may come to nothing.
void known_note(registry_t *self, const record_t *now);
// Does the key (32 bytes) stand in any of them? 1 yes, 0 no, or -errno of the store.
int known_key(registry_t *self, store_txn_t *txn, const uint8_t *key);
void known_clear(registry_t *self);
