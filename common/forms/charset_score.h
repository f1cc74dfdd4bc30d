// SPDX-License-Identifier: Apache-2.0
// How well bytes read as Russian in each eight-bit charset.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { N_CHARSETS = 5 };
extern const char *const CHARSETS[N_CHARSETS]; // names, as iconv knows them; windows-1251 is the first

// Which byte followed which, a line end before the first. 256 KiB: not for the stack.
typedef struct charset_pairs {
    uint32_t n[256][256];
} charset_pairs_t;

void charset_count(charset_pairs_t *pairs, const uint8_t *bytes, size_t n, uint8_t *last);

typedef struct charset_verdict {
    int best;           // index in CHARSETS; -1: in none
    bool sure;          // it reads as Russian, and so in no other
    bool ansi_ok;       // it reads as Russian in windows-1251, though perhaps not best
    bool ansi_hopeless; // and there it is gibberish
} charset_verdict_t;

charset_verdict_t charset_judge(const charset_pairs_t *pairs);
