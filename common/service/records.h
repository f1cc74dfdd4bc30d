// SPDX-License-Identifier: Apache-2.0
// Writing records at their home. Everything is checked first, then a group is written whole or not at all;
// the rules of kinds do the checking, so that no service has code for a kind here.
#pragma once
#include "common/schema/body.h"
#include "common/store/store.h"
#include "common/store/topology.h"
#include "proto/api.pb-c.h"

typedef struct service_def service_def_t;

typedef enum put_result { PUT_NEW = 1, PUT_CHANGED, PUT_UNCHANGED, PUT_REJECTED } put_result_t;

enum { GROUP_ITEMS = 8, RECORD_E_FAULT = 1 };

// Who writes, and with what help of the service.
typedef struct author {
    const store_place_t *place;
    const char *own_org; // of this node
    scope_t *scope;
    const service_def_t *def;
    void *self;
    slice_t principal; // as proved to the gate
    bool program;      // the service itself: may write W_PROGRAM kinds and derived fields
    bool bulk;         // a load, or what follows from one: it may wait for what people write
    // Bodies of the group that were checked already; derive may look at them.
    struct {
        const kind_rule_t *rule;
        const body_t *body;
    } siblings[GROUP_ITEMS];
    size_t n_siblings;
} author_t;

// Merges, derives, checks and writes a group. 0 with the result, or -errno of the transaction.
// ret_fault is set when rejected; ret_id is the first item's record, zero when it could not be told.
int record_put_group(author_t *author, store_txn_t *txn, const Selenga__Group *group, arena_t *arena,
                     put_result_t *ret_result, fault_t *ret_fault, rid_t *ret_id);

// A record of the service's own making, whole; id NULL: by its key, or new. Writes nothing where nothing
// changes, nor where the record's home is another node, nor where the body breaks a rule of its kind: then
// RECORD_E_FAULT with *ret_fault; or, where ret_fault is NULL because nobody asked for the record, a line in
// the log and 0. -errno of the transaction.
int record_write_own(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
                     const body_t *body, fault_t *ret_fault);
// Its tombstone. Nothing happens where there is no such record, or it is another node's.
int record_remove_own(const author_t *author, store_txn_t *txn, const rid_t *id);
