// SPDX-License-Identifier: Apache-2.0
// How many teachers each methodist has on a day, of what the reader may see.
#pragma once
#include "proto/registry.pb-c.h"
#include "services/console/people.h"

typedef struct load {
    const Selenga__Methodist *methodist;
    const Selenga__Assignment **his; // that hold on the day, one for each teacher
    const held_t **held;             // the same
    size_t n;
    int64_t most;     // 0: nothing says how many
    const char *away; // code of the absence he has on the day; NULL: none that is known here
} load_t;

typedef struct load_view {
    holding_t methodists, assignments, organisations, absences, indicators;
    people_t *people; // methodists themselves
    load_t *items;    // by code
    size_t n;
    int32_t day;
    const Selenga__Assignment **all; // memory of `his`
    const held_t **all_held;
} load_view_t;

void load_view_free(load_view_t *view);
// The same for page_keep.
void load_view_free_kept(void *view);
// All zero at first, or as a run of the page before has left it. False: return at once, as with page_ask.
bool load_view_read(page_t *page, load_view_t *view, int32_t day);
// NULL: there is none of this code.
const load_t *load_of(const load_view_t *view, const char *code);
// His appointment holds on the day.
bool load_is_active(const load_view_t *view, const load_t *load);
// The organisation above that of a person, or his own where none is: its code.
const char *load_district(const load_view_t *view, const char *person);
const char *load_org_name(const load_view_t *view, const char *code);
// A bar and its numbers: "215 / 250".
void load_write_bar(page_t *page, size_t n, int64_t most);
