// SPDX-License-Identifier: Apache-2.0
// See frameworks.proto.
#include "proto/checks.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/fault_at.h"
#include <stdbool.h>
#include <string.h>

// 8-4-4-4-12 small hex digits.
static bool is_uuid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(text) != sizeof shape - 1) return false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        const bool hex = strchr("0123456789abcdef", text[i]) != NULL;
        if (shape[i] == '-' ? text[i] != '-' : !hex) return false;
    }
    return true;
}

const char *check_competency(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Competency *c = (const Selenga__Competency *)body;
    return c->uuid == NULL || is_uuid(c->uuid) ? NULL : fault_at("uuid", "BAD-UUID", ret_field);
}

const char *check_framework(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Framework *f = (const Selenga__Framework *)body;
    return f->uuid == NULL || is_uuid(f->uuid) ? NULL : fault_at("uuid", "BAD-UUID", ret_field);
}

const char *check_scale(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Scale *s = (const Selenga__Scale *)body;
    if (s->low_from >= s->none_from) return fault_at("low_from", "BANDS-ORDER", ret_field);
    if (s->medium_from >= s->low_from) return fault_at("medium_from", "BANDS-ORDER", ret_field);
    return NULL;
}
