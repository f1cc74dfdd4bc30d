// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/common/latin_words.h"
#include "common/schema/kinds.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

// Words that a Russian text may have. What else it may: texts in backquotes (they are typed or are in a
// file), commands (selenga ...), options, conversions and marks, codes in capitals, names of files and
// settings (a dot or an underscore in them).
static const struct {
    const char *word, *reason;
} ALLOWED[] = {
    {"Selenga", "the name of the program"},
    {"Excel", "a program that people have"},
    {"Ctrl-C", "a key"},
    {"Ctrl-D", "a key"},
    {"Enter", "a key"},
    {"windows-1251", "a charset"},
    {"tcp://HOST:PORT", "an address as it is written"},
    {"node.conf", "a file"},
};

static bool is_latin(char c)
{
    return isalpha((unsigned char)c) && (unsigned char)c < 0x80;
}

static bool is_part(char c)
{
    return is_latin(c) || isdigit((unsigned char)c) || (c != '\0' && strchr("_./:+-", c) != NULL);
}

// Bytes at `text` that are no words for a reader: a quotation of what is typed, a conversion, a mark, an
// option, a command.
static size_t passed_over(const char *text)
{
    const char *end;
    if (*text == '`') return (end = strchr(text + 1, '`')) != NULL ? (size_t)(end + 1 - text) : 0;
    if (*text == '{') return (end = strchr(text + 1, '}')) != NULL ? (size_t)(end + 1 - text) : 0;
    if (*text == '%') {
        size_t n = 1 + strspn(text + 1, "-0123456789.*$");
        n += strspn(text + n, "lz");
        return text[n] != '\0' ? n + 1 : n;
    }
    if (strncmp(text, "--", 2) == 0) return 2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz-");
    if (strncmp(text, "selenga", 7) != 0) return 0;
    size_t n = 7;
    for (;;) { // selenga --node %s node key phrase
        size_t word = strspn(text + n, " ");
        size_t letters = text[n + word] == '%' ? passed_over(text + n + word)
                                               : strspn(text + n + word, "abcdefghijklmnopqrstuvwxyz-");
        if (letters == 0) return n;
        n += word + letters;
    }
}

static bool is_name(const char *word)
{
    for (size_t k = 0; k < N_KINDS; k++) {
        if (strcmp(KINDS[k]->name, word) == 0) return true;
        for (size_t f = 0; f < KINDS[k]->n_fields; f++) {
            const field_rule_t *field = &KINDS[k]->fields[f];
            if (strcmp(field->name, word) == 0 || field_word(field, slice_text(word)) != NULL) return true;
        }
    }
    for (size_t i = 0; i < PROGRAMS_N; i++)
        if (strcmp(PROGRAMS[i].name, word) == 0) return true;
    return false;
}

static bool has_reason(const char *word, bool names)
{
    size_t n = strlen(word);
    if (strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./:+-_") == n) return true;
    for (size_t i = 1; i + 1 < n; i++)
        if ((word[i] == '.' || word[i] == '_') && is_latin(word[i + 1])) return true;
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++)
        if (strcmp(ALLOWED[i].word, word) == 0) return true;
    return names && is_name(word);
}

const char *latin_word(const char *text, bool names, char buf[static LATIN_WORD])
{
    while (*text != '\0') {
        size_t n = passed_over(text);
        if (n == 0 && !is_part(*text)) n = 1;
        if (n > 0) {
            text += n;
            continue;
        }
        bool latin = false;
        while (is_part(text[n])) latin = is_latin(text[n++]) || latin;
        size_t length = n;
        while (length > 0 && strchr("./:+-", text[length - 1]) != NULL) length--;
        snprintf(buf, LATIN_WORD, "%.*s", (int)length, text);
        text += n;
        if (latin && !has_reason(buf, names)) return buf;
    }
    return NULL;
}
