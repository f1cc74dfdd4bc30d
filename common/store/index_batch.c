// SPDX-License-Identifier: Apache-2.0
#include "common/store/index_batch.h"
#include "common/base/vec.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t head; // table and the key's first seven bytes, big-endian: most comparisons need no more
    uint32_t at;   // of key, then value, in `bytes`
    uint16_t value_size;
    uint8_t key_size, table;
};

static uint64_t head_of(enum kv_table table, slice_t key)
{
    uint8_t head[8] = {(uint8_t)table};
    memcpy(head + 1, key.data, key.size < sizeof head - 1 ? key.size : sizeof head - 1);
    return be64_load(head);
}

void index_batch_add(index_batch_t *entries, enum kv_table table, slice_t key, slice_t value)
{
    assert(key.size > 0 && key.size <= KV_KEY_MAX && value.size <= UINT16_MAX && entries->size < UINT32_MAX);
    vec_reserve(entries->all, entries->room, entries->n + 1);
    size_t more = key.size + value.size;
    vec_reserve(entries->bytes, entries->bytes_room, entries->size + more);
    memcpy(entries->bytes + entries->size, key.data, key.size);
    if (value.size > 0) memcpy(entries->bytes + entries->size + key.size, value.data, value.size);
    entries->all[entries->n++] = (struct entry){.head = head_of(table, key),
                                                .at = (uint32_t)entries->size,
                                                .value_size = (uint16_t)value.size,
                                                .key_size = (uint8_t)key.size,
                                                .table = (uint8_t)table};
    entries->size += more;
}

static int by_key(const void *one, const void *other, void *arg)
{
    const struct entry *a = one, *b = other;
    const uint8_t *bytes = arg;
    if (a->head != b->head) return a->head < b->head ? -1 : 1;
    size_t shorter = a->key_size < b->key_size ? a->key_size : b->key_size;
    int cmp = memcmp(bytes + a->at, bytes + b->at, shorter);
    return cmp != 0 ? cmp : (int)a->key_size - (int)b->key_size;
}

int index_batch_put(index_batch_t *entries, kv_txn_t *txn)
{
    int rc = 0;
    if (entries->n > 1) qsort_r(entries->all, entries->n, sizeof *entries->all, by_key, entries->bytes);
    for (size_t i = 0; i < entries->n && rc == 0; i++) {
        const struct entry *e = &entries->all[i];
        const uint8_t *key = entries->bytes + e->at;
        rc = kv_put(txn, (enum kv_table)e->table, slice(key, e->key_size),
                    slice(key + e->key_size, e->value_size));
    }
    entries->n = entries->size = 0;
    return rc;
}

void index_batch_clear(index_batch_t *entries)
{
    free(entries->all);
    free(entries->bytes);
    *entries = (index_batch_t){0};
}
