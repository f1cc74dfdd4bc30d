// SPDX-License-Identifier: Apache-2.0
// The list of all kinds. A new kind is one message, one row, and one line here.
#include "proto/kinds.h"

const kind_rule_t *const KINDS[] = {
    &KIND_ORGANISATION, &KIND_NODE,        &KIND_IDENTITY,      &KIND_PERSON,         &KIND_EMPLOYMENT,
    &KIND_ABSENCE,      &KIND_METHODIST,   &KIND_ASSIGNMENT,    &KIND_MENTORING_PAIR, &KIND_MENTORING_MEETING,
    &KIND_TEAM,         &KIND_PROGRAMME,   &KIND_PROGRAMME_RUN, &KIND_ENROLMENT,      &KIND_CERTIFICATE,
    &KIND_EVENT,        &KIND_ATTENDANCE,  &KIND_INVITE,        &KIND_PSEUDONYM_KEY,  &KIND_COMPETENCY,
    &KIND_SCALE,        &KIND_CAMPAIGN,    &KIND_RESULT,        &KIND_DEFICIT,        &KIND_ROUTE,
    &KIND_ACTIVITY,     &KIND_SUPPORT_ACT, &KIND_FACT,          &KIND_INDICATOR,
};
const size_t N_KINDS = sizeof(KINDS) / sizeof(KINDS[0]);
