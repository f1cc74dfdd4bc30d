// SPDX-License-Identifier: Apache-2.0
// Who works at an organisation now, by name, a page at a time: the rows of grids.
#pragma once
#include "services/console/people.h"

typedef struct staff_list {
    holding_t employments;
    people_t *people;
    const char *refs[PEOPLE_MOST]; // ORG:NUMBER of this page
    char *memory;                  // of them
    size_t n, all, page, per_page; // page from 1
} staff_list_t;

void staff_list_free(staff_list_t *list);
// org "": the reader's own. page: its number as text. False: return at once, as with page_ask.
bool staff_list_read(page_t *page, staff_list_t *list, const char *org, const char *number, size_t per_page);
const char *staff_list_post(const staff_list_t *list, const char *ref);
// Links to the other pages: base and value (escaped here), org and page behind them.
#define staff_list_write_pages(page, list, base, value)                                                      \
    staff_list_links((page), (list), "" base "", sizeof(base) - 1, (value))
void staff_list_links(page_t *page, const staff_list_t *list, const char *base, size_t size,
                      const char *value);
