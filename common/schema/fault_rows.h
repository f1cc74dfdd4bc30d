// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>

// The sentence of a fault code, a msgid with marks (fault_rows.c says which); NULL: there is no such code.
const char *fault_row(const char *code);
const char *fault_row_at(size_t i); // the code of each; NULL: there are no more

// One that counts what an argument says has two msgids, for i18n_n.
typedef struct fault_count {
    const char *code;
    int arg; // from 1
    const char *one, *many;
} fault_count_t;

const fault_count_t *fault_count(const char *code); // NULL: it counts nothing
