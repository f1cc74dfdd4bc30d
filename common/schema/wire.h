// SPDX-License-Identifier: Apache-2.0
// The protobuf wire format, walked field by field without unpacking: for what must be seen before memory is
// spent.
#pragma once
#include "common/base/util.h"

enum wire_type { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

typedef struct wire_field {
    uint32_t number;
    enum wire_type type;
    uint64_t value; // of numbers
    slice_t bytes;  // WIRE_BYTES: the content
} wire_field_t;

// Takes one field off the front of *rest. 1: here it is; 0: the end; -1: malformed (also groups, field
// number 0, tags and lengths of more than five bytes).
static inline int wire_next(slice_t *rest, wire_field_t *ret_field);
// The last field of this number of type WIRE_BYTES, as protobuf counts it. False when absent or malformed.
bool wire_find_bytes(slice_t bytes, uint32_t number, slice_t *ret_value);

// --- here, because each record that is read passes through it ------------------------------------

bool wire_take_long(slice_t *rest, uint64_t *ret_value); // a varint of any length

static inline bool wire_take_varint(slice_t *rest, uint64_t *ret_value)
{
    if (rest->size == 0 || rest->data[0] >= 0x80) return wire_take_long(rest, ret_value);
    *ret_value = rest->data[0]; // most are of one byte
    *rest = slice(rest->data + 1, rest->size - 1);
    return true;
}

// Of a tag or a length, which have at most five bytes: protobuf-c refuses more, and who judges a message by
// its fields must not pass one that others cannot unpack.
static inline bool wire_take_head(slice_t *rest, uint64_t *ret_value)
{
    size_t before = rest->size;
    return wire_take_varint(rest, ret_value) && before - rest->size <= 5;
}

static inline bool wire_take_bytes(slice_t *rest, uint64_t size, slice_t *ret_bytes)
{
    if (size > rest->size) return false;
    *ret_bytes = slice(rest->data, (size_t)size);
    *rest = slice(rest->data + size, rest->size - (size_t)size);
    return true;
}

static inline bool wire_take_fixed(slice_t *rest, size_t size, uint64_t *ret_value)
{
    slice_t bytes;
    if (!wire_take_bytes(rest, size, &bytes)) return false;
    *ret_value = 0;
    for (size_t i = size; i > 0; i--) *ret_value = *ret_value << 8 | bytes.data[i - 1];
    return true;
}

static inline int wire_next(slice_t *rest, wire_field_t *ret_field)
{
    uint64_t tag, size;
    if (rest->size == 0) return 0;
    if (!wire_take_head(rest, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) return -1;
    *ret_field = (wire_field_t){.number = (uint32_t)(tag >> 3), .type = (enum wire_type)(tag & 7)};
    switch (tag & 7) {
    case WIRE_VARINT:
        return wire_take_varint(rest, &ret_field->value) ? 1 : -1;
    case WIRE_64:
        return wire_take_fixed(rest, 8, &ret_field->value) ? 1 : -1;
    case WIRE_32:
        return wire_take_fixed(rest, 4, &ret_field->value) ? 1 : -1;
    case WIRE_BYTES:
        return wire_take_head(rest, &size) && wire_take_bytes(rest, size, &ret_field->bytes) ? 1 : -1;
    default:
        return -1; // groups have no place here
    }
}
