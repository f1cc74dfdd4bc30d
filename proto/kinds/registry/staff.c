// SPDX-License-Identifier: Apache-2.0
// See staff.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"

enum { PSEUDONYM = 16, MARK = 8 }; // bytes

const char *check_person(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Person *p = (const Selenga__Person *)body;
    if (p->has_pseudonym && p->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-PSEUDONYM", ret_field);
    if (p->has_key && (p->key.len != MARK || p->provisional))
        return fault_at("key", "BAD-PSEUDONYM", ret_field);
    return NULL;
}
