// SPDX-License-Identifier: Apache-2.0
// Finding records by parts of their texts, as people type them: «семен» finds Семёнова. Each word of what is
// sought stands in some text, code or reference of the record, or a form of it does («математики» finds
// математика; by the Snowball stemmer, libstemmer). «А. П.» are initials: fields that begin so, in this
// order. ORG:NUMBER is a part of a key. Case, ё and marks that do not show count for nothing.
#pragma once
#include "common/schema/body.h"

enum { FIND_MAX = 200 }; // bytes of what is sought

typedef struct find find_t;

// Of at most FIND_MAX bytes; without a word in it everything matches.
find_t *find_new(const char *words);
void find_destroy(find_t **self_p);

// Do the bodies, together one row, have all words? NULL: there is no body of this kind. One find_t serves one
// thread.
bool find_matches(find_t *self, const kind_rule_t *const *kinds, body_t *const *bodies, size_t n);
