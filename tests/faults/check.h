// SPDX-License-Identifier: Apache-2.0
// Compares what nodes hold with what was acknowledged.
#pragma once
#include "tests/faults/book.h"

typedef struct verdict {
    uint64_t held;    // records of the load's kinds
    uint64_t missing; // acknowledged and not there
    uint64_t
        wrong; // there with another content than the acknowledged one, or other bytes than at the first node
    uint64_t twice;   // listed more than once
    uint64_t strange; // of a number that was never acknowledged; conflicts among all records of the service
} verdict_t;

// Records that the two services of the node in `dir` hold in all; dies when it does not answer.
uint64_t records_of(const char *dir);

typedef struct checker checker_t;
// Nothing may be written any more. `shelves` must outlive it.
checker_t *checker_new(const shelf_t shelves[static SHELVES]);
void checker_destroy(checker_t **checker);
// `more`: how many records of both services the load has not written. The first node checked is the home.
verdict_t checker_look(checker_t *checker, const char *dir, uint64_t more);
