// SPDX-License-Identifier: Apache-2.0
// See text.h.
#include "common/base/text.h"

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

// RFC 3629, table 3-7 of Unicode: the second byte's range excludes overlong forms, surrogates and beyond
// U+10FFFF.
size_t utf8_length(slice_t t)
{
    if (t.size == 0) return 0;
    uint8_t a = t.data[0];
    if (a < 0x80) return 1;
    if (a < 0xc2 || a > 0xf4) return 0;
    size_t n = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
    if (t.size < n) return 0;
    uint8_t low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
    uint8_t high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (t.data[1] < low || t.data[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if (!is_tail(t.data[i])) return 0;
    return n;
}

bool utf8_is_valid(slice_t t)
{
    while (t.size > 0) {
        size_t n = utf8_length(t);
        if (n == 0) return false;
        t = slice(t.data + n, t.size - n);
    }
    return true;
}

static bool is_unclean(const uint8_t *c, size_t n)
{
    if (n == 1) return c[0] < 0x20 || c[0] == 0x7f;
    if (n == 2 && c[0] == 0xc2) return c[1] < 0xa0;  // C1
    if (n == 2) return c[0] == 0xd8 && c[1] == 0x9c; // U+061C
    if (n != 3) return false;
    if (c[0] == 0xef) return c[1] == 0xbb && c[2] == 0xbf; // U+FEFF
    if (c[0] != 0xe2) return false;
    // U+200E, U+200F, U+2028 to U+202E; U+2066 to U+2069
    if (c[1] == 0x80) return c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae);
    return c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9;
}

// How many bytes from the front are printable ASCII, in whole words: codes, dates and keys are.
static size_t printable_words(slice_t t)
{
    const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;
    size_t n = 0;
    for (; t.size - n >= sizeof ones; n += sizeof ones) {
        uint64_t w;
        memcpy(&w, t.data + n, sizeof w);
        uint64_t del = w ^ 0x7f * ones;
        if (((w | (w - 0x20 * ones) | (del - ones)) & tops) != 0) break;
    }
    return n;
}

bool text_is_clean(slice_t t)
{
    size_t clean = printable_words(t);
    t = slice(t.data + clean, t.size - clean);
    while (t.size > 0) {
        size_t n = utf8_length(t);
        if (n == 0 || is_unclean(t.data, n)) return false;
        t = slice(t.data + n, t.size - n);
    }
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

slice_t text_trim(slice_t t)
{
    for (;;) {
        size_t n = t.size;
        if (n > 0 && is_blank(t.data[0]))
            t = slice(t.data + 1, n - 1);
        else if (n > 0 && is_blank(t.data[n - 1]))
            t.size--;
        else if (n > 1 && t.data[0] == 0xc2 && t.data[1] == 0xa0)
            t = slice(t.data + 2, n - 2);
        else if (n > 1 && t.data[n - 2] == 0xc2 && t.data[n - 1] == 0xa0)
            t.size -= 2;
        else
            return t;
    }
}

bool text_next_piece(slice_t *rest, char separator, bool *done, slice_t *ret_piece)
{
    if (*done) return false;
    const uint8_t *at = rest->size > 0 ? memchr(rest->data, separator, rest->size) : NULL;
    size_t n = at != NULL ? (size_t)(at - rest->data) : rest->size;
    *ret_piece = slice(rest->data, n);
    *done = at == NULL;
    if (at != NULL) *rest = slice(at + 1, rest->size - n - 1);
    return true;
}

static bool is_piece_of(slice_t rest, char separator, slice_t wanted)
{
    slice_t piece;
    bool done = false;
    while (text_next_piece(&rest, separator, &done, &piece))
        if (wanted.size > 0 && slice_equal(piece, wanted)) return true;
    return false;
}

bool word_in(const char *words, slice_t word)
{
    return is_piece_of(slice_text(words), ' ', word);
}

bool ref_in(const char *refs, const char *ref)
{
    return refs != NULL && ref != NULL && is_piece_of(slice_text(refs), ';', slice_text(ref));
}
