// SPDX-License-Identifier: Apache-2.0
// See reviews.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/routing.pb-c.h"
#include <stdbool.h>
#include <string.h>

const char *check_review(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Review *r = (const Selenga__Review *)body;
    bool agreed = r->decision != NULL && strcmp(r->decision, "agree") == 0;
    if (!agreed && r->remarks == NULL) return fault_at("remarks", "REMARKS-NEEDED", ret_field);
    return NULL;
}
