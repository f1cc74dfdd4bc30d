// SPDX-License-Identifier: Apache-2.0
// Pieces that many pages are made of.
#pragma once
#include "services/console/page.h"

typedef enum part_tone { PART_PLAIN, PART_GOOD, PART_BAD } part_tone_t;

// A paragraph that is set off; GOOD and BAD are read out.
void part_note(html_t *html, part_tone_t tone, const char *text);
// A form of one button, sent to `action` of this program (escaped); "": to the page's own address.
void part_button(page_t *page, const char *action, const char *text, bool main);
void part_link(html_t *html, const char *href, const char *text);
// A field that is not seen.
void part_hidden(html_t *html, const char *name, const char *value);

// A table within a frame that scrolls, its head from headings (translated where it is called); then rows of
// part_row, part_cell ..., part_row_end.
void part_table(html_t *html, size_t n, const char *const *heads);
// The same; columns whose bits are set in `numbers`, the first one being 1, hold numbers.
void part_table_of(html_t *html, size_t n, const char *const *heads, uint32_t numbers);
void part_row(html_t *html);
void part_cell(html_t *html, const char *text); // "": a dash
void part_number(html_t *html, int64_t number);
void part_row_end(html_t *html);
void part_table_end(html_t *html);

// A choice of a select.
void part_option(html_t *html, const char *value, const char *text, bool chosen);
// The number of the page that the address asks for; 1 where it says none.
size_t part_page(const page_t *page);
// "1 to 50 of 650", and links to the pages beside this one: the address of this page with another `page`.
void part_pages(page_t *page, size_t number, size_t of_page, size_t all);
// The present address with one parameter changed; value NULL: without it. Escaped, begins with '?'.
void part_address(page_t *page, const char *name, const char *value);
