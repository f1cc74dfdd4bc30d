// SPDX-License-Identifier: Apache-2.0
// Ordered key-value tables with transactions: the least that the store needs of a disk.
// Two implementations: kv_lmdb.c, and the simulator's memory one, so that the store and the feed run
// unchanged in both.
//
// Errors: 0 done; KV_NONE nothing there; negative errno fatal for the transaction (-ENOSPC: disk or map
// full). A transaction that failed once stays failed: later calls return the first error and commit aborts
// (sticky). Slices returned point into the store and live until the next write of the same transaction, or
// its end. One thread, one write transaction at a time.
#pragma once
#include "common/base/util.h"
#include <stdbool.h>
#include <sys/types.h>

// Their rows, byte by byte: FORMAT.md.
enum kv_table {
    KV_META,       // of the store itself, one-byte keys
    KV_RECORDS,    // record id -> seq of its last change
    KV_LOG,        // that seq -> place and record
    KV_LANES,      // lane, peer, seq -> nothing
    KV_KINDS,      // kind, organisation, seq -> record id: listing
    KV_REFS,       // referred id, kind, seq -> record id: who refers to it
    KV_PEERS,      // peer, field -> its feeds, its shares, counts of its lanes
    KV_QUARANTINE, // record id, peer, home -> what was refused and why
    KV_ASIDE,      // record id, version's digest -> its place in the log, who handed it over
    KV_AUX,        // the service's own
    KV_HISTORY,    // record id, seq -> what a person's change replaced
    KV_N_TABLES
};

enum { KV_NONE = 1, KV_KEY_MAX = 64 };

typedef struct kv kv_t;
typedef struct kv_txn kv_txn_t;
typedef struct kv_cursor kv_cursor_t;

typedef struct kv_ops {
    int (*begin)(kv_t *kv, bool write, kv_txn_t **ret_txn);
    int (*commit)(kv_txn_t *txn); // frees txn, whatever it returns
    void (*abort)(kv_txn_t *txn);
    int (*get)(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t *ret_value);
    int (*put)(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t value);
    int (*del)(kv_txn_t *txn, enum kv_table table, slice_t key); // KV_NONE when absent
    int (*cursor)(kv_txn_t *txn, enum kv_table table, kv_cursor_t **ret_cursor);
    int (*seek)(kv_cursor_t *cursor, slice_t key, slice_t *ret_key, slice_t *ret_value); // first key >= key
    int (*next)(kv_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value);
    void (*close_cursor)(kv_cursor_t *cursor);
    int (*count)(kv_txn_t *txn, enum kv_table table, uint64_t *ret_entries);
    uint64_t (*bytes)(kv_t *kv); // used on disk
    uint64_t (*room)(kv_t *kv);
    int (*use_reserve)(kv_t *kv, bool use); // NULL: none is kept
    void (*destroy)(kv_t *kv);
} kv_ops_t;

struct kv {
    const kv_ops_t *ops;
};
struct kv_txn {
    const kv_ops_t *ops;
    int error; // sticky
};
struct kv_cursor {
    const kv_ops_t *ops;
};

int kv_begin(kv_t *kv, bool write, kv_txn_t **ret_txn);
// Nulls *txn_p in any case. Nothing of a failed transaction is kept.
int kv_commit(kv_txn_t **txn_p);
void kv_abort(kv_txn_t **txn_p);
int kv_get(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t *ret_value);
int kv_put(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t value);
int kv_del(kv_txn_t *txn, enum kv_table table, slice_t key);
int kv_cursor(kv_txn_t *txn, enum kv_table table, kv_cursor_t **ret_cursor);
int kv_seek(kv_cursor_t *cursor, slice_t key, slice_t *ret_key, slice_t *ret_value);
int kv_next(kv_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value);
void kv_close_cursor(kv_cursor_t **cursor_p);
int kv_count(kv_txn_t *txn, enum kv_table table, uint64_t *ret_entries);
uint64_t kv_bytes(kv_t *kv);
uint64_t kv_room(kv_t *kv); // bytes of pages that may still be written before the map is full
// The last 2 % of the map (512 KiB at least) are written only between use_reserve true and false: -ENOBUFS
// comes before them. Outside of any transaction. 0; -errno: the store can be read no more.
int kv_use_reserve(kv_t *kv, bool use);
void kv_destroy(kv_t **kv_p);

// Opens (and makes) an LMDB environment in the directory, default sync, on a local file system only, and for
// one process at a time: KV_LOCK_FILE in it is locked until kv_destroy.
// map_bytes: address space set aside; grown data meets -ENOBUFS there. -EBUSY: another process has it open;
// -EUCLEAN: damaged (cut, emptied, or its tables cannot be read); or another -errno.
#define KV_LOCK_FILE "in-use"
int kv_lmdb_open(const char *dir, uint64_t map_bytes, kv_t **ret_kv);
// The process that has opened the store last; 0: nobody knows. After -EBUSY, who has it open.
pid_t kv_lmdb_holder(const char *dir);
