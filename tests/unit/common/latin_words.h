// SPDX-License-Identifier: Apache-2.0
// Latin words in what a reader of Russian is shown.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { LATIN_WORD = 128 };

// The first Latin word of the text that needs a reason and has none, in buf; NULL: there is none. With
// `names` the names that the declarations of kinds give (kinds, fields, codes of words, services) have one.
const char *latin_word(const char *text, bool names, char buf[static LATIN_WORD]);
