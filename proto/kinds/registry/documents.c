// SPDX-License-Identifier: Apache-2.0
// See documents.proto. A record that begins in a later state needs what the way there would have asked for.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"
#include <string.h>

const char *check_document(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Document *d = (const Selenga__Document *)body;
    if (strcmp(d->state, "approved") != 0) return NULL;
    if (d->number == NULL) return fault_at("number", "REQUIRED", ret_field);
    return d->has_date ? NULL : fault_at("date", "REQUIRED", ret_field);
}
