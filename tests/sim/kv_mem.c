// SPDX-License-Identifier: Apache-2.0
// Each table is a sorted array of entries that never change. Arrays are shared by images and transactions and
// copied before the first change, so that an image costs nothing and an aborted transaction leaves no trace.
//
// Under the address sanitizer everything that a transaction hands out is a copy, freed at the transaction's
// next write: a slice that the core keeps longer than common/store/kv.h allows is then caught, as LMDB's
// pages would silently change it.
#include "tests/sim/kv_mem.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define STRICT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STRICT 1
#endif
#endif
#ifndef STRICT
#define STRICT 0
#endif

typedef struct {
    unsigned refs;
    uint32_t key_size, value_size;
    uint8_t bytes[]; // key, value
} entry_t;

typedef struct {
    unsigned refs;
    size_t n, room;
    entry_t **at;
} table_t;

struct kv_image {
    table_t *tables[KV_N_TABLES]; // NULL: empty
};

typedef struct {
    kv_t base;
    kv_image_t now;
    kv_full_t full;
    uint64_t writes;
    bool writing;
    bool torn;
    enum kv_table torn_table;
} kv_mem_t;

typedef struct {
    void **copies;
    size_t n, room;
} lent_t;

typedef struct {
    kv_txn_t base;
    kv_mem_t *kv;
    kv_image_t view;
    bool write;
    uint64_t writes;
    lent_t lent;
} mem_txn_t;

typedef struct {
    kv_cursor_t base;
    mem_txn_t *txn;
    enum kv_table table;
    size_t at;
} mem_cursor_t;

// --- tables --------------------------------------------------------------------------------------

static void entry_release(entry_t *e)
{
    if (--e->refs == 0) free(e);
}

static void table_release(table_t *t)
{
    if (t == NULL || --t->refs > 0) return;
    for (size_t i = 0; i < t->n; i++) entry_release(t->at[i]);
    free(t->at);
    free(t);
}

static table_t *table_own(table_t **slot)
{
    table_t *t = *slot;
    if (t != NULL && t->refs == 1) return t;
    table_t *copy = xcalloc(1, sizeof *copy);
    copy->refs = 1;
    copy->n = t != NULL ? t->n : 0;
    copy->room = copy->n + copy->n / 4 + 8;
    copy->at = xmalloc(copy->room * sizeof *copy->at);
    for (size_t i = 0; i < copy->n; i++) {
        copy->at[i] = t->at[i];
        copy->at[i]->refs++;
    }
    table_release(t);
    return *slot = copy;
}

// Most keys differ in their first eight bytes: those are compared as one number.
static int key_cmp(const entry_t *e, slice_t key)
{
    if (e->key_size >= 8 && key.size >= 8) {
        uint64_t a = be64_load(e->bytes), b = be64_load(key.data);
        if (a != b) return a < b ? -1 : 1;
    }
    size_t size = e->key_size < key.size ? e->key_size : key.size;
    int c = memcmp(e->bytes, key.data, size);
    return c != 0 ? c : (e->key_size > key.size) - (e->key_size < key.size);
}

// Index of the first entry whose key is not less.
static size_t lower_bound(const table_t *t, slice_t key)
{
    size_t low = 0, high = t != NULL ? t->n : 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (key_cmp(t->at[mid], key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool stands_at(const table_t *t, size_t i, slice_t key)
{
    return t != NULL && i < t->n && key_cmp(t->at[i], key) == 0;
}

static void image_share(const kv_image_t *from, kv_image_t *to)
{
    for (int i = 0; i < KV_N_TABLES; i++) {
        to->tables[i] = from->tables[i];
        if (to->tables[i] != NULL) to->tables[i]->refs++;
    }
}

static void image_clear(kv_image_t *image)
{
    for (int i = 0; i < KV_N_TABLES; i++) {
        table_release(image->tables[i]);
        image->tables[i] = NULL;
    }
}

// --- what is lent out ----------------------------------------------------------------------------

static slice_t lend(lent_t *lent, const uint8_t *data, size_t size)
{
    if (!STRICT) return slice(data, size);
    if (lent->n == lent->room) {
        lent->room = lent->room * 2 + 16;
        lent->copies = xrealloc(lent->copies, lent->room * sizeof *lent->copies);
    }
    return slice(lent->copies[lent->n++] = xmemdup(data, size), size);
}

static void call_back(lent_t *lent)
{
    while (lent->n > 0) free(lent->copies[--lent->n]);
}

static void lend_entry(mem_txn_t *txn, const entry_t *e, slice_t *ret_key, slice_t *ret_value)
{
    if (ret_key != NULL) *ret_key = lend(&txn->lent, e->bytes, e->key_size);
    *ret_value = lend(&txn->lent, e->bytes + e->key_size, e->value_size);
}

// --- operations ----------------------------------------------------------------------------------

static int begin(kv_t *base, bool write, kv_txn_t **ret_txn)
{
    kv_mem_t *kv = (kv_mem_t *)base;
    assert(!write || !kv->writing); // LMDB would wait for ever
    mem_txn_t *txn = xcalloc(1, sizeof *txn);
    txn->kv = kv;
    txn->write = write;
    if (write) kv->writing = true;
    image_share(&kv->now, &txn->view);
    *ret_txn = &txn->base;
    return 0;
}

static void end(mem_txn_t *txn)
{
    if (txn->write) txn->kv->writing = false;
    call_back(&txn->lent);
    free(txn->lent.copies);
    image_clear(&txn->view);
    free(txn);
}

static void tear(mem_txn_t *txn)
{
    kv_image_t kept;
    txn->kv->torn = false;
    image_share(&txn->kv->now, &kept);
    table_release(kept.tables[txn->kv->torn_table]);
    kept.tables[txn->kv->torn_table] = txn->view.tables[txn->kv->torn_table];
    txn->view.tables[txn->kv->torn_table] = NULL;
    image_clear(&txn->view);
    txn->view = kept;
}

static int commit(kv_txn_t *base)
{
    mem_txn_t *txn = (mem_txn_t *)base;
    int rc = txn->writes > 0 && txn->kv->full == KV_FULL_COMMIT ? -ENOSPC : 0;
    if (rc == 0 && txn->kv->torn) tear(txn);
    if (rc == 0 && txn->writes > 0) {
        image_clear(&txn->kv->now);
        image_share(&txn->view, &txn->kv->now);
        txn->kv->writes += txn->writes;
    }
    end(txn);
    return rc;
}

static void abort_txn(kv_txn_t *base)
{
    end((mem_txn_t *)base);
}

static int get(kv_txn_t *base, enum kv_table table, slice_t key, slice_t *ret_value)
{
    mem_txn_t *txn = (mem_txn_t *)base;
    const table_t *t = txn->view.tables[table];
    size_t i = lower_bound(t, key);
    if (!stands_at(t, i, key)) return KV_NONE;
    lend_entry(txn, t->at[i], NULL, ret_value);
    return 0;
}

static int prepare(mem_txn_t *txn)
{
    assert(txn->write);
    if (txn->kv->full == KV_FULL_PUT) return -ENOSPC;
    txn->writes++;
    return 0;
}

static int put(kv_txn_t *base, enum kv_table table, slice_t key, slice_t value)
{
    mem_txn_t *txn = (mem_txn_t *)base;
    int rc = prepare(txn);
    if (rc != 0) return rc;
    entry_t *e = xmalloc(sizeof *e + key.size + value.size);
    *e = (entry_t){.refs = 1, .key_size = (uint32_t)key.size, .value_size = (uint32_t)value.size};
    memcpy(e->bytes, key.data, key.size);
    if (value.size > 0) memcpy(e->bytes + key.size, value.data, value.size);
    call_back(&txn->lent); // after the copy: a caller may put what it just got
    table_t *t = table_own(&txn->view.tables[table]);
    slice_t own_key = slice(e->bytes, e->key_size);
    size_t i = lower_bound(t, own_key);
    if (stands_at(t, i, own_key)) {
        entry_release(t->at[i]);
        t->at[i] = e;
        return 0;
    }
    if (t->n == t->room) {
        t->room *= 2;
        t->at = xrealloc(t->at, t->room * sizeof *t->at);
    }
    memmove(t->at + i + 1, t->at + i, (t->n - i) * sizeof *t->at);
    t->at[i] = e;
    t->n++;
    return 0;
}

static int del(kv_txn_t *base, enum kv_table table, slice_t key)
{
    mem_txn_t *txn = (mem_txn_t *)base;
    const table_t *seen = txn->view.tables[table];
    size_t i = lower_bound(seen, key);
    if (!stands_at(seen, i, key)) return KV_NONE;
    int rc = prepare(txn);
    if (rc != 0) return rc;
    table_t *t = table_own(&txn->view.tables[table]);
    call_back(&txn->lent);
    entry_release(t->at[i]);
    memmove(t->at + i, t->at + i + 1, (t->n - i - 1) * sizeof *t->at);
    t->n--;
    return 0;
}

static int open_cursor(kv_txn_t *base, enum kv_table table, kv_cursor_t **ret_cursor)
{
    mem_cursor_t *cursor = xcalloc(1, sizeof *cursor);
    cursor->txn = (mem_txn_t *)base;
    cursor->table = table;
    *ret_cursor = &cursor->base;
    return 0;
}

static int show(mem_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value)
{
    const table_t *t = cursor->txn->view.tables[cursor->table];
    if (t == NULL || cursor->at >= t->n) return KV_NONE;
    lend_entry(cursor->txn, t->at[cursor->at], ret_key, ret_value);
    return 0;
}

static int seek(kv_cursor_t *base, slice_t key, slice_t *ret_key, slice_t *ret_value)
{
    mem_cursor_t *cursor = (mem_cursor_t *)base;
    cursor->at = lower_bound(cursor->txn->view.tables[cursor->table], key);
    return show(cursor, ret_key, ret_value);
}

static int next(kv_cursor_t *base, slice_t *ret_key, slice_t *ret_value)
{
    mem_cursor_t *cursor = (mem_cursor_t *)base;
    cursor->at++;
    return show(cursor, ret_key, ret_value);
}

static void close_cursor(kv_cursor_t *base)
{
    free(base);
}

static int count(kv_txn_t *base, enum kv_table table, uint64_t *ret_entries)
{
    const table_t *t = ((mem_txn_t *)base)->view.tables[table];
    *ret_entries = t != NULL ? t->n : 0;
    return 0;
}

static uint64_t bytes(kv_t *base)
{
    return ((kv_mem_t *)base)->writes;
}

static uint64_t room(kv_t *base)
{
    (void)base;
    return UINT64_MAX;
}

static void destroy(kv_t *base)
{
    kv_mem_t *kv = (kv_mem_t *)base;
    assert(!kv->writing);
    image_clear(&kv->now);
    free(kv);
}

static const kv_ops_t OPS = {
    .begin = begin,
    .commit = commit,
    .abort = abort_txn,
    .get = get,
    .put = put,
    .del = del,
    .cursor = open_cursor,
    .seek = seek,
    .next = next,
    .close_cursor = close_cursor,
    .count = count,
    .bytes = bytes,
    .room = room,
    .destroy = destroy,
};

kv_t *kv_mem_new(void)
{
    kv_mem_t *kv = xcalloc(1, sizeof *kv);
    kv->base.ops = &OPS;
    return &kv->base;
}

void kv_mem_set_full(kv_t *kv, kv_full_t full)
{
    ((kv_mem_t *)kv)->full = full;
}

void kv_mem_tear(kv_t *kv, enum kv_table table)
{
    ((kv_mem_t *)kv)->torn = true;
    ((kv_mem_t *)kv)->torn_table = table;
}

uint64_t kv_mem_writes(const kv_t *kv)
{
    return ((const kv_mem_t *)kv)->writes;
}

kv_image_t *kv_mem_image(kv_t *kv)
{
    kv_image_t *image = xcalloc(1, sizeof *image);
    image_share(&((kv_mem_t *)kv)->now, image);
    return image;
}

void kv_mem_restore(kv_t *base, const kv_image_t *image)
{
    kv_mem_t *kv = (kv_mem_t *)base;
    assert(!kv->writing);
    image_clear(&kv->now);
    if (image != NULL) image_share(image, &kv->now);
}

void kv_image_release(kv_image_t **image_p)
{
    if (*image_p == NULL) return;
    image_clear(*image_p);
    free(*image_p);
    *image_p = NULL;
}
