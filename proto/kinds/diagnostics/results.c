// SPDX-License-Identifier: Apache-2.0
// See results.proto.
#include "proto/checks.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/fault_at.h"

const char *check_result(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Result *r = (const Selenga__Result *)body;
    return r->score <= r->max ? NULL : fault_at("score", "SCORE-ABOVE-MAX", ret_field);
}

const char *check_deficit(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Deficit *d = (const Selenga__Deficit *)body;
    return d->score <= d->max ? NULL : fault_at("score", "SCORE-ABOVE-MAX", ret_field);
}
