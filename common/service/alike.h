// SPDX-License-Identifier: Apache-2.0
// Is the key of a new record one that a person would take for that of a record which is here: 007 and 7?
#pragma once
#include "common/service/sensible.h"

typedef struct alike alike_t;

// What it has read of the store is kept for some seconds.
alike_t *alike_new(void);
void alike_destroy(alike_t **self_p);
// Of a record that is new. Adds a warning KEY-HELD-ALIKE. Only kinds with a code in their key are looked at.
// 0 or -errno.
int alike_check(alike_t *self, store_txn_t *txn, const kind_rule_t *kind, const rid_t *id, const body_t *body,
                sense_t *sense);
