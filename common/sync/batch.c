// SPDX-License-Identifier: Apache-2.0
// Sizes are checked before anything is allocated: a peer may ask for BATCH_MAX at most.
#include "common/sync/batch.h"
#include "common/base/vec.h"
#include "common/store/record.h"
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

enum {
    COMPRESS_FROM = 400,
    COMPRESS_LEVEL = 1
}; // below that a frame's own cost is larger than what zstd saves

void batch_clear(batch_t *batch)
{
    free(batch->data);
    *batch = (batch_t){0};
}

void batch_add(batch_t *batch, slice_t record)
{
    size_t need = batch->size + 4 + record.size;
    vec_reserve(batch->data, batch->capacity, need < 4096 ? 4096 : need);
    be32_store(batch->data + batch->size, (uint32_t)record.size);
    memcpy(batch->data + batch->size + 4, record.data, record.size);
    batch->size = need;
    batch->count++;
}

void batch_pack(batch_t *batch, uint32_t *ret_encoding, uint32_t *ret_plain_bytes)
{
    *ret_encoding = BATCH_PLAIN;
    *ret_plain_bytes = (uint32_t)batch->size;
    if (batch->size < COMPRESS_FROM) return;
    size_t bound = ZSTD_compressBound(batch->size);
    uint8_t *packed = xmalloc(bound);
    size_t size = ZSTD_compress(packed, bound, batch->data, batch->size, COMPRESS_LEVEL);
    if (ZSTD_isError(size) || size >= batch->size) {
        free(packed);
        return;
    }
    free(batch->data);
    batch->data = packed;
    batch->capacity = bound;
    batch->size = size;
    *ret_encoding = BATCH_ZSTD;
}

int batch_open(slice_t entries, uint32_t encoding, uint32_t plain_bytes, slice_t *ret_plain,
               uint8_t **ret_owned)
{
    if (plain_bytes > BATCH_MAX) return -EBADMSG;
    if (encoding == BATCH_PLAIN) {
        if (entries.size != plain_bytes) return -EBADMSG;
        *ret_plain = entries;
        *ret_owned = NULL;
        return 0;
    }
    if (encoding != BATCH_ZSTD) return -EBADMSG;
    uint8_t *plain = xmalloc(plain_bytes + 1);
    size_t size = ZSTD_decompress(plain, plain_bytes, entries.data, entries.size);
    if (ZSTD_isError(size) || size != plain_bytes) {
        free(plain);
        return -EBADMSG;
    }
    *ret_plain = slice(plain, size);
    *ret_owned = plain;
    return 0;
}

int batch_next(slice_t *rest, slice_t *ret_record)
{
    if (rest->size == 0) return 1;
    if (rest->size < 4) return -EBADMSG;
    uint32_t size = be32_load(rest->data);
    if (size == 0 || size > RECORD_MAX || size > rest->size - 4) return -EBADMSG;
    *ret_record = slice(rest->data + 4, size);
    *rest = slice(rest->data + 4 + size, rest->size - 4 - size);
    return 0;
}
