// SPDX-License-Identifier: Apache-2.0
// What a dry run says of a group: which fields would change, from what to what, as people read them.
#pragma once
#include "common/forms/view.h"
#include "proto/api.pb-c.h"

// field: its name; label: as the reader knows it; "" for a value that is not there. Valid during the call.
typedef void plan_change_t(void *context, const char *field, const char *label, const char *before,
                           const char *after);

// Of items that are there already and would change; what is new has nothing to compare with.
void plan_changes(const Selenga__Outcome *outcome, lang_t lang, plan_change_t *change, void *context);
