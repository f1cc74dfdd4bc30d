// SPDX-License-Identifier: Apache-2.0
// Each write makes room for what it keeps: what is too old goes, some rows a time, so that the cost of a
// change does not grow with what was changed before.
#include "common/store/history.h"
#include "common/store/kv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ID = sizeof(rid_t),
    VERSION_KEY = 1 + ID + 8,
    TIME_KEY = 1 + 8 + ID + 8,
    COUNT_SIZE = 16,
    OLD_AT_ONCE = 16, // twice as many as are kept, and more: what is old dwindles
    TIME_SIZE = 8,
};

static slice_t version_key(uint8_t *buf, const rid_t *id, uint64_t at)
{
    buf[0] = 'V';
    memcpy(buf + 1, id->b, ID);
    be64_store(buf + 1 + ID, at);
    return slice(buf, VERSION_KEY);
}

static slice_t time_key(uint8_t *buf, uint64_t time_s, const rid_t *id, uint64_t at)
{
    buf[0] = 'T';
    be64_store(buf + 1, time_s);
    memcpy(buf + 9, id->b, ID);
    be64_store(buf + 9 + ID, at);
    return slice(buf, TIME_KEY);
}

static slice_t count_key(void)
{
    static const uint8_t letter[] = {'N'};
    return slice(letter, sizeof letter);
}

int history_size(store_txn_t *txn, history_size_t *ret)
{
    slice_t value;
    *ret = (history_size_t){0};
    int rc = kv_get(store_kv(txn), KV_HISTORY, count_key(), &value);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (value.size != COUNT_SIZE) return -EUCLEAN;
    *ret = (history_size_t){be64_load(value.data), be64_load(value.data + 8)};
    return 0;
}

static int put_size(store_txn_t *txn, const history_size_t *size)
{
    uint8_t value[COUNT_SIZE];
    be64_store(value, size->rows);
    be64_store(value + 8, size->bytes);
    return kv_put(store_kv(txn), KV_HISTORY, count_key(), slice(value, sizeof value));
}

// The first key from `start` on, if it begins as `prefix`: 0, KV_NONE, or -errno. *ret_value may be read
// until the next write.
static int find_first(store_txn_t *txn, slice_t start, size_t prefix, uint8_t *ret_key, size_t key_size,
                      slice_t *ret_value)
{
    kv_cursor_t *cursor = NULL;
    slice_t key;
    int rc = kv_cursor(store_kv(txn), KV_HISTORY, &cursor);
    if (rc == 0) rc = kv_seek(cursor, start, &key, ret_value);
    bool fits = rc == 0 && key.size >= prefix && memcmp(key.data, start.data, prefix) == 0;
    if (fits && key.size != key_size) rc = -EUCLEAN;
    if (fits && rc == 0) memcpy(ret_key, key.data, key_size);
    kv_close_cursor(&cursor);
    return rc == 0 && !fits ? KV_NONE : rc;
}

static int drop(store_txn_t *txn, const rid_t *id, uint64_t at, uint64_t time_s, size_t bytes,
                history_size_t *size)
{
    uint8_t buf[TIME_KEY];
    int rc = kv_del(store_kv(txn), KV_HISTORY, version_key(buf, id, at));
    if (rc == 0) rc = kv_del(store_kv(txn), KV_HISTORY, time_key(buf, time_s, id, at));
    if (rc == KV_NONE) return -EUCLEAN;
    size->rows -= size->rows > 0;
    size->bytes -= size->bytes > bytes ? bytes : size->bytes;
    return rc;
}

// --- making room ---------------------------------------------------------------------------------

static bool is_over(const history_size_t *size, size_t more)
{
    return size->rows >= HISTORY_ROWS || size->bytes + more > HISTORY_BYTES;
}

// What was replaced longest ago goes, if it is older than that or there is no room. 0, KV_NONE, or -errno.
static int drop_oldest(store_txn_t *txn, uint64_t old_s, size_t more, history_size_t *size)
{
    static const uint8_t first[] = {'T'};
    uint8_t key[TIME_KEY], buf[VERSION_KEY];
    slice_t value;
    rid_t id;
    int rc = find_first(txn, slice(first, sizeof first), 1, key, TIME_KEY, &value);
    if (rc != 0) return rc;
    uint64_t time_s = be64_load(key + 1), at = be64_load(key + 9 + ID);
    if (time_s >= old_s && !is_over(size, more)) return KV_NONE;
    memcpy(id.b, key + 9, ID);
    rc = kv_get(store_kv(txn), KV_HISTORY, version_key(buf, &id, at), &value);
    if (rc != 0) return rc < 0 ? rc : -EUCLEAN;
    return drop(txn, &id, at, time_s, value.size, size);
}

// Of one record.
static int drop_first(store_txn_t *txn, const rid_t *id, history_size_t *size)
{
    uint8_t start[VERSION_KEY], key[VERSION_KEY];
    slice_t value;
    version_key(start, id, 0);
    int rc = find_first(txn, slice(start, sizeof start), 1 + ID, key, VERSION_KEY, &value);
    if (rc != 0) return rc;
    if (value.size < TIME_SIZE) return -EUCLEAN;
    return drop(txn, id, be64_load(key + 1 + ID), be64_load(value.data), value.size, size);
}

static int count_of(store_txn_t *txn, const rid_t *id, size_t *ret_n)
{
    uint8_t start[VERSION_KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    *ret_n = 0;
    int rc = kv_cursor(store_kv(txn), KV_HISTORY, &cursor);
    if (rc == 0) rc = kv_seek(cursor, version_key(start, id, 0), &key, &value);
    while (rc == 0 && key.size == VERSION_KEY && memcmp(key.data, start, 1 + ID) == 0) {
        ++*ret_n;
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

static int make_room(store_txn_t *txn, const rid_t *id, uint64_t now_s, size_t more, history_size_t *size)
{
    size_t n;
    uint64_t age = (uint64_t)HISTORY_DAYS * 86400;
    int rc = count_of(txn, id, &n);
    if (rc == 0 && n >= HISTORY_OF_ONE) rc = drop_first(txn, id, size);
    for (size_t i = 0; rc == 0 && (i < OLD_AT_ONCE || is_over(size, more)); i++)
        rc = drop_oldest(txn, now_s > age ? now_s - age : 0, more, size);
    return rc < 0 ? rc : 0;
}

// --- keeping and reading -------------------------------------------------------------------------

int history_keep(store_txn_t *txn, const record_t *old)
{
    uint8_t buf[TIME_KEY];
    rid_t id = old->id;
    int64_t clock_s = store_now_s(store_of(txn));
    uint64_t now_s = clock_s > 0 ? (uint64_t)clock_s : 0, at = store_txn_head(txn) + 1;
    size_t n = TIME_SIZE + old->wire.size;
    AUTO(xfree) uint8_t *value = xmalloc(n);
    be64_store(value, now_s);
    memcpy(value + TIME_SIZE, old->wire.data, old->wire.size);
    history_size_t size;
    int rc = history_size(txn, &size);
    if (rc == 0) rc = make_room(txn, &id, now_s, n, &size);
    if (rc == 0) rc = kv_put(store_kv(txn), KV_HISTORY, version_key(buf, &id, at), slice(value, n));
    if (rc == 0) rc = kv_put(store_kv(txn), KV_HISTORY, time_key(buf, now_s, &id, at), (slice_t){0});
    size.rows++;
    size.bytes += n;
    return rc == 0 ? put_size(txn, &size) : rc;
}

static int hand_out(store_txn_t *txn, const rid_t *id, uint64_t at, history_fn *fn, void *arg)
{
    uint8_t buf[VERSION_KEY];
    slice_t value;
    record_t r;
    int rc = kv_get(store_kv(txn), KV_HISTORY, version_key(buf, id, at), &value);
    if (rc != 0) return rc < 0 ? rc : -EUCLEAN;
    if (value.size < TIME_SIZE) return -EUCLEAN;
    if (record_parse(slice(value.data + TIME_SIZE, value.size - TIME_SIZE), &r) != 0) return -EUCLEAN;
    return fn(arg, &r, (int64_t)be64_load(value.data));
}

int history_each(store_txn_t *txn, const rid_t *id, history_fn *fn, void *arg)
{
    uint8_t start[VERSION_KEY];
    uint64_t at[HISTORY_OF_ONE];
    size_t n = 0;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(store_kv(txn), KV_HISTORY, &cursor);
    if (rc == 0) rc = kv_seek(cursor, version_key(start, id, 0), &key, &value);
    while (rc == 0 && n < HISTORY_OF_ONE && key.size == VERSION_KEY && memcmp(key.data, start, 1 + ID) == 0) {
        at[n++] = be64_load(key.data + 1 + ID);
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    if (rc < 0) return rc;
    for (rc = 0; n > 0 && rc == 0;) rc = hand_out(txn, id, at[--n], fn, arg);
    return rc;
}
