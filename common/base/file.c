// SPDX-License-Identifier: Apache-2.0
// Whole small files.
#include "common/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(int fd, size_t most, bool private_only, size_t *ret_size)
{
    struct stat st;
    if (fstat(fd, &st)) return -errno;
    if (!S_ISREG(st.st_mode)) return -EINVAL;
    // root may start a program for somebody else's node
    bool owned = st.st_uid == geteuid() || geteuid() == 0;
    if (private_only && (!owned || (st.st_mode & (S_IRWXG | S_IRWXO)))) return -EACCES;
    if (st.st_size > (off_t)most) return -EFBIG;
    *ret_size = (size_t)st.st_size;
    return 0;
}

static int read_all(int fd, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, to + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        if (n == 0) return -EAGAIN; // it shrank under us
        done += (size_t)n;
    }
    return 0;
}

int file_read(const char *path, size_t most, bool private_only, uint8_t **ret_data, size_t *ret_size)
{
    // A FIFO must not hold us. A secret is a file and not somebody's link to one.
    AUTO(xclose) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (private_only ? O_NOFOLLOW : 0));
    if (fd < 0) return -errno;
    size_t size = 0;
    int r = check(fd, most, private_only, &size);
    if (r) return r;
    AUTO(xfree) uint8_t *data = xmalloc(size + 1);
    r = read_all(fd, data, size);
    if (r) return r;
    data[size] = '\0';
    *ret_data = data;
    data = NULL;
    *ret_size = size;
    return 0;
}

static int write_all(int fd, slice_t data)
{
    while (data.size) {
        ssize_t n = write(fd, data.data, data.size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        data = slice(data.data + n, data.size - (size_t)n);
    }
    return fsync(fd) ? -errno : 0;
}

static int sync_dir_of(const char *path)
{
    char dir[PATH_MAX];
    if (!text_copy(dir, sizeof dir, path)) return -ENAMETOOLONG;
    char *slash = strrchr(dir, '/');
    if (slash) slash[slash == dir] = '\0';
    AUTO(xclose) int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    return fsync(fd) ? -errno : 0;
}

static int write_beside(const char *beside, slice_t data, mode_t mode)
{
    if (unlink(beside) && errno != ENOENT) return -errno; // of a crash
    AUTO(xclose) int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return -errno;
    if (fchmod(fd, mode)) return -errno; // whatever the umask
    return write_all(fd, data);
}

int file_replace(const char *path, slice_t data, mode_t mode)
{
    char beside[PATH_MAX];
    int n = snprintf(beside, sizeof beside, "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof beside) return -ENAMETOOLONG;
    int r = write_beside(beside, data, mode);
    if (!r && rename(beside, path)) r = -errno;
    if (r) {
        unlink(beside);
        return r;
    }
    return sync_dir_of(path);
}

int file_create(const char *path, mode_t mode)
{
    struct stat st;
    if (lstat(path, &st) == 0) {
        if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) return -EEXIST;
        if (unlink(path)) return -errno;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    return fd < 0 ? -errno : fd;
}

int file_open_kept(const char *path, int flags, mode_t mode)
{
    struct stat st;
    // A FIFO must not hold us.
    AUTO(xclose) int fd = open(path, flags | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
    if (fd < 0 || fstat(fd, &st)) return -errno;
    if (!S_ISREG(st.st_mode)) return -EINVAL;
    int kept = fd;
    fd = -1;
    return kept;
}

int file_is_exposed(const char *path, char *ret_folder, size_t size)
{
    char folder[PATH_MAX], above[PATH_MAX];
    struct stat st;
    if (!text_copy(folder, sizeof folder, path)) return -ENAMETOOLONG;
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') folder[--n] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = '\0';
    if (!realpath(slash ? folder : ".", above)) return -errno;
    for (;;) {
        if (stat(above, &st)) return -errno;
        if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX))
            return text_copy(ret_folder, size, above) ? 1 : -ENAMETOOLONG;
        slash = strrchr(above, '/');
        if (!slash[1]) return 0; // the root
        slash[slash == above] = '\0';
    }
}

size_t file_limit_raise(void)
{
    struct rlimit files = {.rlim_cur = 1024};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        rlim_t before = files.rlim_cur;
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = before;
    }
    return files.rlim_cur < SIZE_MAX ? (size_t)files.rlim_cur : SIZE_MAX;
}
