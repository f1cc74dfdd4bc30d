// SPDX-License-Identifier: Apache-2.0
// Records of the load: acts of support with a body of 250 bytes that does not compress, as a school writes
// them.
#pragma once
#include "common/store/record.h"

enum { ACT_BODY = 250, ACT_PEOPLE = 4000 };

// The body of act number `n` of an organisation, packed into buf of ACT_BODY bytes: always that long. Numbers
// up to some millions give different keys. methodist NULL: none is named.
void act_body(const char *org, const char *methodist, uint64_t n, uint8_t *buf);
// The whole record as its home would have written it: seq n + 1. Returns an owned copy of the wire form.
slice_t act_record(const path_t *home, uint64_t boot, const char *org, const char *methodist, uint64_t n);
