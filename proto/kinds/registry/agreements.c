// SPDX-License-Identifier: Apache-2.0
// See agreements.proto. A record that begins in a later state needs what the way there would have asked for.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"
#include <string.h>

const char *check_agreement(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Agreement *a = (const Selenga__Agreement *)body;
    if (strcmp(a->state, "signed") != 0) return NULL;
    if (!a->has_signed_on) return fault_at("signed_on", "REQUIRED", ret_field);
    return a->has_from ? NULL : fault_at("from", "REQUIRED", ret_field);
}
