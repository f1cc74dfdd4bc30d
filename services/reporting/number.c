// SPDX-License-Identifier: Apache-2.0
// 128 bits hold every product here: 64-bit counts by scales and powers of ten below 2^24.
#include "services/reporting/number.h"
#include <assert.h>
#include <stdio.h>

typedef __int128 wide_t;

static wide_t floor_div(wide_t a, wide_t b)
{
    wide_t q = a / b;
    return a % b != 0 && a < 0 ? q - 1 : q;
}

void number_text(int64_t numerator, int64_t denominator, int64_t scale, int decimals,
                 char ret_text[NUMBER_TEXT_MAX])
{
    static const int64_t TENS[] = {1, 10, 100, 1000, 10000};
    assert(denominator > 0 && decimals >= 0 && decimals <= 4 && scale > 0 && scale <= 1000);
    wide_t units =
        floor_div((wide_t)numerator * scale * TENS[decimals] * 2 + denominator, (wide_t)denominator * 2);
    bool negative = units < 0;
    if (negative) units = -units;
    unsigned long long whole =
        (unsigned long long)(units / TENS[decimals]); // counts of people: far below 2^64
    long long rest = (long long)(units % TENS[decimals]);
    const char *sign = negative ? "-" : "";
    if (decimals == 0)
        snprintf(ret_text, NUMBER_TEXT_MAX, "%s%llu", sign, whole);
    else
        snprintf(ret_text, NUMBER_TEXT_MAX, "%s%llu.%0*lld", sign, whole, decimals, rest);
}

void hundredths_text(int64_t hundredths, char ret_text[NUMBER_TEXT_MAX])
{
    int decimals = hundredths % 100 == 0 ? 0 : hundredths % 10 == 0 ? 1 : 2;
    number_text(hundredths, 100, 1, decimals, ret_text);
}

bool number_at_most(int64_t numerator, int64_t denominator, int64_t scale, int64_t hundredths)
{
    return (wide_t)numerator * scale * 100 <= (wide_t)hundredths * denominator;
}

bool number_at_least(int64_t numerator, int64_t denominator, int64_t scale, int64_t hundredths)
{
    return (wide_t)numerator * scale * 100 >= (wide_t)hundredths * denominator;
}
