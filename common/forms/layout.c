// SPDX-License-Identifier: Apache-2.0
#include "common/forms/layout.h"
#include <string.h>

// Keys of one row after the other; the Russian letters take two bytes each.
static const char LATIN[] = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~";
static const char RUSSIAN[] = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ";

_Static_assert(sizeof RUSSIAN - 1 == 2 * (sizeof LATIN - 1), "a letter for each key");

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The key that has this Russian letter; NULL: none.
static const char *key_of(const char *letter)
{
    for (size_t i = 0; i + 1 < sizeof LATIN; i++)
        if (memcmp(RUSSIAN + 2 * i, letter, 2) == 0) return LATIN + i;
    return NULL;
}

bool layout_other(const char *text, char *ret, size_t size)
{
    bool latin = false, russian = false;
    size_t n = 0;
    for (const char *at = text; *at != '\0'; at++) {
        latin |= is_letter(*at);
        russian |= (*at & 0x80) != 0;
    }
    if (latin == russian) return false;
    for (const char *at = text; *at != '\0'; at++) {
        const char *key = latin ? strchr(LATIN, *at) : at[1] != '\0' ? key_of(at) : NULL;
        size_t width = latin && key != NULL ? 2 : 1;
        if (n + width + 1 > size) return false;
        if (latin && key != NULL)
            memcpy(ret + n, RUSSIAN + 2 * (key - LATIN), 2);
        else
            ret[n] = key != NULL ? *key : *at;
        at += russian && key != NULL; // the letter's second byte
        n += width;
    }
    ret[n] = '\0';
    return true;
}
