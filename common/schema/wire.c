// SPDX-License-Identifier: Apache-2.0
// See wire.h.
#include "common/schema/wire.h"

static bool take_varint(slice_t *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < rest->size && i < 10; i++) {
        value |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
        if ((rest->data[i] & 0x80) != 0) continue;
        if (i == 9 && rest->data[i] > 1) return false; // beyond 64 bits
        *rest = slice(rest->data + i + 1, rest->size - i - 1);
        *ret_value = value;
        return true;
    }
    return false;
}

static bool take_bytes(slice_t *rest, uint64_t size, slice_t *ret_bytes)
{
    if (size > rest->size) return false;
    *ret_bytes = slice(rest->data, (size_t)size);
    *rest = slice(rest->data + size, rest->size - (size_t)size);
    return true;
}

int wire_next(slice_t *rest, wire_field_t *ret_field)
{
    uint64_t tag, size;
    wire_field_t field = {0};
    if (rest->size == 0) return 0;
    if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return -1;
    field.number = (uint32_t)(tag >> 3);
    bool ok = false;
    switch (tag & 7) {
    case WIRE_VARINT:
        ok = take_varint(rest, &field.value);
        break;
    case WIRE_64:
        ok = take_bytes(rest, 8, &field.bytes);
        break;
    case WIRE_32:
        ok = take_bytes(rest, 4, &field.bytes);
        break;
    case WIRE_BYTES:
        ok = take_varint(rest, &size) && take_bytes(rest, size, &field.bytes);
        break;
    default:
        break; // groups have no place here
    }
    if (!ok) return -1;
    field.type = (enum wire_type)(tag & 7);
    *ret_field = field;
    return 1;
}
