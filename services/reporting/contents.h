// SPDX-License-Identifier: Apache-2.0
// What rows of facts say, each different thing once, by number: a million people say some hundred different
// things of a year. Those that no row says any more make room when they have become many.
#pragma once
#include "common/base/hash.h"
#include "services/reporting/period.h"

typedef struct content {
    uint32_t cells[N_CELLS]; // enum fact_flag
    uint32_t made;           // how the pseudonym came to be, see table_made; with ROW_WHOLE
} content_t;

typedef struct contents {
    hash_t hash;
    content_t *all; // by number; 0 stands for no row
    uint32_t *uses; // rows that say it
    size_t all_room, uses_room;
    uint32_t n_unused;
} contents_t;

void contents_init(contents_t *contents);
void contents_clear(contents_t *contents);

// The number of the content, for one more row.
uint32_t contents_use(contents_t *contents, const content_t *content);
// A row says this no more. 0 is ignored.
void contents_leave(contents_t *contents, uint32_t number);

// Are more of them unused than used, and many?
bool contents_are_stale(const contents_t *contents);
// Takes out the unused ones. Returns the new number of each old one, to be freed; of what was taken out it is
// of no meaning.
uint32_t *contents_pack(contents_t *contents);

static inline const content_t *contents_at(const contents_t *contents, uint32_t number)
{
    return &contents->all[number];
}
