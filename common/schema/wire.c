// SPDX-License-Identifier: Apache-2.0
// See wire.h.
#include "common/schema/wire.h"

bool wire_take_long(slice_t *rest, uint64_t *ret_value)
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

bool wire_find_bytes(slice_t bytes, uint32_t number, slice_t *ret_value)
{
    wire_field_t field;
    slice_t value;
    bool found = false;
    int rc;
    while ((rc = wire_next(&bytes, &field)) > 0)
        if (field.number == number && field.type == WIRE_BYTES) {
            value = field.bytes;
            found = true;
        }
    if (rc < 0 || !found) return false;
    *ret_value = value;
    return true;
}
