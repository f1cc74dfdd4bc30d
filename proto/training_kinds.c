// SPDX-License-Identifier: Apache-2.0
// Rules of the registry's other kinds: teams, programmes, events and invitations, in the order of
// registry.proto.
#include "proto/registry.pb-c.h"
#include "proto/rows.h"

static const char *check_team(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Team *t = (const Selenga__Team *)body;
    return code_fits(t->code) ? NULL : fault_at("code", "BAD-CODE", ret_field);
}

static const field_rule_t team[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the team")),
    REF("org", PD_PUBLIC, F_REQUIRED, N_ORGANISATION, N_("organisation whose managers it unites")),
};
const kind_rule_t KIND_TEAM = {
    .number = N_TEAM,
    .name = "team",
    .message = &selenga__team__descriptor,
    FIELDS(team),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_SCHOOL | W_MUNICIPALITY,
    .org_field = "org",
    .check = check_team,
    .help = N_("a management team that learns together"),
};

static const char *check_programme(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Programme *p = (const Selenga__Programme *)body;
    return code_fits(p->code) ? NULL : fault_at("code", "BAD-CODE", ret_field);
}

static const field_rule_t programme[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the programme")),
    TEXT("title", PD_PUBLIC, F_REQUIRED, 1000, N_("title")),
    ENUM("kind", PD_PUBLIC, F_REQUIRED, "pk retraining internship", N_("kind of additional education")),
    INT("hours", PD_PUBLIC, F_REQUIRED, 1, 10000, N_("academic hours")),
    TEXT("topic", PD_PUBLIC, 0, 0, N_("topic")),
    TEXT("target_group", PD_PUBLIC, 0, 0, N_("whom it is for")),
    ENUM("form", PD_PUBLIC, 0, "full-time part-time distance network", N_("form of learning")),
    SET("competencies", PD_PUBLIC, 0, N_("codes of competencies that it develops, joined by ;")),
    TEXT("registry_no", PD_PUBLIC, 0, 100, N_("number in the federal register of programmes")),
};
const kind_rule_t KIND_PROGRAMME = {
    .number = N_PROGRAMME,
    .name = "programme",
    .message = &selenga__programme__descriptor,
    FIELDS(programme),
    .up = UP_REGION,
    .down = DOWN_ALL,
    .writers = W_REGION,
    .check = check_programme,
    .help = N_("a programme of additional professional education"),
};

static const char *check_run(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__ProgrammeRun *r = (const Selenga__ProgrammeRun *)body;
    if (!code_fits(r->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!days_ordered(r->has_from, r->from, r->has_to, r->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t programme_run[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the run")),
    REF("programme", PD_PUBLIC, F_REQUIRED | F_INDEX, N_PROGRAMME, N_("programme")),
    TEXT("provider", PD_PUBLIC, F_REQUIRED, 0, N_("who teaches it: code or name")),
    DATE("from", PD_PUBLIC, F_REQUIRED, N_("first day")),
    DATE("to", PD_PUBLIC, F_REQUIRED, N_("last day")),
};
const kind_rule_t KIND_PROGRAMME_RUN = {
    .number = N_PROGRAMME_RUN,
    .name = "programme-run",
    .message = &selenga__programme_run__descriptor,
    FIELDS(programme_run),
    .up = UP_REGION,
    .down = DOWN_ALL,
    .writers = W_REGION,
    .check = check_run,
    .help = N_("one run of a programme"),
};

static const field_rule_t enrolment[] = {
    REF("run", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PROGRAMME_RUN, N_("run of a programme")),
    REF("person", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who learns")),
    REF("team", PD_SERVICE, F_INDEX, N_TEAM, N_("management team, for managers")),
    INT("attended_hours", PD_SERVICE, 0, 0, 10000, N_("academic hours attended")),
};
const kind_rule_t KIND_ENROLMENT = {
    .number = N_ENROLMENT,
    .name = "enrolment",
    .message = &selenga__enrolment__descriptor,
    FIELDS(enrolment),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_ANY,
    .org_field = "person",
    .help = N_("a person in a run of a programme"),
};

static const field_rule_t certificate[] = {
    REF("run", PD_SERVICE, F_REQUIRED | F_INDEX, N_PROGRAMME_RUN, N_("run of a programme")),
    REF("person", PD_SERVICE, F_REQUIRED | F_INDEX, N_PERSON, N_("who got it")),
    TEXT("number", PD_SERVICE, F_REQUIRED | F_KEY, 100, N_("number of the document")),
    DATE("issued_on", PD_SERVICE, F_REQUIRED, N_("day of issue")),
    INT("hours", PD_SERVICE, 0, 1, 10000, N_("academic hours")),
    TEXT("registration_no", PD_SERVICE, 0, 100, N_("registration number")),
};
const kind_rule_t KIND_CERTIFICATE = {
    .number = N_CERTIFICATE,
    .name = "certificate",
    .message = &selenga__certificate__descriptor,
    FIELDS(certificate),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_REGION,
    .org_field = "person",
    .help = N_("a document on a finished programme"),
};

static const char *check_event(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Event *e = (const Selenga__Event *)body;
    if (!code_fits(e->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!days_ordered(e->has_starts_on, e->starts_on, e->has_ends_on, e->ends_on))
        return fault_at("ends_on", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t event[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the event")),
    ENUM("kind", PD_PUBLIC, F_REQUIRED, "seminar webinar workshop conference forum meeting exchange other",
         N_("kind of the event")),
    TEXT("title", PD_PUBLIC, F_REQUIRED, 1000, N_("title")),
    REF("org", PD_PUBLIC, F_REQUIRED, N_ORGANISATION, N_("organisation that holds it")),
    DATE("starts_on", PD_PUBLIC, F_REQUIRED, N_("first day")),
    DATE("ends_on", PD_PUBLIC, 0, N_("last day")),
    YESNO("young_school", PD_PUBLIC, 0, N_("whether it belongs to a school of young teachers")),
};
const kind_rule_t KIND_EVENT = {
    .number = N_EVENT,
    .name = "event",
    .message = &selenga__event__descriptor,
    FIELDS(event),
    .up = UP_REGION,
    .down = DOWN_ALL,
    .writers = W_ANY,
    .org_field = "org",
    .check = check_event,
    .help = N_("a seminar, a workshop, a conference"),
};

static const field_rule_t attendance[] = {
    REF("event", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_EVENT, N_("event")),
    REF("person", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who was there")),
};
const kind_rule_t KIND_ATTENDANCE = {
    .number = N_ATTENDANCE,
    .name = "attendance",
    .message = &selenga__attendance__descriptor,
    FIELDS(attendance),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_ANY,
    .org_field = "person",
    .help = N_("a person at an event"),
};

static const field_rule_t invite[] = {
    BYTES("key", PD_PUBLIC, F_REQUIRED | F_KEY, 32, N_("public half of the one-time key")),
    REF("org", PD_PUBLIC, F_REQUIRED, N_ORGANISATION, N_("organisation invited")),
    TEXT("level", PD_PUBLIC, F_REQUIRED, 32, N_("level of the future node")),
    INT("expires_s", PD_PUBLIC, F_REQUIRED, 0, 253402300799, N_("until when it is valid, unix time")),
    BYTES("used_by", PD_PUBLIC, 0, 32, N_("public key of the node that joined with it")),
    ENUM("state", PD_PUBLIC, F_REQUIRED, "open used revoked", N_("whether it can still be used")),
    YESNO("replace", PD_PUBLIC, 0, N_("whether it is for a node that takes the present one's place")),
};
const kind_rule_t KIND_INVITE = {
    .number = N_INVITE,
    .name = "invite",
    .message = &selenga__invite_record__descriptor,
    FIELDS(invite),
    .up = UP_HOME,
    .down = DOWN_NONE,
    .writers = W_PROGRAM,
    .org_field = "org",
    .help = N_("an invitation of a future node"),
};
