// SPDX-License-Identifier: Apache-2.0
// Names and algebra of fact flags.
#include "services/reporting/flags.h"
#include "common/base/i18n.h"
#include <stdbool.h>

const flag_name_t FACT_FLAGS[] = {
    {"pedagogue", FACT_PEDAGOGUE, N_("in the snapshot as a teacher, at the main place of work")},
    {"manager", FACT_MANAGER, N_("in the snapshot as a manager, at the main place of work")},
    {"external_pedagogue", FACT_EXT_PEDAGOGUE,
     N_("in the snapshot as a teacher, only as an external part-timer")},
    {"external_manager", FACT_EXT_MANAGER,
     N_("in the snapshot as a manager, only as an external part-timer")},
    {"young_age", FACT_YOUNG_AGE, N_("34 or younger on the snapshot date")},
    {"over_age", FACT_OVER_AGE, N_("35 or older on the snapshot date")},
    {"young_exp", FACT_YOUNG_EXP, N_("less than three full years of pedagogical work on the snapshot date")},
    {"over_exp", FACT_OVER_EXP, N_("three or more full years of pedagogical work on the snapshot date")},
    {"long_leave", FACT_LONG_LEAVE, N_("on maternity, child care or military leave for the whole period")},
    {"leave_over_30", FACT_LEAVE_OVER_30, N_("on the last day on a leave of more than 30 days")},
    {"support_a", FACT_SUPPORT_A, N_("mentored for 30 days or more, and met the mentor")},
    {"support_b", FACT_SUPPORT_B, N_("worked on an individual route with a tutor")},
    {"support_c", FACT_SUPPORT_C, N_("finished a programme or an internship for young teachers")},
    {"support_d", FACT_SUPPORT_D, N_("came to three or more events of a school of young teachers")},
    {"support_e", FACT_SUPPORT_E, N_("received three or more acts of support by methodists")},
    {"former_a", FACT_FORMER_A, N_("the same as support_a, where he left before the last day")},
    {"former_b", FACT_FORMER_B, N_("the same as support_b, where he left before the last day")},
    {"former_c", FACT_FORMER_C, N_("the same as support_c, where he left before the last day")},
    {"former_d", FACT_FORMER_D, N_("the same as support_d, where he left before the last day")},
    {"former_e", FACT_FORMER_E, N_("the same as support_e, where he left before the last day")},
    {"left", FACT_LEFT, N_("left a teacher's post during the period")},
    {"no_data", FACT_NO_DATA, N_("young or not cannot be told: birth date or start of work is missing")},
    {"in_school", FACT_IN_SCHOOL, N_("in the snapshot as a teacher of a school")},
    {"in_system", FACT_IN_SYSTEM,
     N_("in the snapshot as a teacher or manager of a school, a kindergarten, additional education or a "
        "college")},
    {"cnppm_staff", FACT_CNPPM_STAFF, N_("in the snapshot in any post of a centre of professional mastery")},
    {"doc_pk", FACT_DOC_PK, N_("got a document of advanced training in the period")},
    {"doc_cnppm", FACT_DOC_CNPPM,
     N_("got a document of advanced training of a centre of professional mastery in the period")},
    {"doc_retraining", FACT_DOC_RETRAINING, N_("got a document of retraining in the period")},
    {"doc_internship", FACT_DOC_INTERNSHIP, N_("got a document of an internship in the period")},
    {"doc_federal", FACT_DOC_FEDERAL,
     N_("has a document of the federal operator that is valid on the snapshot date")},
    {"measured", FACT_MEASURED, N_("the competencies were measured in the period")},
    {"assigned", FACT_ASSIGNED, N_("assigned to a methodist on the last day")},
};
const size_t N_FACT_FLAGS = sizeof FACT_FLAGS / sizeof FACT_FLAGS[0];

uint32_t fact_normal(uint32_t flags)
{
    if (flags & FACT_OVER_AGE) flags &= ~(uint32_t)FACT_YOUNG_AGE;
    if (flags & FACT_OVER_EXP) flags &= ~(uint32_t)FACT_YOUNG_EXP;
    if (flags & FACT_PEDAGOGUE) flags &= ~(uint32_t)(FACT_LEFT | FACT_EXT_PEDAGOGUE);
    if (flags & FACT_MANAGER) flags &= ~(uint32_t)FACT_EXT_MANAGER;
    flags &= ~(uint32_t)FACT_NO_DATA;
    bool age_known = flags & (FACT_YOUNG_AGE | FACT_OVER_AGE),
         exp_known = flags & (FACT_YOUNG_EXP | FACT_OVER_EXP);
    bool settled = (flags & (FACT_OVER_AGE | FACT_OVER_EXP)) || (age_known && exp_known);
    if (flags && !settled) flags |= FACT_NO_DATA;
    return flags;
}
