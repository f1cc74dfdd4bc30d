// SPDX-License-Identifier: Apache-2.0
// Counters of a program.
#include "common/base/counters.h"
#include "common/base/i18n.h"
#include <assert.h>
#include <inttypes.h>

counters_t counters_of(const counter_row_t *rows, uint64_t *values, size_t n)
{
    return (counters_t){rows, values, n};
}

void counters_add(counters_t *counters, size_t index, uint64_t by)
{
    assert(index < counters->n);
    counters->values[index] += by;
}

uint64_t counters_get(const counters_t *counters, size_t index)
{
    assert(index < counters->n);
    return counters->values[index];
}

void counters_print(const counters_t *counters, FILE *to)
{
    for (size_t i = 0; i < counters->n; i++)
        fprintf(to, "%s %" PRIu64 "\n", counters->rows[i].name, counters->values[i]);
}

void counters_print_help(const counters_t *counters, FILE *to)
{
    for (size_t i = 0; i < counters->n; i++)
        fprintf(to, "%-28s %s\n", counters->rows[i].name, _(counters->rows[i].sentence));
}
