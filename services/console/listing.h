// SPDX-License-Identifier: Apache-2.0
// Records of one kind as the address of a list asks for them: find, org, sort, columns, a field and its
// value. As stored they are read page by page; sorted, all of them are in hand.
#pragma once
#include "common/forms/table.h"
#include "services/console/entry.h"

enum {
    LISTING_ROWS = 50, // of a page
    LISTING_WHERE = 8,
    LISTING_MARK = 512, // bytes of the mark of a next page
};

typedef struct listing_row {
    slice_t wire;
    table_rank_t rank;
} listing_row_t;

typedef struct listing {
    table_t table;
    const kind_rule_t *kind;
    const char *find, *org, *sort, *after;
    int column; // to sort by; -1: as stored
    bool down;
    int64_t number; // of the page, from 1
    Selenga__Match matches[LISTING_WHERE], *where[LISTING_WHERE];
    size_t n_where;
    listing_row_t *rows;
    size_t n, room;
    const ProtobufCBinaryData *next; // as stored: mark of the next page; NULL: none
    arena_t *arena;
} listing_t;

void listing_free(listing_t *list);
// What the address asks for, of the kind that its segment 1 names. False: the page says what is wrong.
bool listing_begin(page_t *page, listing_t *list);
// The rows: of this page; or all, `out`: they leave the node as a file. False: return at once, as with
// page_ask.
bool listing_read(page_t *page, listing_t *list);
bool listing_read_all(page_t *page, listing_t *list, bool out);
// The row and its body, in the arena until the next call.
bool listing_open(const listing_t *list, const listing_row_t *row, table_row_t *ret_row);
