// SPDX-License-Identifier: Apache-2.0
// Rules of the kinds of routing, in the order of routing.proto.
#include "proto/routing.pb-c.h"
#include "proto/rows.h"

static bool is(const char *text, const char *value)
{
    return text != NULL && strcmp(text, value) == 0;
}

// A proposal never becomes binding by itself: from `agreed` on, a person has put a name to it (152-ФЗ, art.
// 16).
static const char *check_route_state(const Selenga__Route *r, const char **ret_field)
{
    bool binding = !is(r->state, "draft") && !is(r->state, "withdrawn");
    if (binding && (r->confirmed_by == NULL || r->confirmed_by[0] == '\0'))
        return fault_at("confirmed_by", "NOT-CONFIRMED", ret_field);
    if (binding && !r->has_confirmed_on) return fault_at("confirmed_on", "NOT-CONFIRMED", ret_field);
    bool closed = is(r->state, "closed");
    if (closed && r->outcome == NULL) return fault_at("outcome", "NOT-CLOSED", ret_field);
    if (closed && !r->has_closed_on) return fault_at("closed_on", "NOT-CLOSED", ret_field);
    return NULL;
}

static const char *check_route(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Route *r = (const Selenga__Route *)body;
    if (!code_fits(r->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!days_ordered(r->has_from, r->from, r->has_to, r->to))
        return fault_at("to", "DATES-ORDER", ret_field);
    if (!days_ordered(r->has_from, r->from, r->has_closed_on, r->closed_on))
        return fault_at("closed_on", "DATES-ORDER", ret_field);
    return check_route_state(r, ret_field);
}

static const field_rule_t route[] = {
    TEXT("code", PD_SERVICE, F_REQUIRED | F_KEY, CODE_MAX, N_("code of the route")),
    REF("person", PD_SERVICE, F_REQUIRED | F_INDEX, N_PERSON, N_("whose route it is")),
    TEXT("goal", PD_EVALUATIVE, 0, 1000, N_("goal of the route")),
    REF("tutor", PD_SERVICE, F_INDEX, N_PERSON, N_("who accompanies")),
    DATE("from", PD_SERVICE, F_REQUIRED, N_("first day")),
    DATE("to", PD_SERVICE, 0, N_("last day; empty: open-ended")),
    ENUM("state", PD_SERVICE, F_REQUIRED, "draft agreed active suspended closed withdrawn",
         N_("state of the route")),
    ENUM("outcome", PD_EVALUATIVE, 0, "done partial stopped", N_("how it ended")),
    TEXT("confirmed_by", PD_SERVICE, F_DERIVED, 200, N_("who agreed to it")),
    DATE("confirmed_on", PD_SERVICE, F_DERIVED, N_("day of the agreement")),
    DATE("closed_on", PD_SERVICE, 0, N_("day on which it was closed")),
};
const kind_rule_t KIND_ROUTE = {
    .number = N_ROUTE,
    .name = "route",
    .message = &selenga__route__descriptor,
    FIELDS(route),
    .up = UP_MUNICIPALITY,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "person",
    .check = check_route,
    .help = N_("an individual educational route"),
};

static const char *check_activity(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Activity *a = (const Selenga__Activity *)body;
    if (!code_fits(a->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (!days_ordered(a->has_planned_from, a->planned_from, a->has_planned_to, a->planned_to))
        return fault_at("planned_to", "DATES-ORDER", ret_field);
    if (is(a->form, "dpp") && a->has_done_on && a->document == NULL)
        return fault_at("document", "DOCUMENT-NEEDED", ret_field);
    return NULL;
}

static const field_rule_t activity[] = {
    REF("route", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_ROUTE, N_("route that it belongs to")),
    TEXT("code", PD_SERVICE, F_REQUIRED | F_KEY, CODE_MAX, N_("code within the route")),
    REF("person", PD_SERVICE, F_REQUIRED | F_INDEX, N_PERSON, N_("whose route it is")),
    REF("competency", PD_EVALUATIVE, 0, N_COMPETENCY, N_("FRAMEWORK:CODE of the need that it is for")),
    REF("programme", PD_SERVICE, F_INDEX, N_PROGRAMME, N_("programme, where it is one")),
    TEXT("title", PD_SERVICE, F_REQUIRED, 1000, N_("what to do")),
    ENUM("form", PD_SERVICE, F_REQUIRED, "dpp nonformal internship peer self mentoring",
         N_("form of learning")),
    TEXT("reason", PD_EVALUATIVE, F_REQUIRED, 1000, N_("why it was proposed")),
    DATE("planned_from", PD_SERVICE, 0, N_("planned first day")),
    DATE("planned_to", PD_SERVICE, 0, N_("planned last day")),
    DATE("done_on", PD_SERVICE, 0, N_("day on which it was done")),
    INT("hours", PD_SERVICE, 0, 0, 10000, N_("academic hours")),
    TEXT("result", PD_EVALUATIVE, 0, 1000, N_("what came of it")),
    TEXT("document", PD_SERVICE, 0, 200, N_("number of the document; a finished programme needs one")),
};
const kind_rule_t KIND_ACTIVITY = {
    .number = N_ACTIVITY,
    .name = "activity",
    .message = &selenga__activity__descriptor,
    FIELDS(activity),
    .up = UP_MUNICIPALITY,
    .down = DOWN_NONE,
    .writers = W_SERVING,
    .org_field = "person",
    .check = check_activity,
    .help = N_("one step of a route"),
};

static const field_rule_t support_act[] = {
    REF("person", PD_SERVICE, F_REQUIRED | F_KEY | F_INDEX, N_PERSON, N_("who was supported")),
    REF("methodist", PD_SERVICE, F_KEY | F_INDEX, N_METHODIST, N_("who supported")),
    ENUM("kind", PD_SERVICE, F_REQUIRED | F_KEY, "consultation visit postcourse practice workshop help other",
         N_("kind of support")),
    DATE("date", PD_SERVICE, F_REQUIRED | F_KEY, N_("day")),
    ENUM("form", PD_SERVICE, 0, "in-person distance", N_("in person or at a distance")),
    INT("minutes", PD_SERVICE, 0, 1, 100000, N_("how long it took")),
    TEXT("result", PD_SERVICE, 0, 1000, N_("what came of it")),
};
const kind_rule_t KIND_SUPPORT_ACT = {
    .number = N_SUPPORT_ACT,
    .name = "support-act",
    .message = &selenga__support_act__descriptor,
    FIELDS(support_act),
    .up = UP_REGION,
    .down = DOWN_SERVING,
    .writers = W_ANY,
    .org_field = "person",
    .help = N_("an act of support of a teacher by a methodist"),
};
