// SPDX-License-Identifier: Apache-2.0
// See body.h: bodies as a whole. Single values are in body_field.c, references in body_ref.c.
#include "common/schema/body.h"
#include "common/schema/wire.h"
#include <stdio.h>

enum { SEEN_MAX = 256 }; // fields of one kind; proto/generate bounds it

body_t *body_new(const kind_rule_t *kind, arena_t *arena)
{
    body_t *body = arena_alloc(arena, kind->message->sizeof_message);
    if (body != NULL) kind->message->message_init(body);
    return body;
}

static int refuse(fault_t *ret_fault, const char *code, const char *field)
{
    fault_set(ret_fault, code, field);
    return BODY_E_FAULT;
}

// What protobuf-c would let pass: a field twice (last wins, so that two readers may see two values) and a NUL
// inside a text (the rest would be stored and never checked).
static int check_wire(const kind_rule_t *kind, slice_t bytes, fault_t *ret_fault)
{
    uint64_t seen[SEEN_MAX / 64] = {0};
    wire_field_t field;
    int rc;
    while ((rc = wire_next(&bytes, &field)) > 0) {
        int i = kind_field_by_number(kind, field.number);
        if (i < 0 || i >= SEEN_MAX) continue;
        if ((seen[i / 64] >> (i % 64) & 1) != 0) return refuse(ret_fault, "MALFORMED", kind->fields[i].name);
        seen[i / 64] |= UINT64_C(1) << (i % 64);
        bool text = kind->message->fields[i].type == PROTOBUF_C_TYPE_STRING;
        if (text && field.bytes.size > 0 && memchr(field.bytes.data, '\0', field.bytes.size) != NULL)
            return refuse(ret_fault, "BAD-TEXT", kind->fields[i].name);
    }
    return rc == 0 ? 0 : refuse(ret_fault, "MALFORMED", NULL);
}

static int too_big(fault_t *ret_fault)
{
    char bytes[32];
    snprintf(bytes, sizeof bytes, "%d", BODY_MAX);
    fault_set(ret_fault, "TOO-BIG", NULL, bytes);
    return BODY_E_FAULT;
}

int body_unpack(const kind_rule_t *kind, slice_t bytes, arena_t *arena, body_t **ret_body, fault_t *ret_fault)
{
    if (bytes.size > BODY_MAX) return too_big(ret_fault);
    int rc = check_wire(kind, bytes, ret_fault);
    if (rc != 0) return rc;
    body_t *body = protobuf_c_message_unpack(kind->message, arena_allocator(arena), bytes.size, bytes.data);
    if (body == NULL) return refuse(ret_fault, "MALFORMED", NULL);
    *ret_body = body;
    return 0;
}

int body_pack(const body_t *body, arena_t *arena, slice_t *ret_bytes, fault_t *ret_fault)
{
    size_t size = protobuf_c_message_get_packed_size(body);
    uint8_t *bytes = size <= BODY_MAX ? arena_alloc(arena, size) : NULL;
    if (bytes == NULL) return too_big(ret_fault);
    *ret_bytes = slice(bytes, protobuf_c_message_pack(body, bytes));
    return 0;
}

int body_check(const kind_rule_t *kind, slice_t bytes, fault_t *ret_fault)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(bytes.size);
    body_t *body;
    int rc = body_unpack(kind, bytes, arena, &body, ret_fault);
    return rc == 0 ? body_validate(kind, body, ret_fault) : rc;
}

// Takes the field as it stands in `from`, present or not. Both are messages of this kind.
static void copy_field(const kind_rule_t *kind, size_t i, const body_t *from, body_t *to)
{
    const ProtobufCFieldDescriptor *field = &kind->message->fields[i];
    size_t size = 0;
    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_STRING:
        size = sizeof(char *);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        size = sizeof(ProtobufCBinaryData);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        size = sizeof(protobuf_c_boolean);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
        size = 4;
        break;
    default:
        size = 8;
        break; // proto/generate lets only 64-bit integers through beside these
    }
    memcpy((uint8_t *)to + field->offset, (const uint8_t *)from + field->offset, size);
    if (field->type != PROTOBUF_C_TYPE_STRING)
        memcpy((uint8_t *)to + field->quantifier_offset, (const uint8_t *)from + field->quantifier_offset,
               sizeof(protobuf_c_boolean));
}

static int merge_field(const kind_rule_t *kind, const body_t *change, uint32_t number, bool from_outside,
                       body_t *body, fault_t *ret_fault)
{
    int i = kind_field_by_number(kind, number);
    if (i < 0) {
        char text[16];
        snprintf(text, sizeof text, "%u", number);
        fault_set(ret_fault, "UNKNOWN-FIELD", NULL, text, kind->name);
        return BODY_E_FAULT;
    }
    if (from_outside && (kind->fields[i].flags & F_DERIVED) != 0)
        return refuse(ret_fault, "DERIVED-FIELD", kind->fields[i].name);
    copy_field(kind, (size_t)i, change, body);
    return 0;
}

int body_merge(const kind_rule_t *kind, slice_t old, const body_t *change, const uint32_t *set, size_t n_set,
               bool from_outside, arena_t *arena, body_t **ret_body, fault_t *ret_fault)
{
    body_t *body;
    int rc = body_unpack(kind, old, arena, &body, ret_fault);
    for (size_t k = 0; k < n_set && rc == 0; k++)
        rc = merge_field(kind, change, set[k], from_outside, body, ret_fault);
    if (rc == 0) *ret_body = body;
    return rc;
}
