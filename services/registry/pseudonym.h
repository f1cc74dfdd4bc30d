// SPDX-License-Identifier: Apache-2.0
// One pseudonym per person throughout the region: a keyed BLAKE2b of СНИЛС (PD-04), or, without СНИЛС, of the
// staff number. The key is made at the root and given to each node when it joins; СНИЛС itself goes no
// further than its kind may.
#pragma once
#include "proto/registry.pb-c.h"
#include "services/registry/registry.h"

// Sets person->pseudonym (16 bytes, owned by the registry until the next call). 0 or -errno.
int pseudonym_derive(registry_t *self, store_txn_t *txn, const author_t *author, Selenga__Person *person);
// An identity was written here: its person's pseudonym may be another now.
void pseudonym_note(registry_t *self, const record_t *identity);
// Writes the persons whose pseudonym changed with a correction of СНИЛС.
int pseudonym_settle(registry_t *self, store_txn_t *txn);
