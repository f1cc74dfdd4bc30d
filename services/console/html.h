// SPDX-License-Identifier: Apache-2.0
// Pages as they are written: text is always escaped, and only literals of this program go out as they are.
// There is no way to put a text from outside into a page unescaped; what has no form of its own is written
// with these.
#pragma once
#include "common/base/util.h"

enum { HTML_MAX = 4 * 1024 * 1024 }; // bytes of a page

// A page in the making, all zero at first. What does not fit any more is left out, and `full` says so.
typedef struct html {
    char *bytes;
    size_t size, room;
    bool full;
} html_t;

void html_free(html_t *html);
// The bytes so far, for the caller to free; *html is empty then.
char *html_take(html_t *html, size_t *ret_size);

// Markup of the program itself: only a string literal compiles.
#define html_raw(html, literal) html_literal((html), "" literal "", sizeof(literal) - 1)
void html_literal(html_t *html, const char *literal, size_t size);
// All of another page in the making, which is escaped already.
void html_append(html_t *html, const html_t *other);

// Text, also between the quotes of an attribute. Control characters, marks that turn the direction of writing
// and what is no UTF-8 show as \u202E. NULL: nothing.
void html_text(html_t *html, const char *text);
void html_textf(html_t *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
// A sentence of ours in which `this` is to be typed as it stands, or is a name of the program.
void html_sentence(html_t *html, const char *text);
// A moment as people of this computer write it, "" where it cannot be said.
void html_moment(html_t *html, int64_t unix_s);
void html_number(html_t *html, int64_t number);
// A text as one segment of a path, or one name or value of a query.
void html_segment(html_t *html, const char *text);

// <tag>text</tag>; an attribute with the blank before it.
#define html_element(html, tag, text)                                                                        \
    (html_raw((html), "<" tag ">"), html_text((html), (text)), html_raw((html), "</" tag ">"))
#define html_attribute(html, name, value)                                                                    \
    (html_raw((html), " " name "=\""), html_text((html), (value)), html_raw((html), "\""))
