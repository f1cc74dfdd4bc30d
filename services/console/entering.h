// SPDX-License-Identifier: Apache-2.0
// Somebody says who he is: what the log-in page and a page that goes on after a log-in have in common.
#pragma once
#include "services/console/page.h"

typedef struct entering {
    const char *name, *password, *new_password; // new_password NULL: none is chosen
} entering_t;

typedef enum entered {
    ENTERED,
    ENTERED_NOT,     // *ret_why says why not, in words
    ENTERED_WAITING, // return at once
    ENTERED_CHOOSE,  // the password was a one-time one, and another has to be chosen
} entered_t;

// Asks the registry. ENTERED: *ret is who it is. page->status is set where it is not. why: CLIENT_WHY_TEXT
// bytes.
entered_t entering_ask(page_t *page, const entering_t *who, account_t *ret, char *ret_why);
// A session for him, and its cookies.
void entering_open(page_t *page, const account_t *account);

// The hidden field `field` without which no password is taken from who has no session, and its cookie.
// Nothing of a guest is kept here: the cookie is random, and the token follows from it.
void entering_guest(page_t *page, const char *field);
bool entering_guest_fits(const page_t *page, const char *shown);
// <input> with its label.
void entering_input(page_t *page, const char *name, const char *label, const char *type, const char *value,
                    const char *complete);
