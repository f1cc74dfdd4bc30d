// SPDX-License-Identifier: Apache-2.0
// Invitations on the page of neighbours: the form, what comes of it, those that nobody has used.
#pragma once
#include "services/console/page.h"

// Asks the registry for what the form says. True: it is over, and *ret_asked is what the registry said, or
// NULL where the form itself is wrong: then `why` has the words. False: return at once.
bool inviting_act(page_t *page, const asked_t **ret_asked, why_t *why);
// The page is the token, once, to copy and to print.
void inviting_write_token(page_t *page);
// Invitations that are open, and the form. False: return at once.
bool inviting_ask(page_t *page, const Selenga__Records **ret_open, const Selenga__Records **ret_orgs);
void inviting_write(page_t *page, const Selenga__Records *open, const Selenga__Records *orgs);
