// SPDX-License-Identifier: Apache-2.0
// See routes.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/routing.pb-c.h"
#include <stdbool.h>
#include <string.h>

static bool is(const char *text, const char *value)
{
    return text != NULL && strcmp(text, value) == 0;
}

// A proposal never becomes binding by itself: from `agreed` on, a person has put a name to it (152-ФЗ, art.
// 16).
const char *check_route(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Route *r = (const Selenga__Route *)body;
    bool binding = !is(r->state, "draft") && !is(r->state, "submitted") && !is(r->state, "withdrawn");
    if (binding && (r->confirmed_by == NULL || r->confirmed_by[0] == '\0'))
        return fault_at("confirmed_by", "NOT-CONFIRMED", ret_field);
    if (binding && !r->has_confirmed_on) return fault_at("confirmed_on", "NOT-CONFIRMED", ret_field);
    bool closed = is(r->state, "closed");
    if (closed && r->outcome == NULL) return fault_at("outcome", "NOT-CLOSED", ret_field);
    if (closed && !r->has_closed_on) return fault_at("closed_on", "NOT-CLOSED", ret_field);
    return NULL;
}

const char *check_activity(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Activity *a = (const Selenga__Activity *)body;
    if (is(a->form, "dpp") && a->has_done_on && a->document == NULL)
        return fault_at("document", "DOCUMENT-NEEDED", ret_field);
    return NULL;
}
