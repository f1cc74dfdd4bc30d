// SPDX-License-Identifier: Apache-2.0
// A node's card: one line of text that tells its hub who it is. Nothing in it is secret. It is for a hub that
// has lost all that it knew and came back by its recovery phrase: its operator admits the children of before
// by their cards.
#pragma once
#include "common/node/root.h"

enum { CARD_TEXT_MAX = 640 }; // with its NUL

typedef struct card {
    char org[NODE_ORG_MAX + 1];
    char name[NODE_NAME_MAX + 1];
    uint8_t rank;
    path_t path;
    uint8_t key[NODE_KEY_SIZE]; // public
    uint8_t root_check[ROOT_CHECK_SIZE];
} card_t;

// The line without newline. org must not be empty (asserted).
void card_text(const card_t *card, char ret_text[static CARD_TEXT_MAX]);

// Reads a card; white space around it is ignored. False: it is none, or mistyped.
bool card_parse(const char *text, card_t *ret_card);
