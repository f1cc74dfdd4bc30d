// SPDX-License-Identifier: Apache-2.0
// Entries of a push or a give-back: encoding, size when plain (4 bytes), then the bytes.
#include "common/sync/batch.h"
#include "tests/fuzz/fuzz.h"

// What was read, packed by ourselves, is read the same.
static void repack(batch_t *batch)
{
    uint32_t encoding, plain_bytes;
    uint8_t *owned = NULL;
    slice_t rest, record;
    uint32_t n = batch->count;
    batch_pack(batch, &encoding, &plain_bytes);
    assert(batch_open(slice(batch->data, batch->size), encoding, plain_bytes, &rest, &owned) == 0);
    while (batch_next(&rest, &record) == 0) n--;
    assert(n == 0 && rest.size == 0);
    xfree(&owned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size), rest, record;
    uint8_t encoding = fuzz_byte(&in);
    AUTO(xfree) uint8_t *owned = NULL;
    AUTO(batch_clear) batch_t batch = {0};
    slice_t number = fuzz_take(&in, 4);
    uint32_t plain_bytes = number.size == 4 ? be32_load(number.data) : 0;
    if (batch_open(in, encoding, plain_bytes, &rest, &owned) != 0) return 0;
    int rc;
    while ((rc = batch_next(&rest, &record)) == 0) batch_add(&batch, record);
    assert(rc < 0 || rest.size == 0);
    repack(&batch);
    return 0;
}
