// SPDX-License-Identifier: Apache-2.0
// See observations.proto.
#include "proto/checks.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/fault_at.h"

const char *check_observation_mark(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__ObservationMark *m = (const Selenga__ObservationMark *)body;
    return m->score <= m->max ? NULL : fault_at("score", "SCORE-ABOVE-MAX", ret_field);
}
