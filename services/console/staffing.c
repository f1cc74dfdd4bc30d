// SPDX-License-Identifier: Apache-2.0
#include "services/console/staffing.h"
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/schema/young.h"
#include <stdio.h>
#include <stdlib.h>

void staffing_free(staffing_t *staffing)
{
    holding_free(&staffing->identities);
    holding_free(&staffing->works);
    holding_free(&staffing->routes);
    holding_free(&staffing->pairs);
    holding_free(&staffing->meetings);
    dict_destroy(&staffing->refs);
    free(staffing->rows);
}

bool staffing_is_now(const staffing_t *staffing, bool has_to, int32_t from, int32_t to)
{
    return from <= staffing->today && (!has_to || to >= staffing->today);
}

static uint32_t row_of(staffing_t *staffing, const char *org, const char *number)
{
    char ref[REF_MAX + 1];
    int n = snprintf(ref, sizeof ref, "%s:%s", org, number);
    return dict_add(staffing->refs, slice(ref, (size_t)n < sizeof ref ? (size_t)n : sizeof ref - 1));
}

const staffer_t *staffing_find(const staffing_t *staffing, const char *ref)
{
    uint32_t i = ref != NULL ? dict_find(staffing->refs, slice_text(ref)) : DICT_NONE;
    return i != DICT_NONE ? &staffing->rows[i] : NULL;
}

static bool is_over(const Selenga__Route *route)
{
    return strcmp(route->state, "closed") == 0 || strcmp(route->state, "withdrawn") == 0;
}

static void take_routes(staffing_t *staffing)
{
    for (size_t i = 0; i < staffing->routes.n; i++) {
        const held_t *held = &staffing->routes.items[i];
        const Selenga__Route *route = (const Selenga__Route *)held->body;
        staffer_t *row = (staffer_t *)(uintptr_t)staffing_find(staffing, route->person);
        if (row == NULL) continue;
        const Selenga__Route *other = row->route != NULL ? (const Selenga__Route *)row->route->body : NULL;
        bool better = other == NULL || (is_over(other) && !is_over(route)) ||
                      (is_over(other) == is_over(route) && route->from > other->from);
        if (better) row->route = held;
    }
}

static void take_pairs(staffing_t *staffing)
{
    for (size_t i = 0; i < staffing->pairs.n; i++) {
        const Selenga__MentoringPair *pair = (const Selenga__MentoringPair *)staffing->pairs.items[i].body;
        staffer_t *row = (staffer_t *)(uintptr_t)staffing_find(staffing, pair->mentee);
        if (row != NULL && staffing_is_now(staffing, pair->has_to, pair->from, pair->to)) row->pair = pair;
    }
}

static void judge(const staffing_t *staffing, staffer_t *row)
{
    const Selenga__Identity *identity = row->identity;
    const Selenga__Employment *work = row->work;
    row->years = -1;
    row->here = work != NULL && staffing_is_now(staffing, work->has_to, work->from, work->to);
    if (identity == NULL || !identity->has_experience_from) return;
    int32_t from = identity->experience_from + (int32_t)identity->experience_break_days;
    row->years = from <= staffing->today ? date_full_years(from, staffing->today) : 0;
    row->young = row->here && strcmp(work->post_class, "pedagogue") == 0 && row->years < YOUNG_YEARS &&
                 identity->has_birth_date &&
                 date_full_years(identity->birth_date, staffing->today) <= YOUNG_AGE_MAX;
}

static void make_rows(staffing_t *staffing)
{
    staffing->refs = dict_new();
    staffing->today = wall_day();
    staffing->rows = xcalloc(staffing->works.n + staffing->identities.n + 1, sizeof *staffing->rows);
    for (size_t i = 0; i < staffing->works.n; i++) {
        const Selenga__Employment *work = (const Selenga__Employment *)staffing->works.items[i].body;
        staffing->rows[row_of(staffing, work->org, work->number)].work = work;
    }
    for (size_t i = 0; i < staffing->identities.n; i++) {
        const Selenga__Identity *identity = (const Selenga__Identity *)staffing->identities.items[i].body;
        staffing->rows[row_of(staffing, identity->org, identity->number)].identity = identity;
    }
    staffing->n = dict_count(staffing->refs);
    for (size_t i = 0; i < staffing->n; i++) {
        staffing->rows[i].ref = dict_key(staffing->refs, (uint32_t)i);
        judge(staffing, &staffing->rows[i]);
    }
    take_routes(staffing);
    take_pairs(staffing);
}

bool staffing_read(page_t *page, const char *org, staffing_t *ret)
{
    *ret = (staffing_t){0};
    bool whole = holding_list(page, &ret->works, &KIND_EMPLOYMENT, org, NULL, NULL) &&
                 holding_list(page, &ret->identities, &KIND_IDENTITY, org, NULL, NULL) &&
                 holding_list(page, &ret->routes, &KIND_ROUTE, org, NULL, NULL) &&
                 holding_list(page, &ret->pairs, &KIND_MENTORING_PAIR, org, NULL, NULL) &&
                 holding_list(page, &ret->meetings, &KIND_MENTORING_MEETING, org, NULL, NULL);
    if (whole) make_rows(ret);
    return whole;
}

const char *staffing_name(const staffing_t *staffing, const char *ref, char *buf, size_t size)
{
    const staffer_t *row = staffing_find(staffing, ref);
    const Selenga__Identity *identity = row != NULL ? row->identity : NULL;
    if (identity == NULL)
        snprintf(buf, size, "%s", ref);
    else
        snprintf(buf, size, "%s %s%s%s", identity->last_name, identity->first_name,
                 identity->middle_name != NULL ? " " : "",
                 identity->middle_name != NULL ? identity->middle_name : "");
    return buf;
}

bool staffing_met(const staffing_t *staffing, const char *mentor, const char *mentee, int32_t *ret_day)
{
    bool met = false;
    for (size_t i = 0; i < staffing->meetings.n; i++) {
        const Selenga__MentoringMeeting *one =
            (const Selenga__MentoringMeeting *)staffing->meetings.items[i].body;
        if (strcmp(one->mentor, mentor) != 0 || strcmp(one->mentee, mentee) != 0) continue;
        if (!met || one->date > *ret_day) *ret_day = one->date;
        met = true;
    }
    return met;
}
