// SPDX-License-Identifier: Apache-2.0
// Writing records at their home. Everything is checked first, then a group is written whole or not at all;
// the rules of kinds do the checking, so that no service has code for a kind here.
#pragma once
#include "common/service/author.h"
#include "proto/api.pb-c.h"

typedef enum put_result { PUT_NEW = 1, PUT_CHANGED, PUT_UNCHANGED, PUT_REJECTED } put_result_t;

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
