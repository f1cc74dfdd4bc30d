// SPDX-License-Identifier: Apache-2.0
// See planning.proto. A record that begins in a later state needs what the way there would have asked for.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"
#include <stdbool.h>
#include <string.h>

const char *check_roadmap(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Roadmap *r = (const Selenga__Roadmap *)body;
    bool approved = strcmp(r->state, "approved") == 0 || strcmp(r->state, "closed") == 0;
    return approved && !r->has_approved_on ? fault_at("approved_on", "REQUIRED", ret_field) : NULL;
}

const char *check_measure(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Measure *m = (const Selenga__Measure *)body;
    if (strcmp(m->state, "done") == 0 && !m->has_done_on) return fault_at("done_on", "REQUIRED", ret_field);
    if (strcmp(m->state, "cancelled") != 0) return NULL;
    if (!m->has_cancelled_on) return fault_at("cancelled_on", "REQUIRED", ret_field);
    return m->reason != NULL ? NULL : fault_at("reason", "REQUIRED", ret_field);
}
