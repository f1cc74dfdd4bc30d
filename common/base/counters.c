// SPDX-License-Identifier: Apache-2.0
// Counters of a program.
#include "common/base/counters.h"
#include "common/base/i18n.h"
#include <assert.h>

counters_t counters_of(const counter_row_t *rows, uint64_t *values, size_t n)
{
    return (counters_t){rows, values, n};
}

void counters_add(counters_t *counters, size_t index, uint64_t by)
{
    assert(index < counters->n);
    counters->values[index] += by;
}

void counters_print_help(const counters_t *counters, FILE *to)
{
    for (size_t i = 0; i < counters->n; i++)
        fprintf(to, "%-28s %s\n", counters->rows[i].name, _(counters->rows[i].sentence));
}
