// SPDX-License-Identifier: Apache-2.0
// Bounded log files: when the file is full it is renamed away and a new one begun, always between lines.
#include "services/cli/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/util.h"

enum { OLD_FILES = 2, STAMP_SIZE = 32 };

struct logfile {
    char path[PATH_MAX];
    int fd; // -1 while it cannot be opened
    uint64_t size, max_bytes;
    char line[LOGFILE_LINE_MAX + 1];
    size_t used;
    char last[LOGFILE_LINE_MAX + 1];
};

static int open_file(logfile_t *self)
{
    int fd = file_open_kept(self->path, O_WRONLY | O_APPEND, 0640);
    self->fd = fd < 0 ? -1 : fd;
    if (fd < 0) return fd;
    struct stat st;
    self->size = fstat(self->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    return 0;
}

int logfile_open(const char *dir, const char *name, uint64_t max_bytes, logfile_t **ret_logfile)
{
    AUTO(logfile_destroy) logfile_t *self = xcalloc(1, sizeof *self);
    self->fd = -1;
    self->max_bytes = max_bytes;
    int n = snprintf(self->path, sizeof self->path, "%s/%s.log", dir, name);
    if (n < 0 || (size_t)n + 3 > sizeof self->path) return -ENAMETOOLONG;
    int r = open_file(self);
    if (r < 0) return r;
    *ret_logfile = self;
    self = NULL;
    return 0;
}

void logfile_destroy(logfile_t **self_p)
{
    logfile_t *self = *self_p;
    if (!self) return;
    if (self->fd >= 0) close(self->fd);
    free(self);
    *self_p = NULL;
}

// NAME.log.1 becomes .2, NAME.log becomes .1. A rename that fails costs an old file, not the new lines.
static void rotate(logfile_t *self)
{
    char from[PATH_MAX + 4], to[PATH_MAX + 4];
    close(self->fd);
    for (int i = OLD_FILES; i > 0; i--) {
        snprintf(to, sizeof to, "%s.%d", self->path, i);
        if (i == 1)
            snprintf(from, sizeof from, "%s", self->path);
        else
            snprintf(from, sizeof from, "%s.%d", self->path, i - 1);
        if (rename(from, to) != 0 && errno != ENOENT && i == 1) unlink(from);
    }
    open_file(self);
}

static void write_line(logfile_t *self)
{
    self->line[self->used] = '\0';
    memcpy(self->last, self->line, self->used + 1);
    char stamp[STAMP_SIZE];
    time_t now = (time_t)wall_s();
    struct tm tm;
    // Our programs write the time themselves; a library's last words come without.
    bool dated = self->line[0] >= '0' && self->line[0] <= '9';
    size_t n = dated ? 0 : strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ ", gmtime_r(&now, &tm));
    self->line[self->used++] = '\n';
    if (self->fd >= 0 && self->size > 0 && self->size + n + self->used > self->max_bytes) rotate(self);
    if (self->fd < 0) open_file(self);
    const struct iovec parts[] = {{stamp, n}, {self->line, self->used}};
    ssize_t written = self->fd >= 0 ? writev(self->fd, parts, 2) : -1;
    if (written > 0) self->size += (uint64_t)written;
    self->used = 0;
}

void logfile_feed(logfile_t *self, const char *bytes, size_t size)
{
    for (; size > 0; bytes++, size--) {
        if (*bytes == '\n') {
            write_line(self);
            continue;
        }
        // One byte stays free for the line end.
        if (self->used == LOGFILE_LINE_MAX - 1) write_line(self);
        self->line[self->used++] = *bytes;
    }
}

void logfile_flush(logfile_t *self)
{
    if (self->used > 0) write_line(self);
}

const char *logfile_last(const logfile_t *self)
{
    return self->last;
}

void logfile_forget(logfile_t *self)
{
    self->last[0] = '\0';
}
