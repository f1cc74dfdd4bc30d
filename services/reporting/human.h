// SPDX-License-Identifier: Apache-2.0
// From records to people: whose facts a changed record touches, and everything that this node knows of one of
// them.
#pragma once
#include "services/reporting/facts.h"
#include "services/reporting/reporting.h"

// Marks the people of this node whom either version touches, and keeps the index from pseudonyms to staff
// numbers.
int human_touch(reporting_t *self, store_txn_t *txn, const record_t *old, const record_t *now);

// One human being: all his staff numbers at this node. The arrays and texts belong to `known`.
typedef struct known known_t;
int human_gather(reporting_t *self, store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES],
                 known_t **ret_known);
const human_t *human_of(const known_t *known);
// How his pseudonym came to be, for his rows.
const fact_origin_t *human_origin(const known_t *known);
// His pseudonym is nobody's here any more: nor is it known what he had before. 0 or -errno.
int human_forget(store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES]);
void human_free(known_t **known);
