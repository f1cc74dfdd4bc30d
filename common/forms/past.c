// SPDX-License-Identifier: Apache-2.0
#include "common/forms/past.h"
#include <string.h>

bool past_read(const ProtobufCBinaryData *bytes, record_t *ret)
{
    return bytes->len > 0 && record_parse(slice(bytes->data, bytes->len), ret) == 0;
}

body_t *past_body(const kind_rule_t *kind, const record_t *r, arena_t *arena)
{
    body_t *body = NULL;
    if (r->deleted || body_unpack(kind, r->body, arena, &body, NULL) != 0) return NULL;
    return body;
}

bool past_find(const Selenga__HistoryReply *reply, const char *version, record_t *ret)
{
    char text[VERSION_TEXT];
    for (size_t i = 0; i < reply->n_versions; i++)
        if (past_read(&reply->versions[i]->record, ret) &&
            strcmp(version_text(&ret->version, text), version) == 0)
            return true;
    return false;
}

size_t past_fields(const kind_rule_t *kind, uint32_t set[static PAST_FIELDS])
{
    size_t n = 0;
    for (size_t i = 0; i < kind->n_fields && n < PAST_FIELDS; i++)
        if ((kind->fields[i].flags & F_DERIVED) == 0) set[n++] = kind_field_number(kind, i);
    return n;
}
