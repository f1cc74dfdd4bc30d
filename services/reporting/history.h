// SPDX-License-Identifier: Apache-2.0
// What the records of a node say about one human being. Texts belong to whoever filled it in; a day that is
// not known is DAY_NONE.
#pragma once
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
    const char *org_kind;   // of the organisation; NULL: not known
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
    int32_t valid_to;
    const char *provider; // cnppm, federal, ...; NULL: not told
} human_certificate_t;

typedef struct human_measure { // a result that counts as having been measured
    int32_t taken_on;
} human_measure_t;

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
    const human_measure_t *measures;
    size_t n_measures;
} human_t;
