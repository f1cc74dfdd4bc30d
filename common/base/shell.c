// SPDX-License-Identifier: Apache-2.0
#include "common/base/shell.h"
#include "common/base/util.h"
#include <stdarg.h>
#include <string.h>

static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";

// Russian letters need no quotation marks: U+0400 to U+047F in UTF-8.
static bool is_plain(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte < 0x80 ? strchr(PLAIN, c) != NULL : byte < 0xc0 || byte == 0xd0 || byte == 0xd1;
}

char *shell_word(const char *text)
{
    bool plain = *text != '\0';
    for (const char *c = text; *c != '\0'; c++) plain = plain && is_plain(*c);
    char *word = xmalloc(4 * strlen(text) + sizeof "''"), *out = word;
    if (plain) {
        strcpy(out, text);
        return word;
    }
    *out++ = '\'';
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            out = stpcpy(out, "'\\''"); // ends the quotation, a mark of its own, and on
        else
            *out++ = *text;
    }
    strcpy(out, "'");
    return word;
}

char *shell_word_of(const char *first, ...)
{
    size_t size = 1;
    va_list texts;
    va_start(texts, first);
    for (const char *text = first; text != NULL; text = va_arg(texts, const char *)) size += strlen(text);
    va_end(texts);
    AUTO(xfree) char *whole = xmalloc(size);
    char *out = whole;
    *out = '\0';
    va_start(texts, first);
    for (const char *text = first; text != NULL; text = va_arg(texts, const char *)) out = stpcpy(out, text);
    va_end(texts);
    return shell_word(whole);
}
