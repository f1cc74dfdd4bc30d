// SPDX-License-Identifier: Apache-2.0
// Counters of a program: a table of names with a sentence for the operator, and the numbers.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct counter_row {
    const char *name;     // stable, lower case with underscores
    const char *sentence; // English, msgid: what it means when it grows
} counter_row_t;

typedef struct counters {
    const counter_row_t *rows;
    uint64_t *values; // as many as rows; the owner's array
    size_t n;
} counters_t;

// The counters of a table; `index` of the calls below is an enum that follows the table's order (asserted to
// be in range).
//   static uint64_t values[N]; counters_t counters = counters_of(ROWS, values, N);
counters_t counters_of(const counter_row_t *rows, uint64_t *values, size_t n);
void counters_add(counters_t *counters, size_t index, uint64_t by);

// One line for each counter with its sentence, for help and documents.
void counters_print_help(const counters_t *counters, FILE *to);
