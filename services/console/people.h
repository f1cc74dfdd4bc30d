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
// The same with a link to the person's card, where it has one.
void people_write(page_t *page, const people_t *people, const char *ref);
