// SPDX-License-Identifier: Apache-2.0
// See indicators.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/reporting.pb-c.h"
#include <stdbool.h>
#include <string.h>

const char *check_indicator(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Indicator *i = (const Selenga__Indicator *)body;
    bool count = i->unit != NULL && strcmp(i->unit, "count") == 0;
    if (count != (i->denominator == NULL)) return fault_at("denominator", "DENOMINATOR", ret_field);
    if ((i->target_op != NULL) != i->has_target_value) return fault_at("target_value", "REQUIRED", ret_field);
    if (i->has_valid_from && i->has_valid_to && i->valid_to < i->valid_from)
        return fault_at("valid_to", "DATES-ORDER", ret_field);
    return NULL;
}
