// SPDX-License-Identifier: Apache-2.0
// See fold.h. Case is that of Latin and Cyrillic letters: headings and words are of no other script.
#include "common/forms/fold.h"
#include "common/base/text.h"
#include <stdbool.h>
#include <string.h>

uint32_t fold_character(const char *text, size_t *ret_bytes)
{
    const uint8_t *c = (const uint8_t *)text;
    size_t n = utf8_length(slice(text, strnlen(text, 4)));
    *ret_bytes = n > 0 ? n : 1;
    switch (n) {
    case 2:
        return (uint32_t)(c[0] & 0x1f) << 6 | (c[1] & 0x3f);
    case 3:
        return (uint32_t)(c[0] & 0x0f) << 12 | (uint32_t)(c[1] & 0x3f) << 6 | (c[2] & 0x3f);
    case 4:
        return (uint32_t)(c[0] & 0x07) << 18 | (uint32_t)(c[1] & 0x3f) << 12 | (uint32_t)(c[2] & 0x3f) << 6 |
               (c[3] & 0x3f);
    default:
        return c[0];
    }
}

static uint32_t small(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + 0x20;
    if (c >= 0x410 && c <= 0x42f) c += 0x20;
    if (c >= 0x400 && c <= 0x40f) c += 0x50;
    return c == 0x451 ? 0x435 : c;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x3000;
}

static bool is_dropped(uint32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff || c == '"' || c == '\'' ||
           c == '*' || c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x201f);
}

static size_t put(char *buf, size_t n, uint32_t c)
{
    if (c < 0x80) {
        buf[n++] = (char)c;
    } else if (c < 0x800) {
        buf[n++] = (char)(0xc0 | c >> 6);
        buf[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        buf[n++] = (char)(0xe0 | (c >> 12 & 0x0f));
        buf[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        buf[n++] = (char)(0x80 | (c & 0x3f));
    }
    return n;
}

const char *fold(const char *text, char buf[static FOLD_MAX])
{
    return fold_into(text, buf, FOLD_MAX);
}

const char *fold_into(const char *text, char *buf, size_t size)
{
    size_t n = 0, bytes;
    bool gap = false;
    for (; *text != '\0' && n + 5 < size; text += bytes) {
        uint32_t c = fold_character(text, &bytes);
        if (is_dropped(c)) continue;
        if (is_blank(c)) {
            gap = n > 0;
            continue;
        }
        if (gap) buf[n++] = ' ';
        gap = false;
        n = put(buf, n, small(c));
    }
    buf[n] = '\0';
    return buf;
}
