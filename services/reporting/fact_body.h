// SPDX-License-Identifier: Apache-2.0
// The body of a `fact` record: a career as bytes, and back.
#pragma once
#include "common/base/util.h"
#include "services/reporting/career.h"

enum { PSEUDONYM_BYTES = FACT_PSEUDONYM, FACT_BODY_MAX = 8192, FACT_TEAMS_MAX = 2048 };

// Packs a whole career; the caller frees *ret_body. Team parts beyond FACT_TEAMS_MAX bytes are left out, the
// first ones stay.
void fact_body_pack(const career_t *career, uint8_t **ret_body, size_t *ret_size);

// Reads a body that may come from anywhere, also one of a single year. 0, or -EBADMSG when it is no fact of
// years within PERIOD_YEAR_MIN..MAX: then there is nothing to clear. Cells are brought to fact_normal();
// words and parts that are not there are empty. The caller clears the career with fact_clear().
int fact_body_unpack(slice_t body, career_t *ret_career);

// Frees what an unpacked career owns; of one that was made it is nothing.
void fact_clear(career_t *career);
