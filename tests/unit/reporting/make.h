// SPDX-License-Identifier: Apache-2.0
// What the tests of reporting share: days by their text, and people made of few words.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/date.h"
#include "services/reporting/day.h"
#include "services/reporting/facts.h"
#include "services/reporting/table.h"
#include "tests/unit/reporting/put.h"

// "2024-02-29"
static inline int32_t on(const char *text)
{
    int32_t day;
    assert_true(date_parse(text, &day));
    return day;
}

static inline period_t the_period(const char *text)
{
    period_t period;
    assert_true(period_parse(text, &period));
    return period;
}

// A number as a pseudonym.
static inline void pseudonym_of(uint32_t number, uint8_t ret_pseudonym[PSEUDONYM_BYTES])
{
    memset(ret_pseudonym, 0, PSEUDONYM_BYTES);
    be32_store(ret_pseudonym, number);
}

static inline void put_org(table_t *table, const char *code, const char *parent, const char *kind)
{
    orgs_put(table->orgs, code, &(org_row_t){parent, kind, code, DAY_NONE, DAY_NONE});
}

// One year as an earlier program wrote it, the same flags in all cells.
static inline career_t a_fact(uint32_t person, const char *org, int year, uint32_t flags)
{
    career_t fact;
    uint8_t pseudonym[PSEUDONYM_BYTES];
    pseudonym_of(person, pseudonym);
    career_init(&fact, pseudonym, org);
    fact.whole = false;
    fact.runs[0].first = fact.runs[0].last = year;
    for (int c = 0; c < N_CELLS; c++) fact.runs[0].cells[c] = flags;
    fact.n_runs = 1;
    return fact;
}

static inline void put_fact(table_t *table, uint32_t person, const char *org, int year, uint32_t flags)
{
    career_t fact = a_fact(person, org, year, flags);
    table_put(table, &fact, NULL);
}

static inline void remove_fact(table_t *table, uint32_t person, const char *org, int year)
{
    career_t fact = a_fact(person, org, year, 0);
    table_remove(table, &fact);
}
