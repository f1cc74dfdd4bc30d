// SPDX-License-Identifier: Apache-2.0
// Many records that are saved by one button: each is written or refused by itself, and what is refused stays
// with its reason.
#pragma once
#include "services/console/entry.h"

enum { MANY_FIELDS = 32, MANY_MOST = 1000 };

typedef struct many_row {
    body_t *body;
    uint32_t set[MANY_FIELDS];
    size_t n_set;
    rid_t id;           // of a record that is deleted
    bool deleted;       //
    const char *why;    // it is deleted
    const char *expect; // the version that stood there; "": none; NULL: any
    fault_t fault;      // code "": none
    bool done;          // written, or so already
    size_t group;       // rows of one group are written together or not at all; 0: it is its own
} many_row_t;

// All zero but for kind and arena. Texts that rows name belong to the caller or the arena.
typedef struct many {
    const kind_rule_t *kind;
    arena_t *arena;
    many_row_t *rows;
    size_t n, room;
    size_t done, failed;
    bool dry; // nothing is written: what would become of it
} many_t;

void many_free(many_t *many);
// A row for a new record, or for one whose key its fields say. At most MANY_MOST: NULL beyond.
many_row_t *many_add(many_t *many, const char *expect);
// A row that takes a record away.
many_row_t *many_delete(many_t *many, const rid_t *id, const char *expect, const char *why);
// What was typed into a field; "" clears it. False: it cannot be so, and the row says why.
bool many_set(many_t *many, many_row_t *row, const char *field, const char *text);
// The same of a reference or code, as it is kept.
bool many_keep(many_t *many, many_row_t *row, const char *field, const char *text);
// Sends all that is not wrong already. False: return at once, as with page_ask.
bool many_send(page_t *page, many_t *many);
