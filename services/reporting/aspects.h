// SPDX-License-Identifier: Apache-2.0
// What facts are made of, in parts that can be counted anew alone: each has kinds of records that only its
// flags come from. Posts, age and experience are read always, for all flags hang on posts. The numbers are in
// stores.
#pragma once
#include "services/reporting/flags.h"

enum aspect {
    ASPECT_LEAVE = 1 << 0,    // absences
    ASPECT_PAIRS = 1 << 1,    // pairs, meetings
    ASPECT_ROUTES = 1 << 2,   // routes, activities
    ASPECT_TRAINING = 1 << 3, // enrolments, certificates; team parts as well as flags
    ASPECT_EVENTS = 1 << 4,   // attendances
    ASPECT_ACTS = 1 << 5,     // acts of support
    ASPECT_MEASURES = 1 << 6, // results of diagnostics
    ASPECT_NONE = 0,
    ASPECT_ALL = (1 << 7) - 1,
    N_ASPECTS = 7,
};

// The flags of one aspect.
static inline uint32_t aspect_flags(unsigned aspect)
{
    switch (aspect) {
    case ASPECT_LEAVE:
        return FACT_LONG_LEAVE | FACT_LEAVE_OVER_30;
    case ASPECT_PAIRS:
        return FACT_SUPPORT_A | FACT_FORMER_A;
    case ASPECT_ROUTES:
        return FACT_SUPPORT_B | FACT_FORMER_B;
    case ASPECT_TRAINING:
        return FACT_SUPPORT_C | FACT_FORMER_C | FACT_DOC_PK | FACT_DOC_CNPPM | FACT_DOC_RETRAINING |
               FACT_DOC_INTERNSHIP | FACT_DOC_FEDERAL;
    case ASPECT_EVENTS:
        return FACT_SUPPORT_D | FACT_FORMER_D;
    case ASPECT_ACTS:
        return FACT_SUPPORT_E | FACT_FORMER_E;
    case ASPECT_MEASURES:
        return FACT_MEASURED;
    default:
        return 0;
    }
}

static inline uint32_t aspects_flags(unsigned aspects)
{
    uint32_t flags = 0;
    for (int i = 0; i < N_ASPECTS; i++) flags |= aspect_flags(aspects & 1u << i);
    return flags;
}
