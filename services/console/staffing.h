// SPDX-License-Identifier: Apache-2.0
// The people of organisations as working lists show them: what is known of each in one row, from the records
// that the reader may see.
#pragma once
#include "common/base/dict.h"
#include "proto/kinds/registry/mentoring.pb-c.h"
#include "proto/kinds/registry/staff.pb-c.h"
#include "proto/kinds/routing/routes.pb-c.h"
#include "services/console/held.h"

enum { MEETING_DAYS = 30 }; // without a meeting that need somebody

typedef struct staffer {
    const char *ref;                    // ORG:NUMBER
    const Selenga__Identity *identity;  // NULL: not here, or not for the reader
    const Selenga__Employment *work;    // NULL: likewise
    const held_t *route;                // the one on its way, else the latest; NULL: none
    const Selenga__MentoringPair *pair; // today's, in which he is the mentee; NULL: none
    int years;                          // of pedagogical work; -1: not known
    bool here, young;                   // works today; a young specialist
} staffer_t;

typedef struct staffing {
    holding_t identities, works, routes, pairs, meetings;
    dict_t *refs; // numbers of rows
    staffer_t *rows;
    size_t n;
    int32_t today;
} staffing_t;

void staffing_free(staffing_t *staffing);
// Of an organisation ("": all that the reader sees). False: return at once, as with page_ask.
bool staffing_read(page_t *page, const char *org, staffing_t *ret);
// NULL: he is not known.
const staffer_t *staffing_find(const staffing_t *staffing, const char *ref);
// "Иванова Анна Баировна", or the reference. Into buf of `size` bytes.
const char *staffing_name(const staffing_t *staffing, const char *ref, char *buf, size_t size);
bool staffing_is_now(const staffing_t *staffing, bool has_to, int32_t from, int32_t to);
// The day of their last meeting; false: there was none.
bool staffing_met(const staffing_t *staffing, const char *mentor, const char *mentee, int32_t *ret_day);
