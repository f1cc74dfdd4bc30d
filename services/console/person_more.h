// SPDX-License-Identifier: Apache-2.0
// What else is known of a person: records of other kinds that refer to him, as far as the reader may see
// them.
#pragma once
#include "services/console/people.h"

enum { PERSON_MORE = 9 };

typedef struct person_more {
    holding_t holdings[PERSON_MORE];
    people_t *people; // names of who stands in them
} person_more_t;

void person_more_free(person_more_t *more);
// False: return at once, as with page_ask.
bool person_more_read(page_t *page, const char *ref, person_more_t *more);
void person_more_write(page_t *page, const char *ref, const person_more_t *more);
