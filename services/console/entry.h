// SPDX-License-Identifier: Apache-2.0
// A record of any kind as pages show it, and the form in which people change it, from the kind's declaration.
#pragma once
#include "common/base/arena.h"
#include "common/forms/view.h"
#include "common/schema/access.h"
#include "common/schema/body.h"
#include "common/store/record.h"
#include "services/console/page.h"

typedef struct entry {
    const kind_rule_t *kind;
    rid_t id;
    arena_t *arena;             // of record and body
    Selenga__Record *record;    // NULL: there is none
    body_t *body;               // NULL: none that can be read
    char version[VERSION_TEXT]; // "": there is none
} entry_t;

void entry_clear(entry_t *entry);

// The kind of this name, which the reader may see. False: the page says why not.
bool entry_kind(page_t *page, const char *name, const kind_rule_t **ret_kind);
// The record that segments 1 and 2 of the address name. False: return at once, as with page_ask.
bool entry_get(page_t *page, entry_t *ret_entry);
// May the reader do this with records of the kind (common/schema/access.h)? Which of them, the services say.
bool entry_may(const page_t *page, const kind_rule_t *kind, access_action_t action);
// Asks for records of the kind in the reader's account: page_try of a list, whose kind is filled in.
bool entry_try_list(page_t *page, const kind_rule_t *kind, Selenga__List *list, const asked_t **ret_asked);
// Is this one written here, by people?
bool entry_is_ours(const page_t *page, const entry_t *entry);
// What people call it: its natural key, else its id. Into buf of KEY_TEXT_MAX bytes.
const char *entry_ref(const kind_rule_t *kind, const body_t *body, const rid_t *id, char *buf);
// /k/KIND/REF.
void entry_address(html_t *html, const kind_rule_t *kind, const char *ref);
// A link to a record: <a href="/k/KIND/REF">text</a>.
void entry_link(html_t *html, const kind_rule_t *kind, const char *ref, const char *text);
// Where to go: /k/KIND/REF and `rest`, which is the program's own.
void entry_go(page_t *page, const kind_rule_t *kind, const char *ref, const char *rest);
