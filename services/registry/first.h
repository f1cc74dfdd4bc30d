// SPDX-License-Identifier: Apache-2.0
// The first account of a node, made by whoever can read what the node has shown on its terminal: a code of
// one time, in run/first-code for as long as nobody has an account.
#pragma once
#include "services/registry/registry.h"

// At the start: makes the code where it is needed, and removes one where it is not. 0 or -errno.
int first_begin(registry_t *self, store_txn_t *txn);
// There is an account.
void first_is_over(registry_t *self);
// MSG_FIRST_ACCOUNT: an operator of the node with the password that he chose; the answer has the code for his
// recovery sheet. 0 or -errno of the transaction.
int first_account(registry_t *self, store_txn_t *txn, const envelope_t *e);
