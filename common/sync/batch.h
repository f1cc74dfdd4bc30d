// SPDX-License-Identifier: Apache-2.0
// A batch of records on the wire: Record after Record, each behind its length.
//
//   length (4, big-endian) | record ...        the whole plain, or compressed with zstd
#pragma once
#include "common/base/util.h"

enum { BATCH_MAX = 1024 * 1024, BATCH_PLAIN = 0, BATCH_ZSTD = 1 };

typedef struct batch {
    uint8_t *data; // owned
    size_t size, capacity;
    uint32_t count;
} batch_t;

void batch_clear(batch_t *batch); // frees
void batch_add(batch_t *batch, slice_t record);
// Compresses where that pays; *ret_encoding says what became of it. Frees the plain form if it did.
void batch_pack(batch_t *batch, uint32_t *ret_encoding, uint32_t *ret_plain_bytes);

// Reads outside bytes: 0 or -EBADMSG. Plain entries are read in place; *ret_owned is to be freed by the
// caller.
int batch_open(slice_t entries, uint32_t encoding, uint32_t plain_bytes, slice_t *ret_plain,
               uint8_t **ret_owned);
// Takes the next record off the front. 0, 1 at the end, or -EBADMSG.
int batch_next(slice_t *rest, slice_t *ret_record);
