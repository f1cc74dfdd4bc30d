// SPDX-License-Identifier: Apache-2.0
// Who refers to a record that a person wants to delete. Which kinds may refer to which is declared with them;
// this looks at the records of one service in its own store, whatever node they come from.
#pragma once
#include "common/schema/body.h"
#include "common/store/store.h"

typedef struct referred {
    const kind_rule_t *kind;
    rid_t id;
    char org[CODE_MAX + 1];  // of an organisation its code, else ""
    uint64_t n;              // who refers to it, at most REFERRED_MOST
    bool more;               // there may be more of them
    char example[FAULT_ARG]; // one of them, KIND:KEY; "" while n is 0
} referred_t;

enum { REFERRED_MOST = 10000 };

// Adds to n those that kinds of this service have in this store. 0 or -errno.
int referring_count(store_txn_t *txn, uint32_t service, referred_t *what);
// Adds what another service has said of the same record.
void referring_add(referred_t *what, const referred_t *said);
// The refusal of a deletion that this makes.
void referring_fault(const referred_t *what, fault_t *ret_fault);

// The id to which a reference of a body leads; one whose key lacks its first part finds it in the record
// between (a result's campaign names the framework). 0, KV_NONE, or -errno.
int referring_id(store_txn_t *txn, const body_ref_t *ref, rid_t *ret_id);

// --- what is about to go -------------------------------------------------------------------------

// Records of other services of the node that are being deleted: since this one has said that nobody refers to
// them, nobody may, until that is decided. In memory alone, and for some seconds at most.
typedef struct leaving {
    struct leaving_one *rows;
    size_t n, room;
} leaving_t;

enum { LEAVING_MS = 15000, LEAVING_MAX = 8192 };

// false: there are too many.
bool leaving_add(leaving_t *leaving, const rid_t *id, uint64_t now_ms);
void leaving_end(leaving_t *leaving, const rid_t *id);
bool leaving_has(const leaving_t *leaving, const rid_t *id, uint64_t now_ms);
void leaving_clear(leaving_t *leaving);
