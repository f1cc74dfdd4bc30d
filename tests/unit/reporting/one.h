// SPDX-License-Identifier: Apache-2.0
// What the tests of facts share: one human being made of few words, and his flags.
#pragma once
#include "tests/unit/reporting/make.h"

// A teacher of school S since 2022, born 1995, at work since 2022: young in 2024 in every respect.
typedef struct one {
    human_staff_t staff[3];
    human_job_t jobs[4];
    human_absence_t absences[3];
    human_enrolment_t enrolments[3];
    human_certificate_t certificates[2];
    human_t human;
} one_t;

static inline human_job_t a_job(const char *org, const char *post_class, const char *from, const char *to)
{
    return (human_job_t){.org = org,
                         .post_class = post_class,
                         .main_place = ANSWER_YES,
                         .external = ANSWER_NO,
                         .from = on(from),
                         .to = to ? on(to) : DAY_NONE};
}

static inline human_absence_t an_absence(const char *kind, const char *from, const char *to)
{
    return (human_absence_t){kind, on(from), to ? on(to) : DAY_NONE};
}

static inline one_t *a_teacher(void)
{
    static one_t one; // one test at a time
    one = (one_t){0};
    one.staff[0] = (human_staff_t){on("1995-06-15"), on("2022-09-01"), 0};
    one.jobs[0] = a_job("S", "pedagogue", "2022-09-01", NULL);
    one.human = (human_t){.staff = one.staff,
                          .n_staff = 1,
                          .jobs = one.jobs,
                          .n_jobs = 1,
                          .absences = one.absences,
                          .enrolments = one.enrolments,
                          .certificates = one.certificates};
    return &one;
}

// Flags of the organisation's row in the period; 0 when there is no row.
static inline uint32_t flags_at(const one_t *one, const char *period, const char *org)
{
    period_t p = the_period(period);
    AUTO(facts_destroy) facts_t *facts = facts_make(&one->human, p.year);
    for (size_t i = 0; i < facts->n_rows; i++)
        if (strcmp(facts->rows[i].org, org) == 0) return facts->rows[i].cells[p.cell];
    return 0;
}

static inline uint32_t flags(const one_t *one, const char *period)
{
    return flags_at(one, period, "S");
}

#define assert_has(flags, flag) assert_int_equal((flags) & (flag), flag)
#define assert_not(flags, flag) assert_int_equal((flags) & (flag), 0)
