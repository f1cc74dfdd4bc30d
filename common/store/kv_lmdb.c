// SPDX-License-Identifier: Apache-2.0
// The tables in one LMDB environment per service. Default sync: a commit that returned 0 survives a power
// cut. Never MDB_WRITEMAP (SIGBUS on a full disk) nor MDB_NOSYNC or MDB_NOMETASYNC (an acknowledged write
// could go).
#include "common/base/file.h"
#include "common/base/filesystem.h"
#include "common/store/kv.h"
#include "common/store/kv_guard.h"
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const TABLE_NAMES[KV_N_TABLES] = {
    "meta", "records", "log", "lanes", "kinds", "refs", "peers", "quarantine", "aside", "aux", "history"};
enum { RESERVE_PART = 50, RESERVE_LEAST = 512 * 1024 };
enum { PUT_CURSORS = 7 }; // a prime: lanes are numbered by powers of two

typedef struct {
    kv_t base;
    MDB_env *env;
    MDB_dbi tables[KV_N_TABLES];
    int lock;              // held for as long as the store is open: one process opens it
    const char *dir;       // only while it is opened
    uint64_t map, reserve; // bytes; the last ones of the map are used only when asked for
} kv_lmdb_t;

typedef struct {
    kv_txn_t base;
    kv_lmdb_t *kv;
    MDB_txn *txn;
    // For puts, by table and by what the key begins with; freed with the transaction. Most keys go beside
    // the one before in the same lane or index: a cursor that stands there need not come down from the root.
    MDB_cursor *puts[KV_N_TABLES][PUT_CURSORS];
} kv_lmdb_txn_t;

typedef struct {
    kv_cursor_t base;
    kv_lmdb_txn_t *txn;
    MDB_cursor *cursor;
} kv_lmdb_cursor_t;

// The one place where LMDB's codes become ours.
static int from_mdb(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return 0;
    case MDB_NOTFOUND:
        return KV_NONE;
    case MDB_MAP_FULL:
        return -ENOBUFS;
    case MDB_TXN_FULL:
        return -ENOSPC;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE: // a table's row that is none
    case MDB_CURSOR_FULL:  // a tree without end
        return -EUCLEAN;
    case MDB_PANIC: // a meta page could not be written: LMDB does nothing more until it is opened anew
        return -ENOTRECOVERABLE;
    case MDB_READERS_FULL:
        return -EAGAIN;
    case MDB_BAD_VALSIZE:
        return -EMSGSIZE;
    default:
        return rc > 0 ? -rc : -EIO;
    }
}

static MDB_val val(slice_t s)
{
    return (MDB_val){.mv_size = s.size, .mv_data = (void *)(uintptr_t)s.data};
}

static slice_t from_val(MDB_val v)
{
    return (slice_t){.data = v.mv_data, .size = v.mv_size};
}

static int begin(kv_t *base, bool write, kv_txn_t **ret_txn)
{
    kv_lmdb_t *kv = (kv_lmdb_t *)base;
    MDB_txn *mdb = NULL;
    int rc = mdb_txn_begin(kv->env, NULL, write ? 0 : MDB_RDONLY, &mdb);
    if (rc == MDB_READERS_FULL) { // readers that were killed hold slots until somebody looks
        mdb_reader_check(kv->env, NULL);
        rc = mdb_txn_begin(kv->env, NULL, write ? 0 : MDB_RDONLY, &mdb);
    }
    if (rc != MDB_SUCCESS) return from_mdb(rc);
    kv_lmdb_txn_t *txn = xcalloc(1, sizeof *txn);
    txn->kv = kv;
    txn->txn = mdb;
    *ret_txn = &txn->base;
    return 0;
}

static int commit(kv_txn_t *base)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    int rc = from_mdb(mdb_txn_commit(txn->txn)); // frees its transaction even when it fails
    free(txn);
    return rc == KV_NONE ? -EIO : rc;
}

static void abort_txn(kv_txn_t *base)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    mdb_txn_abort(txn->txn);
    free(txn);
}

static int get(kv_txn_t *base, enum kv_table table, slice_t key, slice_t *ret_value)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    MDB_val k = val(key), v;
    int rc = from_mdb(mdb_get(txn->txn, txn->kv->tables[table], &k, &v));
    if (rc == 0) *ret_value = from_val(v);
    return rc;
}

static int put(kv_txn_t *base, enum kv_table table, slice_t key, slice_t value)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    MDB_val k = val(key), v = val(value);
    MDB_cursor **cursor = &txn->puts[table][key.data[0] % PUT_CURSORS];
    int rc = *cursor == NULL ? mdb_cursor_open(txn->txn, txn->kv->tables[table], cursor) : MDB_SUCCESS;
    return from_mdb(rc == MDB_SUCCESS ? mdb_cursor_put(*cursor, &k, &v, 0) : rc);
}

static int del(kv_txn_t *base, enum kv_table table, slice_t key)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    MDB_val k = val(key);
    return from_mdb(mdb_del(txn->txn, txn->kv->tables[table], &k, NULL));
}

static int open_cursor(kv_txn_t *base, enum kv_table table, kv_cursor_t **ret_cursor)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    MDB_cursor *mdb = NULL;
    int rc = from_mdb(mdb_cursor_open(txn->txn, txn->kv->tables[table], &mdb));
    if (rc != 0) return rc;
    kv_lmdb_cursor_t *cursor = xcalloc(1, sizeof *cursor);
    cursor->txn = txn;
    cursor->cursor = mdb;
    *ret_cursor = &cursor->base;
    return 0;
}

static int move(kv_lmdb_cursor_t *cursor, slice_t key, MDB_cursor_op op, slice_t *ret_key, slice_t *ret_value)
{
    MDB_val k = val(key), v;
    int rc = from_mdb(mdb_cursor_get(cursor->cursor, &k, &v, op));
    if (rc != 0) return rc;
    *ret_key = from_val(k);
    *ret_value = from_val(v);
    return 0;
}

static int seek(kv_cursor_t *base, slice_t key, slice_t *ret_key, slice_t *ret_value)
{
    MDB_cursor_op op = key.size > 0 ? MDB_SET_RANGE : MDB_FIRST; // LMDB knows no empty key
    return move((kv_lmdb_cursor_t *)base, key, op, ret_key, ret_value);
}

static int next(kv_cursor_t *base, slice_t *ret_key, slice_t *ret_value)
{
    return move((kv_lmdb_cursor_t *)base, (slice_t){0}, MDB_NEXT, ret_key, ret_value);
}

static void close_cursor(kv_cursor_t *base)
{
    kv_lmdb_cursor_t *cursor = (kv_lmdb_cursor_t *)base;
    mdb_cursor_close(cursor->cursor);
    free(cursor);
}

static int count(kv_txn_t *base, enum kv_table table, uint64_t *ret_entries)
{
    kv_lmdb_txn_t *txn = (kv_lmdb_txn_t *)base;
    MDB_stat stat;
    int rc = from_mdb(mdb_stat(txn->txn, txn->kv->tables[table], &stat));
    if (rc == 0) *ret_entries = stat.ms_entries;
    return rc;
}

static uint64_t bytes(kv_t *base)
{
    kv_lmdb_t *kv = (kv_lmdb_t *)base;
    MDB_envinfo info;
    MDB_stat stat;
    mdb_env_info(kv->env, &info);
    mdb_env_stat(kv->env, &stat);
    return (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
}

// Pages that LMDB may use again, by its own table of them: each row begins with their number.
static uint64_t free_pages(MDB_env *env)
{
    enum { FREE_TABLE = 0 };
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key, row;
    uint64_t n = 0;
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != MDB_SUCCESS) return 0;
    if (mdb_cursor_open(txn, FREE_TABLE, &cursor) == MDB_SUCCESS) {
        while (mdb_cursor_get(cursor, &key, &row, MDB_NEXT) == MDB_SUCCESS) {
            size_t pages;
            memcpy(&pages, row.mv_data, sizeof pages);
            n += pages;
        }
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    return n;
}

static uint64_t room(kv_t *base)
{
    kv_lmdb_t *kv = (kv_lmdb_t *)base;
    MDB_envinfo info;
    MDB_stat stat;
    mdb_env_info(kv->env, &info);
    mdb_env_stat(kv->env, &stat);
    uint64_t used = bytes(base), rest = info.me_mapsize > used ? info.me_mapsize - used : 0;
    return rest + free_pages(kv->env) * stat.ms_psize;
}

// Where the map lies, for the guard. LMDB tells that of a fixed map only; the kernel knows it by the file.
static void tell_guard(const kv_lmdb_t *kv)
{
    char line[4400];
    struct stat st;
    mdb_filehandle_t fd;
    kv_guard_map(NULL, 0);
    if (mdb_env_get_fd(kv->env, &fd) != MDB_SUCCESS || fstat(fd, &st) != 0) return;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return;
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to, inode;
        if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &from, &to, &inode) == 3 && inode == st.st_ino)
            kv_guard_map((const void *)from, to - from);
    }
    fclose(maps);
}

static int use_reserve(kv_t *base, bool use)
{
    kv_lmdb_t *kv = (kv_lmdb_t *)base;
    int rc = from_mdb(mdb_env_set_mapsize(kv->env, use ? kv->map : kv->map - kv->reserve));
    if (rc == 0) tell_guard(kv);
    return rc;
}

static void destroy(kv_t *base)
{
    kv_lmdb_t *kv = (kv_lmdb_t *)base;
    kv_guard_map(NULL, 0);
    if (kv->env != NULL) mdb_env_close(kv->env);
    xclose(&kv->lock);
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
    .use_reserve = use_reserve,
    .destroy = destroy,
};

static int open_tables(kv_lmdb_t *kv)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(kv->env, NULL, 0, &txn);
    if (rc != MDB_SUCCESS) return from_mdb(rc);
    for (int i = 0; i < KV_N_TABLES && rc == MDB_SUCCESS; i++)
        rc = mdb_dbi_open(txn, TABLE_NAMES[i], MDB_CREATE, &kv->tables[i]);
    if (rc != MDB_SUCCESS) {
        mdb_txn_abort(txn);
        return from_mdb(rc);
    }
    return from_mdb(mdb_txn_commit(txn));
}

// The lock is a file of our own: closing LMDB's would drop its locks. Its text is the holder's process, and
// tells that a store was made here.
static int take_lock(const char *dir, int *ret_lock, bool *ret_made)
{
    char path[4096];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", dir, KV_LOCK_FILE);
    if (n < 0 || (size_t)n >= sizeof path) return -ENAMETOOLONG;
    AUTO(xclose) int lock = file_open_kept(path, O_RDWR, 0600);
    if (lock < 0) return lock;
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? -EBUSY : -errno;
    if (fstat(lock, &st) != 0) return -errno;
    *ret_made = st.st_size > 0;
    *ret_lock = lock;
    lock = -1;
    return 0;
}

// An emptied file would be taken for a new store.
static int check_not_emptied(const char *dir, bool made)
{
    char path[4096];
    struct stat st;
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    if (stat(path, &st) != 0) return errno == ENOENT ? 0 : -errno;
    return made && st.st_size == 0 ? -EUCLEAN : 0;
}

// Are all pages from this one on unused? Pages behind the end of the file may be: LMDB counts them when it
// takes them, and does not write what the same transaction gave back.
static int check_unused(MDB_env *env, size_t from, size_t last)
{
    enum { FREE_TABLE = 0 };
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key, row;
    size_t missing = last + 1 - from;
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc != MDB_SUCCESS) return from_mdb(rc);
    rc = mdb_cursor_open(txn, FREE_TABLE, &cursor);
    while (rc == MDB_SUCCESS && (rc = mdb_cursor_get(cursor, &key, &row, MDB_NEXT)) == MDB_SUCCESS) {
        const size_t *pages = row.mv_data;
        for (size_t i = 1; i < row.mv_size / sizeof *pages && i <= pages[0]; i++)
            missing -= pages[i] >= from && pages[i] <= last && missing > 0;
    }
    if (cursor != NULL) mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return rc != MDB_NOTFOUND ? from_mdb(rc) : missing == 0 ? 0 : -EUCLEAN;
}

static int check_size(kv_lmdb_t *kv)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd;
    mdb_env_info(kv->env, &info);
    mdb_env_stat(kv->env, &stat);
    if (mdb_env_get_fd(kv->env, &fd) != MDB_SUCCESS || fstat(fd, &st) != 0) return -EIO;
    size_t pages = (size_t)st.st_size / stat.ms_psize;
    return pages > info.me_last_pgno ? 0 : check_unused(kv->env, pages, info.me_last_pgno);
}

// The way down to both ends of each table.
static int check_tables(kv_lmdb_t *kv)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);
    if (rc != MDB_SUCCESS) return from_mdb(rc);
    for (int i = 0; i < KV_N_TABLES && (rc == MDB_SUCCESS || rc == MDB_NOTFOUND); i++) {
        MDB_cursor *cursor = NULL;
        MDB_val key, row;
        rc = mdb_cursor_open(txn, kv->tables[i], &cursor);
        if (rc == MDB_SUCCESS) rc = mdb_cursor_get(cursor, &key, &row, MDB_FIRST);
        if (rc == MDB_SUCCESS) rc = mdb_cursor_get(cursor, &key, &row, MDB_LAST);
        if (cursor != NULL) mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    return rc == MDB_NOTFOUND ? 0 : from_mdb(rc);
}

static void on_assert(MDB_env *env, const char *text)
{
    (void)env;
    (void)text;
    kv_guard_fail();
}

static int open_env(void *arg)
{
    kv_lmdb_t *kv = arg;
    int dead = 0;
    int rc = from_mdb(mdb_env_create(&kv->env));
    if (rc == 0) rc = from_mdb(mdb_env_set_assert(kv->env, on_assert));
    if (rc == 0) rc = from_mdb(mdb_env_set_maxdbs(kv->env, KV_N_TABLES));
    if (rc == 0) rc = from_mdb(mdb_env_set_mapsize(kv->env, kv->map - kv->reserve));
    if (rc == 0) rc = from_mdb(mdb_env_open(kv->env, kv->dir, MDB_NOTLS, 0600));
    if (rc == 0) rc = check_size(kv);
    if (rc == 0) rc = open_tables(kv);
    if (rc == 0) rc = check_tables(kv);
    if (rc == 0) mdb_reader_check(kv->env, &dead);
    return rc;
}

static void write_holder(const kv_lmdb_t *kv)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%10d\n", (int)getpid());
    (void)!pwrite(kv->lock, text, (size_t)n, 0); // the same bytes of the same file each time
}

pid_t kv_lmdb_holder(const char *dir)
{
    enum { HOLDER_MOST = 64 };
    char path[4096];
    AUTO(xfree) uint8_t *text = NULL;
    size_t size;
    int64_t pid;
    int n = snprintf(path, sizeof path, "%s/%s", dir, KV_LOCK_FILE);
    if (n < 0 || (size_t)n >= sizeof path || file_read(path, HOLDER_MOST, true, &text, &size) != 0) return 0;
    char *digits = (char *)text + strspn((char *)text, " ");
    digits[strcspn(digits, "\n")] = '\0';
    return int_parse(digits, 1, INT32_MAX, &pid) ? (pid_t)pid : 0;
}

int kv_lmdb_open(const char *dir, uint64_t map_bytes, kv_t **ret_kv)
{
    bool made = false;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) return -errno;
    if (filesystem_refused_at(dir) != NULL) return -EMEDIUMTYPE;
    kv_lmdb_t *kv = xcalloc(1, sizeof *kv);
    *kv = (kv_lmdb_t){.base.ops = &OPS, .lock = -1, .dir = dir, .map = map_bytes};
    kv->reserve = map_bytes / RESERVE_PART;
    if (kv->reserve < RESERVE_LEAST) kv->reserve = RESERVE_LEAST;
    if (kv->reserve > map_bytes / 8) kv->reserve = map_bytes / 8;
    int rc = take_lock(dir, &kv->lock, &made);
    if (rc == 0) rc = check_not_emptied(dir, made);
    if (rc == 0) rc = kv_guard_run(open_env, kv);
    if (rc != 0) {
        // In the middle of a fault LMDB's own locks may be held: such an environment is left to the end of
        // the process.
        if (rc == -EUCLEAN) kv->env = NULL;
        destroy(&kv->base);
        return rc == KV_NONE ? -EIO : rc;
    }
    write_holder(kv);
    tell_guard(kv);
    kv->dir = NULL;
    *ret_kv = &kv->base;
    return 0;
}
