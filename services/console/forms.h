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
