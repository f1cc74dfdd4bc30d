// SPDX-License-Identifier: Apache-2.0
// What a conflict keeps.
#pragma once
#include "common/store/record.h"
#include "proto/system.pb-c.h"

// The version that this record of KIND_CONFLICT keeps. Its slices live in what is returned, which the caller
// frees with msg_body_free; NULL: it cannot be read.
Selenga__Conflict *conflict_open(const record_t *conflict, record_t *ret_kept);
