// SPDX-License-Identifier: Apache-2.0
// Rows of a list in hand: records as they came, opened when they are looked at, handed out with their names
// and reviews.
#pragma once
#include "common/base/arena.h"
#include "common/forms/find.h"
#include "common/forms/table.h"
#include "services/cli/ask.h"

// What is to be shown.
typedef struct list_query {
    const table_t *table;
    const char *org, *find;             // NULL: any
    const Selenga__Match *const *where; // of names of columns, which exist
    size_t n_where;
    int sort; // column; -1: as stored
    bool down;
    uint64_t skip, limit; // limit 0: all
    bool counts;          // how many rows there are behind the last is wanted
    lang_t lang;
} list_query_t;

// A row on its way out: its records, as bytes of the wire, one for each kind; empty: none.
typedef struct list_row {
    slice_t wires[SHEET_KINDS_MAX];
    table_row_t row;
} list_row_t;

typedef struct list_out {
    int (*row)(void *context, const list_row_t *row, const Selenga__ReviewsReply *reviews, size_t i);
    void (*turn)(void *context); // after each page; NULL: not needed
    void *context;
    uint64_t n, more; // rows handed out; rows behind them that fit, if there is a limit
    bool many;        // there are more than `more`
} list_out_t;

enum { LIST_COUNTED = 1000, LIST_ENOUGH = -1 }; // rows behind the last that are counted; ends a list

typedef struct held {
    slice_t wires[SHEET_KINDS_MAX]; // owned
    rid_t ids[SHEET_KINDS_MAX];     // of sheets: of the records of one row
    size_t at;                      // in the order in which they came
    table_rank_t rank;
} held_t;

typedef struct rows {
    ask_t *ask;
    const list_query_t *query;
    list_out_t *out;
    size_t kind; // of those that come now
    held_t *items;
    size_t n, room;
    uint64_t bytes, taken, seen;
    size_t ranked;    // of the items, the first so many
    uint64_t dropped; // that fit and lie behind the page
    bool enough;
    int result; // of what was handed out so far
    arena_t *arena;
    names_t *names;
    Selenga__Match **where; // of the request under way; in the memory of rows
    char *word; // of sheets: one of the words sought, which each record handed over has; NULL: none
    find_t *has_word;
} rows_t;

void rows_forget(rows_t *rows);
void held_free(held_t *held);
// Keeps a record of rows->kind.
held_t *rows_hold(rows_t *rows, slice_t wire, const Selenga__Record *record);
// The bodies live in the arena. A body that cannot be read is as none.
void rows_open(const rows_t *rows, const held_t *held, list_row_t *ret_row);
int rows_hand_out(rows_t *rows, size_t from, size_t n);
// Asks for all names that these rows show or are sorted by, at once. Where they cannot be told that is said.
void rows_ask_names(rows_t *rows, size_t from, size_t n);
