// SPDX-License-Identifier: Apache-2.0
// Records of a kind that a page has in hand, unpacked.
#pragma once
#include "services/console/entry.h"

enum {
    HELD_ANSWERS = 24,              // that one holding may take
    HELD_MOST = HELD_ANSWERS * 1000 // records
};

typedef struct held {
    rid_t id;
    char version[VERSION_TEXT];
    bool ours; // written here
    const Selenga__Record *record;
    const body_t *body;
} held_t;

// All zero at first.
typedef struct holding {
    const kind_rule_t *kind;
    held_t *items;
    size_t n, room;
    bool more;                                     // there are others that are not in hand
    const Selenga__Records *replies[HELD_ANSWERS]; // the page's, before they are opened
    size_t n_replies;
    size_t n_asks; // questions that it took
    bool opened;
    arena_t *arenas[HELD_ANSWERS];
    size_t n_arenas;
} holding_t;

void holding_free(holding_t *holding);
// Records of the kind that the reader may see, of an organisation ("": all) and with a field of that value
// (field NULL: all). False: return at once, as with page_ask. What the reader may not see at all is an empty
// holding.
bool holding_list(page_t *page, holding_t *holding, const kind_rule_t *kind, const char *org,
                  const char *field, const char *value);
// The same in two steps, where a page asks for much: it is run again for each answer, and opens all of them
// once. In what a page keeps (page_keep) they stay open.
bool holding_ask(page_t *page, holding_t *holding, const kind_rule_t *kind, const char *org,
                 const char *field, const char *value);
void holding_open(const page_t *page, holding_t *holding);
// Those of these ids, at most 1000, that there are and that the reader may see.
bool holding_ids(page_t *page, holding_t *holding, const kind_rule_t *kind, const rid_t *ids, size_t n);
// NULL: it is not in hand.
const held_t *holding_find(const holding_t *holding, const rid_t *id);
// The same by its natural key, as references have it.
const held_t *holding_key(const holding_t *holding, const char *ref);
// What people call it in a line: the values of its fields of title, else "". Into buf of VIEW_TEXT bytes.
const char *held_title(const kind_rule_t *kind, const body_t *body, lang_t lang, char *buf);
