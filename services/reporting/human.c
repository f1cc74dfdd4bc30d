// SPDX-License-Identifier: Apache-2.0
// What is known of one. Rows 'P' and 'W': common/store/FORMAT.md, aux.
#include "services/reporting/human.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "services/reporting/day.h"
#include <stdlib.h>

enum { INDEX_KEY = 33, WAS_KEY = 17, STAFF_MAX = 64 };

static slice_t index_key(uint8_t *buf, const uint8_t *pseudonym, const rid_t *person)
{
    buf[0] = 'P';
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    memcpy(buf + 1 + PSEUDONYM_BYTES, person->b, sizeof person->b);
    return slice(buf, INDEX_KEY);
}

static slice_t was_key(uint8_t *buf, const uint8_t *pseudonym)
{
    buf[0] = 'W';
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    return slice(buf, WAS_KEY);
}

int human_note_was(store_txn_t *txn, const uint8_t *pseudonym, const uint8_t *before)
{
    uint8_t key[WAS_KEY];
    return kv_put(store_kv(txn), KV_AUX, was_key(key, pseudonym), slice(before, PSEUDONYM_BYTES));
}

int human_know_number(store_txn_t *txn, const uint8_t *pseudonym, const rid_t *person, bool there)
{
    uint8_t key[INDEX_KEY];
    slice_t at = index_key(key, pseudonym, person);
    int rc = there ? kv_put(store_kv(txn), KV_AUX, at, (slice_t){0}) : kv_del(store_kv(txn), KV_AUX, at);
    return rc < 0 ? rc : 0;
}

int human_forget(store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES])
{
    uint8_t key[WAS_KEY];
    int rc = kv_del(store_kv(txn), KV_AUX, was_key(key, pseudonym));
    return rc < 0 ? rc : 0;
}

// --- what is known of one ------------------------------------------------------------------------

// One growing array; the element type is the reader's.
typedef struct list {
    void *at;
    size_t n, room;
} list_t;

static void *list_add(list_t *list, size_t size)
{
    list->at = vec_grow(list->at, &list->room, list->n + 1, size);
    void *place = (uint8_t *)list->at + list->n++ * size;
    memset(place, 0, size);
    return place;
}

struct known {
    human_t human;
    fact_origin_t origin;
    store_txn_t *txn;
    unsigned aspects;
    char ref[2 * NODE_ORG_MAX + 64]; // of the staff number being read
    int rc;                          // the first record that could not be read; 0: all could
    list_t staff, jobs, absences, pairs, meetings, enrolments, certificates, attendances, acts, routes,
        measures;
    list_t messages; // own the texts
    list_t days;     // int32_t arrays of routes
};

static void *keep(known_t *k, const ProtobufCMessageDescriptor *type, slice_t body)
{
    void *message = msg_body_unpack(type, body);
    if (message != NULL) *(void **)list_add(&k->messages, sizeof message) = message;
    return message;
}

static int32_t day(protobuf_c_boolean has, int32_t value)
{
    return has ? value : DAY_NONE;
}

// Reads the record that a key leads to; NULL when it is not here.
static void *read_key(known_t *k, const kind_rule_t *rule, const char *ref)
{
    record_t r;
    rid_t id;
    if (ref == NULL || !ref_id(rule, slice_text(ref), &id)) return NULL;
    int rc = store_get(k->txn, &id, &r, NULL);
    if (rc < 0 && k->rc == 0) k->rc = rc;
    if (rc != 0 || r.deleted) return NULL;
    return keep(k, rule->message, r.body);
}

static void add_staff(known_t *k)
{
    const Selenga__Identity *m = read_key(k, &KIND_IDENTITY, k->ref);
    human_staff_t *staff = list_add(&k->staff, sizeof *staff);
    *staff = (human_staff_t){.birth = DAY_NONE, .experience_from = DAY_NONE};
    if (m == NULL) return;
    staff->birth = day(m->has_birth_date, m->birth_date);
    staff->experience_from = day(m->has_experience_from, m->experience_from);
    staff->break_days = m->has_experience_break_days ? m->experience_break_days : 0;
}

static answer_t answer(protobuf_c_boolean has, protobuf_c_boolean value)
{
    return !has ? ANSWER_UNKNOWN : value ? ANSWER_YES : ANSWER_NO;
}

static void add_job(known_t *k)
{
    const Selenga__Employment *m = read_key(k, &KIND_EMPLOYMENT, k->ref);
    if (m == NULL) return;
    const Selenga__Organisation *org = read_key(k, &KIND_ORGANISATION, m->org);
    human_job_t *job = list_add(&k->jobs, sizeof *job);
    *job = (human_job_t){.org = m->org,
                         .org_kind = org != NULL ? org->kind : NULL,
                         .post_class = m->post_class,
                         .main_place = answer(m->has_main_place, m->main_place),
                         .external = answer(m->has_external, m->external),
                         .from = day(m->has_from, m->from),
                         .to = day(m->has_to, m->to)};
}

static void add_absence(known_t *k, const Selenga__Absence *m)
{
    human_absence_t *a = list_add(&k->absences, sizeof *a);
    *a = (human_absence_t){.kind = m->kind, .from = m->from, .to = day(m->has_to, m->to)};
}

static void add_pair(known_t *k, const Selenga__MentoringPair *m)
{
    if (strcmp(m->mentee, k->ref) != 0) return; // he is the mentor
    human_pair_t *p = list_add(&k->pairs, sizeof *p);
    *p = (human_pair_t){.mentor = m->mentor, .from = m->from, .to = day(m->has_to, m->to)};
}

static void add_meeting(known_t *k, const Selenga__MentoringMeeting *m)
{
    if (strcmp(m->mentee, k->ref) != 0) return;
    human_meeting_t *meeting = list_add(&k->meetings, sizeof *meeting);
    *meeting = (human_meeting_t){.mentor = m->mentor, .date = m->date};
}

static const Selenga__Programme *programme_of(known_t *k, const char *run,
                                              const Selenga__ProgrammeRun **ret_run)
{
    *ret_run = read_key(k, &KIND_PROGRAMME_RUN, run);
    return *ret_run != NULL ? read_key(k, &KIND_PROGRAMME, (*ret_run)->programme) : NULL;
}

static void add_enrolment(known_t *k, const Selenga__Enrolment *m)
{
    const Selenga__ProgrammeRun *run;
    const Selenga__Programme *programme = programme_of(k, m->run, &run);
    if (programme == NULL) return; // comes later, and touches him again
    human_enrolment_t *e = list_add(&k->enrolments, sizeof *e);
    *e = (human_enrolment_t){.team = m->team,
                             .run = m->run,
                             .run_from = run->from,
                             .run_to = run->to,
                             .programme_kind = programme->kind,
                             .programme_hours = programme->hours,
                             .attended_hours = m->has_attended_hours ? m->attended_hours : 0};
}

static void add_certificate(known_t *k, const Selenga__Certificate *m)
{
    const Selenga__ProgrammeRun *run;
    const Selenga__Programme *programme = programme_of(k, m->run, &run);
    if (programme == NULL) return;
    human_certificate_t *c = list_add(&k->certificates, sizeof *c);
    *c = (human_certificate_t){.run = m->run,
                               .programme_kind = programme->kind,
                               .target_group = programme->target_group,
                               .issued_on = m->issued_on,
                               .valid_to = day(m->has_valid_to, m->valid_to),
                               .provider = run->provider_class};
}

static void add_attendance(known_t *k, const Selenga__Attendance *m)
{
    const Selenga__Event *event = read_key(k, &KIND_EVENT, m->event);
    if (event == NULL) return;
    human_attendance_t *a = list_add(&k->attendances, sizeof *a);
    *a = (human_attendance_t){.event = m->event,
                              .young_school = event->has_young_school && event->young_school,
                              .ends_on = event->has_ends_on ? event->ends_on : event->starts_on};
}

static void add_act(known_t *k, const Selenga__SupportAct *m)
{
    human_act_t *act = list_add(&k->acts, sizeof *act);
    *act = (human_act_t){.methodist = m->methodist, .kind = m->kind, .date = m->date};
}

// A self-assessment counts as a measure only where its instrument says so, a questionnaire never.
static bool measures(const Selenga__Instrument *instrument)
{
    if (instrument == NULL || instrument->class_ == NULL) return true;
    if (strcmp(instrument->class_, "request") == 0) return false;
    return strcmp(instrument->class_, "self-assessment") != 0 || instrument->countable;
}

// A campaign counts unless all that it measures with does not.
static bool is_measured_by(known_t *k, const Selenga__Campaign *campaign)
{
    const char *rest = campaign->instruments;
    if (rest == NULL || *rest == '\0') return true;
    AUTO(xfree) char *list = xstrdup(rest);
    for (char *save, *code = strtok_r(list, ";", &save); code != NULL; code = strtok_r(NULL, ";", &save))
        if (measures(read_key(k, &KIND_INSTRUMENT, code))) return true;
    return false;
}

static void add_measure(known_t *k, const Selenga__Result *m)
{
    const Selenga__Campaign *campaign = read_key(k, &KIND_CAMPAIGN, m->campaign);
    if (campaign == NULL || !m->has_taken_on || !is_measured_by(k, campaign)) return;
    human_measure_t *measure = list_add(&k->measures, sizeof *measure);
    *measure = (human_measure_t){.taken_on = m->taken_on};
}

static int add_done(void *arg, const record_t *r, const place_t *place)
{
    list_t *days = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Activity *m = msg_body_unpack(&selenga__activity__descriptor, r->body);
    if (m != NULL && m->has_done_on) *(int32_t *)list_add(days, sizeof(int32_t)) = m->done_on;
    return 0;
}

static int add_route(known_t *k, const rid_t *id, const Selenga__Route *m)
{
    list_t days = {0};
    if (strcmp(m->person, k->ref) != 0) return 0; // he is the tutor
    int rc = store_each_referring(k->txn, id, N_ACTIVITY, NULL, add_done, &days);
    *(void **)list_add(&k->days, sizeof(void *)) = days.at;
    human_route_t *route = list_add(&k->routes, sizeof *route);
    *route = (human_route_t){.state = m->state,
                             .tutor = m->tutor != NULL,
                             .from = m->from,
                             .to = day(m->has_to, m->to),
                             .closed_on = day(m->has_closed_on, m->closed_on),
                             .done = days.at,
                             .n_done = days.n};
    return rc;
}

static int add_record(void *arg, const record_t *r, const place_t *place)
{
    known_t *k = arg;
    const kind_rule_t *rule = kind_by_number(r->kind);
    const void *m = rule != NULL ? keep(k, rule->message, r->body) : NULL;
    (void)place;
    if (m == NULL) return 0;
    switch (r->kind) {
    case N_ABSENCE:
        add_absence(k, m);
        break;
    case N_MENTORING_PAIR:
        add_pair(k, m);
        break;
    case N_MENTORING_MEETING:
        add_meeting(k, m);
        break;
    case N_ENROLMENT:
        add_enrolment(k, m);
        break;
    case N_CERTIFICATE:
        add_certificate(k, m);
        break;
    case N_ATTENDANCE:
        add_attendance(k, m);
        break;
    case N_SUPPORT_ACT:
        add_act(k, m);
        break;
    case N_RESULT:
        add_measure(k, m);
        break;
    case N_ROUTE:
        return add_route(k, &r->id, m);
    default:
        break;
    }
    return 0;
}

// Provisional under one staff number is provisional.
static void add_origin(known_t *k, const Selenga__Person *m)
{
    k->origin.provisional = k->origin.provisional || m->provisional;
    if (m->key.len == FACT_MARK) memcpy(k->origin.key, m->key.data, FACT_MARK);
    k->origin.has_key = !k->origin.provisional && (k->origin.has_key || m->key.len == FACT_MARK);
}

static int add_was(known_t *k, const uint8_t *pseudonym)
{
    uint8_t key[WAS_KEY];
    slice_t v;
    int rc = kv_get(store_kv(k->txn), KV_AUX, was_key(key, pseudonym), &v);
    k->origin.has_was = rc == 0 && v.size == FACT_PSEUDONYM;
    if (k->origin.has_was) memcpy(k->origin.was, v.data, FACT_PSEUDONYM);
    return rc < 0 ? rc : 0;
}

static const struct {
    uint32_t kind;
    unsigned aspect;
} MADE_OF[] = {
    {N_ABSENCE, ASPECT_LEAVE},      {N_MENTORING_PAIR, ASPECT_PAIRS}, {N_MENTORING_MEETING, ASPECT_PAIRS},
    {N_ENROLMENT, ASPECT_TRAINING}, {N_CERTIFICATE, ASPECT_TRAINING}, {N_ATTENDANCE, ASPECT_EVENTS},
    {N_SUPPORT_ACT, ASPECT_ACTS},   {N_ROUTE, ASPECT_ROUTES},         {N_RESULT, ASPECT_MEASURES},
};

static int add_records(known_t *k, const rid_t *person)
{
    int rc = 0;
    if (k->aspects == ASPECT_ALL) return store_each_referring(k->txn, person, 0, NULL, add_record, k);
    for (size_t i = 0; i < ARRAY_SIZE(MADE_OF) && rc == 0; i++)
        if (k->aspects & MADE_OF[i].aspect)
            rc = store_each_referring(k->txn, person, MADE_OF[i].kind, NULL, add_record, k);
    return rc;
}

static int add_number(known_t *k, const rid_t *person)
{
    record_t r;
    int rc = store_get(k->txn, person, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r.body);
    if (m == NULL || m->org == NULL || m->number == NULL) return 0;
    snprintf(k->ref, sizeof k->ref, "%s:%s", m->org, m->number);
    add_origin(k, m);
    add_staff(k);
    add_job(k);
    return add_records(k, person);
}

static int find_numbers(store_txn_t *txn, const uint8_t *pseudonym, rid_t *ids, size_t *ret_n)
{
    static const rid_t zero;
    uint8_t buf[INDEX_KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value, from = index_key(buf, pseudonym, &zero);
    size_t n = 0;
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, from, &key, &value);
    while (rc == 0 && n < STAFF_MAX && key.size == INDEX_KEY &&
           memcmp(key.data, buf, 1 + PSEUDONYM_BYTES) == 0) {
        memcpy(ids[n++].b, key.data + 1 + PSEUDONYM_BYTES, sizeof ids[0].b);
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    *ret_n = n;
    return rc < 0 ? rc : 0;
}

static void set_human(known_t *k)
{
    k->human = (human_t){
        .staff = k->staff.at,
        .n_staff = k->staff.n,
        .jobs = k->jobs.at,
        .n_jobs = k->jobs.n,
        .absences = k->absences.at,
        .n_absences = k->absences.n,
        .pairs = k->pairs.at,
        .n_pairs = k->pairs.n,
        .meetings = k->meetings.at,
        .n_meetings = k->meetings.n,
        .enrolments = k->enrolments.at,
        .n_enrolments = k->enrolments.n,
        .certificates = k->certificates.at,
        .n_certificates = k->certificates.n,
        .attendances = k->attendances.at,
        .n_attendances = k->attendances.n,
        .acts = k->acts.at,
        .n_acts = k->acts.n,
        .routes = k->routes.at,
        .n_routes = k->routes.n,
        .measures = k->measures.at,
        .n_measures = k->measures.n,
    };
}

int human_gather(store_txn_t *txn, const uint8_t pseudonym[PSEUDONYM_BYTES], unsigned aspects,
                 known_t **ret_known)
{
    rid_t ids[STAFF_MAX];
    size_t n = 0;
    known_t *k = xcalloc(1, sizeof *k);
    k->txn = txn;
    k->aspects = aspects;
    int rc = find_numbers(txn, pseudonym, ids, &n);
    if (rc == 0) rc = add_was(k, pseudonym);
    for (size_t i = 0; i < n && rc == 0; i++) rc = add_number(k, &ids[i]);
    if (rc == 0) rc = k->rc;
    set_human(k);
    if (rc != 0)
        human_free(&k);
    else
        *ret_known = k;
    return rc;
}

const human_t *human_of(const known_t *known)
{
    return &known->human;
}

const fact_origin_t *human_origin(const known_t *known)
{
    return &known->origin;
}

void human_free(known_t **known)
{
    known_t *k = *known;
    if (k == NULL) return;
    for (size_t i = 0; i < k->messages.n; i++) msg_body_free(&((void **)k->messages.at)[i]);
    for (size_t i = 0; i < k->days.n; i++) free(((void **)k->days.at)[i]);
    list_t *lists[] = {&k->staff,      &k->jobs,         &k->absences,    &k->pairs, &k->meetings,
                       &k->enrolments, &k->certificates, &k->attendances, &k->acts,  &k->routes,
                       &k->measures,   &k->messages,     &k->days};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) free(lists[i]->at);
    free(k);
    *known = NULL;
}
