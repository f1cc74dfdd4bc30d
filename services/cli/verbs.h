// SPDX-License-Identifier: Apache-2.0
// The chapters of verbs, each in its own files. Ended by a row without name.
#pragma once
#include "services/cli/cli.h"

extern const verb_t NODE_SECTION[];         // node.c
extern const verb_t RECORD_SECTION[];       // records.c
extern const verb_t VIEW_SECTION[];         // views.c
extern const verb_t QUARANTINE_VERBS[];     // quarantine.c: of that group
extern const verb_t ROUTE_SECTION[];        // route.c
extern const verb_t REVIEW_SECTION[];       // review.c
extern const verb_t ORGANISATION_SECTION[]; // organisation.c
extern const verb_t AUDIT_VERBS[];          // audit.c: of that group
extern const verb_t ACCOUNT_SECTION[];      // account.c
extern const verb_t QUIZ_SECTION[];         // instrument.c
extern const verb_t SCREENING_SECTION[];    // screening.c
