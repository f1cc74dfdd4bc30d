// SPDX-License-Identifier: Apache-2.0
// See nodes.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"

enum { MARK = 8 }; // bytes

const char *check_pseudonym_key(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__PseudonymKey *k = (const Selenga__PseudonymKey *)body;
    if (k->has_mark && k->mark.len != MARK) return fault_at("mark", "BAD-PSEUDONYM", ret_field);
    if (k->has_previous && k->previous.len != MARK) return fault_at("previous", "BAD-PSEUDONYM", ret_field);
    return NULL;
}
