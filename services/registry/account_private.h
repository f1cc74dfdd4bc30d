// SPDX-License-Identifier: Apache-2.0
// Shared by account.c and first.c; nobody else includes it.
#pragma once
#include "proto/api.pb-c.h"
#include "proto/registry.pb-c.h"
#include "services/registry/password.h"
#include "services/registry/registry.h"

enum {
    ACCOUNT_PASSWORD = 'P',
    ACCOUNT_RECOVERY = 'R'
}; // rows of KV_AUX: the letter and the record's id -> hash

int account_write(registry_t *self, store_txn_t *txn, const Selenga__Account *body, const char *state,
                  fault_t *ret_fault);
int account_set_hash(store_txn_t *txn, int letter, const rid_t *id, const char *password);
// "" where there is none. 0 or -errno.
int account_hash(store_txn_t *txn, int letter, const rid_t *id, char ret[static PASSWORD_HASH]);
bool account_long_enough(const char *password);
// password, recovery: NULL for none.
void account_answer(registry_t *self, const envelope_t *e, const Selenga__Account *a, const char *state,
                    const char *password, const char *recovery);
int account_refuse_login(registry_t *self, store_txn_t *txn, const envelope_t *e, const char *name,
                         const char *code, const char *arg);
// Has anybody an account here? 1, 0 or -errno.
int account_is_any(store_txn_t *txn);
