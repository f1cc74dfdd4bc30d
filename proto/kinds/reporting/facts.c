// SPDX-License-Identifier: Apache-2.0
// See facts.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/reporting.pb-c.h"

enum { PSEUDONYM = 16, MARK = 8 }; // bytes

const char *check_fact(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Fact *f = (const Selenga__Fact *)body;
    if (f->has_pseudonym && f->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-FACT", ret_field);
    if (f->has_was && f->was.len != PSEUDONYM) return fault_at("was", "BAD-FACT", ret_field);
    if (f->has_key && (f->key.len != MARK || f->provisional)) return fault_at("key", "BAD-FACT", ret_field);
    if (f->has_cells && f->cells.len % sizeof(uint32_t) != 0) return fault_at("cells", "BAD-FACT", ret_field);
    return NULL;
}
