// SPDX-License-Identifier: Apache-2.0
// Who is who, put into a table as records say it. For tests and benchmarks.
#pragma once
#include "proto/registry.pb-c.h"
#include "services/reporting/day.h"
#include "services/reporting/table.h"
#include <assert.h>

// protobuf-c has no const texts
static inline char *loose(const char *text)
{
    return (char *)(uintptr_t)text;
}

static inline void put_row(table_t *table, const kind_rule_t *kind, const char *org, const body_t *body)
{
    rid_t id;
    bool keyed = body_id(kind, body, &id);
    assert(keyed);
    if (org != NULL)
        rows_put(table->rows, shape_of_kind(kind->number), &id, slice_text(org), body);
    else
        rows_remove(table->rows, shape_of_kind(kind->number), &id);
}

// `ref` is "ORG:NUMBER". The number of its row.
static inline uint32_t staff_number(table_t *table, const char *ref)
{
    return rows_refer(table->rows, TABLE_PERSON, slice_text(ref));
}

static inline void put_made_person(table_t *table, const char *ref, const uint8_t pseudonym[PSEUDONYM_BYTES],
                                   uint32_t made)
{
    char org[64];
    Selenga__Person m = SELENGA__PERSON__INIT;
    snprintf(org, sizeof org, "%.*s", (int)strcspn(ref, ":"), ref);
    m.org = org;
    m.number = loose(ref + strlen(org) + 1);
    put_row(table, &KIND_PERSON, org, &m.base);
    people_put(table->people, staff_number(table, ref), slice(pseudonym, PSEUDONYM_BYTES), made);
}

static inline void put_person(table_t *table, const char *ref, const uint8_t pseudonym[PSEUDONYM_BYTES])
{
    put_made_person(table, ref, pseudonym, 0);
}

static inline void remove_person(table_t *table, const char *ref)
{
    people_remove(table->people, staff_number(table, ref));
}

static inline void put_methodist(table_t *table, const char *code, const char *person, const char *org,
                                 int32_t from, int32_t to)
{
    Selenga__Methodist m = SELENGA__METHODIST__INIT;
    m.code = loose(code);
    m.person = loose(person);
    m.has_from = true;
    m.from = from;
    m.has_to = to != DAY_NONE;
    m.to = to;
    put_row(table, &KIND_METHODIST, org, &m.base);
}

static inline void remove_methodist(table_t *table, const char *code)
{
    put_methodist(table, code, NULL, NULL, 0, DAY_NONE);
}

static inline void put_assignment_of(table_t *table, const char *org, const char *methodist,
                                     const char *person, int32_t from, int32_t to)
{
    Selenga__Assignment m = SELENGA__ASSIGNMENT__INIT;
    m.methodist = loose(methodist);
    m.person = loose(person);
    m.has_from = true;
    m.from = from;
    m.has_to = to != DAY_NONE;
    m.to = to;
    put_row(table, &KIND_ASSIGNMENT, org, &m.base);
}

static inline void put_assignment(table_t *table, const char *methodist, const char *person, int32_t from,
                                  int32_t to)
{
    put_assignment_of(table, "", methodist, person, from, to);
}

static inline void remove_assignment(table_t *table, const char *methodist, const char *person, int32_t from)
{
    put_assignment_of(table, NULL, methodist, person, from, DAY_NONE);
}

static inline void put_team_of(table_t *table, const char *code, const char *org)
{
    Selenga__Team m = SELENGA__TEAM__INIT;
    m.code = loose(code);
    m.org = loose(org);
    put_row(table, &KIND_TEAM, org, &m.base);
}
