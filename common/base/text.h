// SPDX-License-Identifier: Apache-2.0
// Text from outside: is it UTF-8 that may be stored and shown, and pieces of it.
#pragma once
#include "common/base/util.h"

// Bytes of the UTF-8 character that `text` begins with, 1 to 4; 0 when it begins with none (overlong forms,
// surrogates and what lies beyond U+10FFFF are none).
size_t utf8_length(slice_t text);
// UTF-8 all through?
bool utf8_is_valid(slice_t text);
// UTF-8 without control characters (C0, DEL, C1, line and paragraph separators), without marks that turn the
// direction of writing and without byte order marks: such text shows as what it is.
bool text_is_clean(slice_t text);

// Without blanks, tabs and no-break spaces at both ends.
slice_t text_trim(slice_t text);
// Takes the piece up to the next `separator` off the front of *rest. False when nothing is left; a text that
// ends with the separator has an empty last piece. Begin with rest as the whole text and *done false.
bool text_next_piece(slice_t *rest, char separator, bool *done, slice_t *ret_piece);
// Is the word one of `words`, which are separated by single blanks?
bool word_in(const char *words, slice_t word);
// Is it one of `refs`, joined by `;` as in fields of several references? NULL is none.
bool ref_in(const char *refs, const char *ref);
