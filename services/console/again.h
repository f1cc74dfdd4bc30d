// SPDX-License-Identifier: Apache-2.0
// A form came from who is not logged in any more: for too long nobody sat there, or the console was started
// anew. What he typed is carried through a page that asks for the password, and then taken as if nothing had
// happened: from him, and from nobody else.
#pragma once
#include "services/console/page.h"

typedef enum again {
    AGAIN_ASKS,  // the page is that question, or waits
    AGAIN_GOES,  // the same account has logged in: page->session
    AGAIN_OTHER, // another one has
} again_t;

// The account whose session made the form that was sent; NULL: nobody's that we know.
const char *again_whose(const page_t *page);
again_t again_ask(page_t *page);
