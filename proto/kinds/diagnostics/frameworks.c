// SPDX-License-Identifier: Apache-2.0
// See frameworks.proto.
#include "proto/checks.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/fault_at.h"

const char *check_scale(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Scale *s = (const Selenga__Scale *)body;
    if (s->low_from >= s->none_from) return fault_at("low_from", "BANDS-ORDER", ret_field);
    if (s->medium_from >= s->low_from) return fault_at("medium_from", "BANDS-ORDER", ret_field);
    return NULL;
}
