// SPDX-License-Identifier: Apache-2.0
// Names of people beside their references, where the reader may read names; who may not sees ORG:NUMBER.
#pragma once
#include "services/console/held.h"

enum { PEOPLE_MOST = 1000 }; // of one page

typedef struct people {
    rid_t ids[PEOPLE_MOST];
    size_t n;
    holding_t identities;
} people_t;

people_t *people_new(void);
void people_destroy(people_t **people);
// A reference whose name will be needed. NULL, "" and what is none are passed over.
void people_want(people_t *people, const char *ref);
// False: return at once, as with page_ask.
bool people_read(page_t *page, people_t *people);
// "Иванова Анна Баировна", or the reference itself. Into buf of VIEW_TEXT bytes.
const char *people_name(const people_t *people, const char *ref, char *buf);
// Is a record of the kind a part of a person's card, which has the same reference?
bool people_have_card(const kind_rule_t *kind);
// A link to the card of a person: <a href="/p/ORG:NUMBER">text</a>.
void people_link(html_t *html, const char *ref, const char *text);
// The name with a link to the card, where it has one.
void people_write(page_t *page, const people_t *people, const char *ref);
