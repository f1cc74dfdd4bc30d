// SPDX-License-Identifier: Apache-2.0
// Fractions as people read them, and as targets test them: exact integers only (domain 2.2 rule 12).
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_TEXT_MAX = 64 };

// Writes scale * numerator / denominator with so many decimals (0..4), rounded half up. denominator > 0.
void number_text(int64_t numerator, int64_t denominator, int64_t scale, int decimals,
                 char ret_text[NUMBER_TEXT_MAX]);

// Writes hundredths without needless zeros: 7000 as "70", 9950 as "99.5".
void hundredths_text(int64_t hundredths, char ret_text[NUMBER_TEXT_MAX]);

// Whether scale * numerator / denominator, as it is and not as it prints, is at most / at least the
// hundredths.
bool number_at_most(int64_t numerator, int64_t denominator, int64_t scale, int64_t hundredths);
bool number_at_least(int64_t numerator, int64_t denominator, int64_t scale, int64_t hundredths);
