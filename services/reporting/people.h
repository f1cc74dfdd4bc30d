// SPDX-License-Identifier: Apache-2.0
// Who stands behind a staff number: its pseudonym, and how that came to be. Staff numbers are the rows of
// table `person` (rows.h), by number.
#pragma once
#include "common/base/dict.h"

typedef struct people {
    dict_t *persons; // pseudonyms
    uint32_t n;
    size_t person_room, made_room;
    uint32_t *person; // of each staff number, DICT_NONE while its pseudonym is not known
    uint32_t *made;   // how it came to be (table_made), 0 while none is known
    uint64_t changes; // grows with every change
} people_t;

people_t *people_new(void);
void people_destroy(people_t **people);

void people_put(people_t *people, uint32_t row, slice_t pseudonym, uint32_t made);
void people_remove(people_t *people, uint32_t row);

// The number of a pseudonym, given when new.
uint32_t people_number(people_t *people, slice_t pseudonym);

static inline uint32_t people_person(const people_t *people, uint32_t row)
{
    return row < people->n ? people->person[row] : DICT_NONE;
}
