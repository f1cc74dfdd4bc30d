// SPDX-License-Identifier: Apache-2.0
// Counts of needs (kinds deficit-count and tally): what may be known of results elsewhere.
//
//   results of a person -> band of each year -> deficit-count of his organisation -> tally of the territory
//
// What a person counts for is kept beside the records, so that a change takes away exactly what was put in; a
// record says what the kept numbers say, whatever a neighbour hands back.
//
// Rows 'B', 'C' and 'N': common/store/FORMAT.md, aux.
#pragma once
#include "common/service/service.h"
#include "services/diagnostics/deficits.h"

typedef struct tallies tallies_t;

typedef struct year_band { // of a person in one competency: by the latest result of that year
    uint16_t year;
    uint8_t band; // band_t
} year_band_t;

enum { YEARS_MAX = 64 }; // of one person in one competency: the latest 64

tallies_t *tallies_new(service_t *service);
void tallies_destroy(tallies_t **tallies);

// In the first transaction of a run. *ret_all: this store has not kept counts until now, and all results are
// to be looked at. 0 or -errno.
int tallies_start(tallies_t *tallies, store_txn_t *txn, bool *ret_all);

// What a person of this node counts for in one competency ("FRAMEWORK:CODE"), years ascending, from now on.
// bulk: it follows from a load. 0 or -errno.
typedef struct counted {
    rid_t person;
    const char *org;
    const char *competency;
    bool bulk;
    year_band_t years[YEARS_MAX];
    size_t n;
} counted_t;
int tallies_person(tallies_t *tallies, store_txn_t *txn, const counted_t *counted);

// A version of one of the two kinds became the present one.
void tallies_changed(tallies_t *tallies, store_txn_t *txn, const record_t *old, const record_t *now);

// Writes the records whose numbers changed. 0 or -errno.
int tallies_settle(tallies_t *tallies, store_txn_t *txn);
