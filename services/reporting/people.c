// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/people.h"
#include "common/base/vec.h"
#include <stdlib.h>

people_t *people_new(void)
{
    people_t *people = xcalloc(1, sizeof *people);
    people->persons = dict_new();
    return people;
}

void people_destroy(people_t **people)
{
    if (!people || !*people) return;
    dict_destroy(&(*people)->persons);
    free((*people)->person);
    free((*people)->made);
    free(*people);
    *people = NULL;
}

static void widen(people_t *people, uint32_t row)
{
    vec_reserve(people->person, people->person_room, (size_t)row + 1);
    vec_reserve(people->made, people->made_room, (size_t)row + 1);
    for (; people->n <= row; people->n++) {
        people->person[people->n] = DICT_NONE;
        people->made[people->n] = 0;
    }
}

uint32_t people_number(people_t *people, slice_t pseudonym)
{
    return dict_add(people->persons, pseudonym);
}

void people_put(people_t *people, uint32_t row, slice_t pseudonym, uint32_t made)
{
    people->changes++;
    widen(people, row);
    people->person[row] = people_number(people, pseudonym);
    people->made[row] = made;
}

void people_remove(people_t *people, uint32_t row)
{
    if (row >= people->n) return;
    people->changes++;
    people->person[row] = DICT_NONE;
    people->made[row] = 0;
}
