// SPDX-License-Identifier: Apache-2.0
// The protobuf wire format, walked field by field without unpacking: for what must be seen before memory is
// spent.
#pragma once
#include "common/base/util.h"

enum wire_type { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

typedef struct wire_field {
    uint32_t number;
    enum wire_type type;
    uint64_t value; // WIRE_VARINT
    slice_t bytes;  // WIRE_BYTES: the content; WIRE_64, WIRE_32: the bytes as they stand
} wire_field_t;

// Takes one field off the front of *rest. 1: here it is; 0: the end; -1: malformed (also groups and field
// number 0).
int wire_next(slice_t *rest, wire_field_t *ret_field);
