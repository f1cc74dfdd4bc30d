// SPDX-License-Identifier: Apache-2.0
// See facts.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/reporting.pb-c.h"

enum { PSEUDONYM = 16, MARK = 8, RUN = 36 }; // bytes
enum { YEAR_MIN = 1970 };

// Of one year, or of all.
static const char *check_years(const Selenga__Fact *f, const char **ret_field)
{
    if (f->has_cells && f->cells.len % sizeof(uint32_t) != 0) return fault_at("cells", "BAD-FACT", ret_field);
    if (f->has_runs && (f->runs.len % RUN != 0 || f->year != 0))
        return fault_at("runs", "BAD-FACT", ret_field);
    if (f->year != 0 && f->year < YEAR_MIN) return fault_at("year", "BAD-FACT", ret_field);
    if (f->year == 0 ? !f->has_runs : !f->has_cells)
        return fault_at(f->year == 0 ? "runs" : "cells", "BAD-FACT", ret_field);
    return NULL;
}

const char *check_fact(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Fact *f = (const Selenga__Fact *)body;
    if (f->has_pseudonym && f->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-FACT", ret_field);
    if (f->has_was && f->was.len != PSEUDONYM) return fault_at("was", "BAD-FACT", ret_field);
    if (f->has_key && (f->key.len != MARK || f->provisional)) return fault_at("key", "BAD-FACT", ret_field);
    return check_years(f, ret_field);
}
