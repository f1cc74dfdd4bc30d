// SPDX-License-Identifier: Apache-2.0
// What is typed into a form of a page is kept until it is saved: by the script as it is typed, and by the
// console when a save fails. A page that has such a form, for GET and POST of one address,
//   - fills it from keeping_draft(), where that is there, as from a form that was sent;
//   - calls keeping_offer() before it, and keeping_open() in the place of <form ...>.
// A POST that ends well, with 303 or with 200 and no such form, lets the draft go.
#pragma once
#include "services/console/page.h"

// What the reader asked to have back (?draft=...); NULL: nothing.
const form_t *keeping_draft(page_t *page);
// What was typed into the form: as it was sent, or as keeping_draft() gave it back; NULL: neither.
const form_t *keeping_typed(const page_t *page);
// Drafts of this address, to take back or to throw away.
void keeping_offer(page_t *page);
// <form method="post"> with its token and its name; class "record".
void keeping_open(page_t *page);
// Drafts of all addresses, for who has come back; nothing where there are none.
void keeping_list(page_t *page);

// What became of the page: for the exchange, once.
void keeping_end(page_t *page);
// Keeps what was sent to the page's address in the name of `account`. True: it is on the disk.
bool keeping_keep(page_t *page, const char *account);
