// SPDX-License-Identifier: Apache-2.0
#include "common/service/audit_log.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/vec.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// In KV_AUX: 'Z' is the head, 'Z' and a seq an entry that the file may lack, behind its place there.
enum { LETTER = 'Z', HEAD_SIZE = 16 + AUDIT_HASH, KEY = 9, SYNC_MS = 1000 };

struct audit_log {
    int fd;
    audit_head_t kept, now; // as committed; with what the present transaction notes
    uint8_t *frames;        // of this transaction, one behind the other
    size_t n_frames, room_frames;
    bool behind;      // the file lacks entries that the store has
    uint64_t written; // seq of the last entry that was written
    uint64_t synced_ms;
};

// --- the store's part ----------------------------------------------------------------------------

static slice_t head_key(void)
{
    static const uint8_t letter = LETTER;
    return slice(&letter, 1);
}

static slice_t entry_key(uint64_t seq, uint8_t buf[static KEY])
{
    buf[0] = LETTER;
    be64_store(buf + 1, seq);
    return slice(buf, KEY);
}

static int load_head(store_txn_t *txn, audit_head_t *head)
{
    slice_t value;
    int rc = kv_get(store_kv(txn), KV_AUX, head_key(), &value);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (value.size != HEAD_SIZE) return -EUCLEAN;
    head->seq = be64_load(value.data);
    head->bytes = be64_load(value.data + 8);
    memcpy(head->hash, value.data + 16, AUDIT_HASH);
    return 0;
}

static int save_head(store_txn_t *txn, const audit_head_t *head)
{
    uint8_t value[HEAD_SIZE];
    be64_store(value, head->seq);
    be64_store(value + 8, head->bytes);
    memcpy(value + 16, head->hash, AUDIT_HASH);
    return kv_put(store_kv(txn), KV_AUX, head_key(), slice(value, sizeof value));
}

// --- the file's part -----------------------------------------------------------------------------

static int write_at(int fd, uint64_t at, slice_t bytes)
{
    while (bytes.size > 0) {
        ssize_t n = pwrite(fd, bytes.data, bytes.size, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? -errno : -EIO;
        at += (uint64_t)n;
        bytes = slice(bytes.data + n, bytes.size - (size_t)n);
    }
    return 0;
}

// All entries that the store still has, each to its place: it may stand there already.
static int write_waiting(audit_log_t *log, store_txn_t *txn)
{
    uint8_t buf[KEY];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, entry_key(0, buf), &key, &value);
    while (rc == 0 && key.size == KEY && key.data[0] == LETTER) {
        if (value.size <= 8) rc = -EUCLEAN;
        if (rc == 0) rc = write_at(log->fd, be64_load(value.data), slice(value.data + 8, value.size - 8));
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    log->behind = rc < 0;
    return rc < 0 ? rc : 0;
}

// What the file has for good the store need not keep.
static int forget_written(audit_log_t *log, store_txn_t *txn)
{
    uint8_t buf[KEY];
    slice_t key, value;
    uint64_t now = mono_ms();
    int rc = 0;
    if (log->behind) { // and if the disk is full still, another time
        if (write_waiting(log, txn) == 0) log->written = log->kept.seq;
        return 0;
    }
    if (now - log->synced_ms < SYNC_MS || fdatasync(log->fd) != 0) return 0;
    log->synced_ms = now;
    while (rc == 0) {
        kv_cursor_t *cursor = NULL;
        rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
        if (rc == 0) rc = kv_seek(cursor, entry_key(0, buf), &key, &value);
        bool gone =
            rc == 0 && key.size == KEY && key.data[0] == LETTER && be64_load(key.data + 1) <= log->written;
        if (gone) memcpy(buf, key.data, KEY);
        kv_close_cursor(&cursor);
        if (rc == 0) rc = gone ? kv_del(store_kv(txn), KV_AUX, slice(buf, KEY)) : KV_NONE;
    }
    return rc < 0 ? rc : 0;
}

static int pass_over(void *arg, const audit_head_t *head, slice_t body)
{
    (void)arg, (void)head, (void)body;
    return 0;
}

// The store's head and the file's end are one, or are made so.
static int meet(audit_log_t *log, const char *path)
{
    struct stat st;
    audit_head_t end = log->kept;
    if (fstat(log->fd, &st) != 0) return -errno;
    if ((uint64_t)st.st_size == end.bytes) return 0;
    if ((uint64_t)st.st_size < end.bytes) {
        log_at(L_ERROR, "AUDIT-CUT", _("%s is shorter than it was: entries are missing"), path);
        return 0;
    }
    int rc = audit_read(log->fd, &end, pass_over, NULL);
    if (rc < 0) return rc;
    if (rc == AUDIT_E_BROKEN) {
        log_at(L_ERROR, "AUDIT-BROKEN", _("%s goes on with what was never noted"), path);
        end = log->kept;
        end.bytes = (uint64_t)st.st_size;
    }
    log->kept = end;
    return 0;
}

static int open_file(audit_log_t *log, const char *path)
{
    static const slice_t header = {(const uint8_t *)AUDIT_HEADER, sizeof AUDIT_HEADER - 1};
    struct stat st;
    log->fd = file_open_kept(path, O_RDWR | O_CLOEXEC, 0600);
    if (log->fd < 0) return log->fd;
    if (fstat(log->fd, &st) != 0) return -errno;
    return st.st_size == 0 ? write_at(log->fd, 0, header) : 0;
}

int audit_log_open(const char *path, const path_t *node, uint32_t service, store_t *store,
                   audit_log_t **ret_log)
{
    AUTO(audit_log_close) audit_log_t *log = xcalloc(1, sizeof *log);
    store_txn_t *txn = NULL;
    audit_begin(node, service, &log->kept);
    int rc = open_file(log, path);
    if (rc != 0) return rc;
    if ((rc = store_begin(store, false, &txn)) != 0) return rc;
    rc = load_head(txn, &log->kept);
    if (rc == 0) rc = write_waiting(log, txn);
    store_abort(&txn);
    if (rc == 0) rc = meet(log, path);
    if (rc != 0) return rc;
    log->now = log->kept;
    log->written = log->kept.seq;
    *ret_log = log;
    log = NULL;
    return 0;
}

void audit_log_close(audit_log_t **log_p)
{
    audit_log_t *log = *log_p;
    if (log == NULL) return;
    if (log->fd >= 0) close(log->fd);
    free(log->frames);
    free(log);
    *log_p = NULL;
}

// --- noting --------------------------------------------------------------------------------------

int audit_log_add(audit_log_t *log, store_txn_t *txn, slice_t body)
{
    uint8_t key[KEY], value[8 + AUDIT_ENTRY_MAX + AUDIT_FRAME];
    size_t size = body.size + AUDIT_FRAME;
    int rc = log->n_frames == 0 ? forget_written(log, txn) : 0;
    if (rc != 0) return rc;
    be64_store(value, log->now.bytes);
    audit_chain(&log->now, body, value + 8);
    rc = kv_put(store_kv(txn), KV_AUX, entry_key(log->now.seq, key), slice(value, 8 + size));
    if (rc == 0) rc = save_head(txn, &log->now);
    vec_reserve(log->frames, log->room_frames, log->n_frames + size);
    memcpy(log->frames + log->n_frames, value + 8, size);
    log->n_frames += size;
    return rc;
}

void audit_log_kept(audit_log_t *log, bool kept)
{
    if (kept && log->n_frames > 0) {
        int rc =
            log->behind ? -ENOSPC : write_at(log->fd, log->kept.bytes, slice(log->frames, log->n_frames));
        if (rc != 0 && !log->behind)
            log_at(L_ERROR, "AUDIT-LATE", _("the audit log cannot be written now, and is later: %s"),
                   strerror(-rc));
        log->behind |= rc != 0;
        log->kept = log->now;
        if (!log->behind) log->written = log->kept.seq;
    }
    log->now = log->kept;
    log->n_frames = 0;
}

const audit_head_t *audit_log_head(const audit_log_t *log)
{
    return &log->kept;
}
