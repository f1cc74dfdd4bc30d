// SPDX-License-Identifier: Apache-2.0
// Rules of the registry's kinds, one row a field, in the order of registry.proto.
// People are named only in Identity; everywhere else a person is ORG:NUMBER, which says nothing outside that
// staff list.
#include "proto/registry.pb-c.h"
#include "proto/rows.h"

static const char *check_organisation(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Organisation *o = (const Selenga__Organisation *)body;
    if (!code_fits(o->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (o->parent != NULL && o->code != NULL && strcmp(o->parent, o->code) == 0)
        return fault_at("parent", "SELF-REF", ret_field);
    if (!days_ordered(o->has_valid_from, o->valid_from, o->has_valid_to, o->valid_to))
        return fault_at("valid_to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t organisation[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the organisation, e.g. 03-08-01")),
    REF("parent", PD_PUBLIC, F_INDEX, N_ORGANISATION, N_("organisation above it")),
    ENUM("kind", PD_PUBLIC, F_REQUIRED,
         "ministry dpo_institute cnppm municipal_authority methodical_service school kindergarten additional "
         "college university other",
         N_("what it is")),
    TEXT("name", PD_PUBLIC, F_REQUIRED, 0, N_("full name")),
    DATE("valid_from", PD_PUBLIC, 0, N_("first day of its work")),
    DATE("valid_to", PD_PUBLIC, 0, N_("last day of its work")),
    ENUM("settlement", PD_PUBLIC, 0, "urban rural", N_("where it stands: town or village")),
    SET("features", PD_PUBLIC, 0, N_("features, e.g. snor;small")),
};
const kind_rule_t KIND_ORGANISATION = {
    .number = N_ORGANISATION,
    .name = "organisation",
    .message = &selenga__organisation__descriptor,
    FIELDS(organisation),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .leads = true,
    .writers = W_ABOVE,
    .org_field = "code",
    .check = check_organisation,
    .help = N_("a school, a service, an institute, an authority"),
};

static const field_rule_t node[] = {
    REF("org", PD_PUBLIC, F_REQUIRED | F_KEY, N_ORGANISATION, N_("organisation whose node it is")),
    TEXT("name", PD_PUBLIC, 0, 0, N_("name shown to people")),
    TEXT("level", PD_PUBLIC, F_REQUIRED, 32, N_("level of the node in the tree")),
    BYTES("key", PD_PUBLIC, F_REQUIRED, 32, N_("public key of its links")),
    BYTES("path", PD_PUBLIC, F_REQUIRED, 32, N_("place in the tree")),
    BYTES("parent", PD_PUBLIC, 0, 32, N_("place of the hub above it")),
    ENUM("state", PD_PUBLIC, F_REQUIRED, "active revoked", N_("whether it is admitted")),
    TEXT("why", PD_PUBLIC, 0, 0, N_("why it was revoked")),
    BYTES("root_check", PD_PUBLIC, 0, 16, N_("tells whether a recovery phrase is of this node")),
};
const kind_rule_t KIND_NODE = {
    .number = N_NODE,
    .name = "node",
    .message = &selenga__node__descriptor,
    FIELDS(node),
    .up = UP_ALL,
    .down = DOWN_NONE,
    .leads = true,
    .writers = W_PROGRAM,
    .org_field = "org",
    .help = N_("an installation of Selenga; written when it joins"),
};

static const char *check_identity(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Identity *i = (const Selenga__Identity *)body;
    if (!code_fits(i->number)) return fault_at("number", "BAD-CODE", ret_field);
    if (!days_ordered(i->has_birth_date, i->birth_date, i->has_experience_from, i->experience_from))
        return fault_at("experience_from", "DATES-ORDER", ret_field);
    return NULL;
}

#define ORG_OF_STAFF                                                                                         \
    REF("org", PD_PUBLIC, F_REQUIRED | F_KEY, N_ORGANISATION, N_("organisation that employs"))
#define NUMBER_OF_STAFF                                                                                      \
    TEXT("number", PD_SERVICE, F_REQUIRED | F_KEY, CODE_MAX, N_("staff number in the organisation"))

static const field_rule_t identity[] = {
    ORG_OF_STAFF,
    NUMBER_OF_STAFF,
    TEXT("last_name", PD_IDENTITY, F_REQUIRED, 120, N_("family name")),
    TEXT("first_name", PD_IDENTITY, F_REQUIRED, 120, N_("given name")),
    TEXT("middle_name", PD_IDENTITY, 0, 120, N_("patronymic")),
    DATE("birth_date", PD_IDENTITY, 0, N_("date of birth")),
    DIGITS("snils", PD_IDENTITY, 0, 11, N_("insurance number (SNILS), eleven digits")),
    DATE("experience_from", PD_SERVICE, 0, N_("start of pedagogical work")),
    INT("experience_break_days", PD_SERVICE, 0, 0, 36500, N_("days since then that do not count")),
};
const kind_rule_t KIND_IDENTITY = {
    .number = N_IDENTITY,
    .name = "identity",
    .message = &selenga__identity__descriptor,
    FIELDS(identity),
    .up = UP_MUNICIPALITY,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "org",
    .check = check_identity,
    .help = N_("who a member of staff is; never leaves the municipality"),
};

enum { PSEUDONYM = 16, MARK = 8 };

static const char *check_person(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Person *p = (const Selenga__Person *)body;
    if (p->has_pseudonym && p->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-PSEUDONYM", ret_field);
    if (p->has_key && (p->key.len != MARK || p->provisional))
        return fault_at("key", "BAD-PSEUDONYM", ret_field);
    return NULL;
}

static const field_rule_t person[] = {
    ORG_OF_STAFF,
    NUMBER_OF_STAFF,
    BYTES("pseudonym", PD_SERVICE, F_REQUIRED | F_DERIVED, PSEUDONYM,
          N_("the person's mark within the region")),
    YESNO("provisional", PD_SERVICE, F_DERIVED,
          N_("random until the region has helped to make the real one")),
    BYTES("key", PD_SERVICE, F_DERIVED, MARK, N_("mark of the key that made the pseudonym")),
};
const kind_rule_t KIND_PERSON = {
    .number = N_PERSON,
    .name = "person",
    .message = &selenga__person__descriptor,
    FIELDS(person),
    .up = UP_REGION,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "org",
    .check = check_person,
    .help =
        N_("a member of staff under a pseudonym; a stolen node can tell the pseudonyms of its own people, "
           "and of nobody else unless the region's throttle lets it ask"),
};

static const char *check_employment(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Employment *e = (const Selenga__Employment *)body;
    if (!code_fits(e->number)) return fault_at("number", "BAD-CODE", ret_field);
    if (!days_ordered(e->has_from, e->from, e->has_to, e->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t employment[] = {
    ORG_OF_STAFF,
    NUMBER_OF_STAFF,
    TEXT("post", PD_SERVICE, F_REQUIRED, 200, N_("post, as in the staff list")),
    ENUM("post_class", PD_SERVICE, F_REQUIRED, "pedagogue manager other", N_("class of the post")),
    ENUM("manager_role", PD_SERVICE, 0, "head deputy unit_head", N_("role in the management")),
    DECIMAL("rate", PD_SERVICE, 0, 1, 500, N_("share of a full post, e.g. 0.5")),
    YESNO("main_place", PD_SERVICE, 0, N_("whether it is the main place of work")),
    YESNO("external", PD_SERVICE, 0, N_("whether the main place of work is elsewhere")),
    DATE("from", PD_SERVICE, F_REQUIRED, N_("first day in the post")),
    DATE("to", PD_SERVICE, 0, N_("last day in the post")),
    TEXT("subject", PD_SERVICE, 0, 200, N_("subject taught")),
    TEXT("category", PD_SERVICE, 0, 100, N_("qualification category")),
};
const kind_rule_t KIND_EMPLOYMENT = {
    .number = N_EMPLOYMENT,
    .name = "employment",
    .message = &selenga__employment__descriptor,
    FIELDS(employment),
    .up = UP_REGION,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "org",
    .check = check_employment,
    .help = N_("the work of a member of staff"),
};

static const char *check_absence(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Absence *a = (const Selenga__Absence *)body;
    if (!days_ordered(a->has_from, a->from, a->has_to, a->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t absence[] = {
    REF("person", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who is away")),
    ENUM("kind", PD_SPECIAL, F_REQUIRED, "maternity childcare military sick study other", N_("reason")),
    DATE("from", PD_SPECIAL, F_REQUIRED | F_KEY, N_("first day")),
    DATE("to", PD_SPECIAL, 0, N_("last day")),
};
const kind_rule_t KIND_ABSENCE = {
    .number = N_ABSENCE,
    .name = "absence",
    .message = &selenga__absence__descriptor,
    FIELDS(absence),
    .up = UP_HOME,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "person",
    .check = check_absence,
    .help = N_("a long absence; never leaves the organisation"),
};

static const char *check_methodist(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Methodist *m = (const Selenga__Methodist *)body;
    if (!code_fits(m->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!days_ordered(m->has_from, m->from, m->has_to, m->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t methodist[] = {
    TEXT("code", PD_SERVICE, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the methodist")),
    REF("person", PD_SERVICE, F_REQUIRED | F_INDEX, N_PERSON, N_("who it is")),
    TEXT("act", PD_SERVICE, 0, 0, N_("act of appointment")),
    DATE("from", PD_SERVICE, F_REQUIRED, N_("first day")),
    DATE("to", PD_SERVICE, 0, N_("last day")),
    SET("subjects", PD_SERVICE, 0, N_("subjects, joined by ;")),
};
const kind_rule_t KIND_METHODIST = {
    .number = N_METHODIST,
    .name = "methodist",
    .message = &selenga__methodist__descriptor,
    FIELDS(methodist),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .writers = W_REGION,
    .check = check_methodist,
    .help = N_("a regional methodist"),
};

static const char *check_assignment(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Assignment *a = (const Selenga__Assignment *)body;
    if (!days_ordered(a->has_from, a->from, a->has_to, a->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t assignment[] = {
    REF("methodist", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_METHODIST, N_("who supports")),
    REF("person", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who is supported")),
    DATE("from", PD_SERVICE, F_REQUIRED | F_KEY, N_("first day")),
    DATE("to", PD_SERVICE, 0, N_("last day")),
};
const kind_rule_t KIND_ASSIGNMENT = {
    .number = N_ASSIGNMENT,
    .name = "assignment",
    .message = &selenga__assignment__descriptor,
    FIELDS(assignment),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_REGION,
    .org_field = "person",
    .check = check_assignment,
    .help = N_("a teacher assigned to a methodist"),
};

static const char *check_pair(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__MentoringPair *p = (const Selenga__MentoringPair *)body;
    if (p->mentor != NULL && p->mentee != NULL && strcmp(p->mentor, p->mentee) == 0)
        return fault_at("mentee", "SELF-REF", ret_field);
    if (!days_ordered(p->has_from, p->from, p->has_to, p->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t mentoring_pair[] = {
    REF("mentor", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who teaches")),
    REF("mentee", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who is taught")),
    DATE("from", PD_SERVICE, F_REQUIRED | F_KEY, N_("first day")),
    DATE("to", PD_SERVICE, 0, N_("last day")),
    TEXT("act", PD_SERVICE, 0, 0, N_("act of the organisation")),
    TEXT("goal", PD_SERVICE, 0, 1000, N_("goal of the pair")),
};
const kind_rule_t KIND_MENTORING_PAIR = {
    .number = N_MENTORING_PAIR,
    .name = "mentoring-pair",
    .message = &selenga__mentoring_pair__descriptor,
    FIELDS(mentoring_pair),
    .up = UP_REGION,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "mentee",
    .check = check_pair,
    .help = N_("a mentor and a mentee"),
};

static const char *check_meeting(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__MentoringMeeting *m = (const Selenga__MentoringMeeting *)body;
    if (m->mentor != NULL && m->mentee != NULL && strcmp(m->mentor, m->mentee) == 0)
        return fault_at("mentee", "SELF-REF", ret_field);
    return NULL;
}

static const field_rule_t mentoring_meeting[] = {
    REF("mentor", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who teaches")),
    REF("mentee", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who is taught")),
    DATE("date", PD_SERVICE, F_REQUIRED | F_KEY, N_("day of the meeting")),
    TEXT("topic", PD_SERVICE, 0, 0, N_("what it was about")),
    INT("minutes", PD_SERVICE, 0, 1, 1440, N_("how long it took")),
};
const kind_rule_t KIND_MENTORING_MEETING = {
    .number = N_MENTORING_MEETING,
    .name = "mentoring-meeting",
    .message = &selenga__mentoring_meeting__descriptor,
    FIELDS(mentoring_meeting),
    .up = UP_REGION,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "mentee",
    .check = check_meeting,
    .help = N_("a meeting of mentor and mentee"),
};

static const char *check_pseudonym_key(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__PseudonymKey *k = (const Selenga__PseudonymKey *)body;
    if (k->has_mark && k->mark.len != MARK) return fault_at("mark", "BAD-PSEUDONYM", ret_field);
    if (k->has_previous && k->previous.len != MARK) return fault_at("previous", "BAD-PSEUDONYM", ret_field);
    return NULL;
}

static const field_rule_t pseudonym_key[] = {
    TEXT("org", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("organisation of the node that holds the key")),
    BYTES("mark", PD_PUBLIC, F_REQUIRED, MARK, N_("mark of the key")),
    BYTES("previous", PD_PUBLIC, 0, MARK, N_("mark of the key before, while people still have it")),
};
const kind_rule_t KIND_PSEUDONYM_KEY = {
    .number = N_PSEUDONYM_KEY,
    .name = "pseudonym-key",
    .message = &selenga__pseudonym_key__descriptor,
    FIELDS(pseudonym_key),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .writers = W_PROGRAM,
    .org_field = "org",
    .check = check_pseudonym_key,
    .help = N_("which key makes the pseudonyms of a region; the key itself never leaves the region's node"),
};
