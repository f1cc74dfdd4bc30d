// SPDX-License-Identifier: Apache-2.0
// See charset_score.h. The measure is a mean over the bytes above 0x7f: how frequent the letter is in
// Russian, with penalties for a capital after a small letter and for what is no letter at all.
#include "common/forms/charset_score.h"
#include "common/base/util.h"
#include <iconv.h>

const char *const CHARSETS[N_CHARSETS] = {"WINDOWS-1251", "CP866", "KOI8-R", "MAC-CYRILLIC", "ISO-8859-5"};

enum {
    HIGH = 0x80,
    SMALL_A = 0x430,
    SMALL_YA = 0x44f,
    SMALL_YO = 0x451,
    CAPITAL_A = 0x410,
    CAPITAL_YO = 0x401,
    // tenths of a bit
    CASE_JUMP = -60,
    MIXED = -20,
    MARK = -5,
    FOREIGN_LETTER = -60,
    NO_LETTER = -100,
    READS = 0,      // a mean from here on reads as Russian
    HOPELESS = -25, // and below this it is none
    MARGIN = 60,    // of all bytes together, by which any other must be worse
    ANSI_BONUS = 3  // most files are of it
};

// 10 log2(32 p) of а to я
static const int8_t frequency[] = {14, -10, 5,  -9, -1,  14,  -18, -10, 12,  -14, 2,   5,  0,  11,  18,  -2,
                                   6,  8,   10, -3, -34, -16, -27, -12, -22, -31, -40, -7, -9, -34, -24, -6};

typedef enum shape { SHAPE_NONE, SHAPE_SMALL, SHAPE_CAPITAL, SHAPE_MARK, SHAPE_FOREIGN } shape_t;

typedef struct letters {
    uint16_t code[256];
    uint8_t shape[256];
} letters_t;

static uint16_t code_of(iconv_t convert, uint8_t byte)
{
    uint8_t utf16[8];
    char *from = (char *)&byte, *to = (char *)utf16;
    size_t from_size = 1, to_size = sizeof utf16;
    size_t rc = iconv(convert, &from, &from_size, &to, &to_size);
    (void)iconv(convert, NULL, NULL, NULL, NULL);
    return rc == (size_t)-1 ? 0 : (uint16_t)(utf16[0] | utf16[1] << 8);
}

static shape_t shape_of(uint16_t code)
{
    static const uint16_t marks[] = {0xa0,   0xab,   0xbb,   0xb0,   0xb7,   0xa7,   0x2116, 0x2013, 0x2014,
                                     0x2026, 0x201c, 0x201d, 0x201e, 0x2018, 0x2019, 0xa9,   0x2022};
    if ((code >= SMALL_A && code <= SMALL_YA) || code == SMALL_YO) return SHAPE_SMALL;
    if ((code >= CAPITAL_A && code < SMALL_A) || code == CAPITAL_YO) return SHAPE_CAPITAL;
    if (code >= 0x400 && code < 0x530) return SHAPE_FOREIGN;
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (marks[i] == code) return SHAPE_MARK;
    return SHAPE_NONE;
}

static void fill_letters(const char *charset, letters_t *ret)
{
    iconv_t convert = iconv_open("UTF-16LE", charset);
    for (size_t b = 0; b < 256; b++) {
        ret->code[b] = b < HIGH ? (uint16_t)b : convert != (iconv_t)-1 ? code_of(convert, (uint8_t)b) : 0;
        ret->shape[b] = (uint8_t)(b < HIGH ? SHAPE_MARK : shape_of(ret->code[b]));
    }
    if (convert != (iconv_t)-1) iconv_close(convert);
}

static int letter_score(uint16_t code)
{
    if (code == SMALL_YO || code == CAPITAL_YO) return -10;
    return frequency[code >= SMALL_A ? code - SMALL_A : code - CAPITAL_A];
}

static bool is_latin(size_t byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static int pair_score(const letters_t *l, size_t before, size_t byte)
{
    shape_t shape = l->shape[byte];
    if (shape == SHAPE_NONE) return NO_LETTER;
    if (shape == SHAPE_FOREIGN) return FOREIGN_LETTER;
    if (shape == SHAPE_MARK) return MARK;
    int score = letter_score(l->code[byte]);
    if (shape == SHAPE_CAPITAL && l->shape[before] == SHAPE_SMALL) score += CASE_JUMP;
    bool after_mark = before >= HIGH && l->shape[before] == SHAPE_MARK && l->code[before] != 0xab &&
                      l->code[before] != 0xa0;
    if (shape == SHAPE_SMALL && after_mark) score += CASE_JUMP; // no word begins so
    return is_latin(before) ? score + MIXED : score;
}

// The sum and the mean; false where nothing counts.
static bool measure(const charset_pairs_t *pairs, const letters_t *l, int64_t *ret_sum, int64_t *ret_mean)
{
    int64_t sum = 0, n = 0;
    for (size_t byte = HIGH; byte < 256; byte++)
        for (size_t before = 0; before < 256; before++) {
            int64_t times = pairs->n[before][byte];
            if (times == 0) continue;
            sum += times * pair_score(l, before, byte);
            n += l->shape[byte] == SHAPE_MARK ? 0 : times;
        }
    *ret_sum = sum;
    *ret_mean = n > 0 ? sum / n : INT32_MIN;
    return n > 0;
}

// Do both make the same of all bytes that are there?
static bool same_reading(const charset_pairs_t *pairs, const letters_t *a, const letters_t *b)
{
    for (size_t byte = HIGH; byte < 256; byte++)
        for (size_t before = 0; before < 256; before++)
            if (pairs->n[before][byte] > 0 && a->code[byte] != b->code[byte]) return false;
    return true;
}

void charset_count(charset_pairs_t *pairs, const uint8_t *bytes, size_t n, uint8_t *last)
{
    uint8_t before = *last;
    for (size_t i = 0; i < n; before = bytes[i++])
        if (bytes[i] >= HIGH && pairs->n[before][bytes[i]] < UINT32_MAX) pairs->n[before][bytes[i]]++;
    *last = before;
}

charset_verdict_t charset_judge(const charset_pairs_t *pairs)
{
    letters_t letters[N_CHARSETS];
    int64_t sums[N_CHARSETS], means[N_CHARSETS];
    charset_verdict_t verdict = {.best = -1};
    int64_t best = INT32_MIN;
    for (int c = 0; c < N_CHARSETS; c++) {
        fill_letters(CHARSETS[c], &letters[c]);
        bool any = measure(pairs, &letters[c], &sums[c], &means[c]);
        if (c == 0 && any) means[c] += ANSI_BONUS;
        if (means[c] > best) {
            best = means[c];
            verdict.best = c;
        }
    }
    verdict.ansi_ok = means[0] >= READS || means[0] == INT32_MIN;
    verdict.ansi_hopeless = means[0] != INT32_MIN && means[0] < HOPELESS;
    verdict.sure = best >= READS;
    for (int c = 0; c < N_CHARSETS && verdict.sure; c++)
        if (c != verdict.best && sums[verdict.best] - sums[c] < MARGIN &&
            !same_reading(pairs, &letters[c], &letters[verdict.best]))
            verdict.sure = false;
    return verdict;
}
