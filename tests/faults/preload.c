// SPDX-License-Identifier: Apache-2.0
// Preloaded into programs that a test runs: disks that answer with errors, and clocks that are wrong.
//
//   FAULTS_DISK   a file; while it holds `sync`, fsync fails with EIO; `meta`: writing by descriptors that
//   write for
//                 good with each write, as LMDB does its meta pages; `write`: all writing by offset
//   FAULTS_CLOCK  what the wall clock says when the process starts, in seconds since 1970; it runs on from
//   there
//   FAULTS_FILESYSTEM  the type of every file system, as statfs(2) tells it
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))
// The C library's own of that name.
#define REAL(type, name)                                                                                     \
    static type *real;                                                                                       \
    if (real == NULL) real = (type *)dlsym(RTLD_NEXT, name)

typedef int sync_fn(int);
typedef ssize_t pwrite_fn(int, const void *, size_t, off_t);
typedef ssize_t pwritev_fn(int, const struct iovec *, int, off_t);
typedef int statfs_fn(const char *, struct statfs *);
typedef int clock_gettime_fn(clockid_t, struct timespec *);

// --- disks

static bool disk_fails(const char *word)
{
    char text[16] = "";
    const char *path = getenv("FAULTS_DISK");
    if (path == NULL) return false;
    int before = errno, fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0) text[0] = '\0';
    if (fd >= 0) close(fd);
    errno = before;
    return strcmp(text, word) == 0;
}

static int fail(void)
{
    errno = EIO;
    return -1;
}

EXPORTED int fdatasync(int fd)
{
    REAL(sync_fn, "fdatasync");
    return disk_fails("sync") ? fail() : real(fd);
}

EXPORTED int fsync(int fd)
{
    REAL(sync_fn, "fsync");
    return disk_fails("sync") ? fail() : real(fd);
}

// A descriptor that writes for good with each write, as LMDB's for its meta pages, fails as fsync does.
static bool write_fails(int fd)
{
    return disk_fails("write") || ((fcntl(fd, F_GETFL) & O_DSYNC) != 0 && disk_fails("meta"));
}

EXPORTED ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    REAL(pwrite_fn, "pwrite");
    return write_fails(fd) ? fail() : real(fd, bytes, size, offset);
}

EXPORTED ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset)
{
    REAL(pwritev_fn, "pwritev");
    return write_fails(fd) ? fail() : real(fd, parts, n, offset);
}

// --- file systems

EXPORTED int statfs(const char *path, struct statfs *ret)
{
    REAL(statfs_fn, "statfs");
    const char *type = getenv("FAULTS_FILESYSTEM");
    int rc = real(path, ret);
    if (rc == 0 && type != NULL) ret->f_type = strtol(type, NULL, 0);
    return rc;
}

// --- clocks

EXPORTED int clock_gettime(clockid_t clock, struct timespec *ret)
{
    static time_t began;
    REAL(clock_gettime_fn, "clock_gettime");
    const char *start = getenv("FAULTS_CLOCK");
    int rc = real(clock, ret);
    if (rc != 0 || start == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return rc;
    if (began == 0) began = ret->tv_sec;
    ret->tv_sec += strtoll(start, NULL, 10) - began;
    return 0;
}

EXPORTED time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret != NULL) *ret = now.tv_sec;
    return now.tv_sec;
}

EXPORTED int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *ret = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}
