// SPDX-License-Identifier: Apache-2.0
// There are few rows: a new run looks at all of them for one that may go.
#include "common/store/runs.h"
#include "common/store/kv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 1 + RUN_SIZE, OVER_AT = 8, HEAD = 9, DAY_S = 86400 };

static slice_t run_key(uint8_t *buf, const run_id_t *run)
{
    buf[0] = 'I';
    memcpy(buf + 1, run->b, RUN_SIZE);
    return slice(buf, KEY);
}

static uint64_t now_s(store_txn_t *txn)
{
    int64_t clock_s = store_now_s(store_of(txn));
    return clock_s > 0 ? (uint64_t)clock_s : 0;
}

static int find(store_txn_t *txn, const run_id_t *run, slice_t *ret)
{
    uint8_t buf[KEY];
    int rc = kv_get(store_kv(txn), KV_HISTORY, run_key(buf, run), ret);
    return rc == 0 && ret->size < HEAD ? -EUCLEAN : rc;
}

static int put(store_txn_t *txn, const run_id_t *run, bool over, slice_t wrote)
{
    uint8_t buf[KEY];
    AUTO(xfree) uint8_t *value = xmalloc(HEAD + wrote.size);
    be64_store(value, now_s(txn));
    value[OVER_AT] = over;
    if (wrote.size > 0) memcpy(value + HEAD, wrote.data, wrote.size);
    return kv_put(store_kv(txn), KV_HISTORY, run_key(buf, run), slice(value, HEAD + wrote.size));
}

// The oldest row, if it is too old or there are too many of them. 0, KV_NONE, or -errno.
static int find_spare(store_txn_t *txn, uint8_t *ret_key)
{
    static const uint8_t first[] = {'I'};
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    uint64_t oldest_s = UINT64_MAX, now = now_s(txn);
    size_t n = 0;
    int rc = kv_cursor(store_kv(txn), KV_HISTORY, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(first, sizeof first), &key, &value);
    for (; rc == 0 && key.size > 0 && key.data[0] == 'I'; n++) {
        if (key.size != KEY || value.size < HEAD) rc = -EUCLEAN;
        if (rc == 0 && be64_load(value.data) < oldest_s) {
            oldest_s = be64_load(value.data);
            memcpy(ret_key, key.data, KEY);
        }
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    if (rc < 0) return rc;
    bool spare = n >= RUNS_KEPT || (n > 0 && now > oldest_s && now - oldest_s > (uint64_t)RUNS_DAYS * DAY_S);
    return spare ? 0 : KV_NONE;
}

static int make_room(store_txn_t *txn)
{
    uint8_t key[KEY];
    int rc;
    while ((rc = find_spare(txn, key)) == 0)
        if ((rc = kv_del(store_kv(txn), KV_HISTORY, slice(key, KEY))) != 0) break;
    return rc < 0 ? rc : 0;
}

int runs_is_over(store_txn_t *txn, const run_id_t *run)
{
    slice_t value;
    int rc = find(txn, run, &value);
    return rc < 0 ? rc : rc == 0 && value.data[OVER_AT] != 0;
}

int runs_keep(store_txn_t *txn, const run_id_t *run, slice_t wrote)
{
    slice_t value;
    int rc = find(txn, run, &value);
    if (rc == 0 && value.data[OVER_AT] != 0) return -EPIPE;
    if (rc == KV_NONE) rc = make_room(txn);
    return rc == 0 ? put(txn, run, false, wrote) : rc;
}

int runs_end(store_txn_t *txn, const run_id_t *run, slice_t *ret_wrote)
{
    slice_t value;
    AUTO(xfree) uint8_t *wrote = NULL;
    size_t n = 0;
    *ret_wrote = (slice_t){0};
    int rc = find(txn, run, &value);
    if (rc == 0) {
        n = value.size - HEAD;
        wrote = xmemdup(value.data + HEAD, n);
    } else if (rc == KV_NONE)
        rc = make_room(txn);
    if (rc == 0) rc = put(txn, run, true, slice(wrote, n));
    if (rc == 0) rc = find(txn, run, &value);
    if (rc == 0) *ret_wrote = slice(value.data + HEAD, value.size - HEAD);
    return rc;
}
