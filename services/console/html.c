// SPDX-License-Identifier: Apache-2.0
#include "services/console/html.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/forms/fold.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void html_free(html_t *html)
{
    free(html->bytes);
    *html = (html_t){0};
}

char *html_take(html_t *html, size_t *ret_size)
{
    char *bytes = html->bytes != NULL ? html->bytes : xcalloc(1, 1);
    *ret_size = html->size;
    *html = (html_t){0};
    return bytes;
}

static void add(html_t *html, const char *bytes, size_t size)
{
    html->full |= html->size + size > HTML_MAX;
    if (html->full || size == 0) return;
    vec_reserve(html->bytes, html->room, html->size + size);
    memcpy(html->bytes + html->size, bytes, size);
    html->size += size;
}

void html_literal(html_t *html, const char *literal, size_t size)
{
    add(html, literal, size);
}

void html_append(html_t *html, const html_t *other)
{
    html->full |= other->full;
    add(html, other->bytes, other->size);
}

// What a character of one byte is written as; NULL: as it is.
static const char *reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void add_written_out(html_t *html, const char *at)
{
    char text[16];
    size_t bytes;
    int n = snprintf(text, sizeof text, "\\u%04" PRIX32, fold_character(at, &bytes));
    add(html, text, (size_t)n);
}

void html_text(html_t *html, const char *text)
{
    size_t left = text != NULL ? strlen(text) : 0;
    for (size_t n; left > 0; text += n, left -= n) {
        n = utf8_length(slice(text, left));
        const char *as = reference(*text);
        bool shows = n > 0 && (text_is_clean(slice(text, n)) || *text == '\n' || *text == '\t');
        if (n == 0) n = 1;
        if (as != NULL)
            add(html, as, strlen(as));
        else if (shows)
            add(html, text, n);
        else
            add_written_out(html, text);
    }
}

void html_textf(html_t *html, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) out_of_memory();
    html_text(html, text);
    free(text);
}

void html_sentence(html_t *html, const char *text)
{
    const char *code = strchr(text, '`'), *end = code != NULL ? strchr(code + 1, '`') : NULL;
    for (; end != NULL; code = strchr(text, '`'), end = code != NULL ? strchr(code + 1, '`') : NULL) {
        html_textf(html, "%.*s", (int)(code - text), text);
        html_raw(html, "<code>");
        html_textf(html, "%.*s", (int)(end - code - 1), code + 1);
        html_raw(html, "</code>");
        text = end + 1;
    }
    html_text(html, text);
}

void html_moment(html_t *html, int64_t unix_s)
{
    char text[32] = "";
    struct tm at;
    time_t moment = (time_t)unix_s;
    if (localtime_r(&moment, &at) != NULL) strftime(text, sizeof text, "%d.%m.%Y %H:%M", &at);
    html_text(html, text);
}

void html_number(html_t *html, int64_t number)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, number);
    add(html, text, (size_t)n);
}

static bool stays(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("-._~:", c) != NULL);
}

void html_segment(html_t *html, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        char coded[4];
        snprintf(coded, sizeof coded, "%%%02X", *at);
        if (stays(*at))
            add(html, (const char *)at, 1);
        else
            add(html, coded, 3);
    }
}
