// SPDX-License-Identifier: Apache-2.0
// Shared by the checks. What the simulator calls of them stands in sim.h.
#pragma once
#include "proto/kind.h"
#include "proto/system.pb-c.h"
#include "tests/sim/sim.h"

// --- reading ---

// Every record of a store, in order of its last change; word of one that is gone has a place, and is none.
// With `all`, that word and what is kept aside too.
typedef void visit_fn(unit_t *u, const record_t *r, const place_t *place, void *arg);
void visit(unit_t *u, bool all, visit_fn *fn, void *arg);
// Does the unit hold the record? The transaction is to be ended in any case.
bool holds(unit_t *u, const rid_t *id, record_t *ret, store_txn_t **ret_txn);
// Does this version of the record, or a later one up to `most` (NULL: any), wait in quarantine?
bool waits(store_txn_t *txn, const rid_t *id, const version_t *version, const version_t *most);
// The version that a conflict keeps; itself for any other record. False: system kinds, and what cannot be
// read.
bool unwrap(const record_t *r, record_t *ret, Selenga__Conflict **ret_conflict);
// The ledger's version, if these are its bytes. NULL: nobody wrote it.
ledger_version_t *version_of(world_t *w, const record_t *r, ledger_record_t **ret);
bool is_from_liar(const unit_t *u, uint32_t peer); // PEER_SELF: any neighbour of his

// --- who should hold a record ---

bool reads(const unit_t *u, uint32_t kind);
bool same_service(const unit_t *u, uint32_t kind, const unit_t *home);
bool reaches(world_t *w, const record_t *r, const unit_t *home, const unit_t *u);
unit_t *source(world_t *w, const record_t *r, const unit_t *home,
               const unit_t *u);                                            // where it comes to `u` from
bool arrives(world_t *w, const record_t *r, const unit_t *home, unit_t *u); // nobody on the way refuses it

// --- parts of the last check ---

void check_conflict(unit_t *u, const record_t *r);
bool check_had(const unit_t *u, const rid_t *id, bool unmet); // see had_t
void check_word(unit_t *u, const record_t *r, const place_t *place);
void check_lost(world_t *w);
void check_feed(world_t *w, unit_t *producer, unit_t *consumer, uint32_t consumer_name,
                uint32_t producer_name);
void check_share(unit_t *u, uint32_t peer);
