// SPDX-License-Identifier: Apache-2.0
// See keytext.h. ASCII, as nearly all keys are, costs one look at its bytes.
#include "common/schema/keytext.h"
#include "common/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

typedef struct hidden {
    int32_t first, last;
    const char *name;
} hidden_t;

static const hidden_t hidden[] = {
    {0x00ad, 0x00ad, "soft hyphen"},          {0x034f, 0x034f, "combining grapheme joiner"},
    {0x061c, 0x061c, "Arabic letter mark"},   {0x115f, 0x1160, "Hangul filler"},
    {0x17b4, 0x17b5, "Khmer inherent vowel"}, {0x180b, 0x180f, "Mongolian separator"},
    {0x200b, 0x200b, "zero width space"},     {0x200c, 0x200d, "zero width joiner"},
    {0x200e, 0x200f, "direction mark"},       {0x2028, 0x2029, "line separator"},
    {0x202a, 0x202e, "direction mark"},       {0x2060, 0x2064, "word joiner"},
    {0x2065, 0x206f, "direction mark"},       {0x2800, 0x2800, "blank Braille pattern"},
    {0x3164, 0x3164, "Hangul filler"},        {0xfe00, 0xfe0f, "variation selector"},
    {0xfeff, 0xfeff, "byte order mark"},      {0xffa0, 0xffa0, "Hangul filler"},
    {0xfff0, 0xfffb, "annotation mark"},      {0xe0000, 0xe0fff, "tag character"},
};

static const hidden_t *find_hidden(int32_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
        if (c >= hidden[i].first && c <= hidden[i].last) return &hidden[i];
    return NULL;
}

static bool is_blank(int32_t c)
{
    return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

// ASCII without two blanks in a row.
static bool is_plain(slice_t text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 0x80) return false;
        if (text.data[i] == ' ' && i + 1 < text.size && text.data[i + 1] == ' ') return false;
    }
    return true;
}

// Blanks of any kind, and several of them, become one.
static void fold_blanks(char *text)
{
    size_t n = 0;
    bool gap = false;
    const uint8_t *from = (const uint8_t *)text;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
    while (left > 0) {
        utf8proc_int32_t c;
        utf8proc_ssize_t size = utf8proc_iterate(from, left, &c);
        if (size <= 0) size = 1;
        if (is_blank(c)) {
            gap = true;
        } else {
            if (gap && n > 0) text[n++] = ' ';
            gap = false;
            memmove(text + n, from, (size_t)size);
            n += (size_t)size;
        }
        from += size;
        left -= size;
    }
    text[n] = '\0';
}

char *keytext_form(char *text, arena_t *arena)
{
    if (is_plain(slice_text(text))) return text;
    utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)text);
    if (composed == NULL) return NULL;
    fold_blanks((char *)composed);
    char *copy = arena_text(arena, slice_text((const char *)composed));
    free(composed);
    return copy;
}

int keytext_check_hidden(slice_t text, const char *field, fault_t *ret_fault)
{
    if (is_plain(text)) return 0;
    size_t at = 0, place = 1;
    for (; at < text.size; place++) {
        utf8proc_int32_t c;
        utf8proc_ssize_t size = utf8proc_iterate(text.data + at, (utf8proc_ssize_t)(text.size - at), &c);
        if (size <= 0) break;
        const hidden_t *found = find_hidden(c);
        at += (size_t)size;
        if (found == NULL) continue;
        char name[64], number[24];
        snprintf(name, sizeof name, "U+%04X (%s)", (unsigned)c, found->name);
        snprintf(number, sizeof number, "%zu", place);
        fault_set(ret_fault, "KEY-INVISIBLE", field, name, number);
        return 1;
    }
    return 0;
}

int keytext_check(slice_t text, const char *field, fault_t *ret_fault)
{
    if (is_plain(text)) return 0;
    char copy[KEYTEXT_MAX];
    if (text.size < sizeof copy && utf8_is_valid(text)) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = '\0';
        utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)copy);
        if (composed == NULL) return 0;
        fold_blanks((char *)composed);
        bool same = strcmp((const char *)composed, copy) == 0;
        free(composed);
        if (same) return 0;
    }
    fault_set(ret_fault, "KEY-FORM", field);
    return 1;
}
