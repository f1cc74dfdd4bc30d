// SPDX-License-Identifier: Apache-2.0
// Fact rows of a human being. Every flag is one rule of domain 2.2, applied to the cell's own dates: an
// interim period uses the same formula as the year. A person is one whatever the number of posts, staff
// numbers or rates.
#include "services/reporting/facts.h"
#include "common/base/date.h"
#include "common/base/util.h"
#include "services/reporting/day.h"
#include "services/reporting/support.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { YOUNG_AGE_MAX = 34, YOUNG_YEARS = 3, LEAVE_DAYS = 30 };

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

// ---- employment (rules 2, 5, 6) ----

static bool job_on(const human_job_t *job, int32_t day)
{
    return day_within(day, job->from, job->to);
}

// Is it, on that day, a job at the main place of work? Unknown is taken for yes, unless he is an external
// part-timer.
static bool main_job(const human_job_t *job)
{
    return job->external != ANSWER_YES && job->main_place != ANSWER_NO;
}

// A further post counts too when it is internal: said not to be external, or, where the sheet does not say,
// held in the organisation where his main place is.
static bool job_counts(const human_t *human, const human_job_t *job, int32_t day)
{
    if (main_job(job) || job->external == ANSWER_NO) return true;
    if (job->external == ANSWER_YES) return false;
    for (size_t i = 0; i < human->n_jobs; i++)
        if (same(human->jobs[i].org, job->org) && main_job(&human->jobs[i]) && job_on(&human->jobs[i], day))
            return true;
    return false;
}

static uint32_t job_flags(const human_t *human, const human_job_t *job, int32_t day)
{
    bool counts = job_counts(human, job, day);
    if (same(job->post_class, "pedagogue") && !same(job->org_kind, "university"))
        return counts ? FACT_PEDAGOGUE : FACT_EXT_PEDAGOGUE;
    if (same(job->post_class, "manager")) return counts ? FACT_MANAGER : FACT_EXT_MANAGER;
    return 0;
}

// Of a post that counts: in which part of education it is (domain 2.4, N-1, N-2, N-8). A kindergarten is a
// step of general education, and no school.
static uint32_t place_flags(const human_t *human, const human_job_t *job, int32_t day, uint32_t post)
{
    bool school = same(job->org_kind, "school");
    bool in_system = school || same(job->org_kind, "kindergarten") || same(job->org_kind, "additional") ||
                     same(job->org_kind, "college");
    uint32_t flags = 0;
    if (school && (post & FACT_PEDAGOGUE)) flags |= FACT_IN_SCHOOL;
    if (in_system && (post & (FACT_PEDAGOGUE | FACT_MANAGER))) flags |= FACT_IN_SYSTEM;
    if (same(job->org_kind, "cnppm") && job_counts(human, job, day)) flags |= FACT_CNPPM_STAFF;
    return flags;
}

// Posts held in the organisation at the end of the period, or FACT_LEFT for a teacher's post that ended
// before.
static uint32_t post_flags(const human_t *human, const char *org, const period_t *period)
{
    uint32_t flags = 0;
    bool left = false;
    for (size_t i = 0; i < human->n_jobs; i++) {
        const human_job_t *job = &human->jobs[i];
        if (!same(job->org, org) || job->from == DAY_NONE) continue;
        if (job_on(job, period->last_day)) {
            uint32_t post = job_flags(human, job, period->last_day);
            flags |= post | place_flags(human, job, period->last_day, post);
        } else if (period_touches(period, job->from, job->to))
            left |= job_flags(human, job, job->to) == FACT_PEDAGOGUE;
    }
    return flags | (left ? FACT_LEFT : 0u);
}

static bool job_at(const human_t *human, const char *org, int32_t day)
{
    for (size_t i = 0; i < human->n_jobs; i++)
        if (same(human->jobs[i].org, org) && job_on(&human->jobs[i], day)) return true;
    return false;
}

// Support before the hiring does not count. Hired: the earliest beginning of an employment in force at the
// end of the period; for the row of an organisation that he left, of his employment there.
static int32_t hired_on(const human_t *human, const char *org, const period_t *period)
{
    bool left = !job_at(human, org, period->last_day);
    int32_t hired = DAY_NONE;
    for (size_t i = 0; i < human->n_jobs; i++) {
        const human_job_t *job = &human->jobs[i];
        bool own = left && same(job->org, org) && job->from != DAY_NONE &&
                   period_touches(period, job->from, job->to);
        if (!own && !job_on(job, period->last_day)) continue;
        if (hired == DAY_NONE || job->from < hired) hired = job->from;
    }
    return hired;
}

// ---- age, experience (rules 3, 4) ----

// Days from which he is no more young; DAY_NONE: that cannot be told.
typedef struct young {
    int64_t age_until, experience_until;
} young_t;

static int64_t age_until(const human_t *human)
{
    for (size_t i = 0; i < human->n_staff; i++)
        if (human->staff[i].birth != DAY_NONE)
            return date_add_years(human->staff[i].birth, YOUNG_AGE_MAX + 1);
    return DAY_NONE;
}

// Changing school does not restart the clock: the earliest start known on any of his rows, shifted by its
// breaks.
static int64_t experience_until(const human_t *human)
{
    const human_staff_t *first = NULL;
    for (size_t i = 0; i < human->n_staff; i++) {
        const human_staff_t *row = &human->staff[i];
        if (row->experience_from == DAY_NONE) continue;
        if (!first || row->experience_from < first->experience_from ||
            (row->experience_from == first->experience_from && row->break_days > first->break_days))
            first = row;
    }
    if (!first) return DAY_NONE;
    int64_t breaks = first->break_days < 0 ? 0 : first->break_days;
    int64_t start = first->experience_from + breaks;
    // Breaks longer than the calendar's reach: he has hardly begun.
    return start <= INT32_MAX && date_is_valid((int32_t)start) ? date_add_years((int32_t)start, YOUNG_YEARS)
                                                               : start;
}

static uint32_t young_flags(const young_t *young, int32_t as_of)
{
    uint32_t flags = 0;
    if (young->age_until != DAY_NONE) flags |= as_of < young->age_until ? FACT_YOUNG_AGE : FACT_OVER_AGE;
    if (young->experience_until != DAY_NONE)
        flags |= as_of < young->experience_until ? FACT_YOUNG_EXP : FACT_OVER_EXP;
    return flags;
}

// ---- leave (rule 7) ----

static bool long_kind(const human_absence_t *absence)
{
    return same(absence->kind, "maternity") || same(absence->kind, "childcare") ||
           same(absence->kind, "military");
}

// The last day of an unbroken long leave that begins on `day`, as far as one more absence carries it.
static int64_t covered_until(const human_t *human, int64_t day, int64_t last)
{
    for (size_t i = 0; i < human->n_absences; i++) {
        const human_absence_t *a = &human->absences[i];
        if (!long_kind(a) || a->from == DAY_NONE || a->from > day) continue;
        if (a->to == DAY_NONE) return last;
        if (a->to >= day) return a->to;
    }
    return day - 1;
}

static bool on_leave_throughout(const human_t *human, const period_t *period)
{
    int64_t day = period->first_day;
    while (day <= period->last_day) {
        int64_t until = covered_until(human, day, period->last_day);
        if (until < day) return false;
        day = until + 1;
    }
    return true;
}

static bool on_leave_over_30(const human_t *human, int32_t day)
{
    for (size_t i = 0; i < human->n_absences; i++) {
        const human_absence_t *a = &human->absences[i];
        if (!day_within(day, a->from, a->to)) continue;
        if (a->to == DAY_NONE || (int64_t)a->to - a->from + 1 > LEAVE_DAYS) return true;
    }
    return false;
}

// ---- documents, measures (domain 2.4) ----

static uint32_t document_flags(const human_certificate_t *c, const period_t *period)
{
    uint32_t flags = 0;
    bool inside =
        c->issued_on != DAY_NONE && c->issued_on >= period->first_day && c->issued_on <= period->last_day;
    if (inside && same(c->programme_kind, "pk"))
        flags |= FACT_DOC_PK | (same(c->provider, "cnppm") ? FACT_DOC_CNPPM : 0u);
    if (inside && same(c->programme_kind, "retraining")) flags |= FACT_DOC_RETRAINING;
    if (inside && same(c->programme_kind, "internship")) flags |= FACT_DOC_INTERNSHIP;
    if (same(c->provider, "federal") && c->issued_on != DAY_NONE &&
        day_within(period->last_day, c->issued_on, c->valid_to))
        flags |= FACT_DOC_FEDERAL;
    return flags;
}

// The day of the document counts, not that of the course.
static uint32_t documents_in(const human_t *human, const period_t *period)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < human->n_certificates; i++)
        flags |= document_flags(&human->certificates[i], period);
    return flags;
}

static bool measured_in(const human_t *human, const period_t *period)
{
    for (size_t i = 0; i < human->n_measures; i++) {
        int32_t day = human->measures[i].taken_on;
        if (day != DAY_NONE && day >= period->first_day && day <= period->last_day) return true;
    }
    return false;
}

// ---- cells and rows ----

static bool employed_in(const human_t *human, const char *org, const period_t *period)
{
    for (size_t i = 0; i < human->n_jobs; i++) {
        const human_job_t *job = &human->jobs[i];
        if (same(job->org, org) && job->from != DAY_NONE && period_touches(period, job->from, job->to))
            return true;
    }
    return false;
}

// Support at an organisation that he has left counts for what it lost, not for where he works now.
static uint32_t support_in(const human_t *human, const char *org, const period_t *period)
{
    uint32_t flags = support_flags(human, period, hired_on(human, org, period));
    return job_at(human, org, period->last_day) ? flags : flags << FACT_FORMER_SHIFT;
}

static uint32_t cell(const human_t *human, const young_t *young, const char *org, const period_t *period)
{
    uint32_t flags = post_flags(human, org, period) | young_flags(young, period->as_of) |
                     support_in(human, org, period) | documents_in(human, period);
    if (measured_in(human, period)) flags |= FACT_MEASURED;
    if (on_leave_throughout(human, period)) flags |= FACT_LONG_LEAVE;
    if (on_leave_over_30(human, period->last_day)) flags |= FACT_LEAVE_OVER_30;
    return fact_normal(flags);
}

static bool manages(const human_t *human, const char *org, int32_t day)
{
    for (size_t i = 0; i < human->n_jobs; i++) {
        const human_job_t *job = &human->jobs[i];
        if (same(job->org, org) && same(job->post_class, "manager") && job_on(job, day) &&
            job_counts(human, job, day))
            return true;
    }
    return false;
}

static uint32_t programme_kind(const char *kind)
{
    if (same(kind, "pk")) return PROGRAMME_PK;
    if (same(kind, "retraining")) return PROGRAMME_RETRAINING;
    if (same(kind, "internship")) return PROGRAMME_INTERNSHIP;
    return PROGRAMME_OTHER;
}

static bool certified(const human_t *human, const char *run)
{
    for (size_t i = 0; i < human->n_certificates; i++)
        if (same(human->certificates[i].run, run)) return true;
    return false;
}

static team_part_t *find_part(fact_row_t *row, const human_enrolment_t *e)
{
    for (size_t i = 0; i < row->n_parts; i++)
        if (same(row->parts[i].team, e->team) && same(row->parts[i].run, e->run)) return &row->parts[i];
    return NULL;
}

// Team parts of runs whose last day lies in one of the year's periods; the year of account is that of the
// last day.
static void add_parts(const human_t *human, const period_t periods[N_CELLS], fact_row_t *row)
{
    int32_t first = periods[CELL_YEAR].first_day, last = periods[CELL_ACADEMIC].last_day;
    for (size_t i = 0; i < human->n_enrolments; i++) {
        const human_enrolment_t *e = &human->enrolments[i];
        if (!e->team || !e->run || e->run_from == DAY_NONE || e->run_to == DAY_NONE) continue;
        if (e->run_to < first || e->run_to > last || !manages(human, row->org, e->run_from)) continue;
        team_part_t *part = find_part(row, e);
        if (!part && row->n_parts == FACT_PARTS_MAX) continue;
        if (!part) {
            part = &row->parts[row->n_parts++];
            *part = (team_part_t){.team = e->team, .run = e->run, .run_last_day = e->run_to};
            part->programme = programme_kind(e->programme_kind);
            part->hours = e->programme_hours;
            part->completed = certified(human, e->run);
        }
        part->attended |= e->attended_hours > 0; // under two staff numbers he is still one member
    }
}

// False: there is nothing to say.
static bool make_row(const human_t *human, const young_t *young, const period_t periods[N_CELLS],
                     const char *org, fact_row_t *ret_row)
{
    bool employed = false;
    ret_row->org = org;
    for (int c = 0; c < N_CELLS; c++) {
        if (!employed_in(human, org, &periods[c])) continue;
        employed = true;
        ret_row->cells[c] = cell(human, young, org, &periods[c]);
    }
    add_parts(human, periods, ret_row);
    return employed || ret_row->n_parts > 0;
}

static bool is_first_mention(const human_t *human, size_t job)
{
    const char *org = human->jobs[job].org;
    for (size_t i = 0; i < job; i++)
        if (same(human->jobs[i].org, org)) return false;
    return org != NULL;
}

facts_t *facts_make(const human_t *human, int year)
{
    young_t young = {age_until(human), experience_until(human)};
    period_t periods[N_CELLS];
    facts_t *facts = xcalloc(1, sizeof *facts);
    facts->rows = xcalloc(human->n_jobs ? human->n_jobs : 1, sizeof *facts->rows);
    for (int c = 0; c < N_CELLS; c++) periods[c] = period_make(year, (period_cell_t)c);
    for (size_t i = 0; i < human->n_jobs; i++)
        if (is_first_mention(human, i) &&
            make_row(human, &young, periods, human->jobs[i].org, &facts->rows[facts->n_rows]))
            facts->n_rows++;
    return facts;
}

void facts_destroy(facts_t **facts)
{
    if (!facts || !*facts) return;
    free((*facts)->rows);
    free(*facts);
    *facts = NULL;
}
