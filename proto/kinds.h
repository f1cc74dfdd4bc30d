// SPDX-License-Identifier: Apache-2.0
// The row of each kind, for code that means one kind in particular. KINDS[] of kind.h holds them all.
#pragma once
#include "proto/kind.h"

extern const kind_rule_t KIND_ORGANISATION;
extern const kind_rule_t KIND_NODE;
extern const kind_rule_t KIND_IDENTITY;
extern const kind_rule_t KIND_PERSON;
extern const kind_rule_t KIND_EMPLOYMENT;
extern const kind_rule_t KIND_ABSENCE;
extern const kind_rule_t KIND_METHODIST;
extern const kind_rule_t KIND_ASSIGNMENT;
extern const kind_rule_t KIND_MENTORING_PAIR;
extern const kind_rule_t KIND_MENTORING_MEETING;
extern const kind_rule_t KIND_TEAM;
extern const kind_rule_t KIND_PROGRAMME;
extern const kind_rule_t KIND_PROGRAMME_RUN;
extern const kind_rule_t KIND_ENROLMENT;
extern const kind_rule_t KIND_CERTIFICATE;
extern const kind_rule_t KIND_EVENT;
extern const kind_rule_t KIND_ATTENDANCE;
extern const kind_rule_t KIND_INVITE;
extern const kind_rule_t KIND_PSEUDONYM_KEY;
extern const kind_rule_t KIND_COMPETENCY;
extern const kind_rule_t KIND_SCALE;
extern const kind_rule_t KIND_CAMPAIGN;
extern const kind_rule_t KIND_RESULT;
extern const kind_rule_t KIND_DEFICIT;
extern const kind_rule_t KIND_ROUTE;
extern const kind_rule_t KIND_ACTIVITY;
extern const kind_rule_t KIND_SUPPORT_ACT;
extern const kind_rule_t KIND_FACT;
extern const kind_rule_t KIND_INDICATOR;

// Numbers of kinds, as rows and references use them. Never reused.
enum kind_number {
    N_ORGANISATION = 101,
    N_NODE = 102,
    N_IDENTITY = 103,
    N_PERSON = 104,
    N_EMPLOYMENT = 105,
    N_ABSENCE = 106,
    N_METHODIST = 107,
    N_ASSIGNMENT = 108,
    N_MENTORING_PAIR = 109,
    N_MENTORING_MEETING = 110,
    N_TEAM = 111,
    N_PROGRAMME = 112,
    N_PROGRAMME_RUN = 113,
    N_ENROLMENT = 114,
    N_CERTIFICATE = 115,
    N_EVENT = 116,
    N_ATTENDANCE = 117,
    N_INVITE = 118,
    N_PSEUDONYM_KEY = 150,
    N_COMPETENCY = 201,
    N_SCALE = 202,
    N_CAMPAIGN = 203,
    N_RESULT = 204,
    N_DEFICIT = 205,
    N_ROUTE = 301,
    N_ACTIVITY = 302,
    N_SUPPORT_ACT = 303,
    N_FACT = 401,
    N_INDICATOR = 402,
};
