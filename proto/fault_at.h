// SPDX-License-Identifier: Apache-2.0
// How the checks in proto/kinds/*/*.c end.
#pragma once

// Names the field and returns the fault's code.
static inline const char *fault_at(const char *field, const char *code, const char **ret_field)
{
    *ret_field = field;
    return code;
}
