// SPDX-License-Identifier: Apache-2.0
// One pseudonym per person throughout a region: 16 bytes of an oblivious function (common/node/oprf.h) of
// СНИЛС (PD-04), or, without СНИЛС, of the staff number. Its key is at the region's node alone. A node sends
// blinded points upwards (asking.c), hubs pass them on, the region multiplies (evaluate.c); neither learns
// whom it is about. Until the answer is there a person has a random, provisional pseudonym.
#pragma once
#include "proto/api.pb-c.h"
#include "proto/registry.pb-c.h"
#include "services/registry/registry.h"

extern const settings_table_t PSEUDONYM_SETTINGS;

// Reads keys and settings. NULL: not without them, and the log says why. What the store knows of people is
// read after the start, some of it at each turn.
struct pseudonyms *pseudonyms_open(service_t *service);
void pseudonyms_close(struct pseudonyms **pseudonyms);

// Sets the derived fields of a person that is about to be written; they are owned by the registry until the
// next call. 0 or -errno.
int pseudonyms_derive(struct pseudonyms *self, store_txn_t *txn, const author_t *author,
                      Selenga__Person *person);
// A request is about to be decided: makes the pseudonyms that many new people in it will need.
void pseudonyms_foresee(struct pseudonyms *self, const Selenga__Put *put);
// A version became the present one; what cannot be read about it fails the transaction.
void pseudonyms_changed(struct pseudonyms *self, store_txn_t *txn, const record_t *old, const record_t *now);
// A neighbour came or went.
void pseudonyms_link(struct pseudonyms *self, uint32_t peer, bool up);
// EVALUATE of a child, EVALUATED of the parent. 0 or -errno of the transaction.
int pseudonyms_message(struct pseudonyms *self, store_txn_t *txn, const envelope_t *e);
// A new key; people get their pseudonyms anew. The asker is answered.
int pseudonyms_rotate(struct pseudonyms *self, store_txn_t *txn, const envelope_t *e);
// Before each commit: writes people whose pseudonym is another now, and asks for those that are missing.
int pseudonyms_settle(struct pseudonyms *self, store_txn_t *txn);
// Is there work for a further turn?
bool pseudonyms_are_busy(const struct pseudonyms *self);
