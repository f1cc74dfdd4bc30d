// SPDX-License-Identifier: Apache-2.0
// See workbook.h.
#include "common/forms/workbook.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORKBOOK_MAX = 16 << 20 };

static lxw_error write_to(const char *path, bool streams, workbook_fill_t *fill, void *context)
{
    lxw_workbook_options options = {.constant_memory = streams};
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    if (workbook == NULL) return LXW_ERROR_MEMORY_MALLOC_FAILED;
    lxw_error filled = fill(workbook, context), closed = workbook_close(workbook);
    return filled != LXW_NO_ERROR ? filled : closed;
}

const char *workbook_write(const char *file, bool streams, workbook_fill_t *fill, void *context)
{
    AUTO(xfree) char *beside = NULL;
    if (asprintf(&beside, "%s.new", file) < 0) abort();
    // The library opens by name; this name is the file that was made here, whatever is put beside meanwhile.
    char made[32];
    AUTO(xclose) int fd = file_create(beside, 0600);
    if (fd < 0) return system_error(-fd);
    snprintf(made, sizeof made, "/proc/self/fd/%d", fd);
    lxw_error error = write_to(made, streams, fill, context);
    if (error == LXW_NO_ERROR && rename(beside, file) == 0) return NULL;
    const char *why = error == LXW_NO_ERROR
                          ? system_error(errno)
                          : _("the workbook cannot be put together: is there room on the disk, and in the "
                              "folder for temporary files?");
    unlink(beside);
    return why;
}

static char *read_all(int fd, size_t *ret_size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    if (end <= 0 || end > WORKBOOK_MAX) return NULL;
    char *bytes = xmalloc((size_t)end);
    *ret_size = (size_t)end;
    if (pread(fd, bytes, (size_t)end, 0) == (ssize_t)end) return bytes;
    free(bytes);
    return NULL;
}

char *workbook_bytes(workbook_fill_t *fill, void *context, size_t *ret_size)
{
    char made[32];
    AUTO(xclose) int fd = memfd_create("workbook", MFD_CLOEXEC);
    if (fd < 0) return NULL;
    snprintf(made, sizeof made, "/proc/self/fd/%d", fd);
    return write_to(made, false, fill, context) == LXW_NO_ERROR ? read_all(fd, ret_size) : NULL;
}
