// SPDX-License-Identifier: Apache-2.0
// What the tests of reports share: a small region, and what its reports say.
#pragma once
#include "services/reporting/defaults.h"
#include "services/reporting/indicators.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

enum {
    YOUNG = FACT_PEDAGOGUE | FACT_YOUNG_AGE | FACT_YOUNG_EXP,
    OLD = FACT_PEDAGOGUE | FACT_OVER_AGE | FACT_OVER_EXP
};

// Region R, municipalities M1 (schools A, B) and M2 (school C), with the built-in definitions.
typedef struct fixture {
    table_t *table;
    indicators_t *set;
    Selenga__ReportReply *reply;
} fixture_t;

static inline void put_defaults(indicators_t *set)
{
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS; i++) {
        Selenga__Indicator record;
        indicator_error_t error;
        indicator_default(i, &record);
        assert_true(indicators_put(set, &record, &error));
    }
}

static inline int setup(void **state)
{
    fixture_t *f = xcalloc(1, sizeof *f);
    f->table = table_new();
    f->set = indicators_new();
    put_defaults(f->set);
    put_org(f->table, "R", NULL, "ministry");
    put_org(f->table, "M1", "R", "municipal_authority");
    put_org(f->table, "M2", "R", "municipal_authority");
    put_org(f->table, "A", "M1", "school");
    put_org(f->table, "B", "M1", "kindergarten");
    put_org(f->table, "C", "M2", "school");
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture_t *f = *state;
    if (f->reply) selenga__report_reply__free_unpacked(f->reply, NULL);
    indicators_destroy(&f->set);
    table_destroy(&f->table);
    free(f);
    return 0;
}

static inline const Selenga__ReportUnit *report(fixture_t *f, const char *org, const char *text)
{
    period_t period = the_period(text);
    if (f->reply) selenga__report_reply__free_unpacked(f->reply, NULL);
    f->reply = indicators_report(f->set, f->table, org, &period, &(report_page_t){0});
    assert_non_null(f->reply);
    return f->reply->unit;
}

static inline const Selenga__IndicatorValue *value_of(const Selenga__ReportUnit *unit, const char *code)
{
    for (size_t i = 0; i < unit->n_indicators; i++)
        if (strcmp(unit->indicators[i]->code, code) == 0) return unit->indicators[i];
    fail_msg("no %s", code);
    return NULL;
}

static inline const Selenga__IndicatorValue *value(fixture_t *f, const char *org, const char *code)
{
    return value_of(report(f, org, "2024"), code);
}

// The argument of a note, or NULL.
static inline const char *note(const Selenga__IndicatorValue *v, const char *code)
{
    for (size_t i = 0; i < v->n_notes; i++)
        if (strcmp(v->notes[i]->code, code) == 0) return v->notes[i]->args[0];
    return NULL;
}

// Its second argument, or NULL.
static inline const char *also(const Selenga__IndicatorValue *v, const char *code)
{
    for (size_t i = 0; i < v->n_notes; i++)
        if (strcmp(v->notes[i]->code, code) == 0 && v->notes[i]->n_args > 1) return v->notes[i]->args[1];
    return NULL;
}

#define assert_value(V, NUMERATOR, DENOMINATOR, TEXT)                                                        \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_int_equal(v_->numerator, NUMERATOR);                                                          \
        assert_int_equal(v_->denominator, DENOMINATOR);                                                      \
        assert_true(v_->has_value);                                                                          \
        assert_string_equal(v_->value, TEXT);                                                                \
    } while (0)
#define assert_met(V, MET)                                                                                   \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_true(v_->has_met);                                                                            \
        assert_int_equal(v_->met, MET);                                                                      \
    } while (0)
#define assert_not_applicable(V)                                                                             \
    do {                                                                                                     \
        const Selenga__IndicatorValue *v_ = (V);                                                             \
        assert_false(v_->has_value);                                                                         \
        assert_null(v_->value);                                                                              \
    } while (0)

// n people with the flags, numbered from `first`.
static inline void put_many(fixture_t *f, uint32_t first, uint32_t n, const char *org, uint32_t flags)
{
    for (uint32_t i = 0; i < n; i++) put_fact(f->table, first + i, org, 2024, flags);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
