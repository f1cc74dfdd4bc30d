// SPDX-License-Identifier: Apache-2.0
// One record is written, and what comes of it.
#pragma once
#include "services/console/fields.h"

enum { TOGETHER_WARNINGS = 16 }; // that are shown

typedef enum saved {
    SAVED,
    SAVED_NOT,     // on its way, or the page says why
    SAVED_WRONG,   // `fields` says why
    SAVED_CHANGED, // another version stands there
} saved_t;

// Sends the item as a put of its own; `fields` gets what is wrong, and warnings. *ret_id, on SAVED: the
// record.
saved_t saving_put(page_t *page, fields_t *fields, Selenga__Item *item, rid_t *ret_id);
// What came of items that are written together or not at all.
typedef struct together {
    fault_t fault;           // code "": none
    const kind_rule_t *kind; // of the items, that whose field it names; NULL: none
    fault_t warnings[TOGETHER_WARNINGS];
    const kind_rule_t *warned[TOGETHER_WARNINGS]; // the same of each
    size_t n_warnings;
} together_t;
// Sends them as one group. SAVED_WRONG and SAVED_CHANGED: nothing is written.
saved_t saving_together(page_t *page, Selenga__Item **items, size_t n, together_t *ret);
// May the reader do that with records of the kind? False: the page says why not.
bool saving_may(page_t *page, const kind_rule_t *kind, access_action_t action);
