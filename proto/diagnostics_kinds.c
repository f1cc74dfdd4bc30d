// SPDX-License-Identifier: Apache-2.0
// Rules of the kinds of diagnostics, in the order of diagnostics.proto.
#include "proto/diagnostics.pb-c.h"
#include "proto/rows.h"

enum { SCORE_MAX = 100000000 }; // a million points: no instrument has more

static const char *check_competency(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Competency *c = (const Selenga__Competency *)body;
    if (!code_fits(c->framework)) return fault_at("framework", "BAD-CODE", ret_field);
    if (!code_fits(c->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (c->parent != NULL && c->code != NULL && strcmp(c->parent, c->code) == 0)
        return fault_at("parent", "SELF-REF", ret_field);
    return NULL;
}

static const field_rule_t competency[] = {
    TEXT("framework", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the framework")),
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code within the framework")),
    REF("parent", PD_PUBLIC, F_INDEX, N_COMPETENCY, N_("code of the competency above it")),
    ENUM("class", PD_PUBLIC, F_REQUIRED, "subject methodical psychopedagogical communicative it",
         N_("class of the competency")),
    TEXT("title", PD_PUBLIC, F_REQUIRED, 1000, N_("what a teacher is able to do")),
    INT("required_percent", PD_PUBLIC, 0, 0, 100, N_("share of points that is enough, percent")),
};
const kind_rule_t KIND_COMPETENCY = {
    .number = N_COMPETENCY,
    .name = "competency",
    .message = &selenga__competency__descriptor,
    FIELDS(competency),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .writers = W_REGION,
    .check = check_competency,
    .help = N_("an element of a framework of competencies"),
};

static const char *check_scale(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Scale *s = (const Selenga__Scale *)body;
    if (!code_fits(s->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (s->low_from >= s->none_from) return fault_at("low_from", "BANDS-ORDER", ret_field);
    if (s->medium_from >= s->low_from) return fault_at("medium_from", "BANDS-ORDER", ret_field);
    return NULL;
}

static const field_rule_t scale[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the scale")),
    INT("none_from", PD_PUBLIC, F_REQUIRED, 1, 100, N_("no need from this percent on, e.g. 80")),
    INT("low_from", PD_PUBLIC, F_REQUIRED, 1, 100, N_("low need from this percent on, e.g. 60")),
    INT("medium_from", PD_PUBLIC, F_REQUIRED, 1, 100,
        N_("medium need from this percent on, e.g. 40; below it high")),
    DATE("valid_from", PD_PUBLIC, F_REQUIRED, N_("first day on which it counts")),
};
const kind_rule_t KIND_SCALE = {
    .number = N_SCALE,
    .name = "scale",
    .message = &selenga__scale__descriptor,
    FIELDS(scale),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .writers = W_REGION,
    .check = check_scale,
    .help = N_("how points become levels of need"),
};

static const char *check_campaign(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Campaign *c = (const Selenga__Campaign *)body;
    if (!code_fits(c->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!code_fits(c->framework)) return fault_at("framework", "BAD-CODE", ret_field);
    if (!days_ordered(c->has_from, c->from, c->has_to, c->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t campaign[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the campaign")),
    TEXT("title", PD_PUBLIC, F_REQUIRED, 1000, N_("title")),
    TEXT("framework", PD_PUBLIC, F_REQUIRED, CODE_MAX, N_("framework of competencies that it measures")),
    REF("org", PD_PUBLIC, F_REQUIRED, N_ORGANISATION, N_("organisation that holds it")),
    DATE("from", PD_PUBLIC, F_REQUIRED, N_("first day")),
    DATE("to", PD_PUBLIC, F_REQUIRED, N_("last day")),
};
const kind_rule_t KIND_CAMPAIGN = {
    .number = N_CAMPAIGN,
    .name = "campaign",
    .message = &selenga__campaign__descriptor,
    FIELDS(campaign),
    .up = UP_REGION,
    .down = DOWN_ALL,
    .writers = W_ANY,
    .org_field = "org",
    .check = check_campaign,
    .help = N_("a round of diagnostics"),
};

static const char *check_result(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Result *r = (const Selenga__Result *)body;
    return r->score <= r->max ? NULL : fault_at("score", "SCORE-ABOVE-MAX", ret_field);
}

static const field_rule_t result[] = {
    REF("campaign", PD_EVALUATIVE, F_REQUIRED | F_KEY | F_INDEX, N_CAMPAIGN, N_("campaign")),
    REF("person", PD_EVALUATIVE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("whose result it is")),
    REF("competency", PD_EVALUATIVE, F_REQUIRED | F_KEY, N_COMPETENCY,
        N_("code in the campaign's framework")),
    DECIMAL("score", PD_EVALUATIVE, F_REQUIRED, 0, SCORE_MAX, N_("points got")),
    DECIMAL("max", PD_EVALUATIVE, F_REQUIRED, 1, SCORE_MAX, N_("points possible")),
    DATE("taken_on", PD_EVALUATIVE, F_REQUIRED, N_("day of the measurement")),
};
const kind_rule_t KIND_RESULT = {
    .number = N_RESULT,
    .name = "result",
    .message = &selenga__result__descriptor,
    FIELDS(result),
    .up = UP_HOME,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "person",
    .check = check_result,
    .help = N_("a person's points in one competency; never leaves the organisation"),
};

static const char *check_deficit(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Deficit *d = (const Selenga__Deficit *)body;
    return d->score <= d->max ? NULL : fault_at("score", "SCORE-ABOVE-MAX", ret_field);
}

static const field_rule_t deficit[] = {
    REF("person", PD_EVALUATIVE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who has the need")),
    REF("competency", PD_EVALUATIVE, F_REQUIRED | F_KEY | F_INDEX, N_COMPETENCY,
        N_("FRAMEWORK:CODE of the competency")),
    REF("campaign", PD_EVALUATIVE, F_REQUIRED | F_INDEX, N_CAMPAIGN, N_("campaign that showed it")),
    ENUM("band", PD_EVALUATIVE, F_REQUIRED, "low medium high", N_("level of the need")),
    DECIMAL("score", PD_EVALUATIVE, F_REQUIRED, 0, SCORE_MAX, N_("points got")),
    DECIMAL("max", PD_EVALUATIVE, F_REQUIRED, 1, SCORE_MAX, N_("points possible")),
    ENUM("state", PD_EVALUATIVE, F_REQUIRED, "found confirmed disputed working closed obsolete",
         N_("what became of it")),
};
const kind_rule_t KIND_DEFICIT = {
    .number = N_DEFICIT,
    .name = "deficit",
    .message = &selenga__deficit__descriptor,
    FIELDS(deficit),
    .up = UP_HOME,
    .down = DOWN_NONE,
    .writers = W_PROGRAM,
    .org_field = "person",
    .check = check_deficit,
    .help = N_("a need of a person in one competency; made from results"),
};
