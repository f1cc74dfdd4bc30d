// SPDX-License-Identifier: Apache-2.0
// The body of a `fact` record: a fact row as bytes, and back.
#pragma once
#include "common/base/util.h"
#include "services/reporting/facts.h"

enum { PSEUDONYM_BYTES = FACT_PSEUDONYM, FACT_BODY_MAX = 8192, FACT_TEAMS_MAX = 2048 };

typedef struct fact { // a fact read from a record
    uint8_t pseudonym[PSEUDONYM_BYTES];
    int year;
    fact_row_t row; // its texts live as long as the fact
    void *message;  // owners of the texts
    void *teams;
} fact_t;

// Packs a row; the caller frees *ret_body. Team parts beyond FACT_TEAMS_MAX bytes are left out, the first
// ones stay.
void fact_body_pack(const uint8_t pseudonym[PSEUDONYM_BYTES], int year, const fact_row_t *row,
                    uint8_t **ret_body, size_t *ret_size);

// Reads a body that may come from anywhere. 0, or -EBADMSG when it is no fact of a year within
// PERIOD_YEAR_MIN..MAX: then nothing is written. Cells are brought to fact_normal(); words and parts that are
// not there are empty. The caller clears the fact with fact_clear().
int fact_body_unpack(slice_t body, fact_t *ret_fact);

// Frees what an unpacked fact owns; a zeroed fact is allowed.
void fact_clear(fact_t *fact);
