// SPDX-License-Identifier: Apache-2.0
// Methodists on the last day of a period: who is appointed, who is on leave, whom they have. domain 2.3,
// I-5.3.1.
#pragma once
#include "services/reporting/fold.h"
#include "services/reporting/table.h"
#include "services/reporting/touch.h"

typedef struct methodists {
    const table_t *table;
    const period_t *period;
    const rows_table_t *rows; // of methodists
    uint32_t n;               // codes
    uint32_t *lead; // of each code: the code that stands for the same human, DICT_NONE: no valid appointment
    uint32_t *also; // of each valid code: the next one of the same human, DICT_NONE at the end
    bool *on_leave; // of leads
    uint32_t
        *ties; // teachers assigned to lead L are ties[start[L]] to ties[start[L + 1] - 1]; one may come again
    uint32_t *start;
    uint64_t *assigned; // bit per person: has a tie to a methodist who is not on leave
    uint32_t n_persons;
    closed_t closed;
} methodists_t;

void methodists_init(methodists_t *methodists, const table_t *table, const period_t *period);
void methodists_clear(methodists_t *methodists);

static inline bool methodists_assigned(const methodists_t *m, uint32_t person)
{
    return person < m->n_persons && (m->assigned[person / 64] >> (person % 64) & 1) != 0;
}

// Answers the queries over TABLE_METHODIST; the others are left alone.
void methodists_scan(const methodists_t *methodists, const answers_t *answers);
