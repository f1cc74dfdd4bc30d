// SPDX-License-Identifier: Apache-2.0
#include "common/service/audit_told.h"
#include <errno.h>
#include <string.h>

// In KV_AUX: 'Y' and a child's label.
enum { LETTER = 'Y', KEY = 5, ROW = 8 + AUDIT_HASH + 8 + 1 + 8 + 8 };

audit_verdict_t audit_judge(const audit_head_t *kept, const audit_head_t *told, const audit_head_t *prior)
{
    if (kept->seq == 0) return AUDIT_GOES_ON;
    if (told->seq < kept->seq) return AUDIT_SHORTER;
    const audit_head_t *there = told->seq == kept->seq ? told : prior;
    if (there == NULL || there->seq != kept->seq) return AUDIT_UNSAID;
    return memcmp(there->hash, kept->hash, AUDIT_HASH) == 0 ? AUDIT_GOES_ON : AUDIT_CHANGED;
}

// --- rows

static slice_t key_of(uint32_t peer, uint8_t buf[static KEY])
{
    buf[0] = LETTER;
    be32_store(buf + 1, peer);
    return slice(buf, KEY);
}

static int read_row(slice_t value, audit_told_t *ret)
{
    if (value.size != ROW) return -EUCLEAN;
    const uint8_t *at = value.data;
    ret->head = (audit_head_t){.seq = be64_load(at)};
    memcpy(ret->head.hash, at + 8, AUDIT_HASH);
    at += 8 + AUDIT_HASH;
    ret->told_s = (int64_t)be64_load(at);
    ret->mark = (audit_verdict_t)at[8];
    ret->had = be64_load(at + 9);
    ret->marked_s = (int64_t)be64_load(at + 17);
    return 0;
}

int audit_told_write(store_txn_t *txn, uint32_t peer, const audit_told_t *row)
{
    uint8_t key[KEY], value[ROW], *at = value;
    be64_store(at, row->head.seq);
    memcpy(at + 8, row->head.hash, AUDIT_HASH);
    at += 8 + AUDIT_HASH;
    be64_store(at, (uint64_t)row->told_s);
    at[8] = (uint8_t)row->mark;
    be64_store(at + 9, row->had);
    be64_store(at + 17, (uint64_t)row->marked_s);
    return kv_put(store_kv(txn), KV_AUX, key_of(peer, key), slice(value, sizeof value));
}

int audit_told_read(store_txn_t *txn, uint32_t peer, audit_told_t *ret)
{
    uint8_t key[KEY];
    slice_t value;
    *ret = (audit_told_t){.mark = AUDIT_GOES_ON};
    int rc = kv_get(store_kv(txn), KV_AUX, key_of(peer, key), &value);
    return rc == 0 ? read_row(value, ret) : rc < 0 ? rc : 0;
}

int audit_told_forget(store_txn_t *txn, uint32_t peer)
{
    uint8_t key[KEY];
    int rc = kv_del(store_kv(txn), KV_AUX, key_of(peer, key));
    return rc < 0 ? rc : 0;
}

// --- for people

static void add_child(audit_children_t *children, uint32_t peer, const audit_told_t *row)
{
    if (children->n == AUDIT_CHILDREN) return;
    size_t i = children->n++;
    Selenga__AuditChild *to = &children->items[i];
    selenga__audit_child__init(to);
    memcpy(children->hashes[i], row->head.hash, AUDIT_HASH);
    to->has_seq = to->has_hash = to->has_told_s = true;
    to->seq = row->head.seq;
    to->hash = (ProtobufCBinaryData){AUDIT_HASH, children->hashes[i]};
    to->told_s = row->told_s;
    to->has_had = to->has_marked_s = row->mark != AUDIT_GOES_ON;
    to->had = row->had;
    to->marked_s = row->marked_s;
    if (row->mark == AUDIT_SHORTER) to->mark = (char *)(uintptr_t) "shorter";
    if (row->mark == AUDIT_CHANGED) to->mark = (char *)(uintptr_t) "changed";
    children->peers[i] = peer;
    children->refs[i] = to;
}

static int read_marked(store_txn_t *txn, audit_children_t *ret)
{
    uint8_t buf[KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, key_of(0, buf), &key, &value);
    while (rc == 0 && key.size == KEY && key.data[0] == LETTER) {
        audit_told_t row;
        rc = read_row(value, &row);
        if (rc == 0 && row.mark != AUDIT_GOES_ON) add_child(ret, be32_load(key.data + 1), &row);
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

int audit_children_read(store_txn_t *txn, uint32_t peer, audit_children_t *ret)
{
    audit_told_t row;
    ret->n = 0;
    if (peer == 0) return read_marked(txn, ret);
    int rc = audit_told_read(txn, peer, &row);
    if (rc == 0 && row.head.seq > 0) add_child(ret, peer, &row);
    return rc;
}
