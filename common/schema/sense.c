// SPDX-License-Identifier: Apache-2.0
// See sense.h. A test has for each row a record that it warns of and one that it does not.
#include "common/schema/sense.h"

const sense_rule_t SENSE_RULES[] = {
    // people
    {&KIND_IDENTITY, "AGE-SENSE", "birth_date", NULL, "birth_date+14y <= today", NULL, NULL, NULL, false},
    {&KIND_IDENTITY, "AGE-SENSE", "birth_date", NULL, "birth_date+100y >= today", NULL, NULL, NULL, false},
    {&KIND_IDENTITY, "DATE-FUTURE", "experience_from", NULL, "experience_from <= today", NULL, NULL, NULL,
     false},
    {&KIND_IDENTITY, "EXPERIENCE-EARLY", "experience_from", NULL, "experience_from >= birth_date+14y", NULL,
     NULL, NULL, false},
    {&KIND_EMPLOYMENT, "DATE-FUTURE", "from", NULL, "from <= today", NULL, NULL, NULL, false},
    {&KIND_EMPLOYMENT, "RATE-SENSE", "rate", NULL, "rate <= 200", NULL, NULL, NULL, false},
    // who helps whom
    {&KIND_MENTORING_MEETING, "DATE-FUTURE", "date", NULL, "date <= today", NULL, NULL, NULL, false},
    {&KIND_MENTORING_MEETING, "NO-PAIR", "date", "date <= today", NULL, &KIND_MENTORING_PAIR, "mentee",
     "mentor = own.mentor & mentee = own.mentee & from <= own.date & to >= own.date", false},
    {&KIND_ASSIGNMENT, "SELF-SUPPORT", "methodist", NULL, "methodist.person != person", NULL, NULL, NULL,
     false},
    {&KIND_SUPPORT_ACT, "SELF-SUPPORT", "methodist", NULL, "methodist.person != person", NULL, NULL, NULL,
     false},
    {&KIND_SUPPORT_ACT, "DATE-FUTURE", "date", NULL, "date <= today", NULL, NULL, NULL, false},
    // learning
    {&KIND_ENROLMENT, "HOURS-ABOVE", "attended_hours", NULL, "attended_hours <= run.programme.hours", NULL,
     NULL, NULL, false},
    {&KIND_CERTIFICATE, "HOURS-ABOVE", "hours", NULL, "hours <= run.programme.hours", NULL, NULL, NULL,
     false},
    {&KIND_CERTIFICATE, "BEFORE-RUN", "issued_on", NULL, "issued_on >= run.from", NULL, NULL, NULL, false},
    {&KIND_CERTIFICATE, "DATE-FUTURE", "issued_on", NULL, "issued_on <= today", NULL, NULL, NULL, false},
    {&KIND_ATTENDANCE, "EVENT-TO-COME", "event", NULL, "event.starts_on <= today", NULL, NULL, NULL, false},
    // diagnostics
    {&KIND_RESULT, "DATE-FUTURE", "taken_on", NULL, "taken_on <= today", NULL, NULL, NULL, false},
    {&KIND_RESULT, "OUTSIDE-CAMPAIGN", "taken_on", NULL, "taken_on >= campaign.from", NULL, NULL, NULL,
     false},
    {&KIND_RESULT, "OUTSIDE-CAMPAIGN", "taken_on", NULL, "taken_on <= campaign.to", NULL, NULL, NULL, false},
    // routes
    {&KIND_ROUTE, "SELF-SUPPORT", "tutor", NULL, "tutor != person", NULL, NULL, NULL, false},
    {&KIND_ROUTE, "DATE-FUTURE", "closed_on", NULL, "closed_on <= today", NULL, NULL, NULL, false},
    {&KIND_ROUTE, "STEPS-UNDONE", "outcome", "state = closed' & outcome = done'", NULL, &KIND_ACTIVITY, "",
     "route = own.code & done_on missing", true},
    {&KIND_ACTIVITY, "DATE-FUTURE", "done_on", NULL, "done_on <= today", NULL, NULL, NULL, false},
    {&KIND_ACTIVITY, "STEPS-UNDONE", "done_on",
     "route.state = closed' & route.state known & route.outcome = done' & route.outcome known",
     "done_on known", NULL, NULL, NULL, false},
};

const size_t N_SENSE_RULES = ARRAY_SIZE(SENSE_RULES);
