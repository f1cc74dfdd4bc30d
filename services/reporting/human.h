// SPDX-License-Identifier: Apache-2.0
// Everything that this node knows of one human being.
#pragma once
#include "services/reporting/aspects.h"
#include "services/reporting/facts.h"
#include "services/reporting/reporting.h"

// The index from pseudonyms to the staff numbers of this node, and from a pseudonym to the provisional one
// whose place it took. 0 or -errno.
int human_know_number(store_txn_t *txn, const uint8_t *pseudonym, const rid_t *person, bool there);
int human_note_was(store_txn_t *txn, const uint8_t *pseudonym, const uint8_t *before);

// One human being: all his staff numbers at this node, with his posts, and of all else what these aspects are
// made of. The arrays and texts belong to `known`.
typedef struct known known_t;
int human_gather(store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES], unsigned aspects,
                 known_t **ret_known);
const human_t *human_of(const known_t *known);
// How his pseudonym came to be, for his rows.
const fact_origin_t *human_origin(const known_t *known);
// His pseudonym is nobody's here any more: nor is it known what he had before. 0 or -errno.
int human_forget(store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES]);
void human_free(known_t **known);
