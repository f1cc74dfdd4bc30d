// SPDX-License-Identifier: Apache-2.0
// Sticky errors in one place: after the first failure a transaction only reports it.
#include "common/store/kv.h"
#include <assert.h>

static int stick(kv_txn_t *txn, int rc)
{
    if (rc < 0 && txn->error == 0) txn->error = rc;
    return rc;
}

int kv_begin(kv_t *kv, bool write, kv_txn_t **ret_txn)
{
    kv_txn_t *txn = NULL;
    int rc = kv->ops->begin(kv, write, &txn);
    if (rc != 0) return rc;
    txn->ops = kv->ops;
    txn->error = 0;
    *ret_txn = txn;
    return 0;
}

int kv_commit(kv_txn_t **txn_p)
{
    kv_txn_t *txn = *txn_p;
    *txn_p = NULL; // gone, whatever commit says
    if (txn->error != 0) {
        int rc = txn->error;
        txn->ops->abort(txn);
        return rc;
    }
    return txn->ops->commit(txn);
}

void kv_abort(kv_txn_t **txn_p)
{
    if (*txn_p == NULL) return;
    (*txn_p)->ops->abort(*txn_p);
    *txn_p = NULL;
}

int kv_get(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t *ret_value)
{
    if (txn->error != 0) return txn->error;
    return stick(txn, txn->ops->get(txn, table, key, ret_value));
}

int kv_put(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t value)
{
    assert(key.size > 0 && key.size <= KV_KEY_MAX);
    if (txn->error != 0) return txn->error;
    return stick(txn, txn->ops->put(txn, table, key, value));
}

int kv_del(kv_txn_t *txn, enum kv_table table, slice_t key)
{
    if (txn->error != 0) return txn->error;
    return stick(txn, txn->ops->del(txn, table, key));
}

int kv_cursor(kv_txn_t *txn, enum kv_table table, kv_cursor_t **ret_cursor)
{
    if (txn->error != 0) return txn->error;
    kv_cursor_t *cursor = NULL;
    int rc = stick(txn, txn->ops->cursor(txn, table, &cursor));
    if (rc != 0) return rc;
    cursor->ops = txn->ops;
    *ret_cursor = cursor;
    return 0;
}

int kv_seek(kv_cursor_t *cursor, slice_t key, slice_t *ret_key, slice_t *ret_value)
{
    return cursor->ops->seek(cursor, key, ret_key, ret_value);
}

int kv_next(kv_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value)
{
    return cursor->ops->next(cursor, ret_key, ret_value);
}

void kv_close_cursor(kv_cursor_t **cursor_p)
{
    if (*cursor_p == NULL) return;
    (*cursor_p)->ops->close_cursor(*cursor_p);
    *cursor_p = NULL;
}

int kv_count(kv_txn_t *txn, enum kv_table table, uint64_t *ret_entries)
{
    if (txn->error != 0) return txn->error;
    return stick(txn, txn->ops->count(txn, table, ret_entries));
}

uint64_t kv_bytes(kv_t *kv)
{
    return kv->ops->bytes(kv);
}

uint64_t kv_room(kv_t *kv)
{
    return kv->ops->room(kv);
}

int kv_use_reserve(kv_t *kv, bool use)
{
    return kv->ops->use_reserve != NULL ? kv->ops->use_reserve(kv, use) : 0;
}

void kv_destroy(kv_t **kv_p)
{
    if (*kv_p == NULL) return;
    (*kv_p)->ops->destroy(*kv_p);
    *kv_p = NULL;
}
