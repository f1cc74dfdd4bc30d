// SPDX-License-Identifier: Apache-2.0
// What browsers load beside pages: one style sheet and one script, compiled in.
#pragma once
#include "common/base/util.h"

typedef struct asset {
    const char *name, *type;
    slice_t bytes;
} asset_t;

// NULL: there is none of that name.
const asset_t *asset_find(const char *name);
