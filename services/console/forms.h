// SPDX-License-Identifier: Apache-2.0
// Small forms of operators: buttons that do something to one row, and what is asked before.
#pragma once
#include "services/console/parts.h"

// <form method="post" action="ADDRESS"> with the session's token.
#define forms_begin(page, address)                                                                           \
    (html_raw(&(page)->body, "<form method=\"post\" action=\"" address "\">"),                               \
     page_token((page), &(page)->body))
#define forms_end(page) html_raw(&(page)->body, "</form>")
void forms_button(page_t *page, const char *name, const char *value, const char *text, bool danger);
// The same, pressed by a key; NULL: none.
void forms_button_key(page_t *page, const char *name, const char *value, const char *text, bool danger,
                      const char *key);
void forms_input(page_t *page, const char *name, const char *label, const char *value);
// Four cells: a neighbour's line and since when, its round trip, its version, its key.
void forms_link(page_t *page, const Selenga__LinkRow *link);
// Heads of a table, whose rows come next: titles are msgids.
void forms_heads(page_t *page, const char *const *titles, size_t n);
#define forms_heads_end(page) html_raw(&(page)->body, "</tbody></table></div>")
// The number that the address has under this name, 1 where it has none.
size_t forms_page(const page_t *page);
// Links to the pages before and behind, of so many rows; `address` is a path without a query.
void forms_pages(page_t *page, const char *address, size_t rows, size_t of_page);
