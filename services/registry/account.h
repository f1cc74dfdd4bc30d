// SPDX-License-Identifier: Apache-2.0
// Accounts of the people who work with this node, and their passwords. The record says who and in which role;
// the hash of the password stands beside it in the store (KV_AUX, 'P' and the record's id), in no record.
#pragma once
#include "services/registry/registry.h"

// MSG_ACCOUNT_ACT: a new account, a lock, a new one-time password. 0 or -errno of the transaction.
int account_act(registry_t *self, store_txn_t *txn, const envelope_t *e);
// MSG_TEACHER_ACCOUNT: an account for a member of staff, named after his number; who has one that he has not
// used yet gets another one-time password. 0 or -errno of the transaction.
int account_teacher(registry_t *self, store_txn_t *txn, const envelope_t *e);
// MSG_LOGIN: name and password are checked, and the password is changed where a new one is given. What is
// refused tells nobody without the password whether there is such a name, or how it stands. 0 or -errno of
// the transaction.
int account_login(registry_t *self, store_txn_t *txn, const envelope_t *e);
