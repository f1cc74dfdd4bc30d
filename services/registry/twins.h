// SPDX-License-Identifier: Apache-2.0
// Who is likely one human being: a person with the same pseudonym (the same SNILS), or with the same names
// and birth date and nothing that speaks against it, under another staff number. Whoever writes an employment
// at the main place is warned when such a one is held here with his main place as well.
//
// In memory, of what the store holds: read when it is first needed, then kept up. Only hints stand here; what
// is told is looked up in the store.
#pragma once
#include "common/service/author.h"

typedef struct twins twins_t;

enum { TWINS_MOST = 1 << 18 }; // hints; beyond that people are not compared

twins_t *twins_new(void);
void twins_destroy(twins_t **self);
// A version became the present one.
void twins_changed(twins_t *self, const record_t *now);
// Adds a warning TWO-MAIN-PLACES about the group of author->siblings. 0 or -errno.
int twins_judge(twins_t *self, store_txn_t *txn, const author_t *author);
