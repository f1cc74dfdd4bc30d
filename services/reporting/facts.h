// SPDX-License-Identifier: Apache-2.0
// From the records about one human being, as his home node knows them, to his fact rows of a year: one row
// for each organisation that employed him, with flags for each of the eight periods and his parts in
// management teams. Pure: no store, no clock. Rules: domain 2.2 and 2.3.
//
// All texts belong to the caller and must outlive the facts made of them. A day that is not known is
// DAY_NONE.
#pragma once
#include "services/reporting/flags.h"
#include "services/reporting/period.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES } answer_t;

typedef struct human_staff { // a row of the staff sheet: he may have several, also in several organisations
    int32_t birth;
    int32_t experience_from; // start of pedagogical work with any employer
    int64_t break_days;      // days since then that do not count
} human_staff_t;

typedef struct human_job {
    const char *org;
    bool university;        // the organisation is of kind `university`
    const char *post_class; // pedagogue, manager, other
    answer_t main_place;
    answer_t external;
    int32_t from;
    int32_t to;
} human_job_t;

typedef struct human_absence {
    const char *kind; // maternity, childcare, military, sick, study, other
    int32_t from;
    int32_t to;
} human_absence_t;

typedef struct human_pair { // he is the mentee
    const char *mentor;     // natural key, the same text in pairs and meetings
    int32_t from;
    int32_t to;
} human_pair_t;

typedef struct human_meeting {
    const char *mentor;
    int32_t date;
} human_meeting_t;

typedef struct human_enrolment {
    const char *team; // NULL when he came alone
    const char *run;
    int32_t run_from;
    int32_t run_to;
    const char *programme_kind; // pk, retraining, internship
    int64_t programme_hours;
    int64_t attended_hours; // any unit: only > 0 counts
} human_enrolment_t;

typedef struct human_certificate {
    const char *run;
    const char *programme_kind;
    const char *target_group; // free text, may be NULL
    int32_t issued_on;
} human_certificate_t;

typedef struct human_attendance {
    const char *event;
    bool young_school;
    int32_t ends_on; // of the event; its first day where the sheet has no other
} human_attendance_t;

typedef struct human_act {
    const char *methodist; // NULL: helped by somebody else, does not count
    const char *kind;
    int32_t date;
} human_act_t;

typedef struct human_route {
    const char *state; // agreed, active, closed count; other states do not
    bool tutor;
    int32_t from;
    int32_t to; // planned; ends a closed route whose closed_on is not known
    int32_t closed_on;
    const int32_t *done; // days on which activities of the route were done
    size_t n_done;
} human_route_t;

typedef struct human {
    const human_staff_t *staff;
    size_t n_staff;
    const human_job_t *jobs;
    size_t n_jobs;
    const human_absence_t *absences;
    size_t n_absences;
    const human_pair_t *pairs;
    size_t n_pairs;
    const human_meeting_t *meetings;
    size_t n_meetings;
    const human_enrolment_t *enrolments;
    size_t n_enrolments;
    const human_certificate_t *certificates;
    size_t n_certificates;
    const human_attendance_t *attendances;
    size_t n_attendances;
    const human_act_t *acts;
    size_t n_acts;
    const human_route_t *routes;
    size_t n_routes;
} human_t;

enum programme_kind { PROGRAMME_OTHER, PROGRAMME_PK, PROGRAMME_RETRAINING, PROGRAMME_INTERNSHIP };

typedef struct team_part { // he went to a run with a team, as a manager of the row's organisation at the
                           // run's start
    const char *team;
    const char *run;
    int32_t run_last_day;
    uint32_t programme; // enum programme_kind
    int64_t hours;      // of the programme
    bool attended;
    bool completed; // has a certificate of the run
} team_part_t;

enum { FACT_PARTS_MAX = 16 }; // team parts of one row: more than a person can take in a year

enum { FACT_PSEUDONYM = 16, FACT_MARK = 8 };

typedef struct fact_origin { // how its pseudonym came to be
    bool provisional;
    bool has_key;
    bool has_was;
    uint8_t key[FACT_MARK];      // of the key that made it
    uint8_t was[FACT_PSEUDONYM]; // the provisional one before: the row under that one counts no more
} fact_origin_t;

typedef struct fact_row {
    const char *org;
    fact_origin_t origin;    // the caller's to set; facts_make leaves it empty
    uint32_t cells[N_CELLS]; // enum fact_flag
    team_part_t parts[FACT_PARTS_MAX];
    size_t n_parts;
} fact_row_t;

typedef struct facts {
    fact_row_t *rows; // in order of first mention in `jobs`
    size_t n_rows;
} facts_t;

// Makes the rows of a year: one for each organisation with an employment on any day of its eight periods, or
// with a team part in one of them. Possibly none. The caller destroys the result.
facts_t *facts_make(const human_t *human, int year);
void facts_destroy(facts_t **facts);
