// SPDX-License-Identifier: Apache-2.0
// Whom an indicator counts, whom it does not and why, and which organisations sent nothing.
#pragma once
#include "services/console/page.h"

typedef struct explanation {
    const Selenga__ReportReply *first; // it has the words
    const Selenga__ReportReply *here;  // of the address
    const Selenga__Records *names;     // NULL: none may be seen, or none is asked for
    size_t skip, n;                    // people of `here` that are shown
} explanation_t;

// False: return at once, as with page_ask.
bool explanation_ask(page_t *page, const char *period, const char *code, explanation_t *ret_why);
void explanation_write(page_t *page, const char *period, const char *code, const explanation_t *why);
