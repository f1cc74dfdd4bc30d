// SPDX-License-Identifier: Apache-2.0
// Keys of the rows of one file: which came before, and which look like one that came before. About 50 bytes a
// key.
#pragma once
#include "common/base/util.h"
#include "common/schema/ids.h"

typedef struct seen seen_t;

typedef enum seen_how {
    SEEN_NEW,
    SEEN_SAME,  // this very key
    SEEN_ALIKE, // one that a person would take for the same: 007 and 7.0, Latin C and Cyrillic С
} seen_how_t;

seen_t *seen_new(void);
void seen_destroy(seen_t **seen_p);

// Enters the key of a row. *ret_row: the row with the same key, or else one with a key like it.
seen_how_t seen_enter(seen_t *seen, const rid_t *id, slice_t key, uint32_t row, uint32_t *ret_row);
