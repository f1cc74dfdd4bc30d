// SPDX-License-Identifier: Apache-2.0
// A secret of 32 bytes as words, to be kept on paper: one word a byte, and two more that tell a phrase that
// was copied wrongly. Printed in the reader's language, read in either, whatever the locale.
//
//   words 1-32: the bytes; words 33-34: the first two bytes of BLAKE2b-256("selenga phrase" ‖ the bytes)
#pragma once
#include "common/base/util.h"

enum {
    PHRASE_SECRET = 32,
    PHRASE_CHECK = 2,
    PHRASE_WORDS = PHRASE_SECRET + PHRASE_CHECK,
    PHRASE_LIST = 256,
    PHRASE_TEXT =
        PHRASE_WORDS * 17, // printed, with blanks and NUL: a word has at most eight letters of two bytes
    PHRASE_INPUT = 8192,   // bytes that are read at most
};

// In order, without capitals and without ё; see phrase_words.c.
extern const char *const PHRASE_ENGLISH_WORDS[PHRASE_LIST];
extern const char *const PHRASE_RUSSIAN_WORDS[PHRASE_LIST];

// Outcomes of phrase_read.
enum {
    PHRASE_E_TEXT = 1, // no text, too much of it, or not UTF-8
    PHRASE_E_WORD,     // a word that is in neither list
    PHRASE_E_COUNT,    // too few words, or too many
    PHRASE_E_CHECK,    // all are words of the lists, but not these in this order
};

// One line without newline. language: "ru" or anything else for English. The caller wipes it.
void phrase_print(const uint8_t secret[static PHRASE_SECRET], const char *language,
                  char ret_text[static PHRASE_TEXT]);

// Reads what a person typed: capitals, ё or е, blanks, line breaks, numbers and punctuation between the words
// do not matter. Returns 0 or PHRASE_E_ with why; then *ret_secret is not touched.
int phrase_read(slice_t text, uint8_t ret_secret[static PHRASE_SECRET], why_t *why);
