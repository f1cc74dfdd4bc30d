// SPDX-License-Identifier: Apache-2.0
// What diagnostics say of one person: his latest result in each competency, the need that was found, and
// whether he disputes it. Each kind as far as the reader may see it.
#pragma once
#include "proto/diagnostics.pb-c.h"
#include "services/console/held.h"

enum { PROFILE_ROWS = 900 };

typedef struct profile_row {
    const char *ref;                       // FRAMEWORK:CODE; the profile's, or a record's
    const Selenga__Competency *competency; // NULL: not here
    const Selenga__Result *result;         // the latest; NULL: none
    const Selenga__Deficit *need;          // NULL: none was found
    const Selenga__Dispute *dispute;       // the latest; NULL: none
} profile_row_t;

typedef struct profile {
    holding_t results, needs, disputes, campaigns, competencies;
    arena_t *arena;
    profile_row_t rows[PROFILE_ROWS]; // by class, then by code
    size_t n;
} profile_t;

void profile_free(profile_t *profile);
// Of the person ORG:NUMBER. False: return at once, as with page_ask.
bool profile_read(page_t *page, const char *person, profile_t *ret);
// Is there a need now, not one that is over?
bool profile_is_needed(const profile_row_t *row);
// Can he dispute it: does it stand, and is no other objection open?
bool profile_may_dispute(const profile_row_t *row);
// NULL: nothing is known of it.
const profile_row_t *profile_find(const profile_t *profile, const char *ref);
// "Title of the competency", else its code. Into buf of VIEW_TEXT bytes.
const char *profile_title(const profile_row_t *row, lang_t lang, char *buf);
