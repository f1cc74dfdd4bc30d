// SPDX-License-Identifier: Apache-2.0
// What people have typed and not saved yet, in a store of the console's own, DIR/store/console: it never
// leaves the node. Each draft is of one account and one form of one address; nobody else's is ever read.
// Bounded in number, size and age; where there is no room the oldest goes.
#pragma once
#include "services/console/form.h"

#define DRAFTS_FOLDER "store/console"
enum {
    DRAFT_MOST = 64 * 1024,  // bytes of one, as a browser sends it
    DRAFT_ADDRESS_MAX = 512, // bytes of a path
    DRAFT_FORM = 17,         // hex of the 8 bytes that name a form, with its end
    DRAFTS_OF_ACCOUNT = 32,
    DRAFTS_MOST = 1024,
    DRAFT_LIFE_S = 30 * 24 * 3600,
};

typedef struct drafts drafts_t;

// Whose it is, and of which form.
typedef struct draft_key {
    const char *account, *address;
    char form[DRAFT_FORM];
} draft_key_t;

typedef struct draft {
    char address[DRAFT_ADDRESS_MAX + 1];
    char form[DRAFT_FORM];
    int64_t saved_s;
} draft_t;

// Of the node in the current directory. A damaged store is emptied, which is logged. 0; -1 with why.
int drafts_open(drafts_t **ret_drafts, why_t *why);
void drafts_close(drafts_t **drafts);
// 32 bytes that are drawn once and kept there.
const uint8_t *drafts_secret(const drafts_t *drafts);

// A name for a new form.
void draft_form_new(char ret_form[static DRAFT_FORM]);
bool draft_form_is(const char *text);

// drafts NULL, in all of these: nothing is kept and nothing is there.
// True: it is on the disk. False: too much of it, or the disk is full.
bool drafts_keep(drafts_t *drafts, const draft_key_t *key, const form_t *form, int64_t now_s);
void drafts_drop(drafts_t *drafts, const draft_key_t *key);
// True with *ret_form for form_free.
bool drafts_get(drafts_t *drafts, const draft_key_t *key, form_t *ret_form);
// Those of an account, at one address or (NULL) at all: as many as fit, the newest first.
size_t drafts_list(drafts_t *drafts, const char *account, const char *address, draft_t *ret, size_t room);
void drafts_expire(drafts_t *drafts, int64_t now_s);
