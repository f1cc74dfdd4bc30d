// SPDX-License-Identifier: Apache-2.0
// Definitions of indicators as pages show them: in order of code and then of their first day.
#pragma once
#include "proto/reporting.pb-c.h"
#include "services/console/held.h"

// All zero at first.
typedef struct defined {
    holding_t holding;
    int32_t today;
} defined_t;

void defined_free(defined_t *defined);
// Those of a code; NULL: all. False: return at once, as with page_ask.
bool defined_ask(page_t *page, const char *code, defined_t *ret_defined);
const Selenga__Indicator *defined_at(const defined_t *defined, size_t i);
// The one of this code and first day; NULL: there is none.
const held_t *defined_find(const defined_t *defined, const char *code, int32_t valid_from);
// Does it count a period that ends today? Of several of one code the last does.
bool defined_in_force(const defined_t *defined, size_t i);
// "in force", "from later on", "over" or "replaced".
void defined_write_state(page_t *page, const defined_t *defined, size_t i);
// /definitions/CODE?from=DAY
void defined_address(html_t *html, const Selenga__Indicator *definition);
// The value of a field in words; into buf.
const char *defined_text(const page_t *page, const body_t *body, const char *field,
                         char buf[static VIEW_TEXT]);
