// SPDX-License-Identifier: Apache-2.0
// What was refused, here or above, from all services of the node.
#pragma once
#include "services/console/page.h"

enum { REFUSALS_SERVICES = 8 };

typedef struct refusals {
    const Selenga__QuarantineList
        *lists[REFUSALS_SERVICES]; // by number of the service; they belong to the page
    size_t n;
    bool more;
} refusals_t;

// False: return at once, as with page_ask.
bool refusals_ask(page_t *page, uint32_t most, refusals_t *ret_refusals);
void refusals_write(page_t *page, const refusals_t *refusals);
// The cells of one line.
void refusals_write_cells(page_t *page, const Selenga__Quarantined *item);
