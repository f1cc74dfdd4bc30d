// SPDX-License-Identifier: Apache-2.0
// Why an indicator counts a person or does not, and which organisations it knows nothing of. The answer comes
// from the compiled definition: what one person adds to an expression, and which terms of its queries his
// flags do not fulfil.
#pragma once
#include "services/reporting/definition.h"
#include "services/reporting/scan_methodists.h"

enum { EXPLAIN_PAGE = 500, EXPLAIN_WAYS_MAX = 8 };

typedef struct explain_way { // all of this together would have him counted
    uint32_t lacks;          // flags that he would need
    uint32_t excess;         // flags that he would have to be without
} explain_way_t;

typedef struct explain_person {
    uint32_t person;                // number of his pseudonym
    uint32_t org;                   // of his first career in the subtree
    int64_t numerator, denominator; // what he adds to each
    uint32_t n_ways;                // 0: counted. The shortest ways only, and no more than there is room for
    explain_way_t ways[EXPLAIN_WAYS_MAX];
} explain_person_t;

typedef struct explain_page {
    uint32_t n;
    uint32_t next; // where the next page begins; DICT_NONE: this is the last
    explain_person_t people[EXPLAIN_PAGE];
} explain_page_t;

// Does it count people? The others, of teams or of extremes, have nobody to show.
bool explain_has_people(const definition_t *definition);

// An explanation that is read page by page. All that is looked at for the whole of it is looked at once, when
// it is made; it holds while neither the table nor the definition changes.
typedef struct explaining {
    const table_t *table;
    const definition_t *definition;
    period_t period;
    uint32_t unit;
    groups_t *groups; // the subtree
    methodists_t methodists;
    touch_t touch;
    uint32_t *staff, n_persons; // by person: his first staff number (a row of table `person`), or DICT_NONE
    uint32_t *next, n_staff;    // by staff number: the person's next
    uint64_t looks;             // at careers, staff numbers and assignments, for tests
} explaining_t;

explaining_t *explaining_new(const table_t *table, const definition_t *definition, const period_t *period,
                             uint32_t unit);
void explaining_destroy(explaining_t **self);
// The people of the subtree who have facts in the period, from place `from` on (0: the first page).
void explain_people(explaining_t *self, uint32_t from, explain_page_t *ret_page);
// A staff number of the person, of the organisation for which he is told if he has one there. DICT_NONE: none
// is known here.
uint32_t explain_staff(explaining_t *self, const explain_person_t *person);
// Reporting units of the subtree, in force on the period's last day, without a row in its year. The caller
// frees the result.
uint32_t *explain_silent(const table_t *table, const period_t *period, uint32_t unit, uint32_t *ret_n);
