// SPDX-License-Identifier: Apache-2.0
// What the files of case share.
#pragma once
#include "common/base/i18n.h"
#include "common/forms/case.h"
#include <jansson.h>

bool case_is_bounded(slice_t text, why_t *ret_why);
// Reads an identifier into its usual form. False: it is none.
bool case_uuid(const json_t *json, char ret[CASE_UUID_TEXT]);
// Puts those above before those below, and says the level of each. False: a circle, or too deep.
bool case_order(case_package_t *package, why_t *ret_why);
